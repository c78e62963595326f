/**
 * Every refusal of these modules. `code` is stable: log, page, test and C# use the same one.
 */
export class MyDataError extends Error {
  /**
   * @param {string} code stable, dotted, for instance `jose.alg_refused`
   * @param {string} message for developers, never shown to her
   * @param {string} [detail] the refused name or file, shown beside the code
   */
  constructor(code, message, detail) {
    super(message);
    this.name = "MyDataError";
    this.code = code;
    this.detail = detail;
  }
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string} [detail]
 * @returns {never}
 */
export function refuse(code, message, detail) {
  throw new MyDataError(code, message, detail);
}

/**
 * @param {unknown} condition
 * @param {string} code
 * @param {string} message
 * @param {string} [detail]
 * @returns {asserts condition}
 */
export function demand(condition, code, message, detail) {
  if (!condition) refuse(code, message, detail);
}
