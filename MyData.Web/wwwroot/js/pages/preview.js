import { readCsv } from "../csv.js";
import { element } from "../dom.js";
import { MyDataError } from "../errors.js";
import { parseForShowing } from "../json.js";
import { renderData } from "../render.js";

/** @typedef {import("../render.js").View} View */
/** @typedef {import("../render.js").Schema} Schema */
/** @typedef {import("../package.js").OpenedPackage} OpenedPackage */

const DATA = "data.json";
const CSV_ROWS = 100;
const CSV_BYTES = 256 * 1024;

/**
 * The data card: data.json by its schema, and what else is in the package.
 * @param {OpenedPackage} opened
 * @param {Schema} schema
 * @param {View} view
 * @returns {Node[]}
 * @throws MyDataError `data.format`
 */
export function cardOf(opened, schema, view) {
  const { strings } = view;
  const data = opened.files.get(DATA);
  const shown = data
    ? renderData(parseForShowing(data, "data.format"), schema, view)
    : element("p", { class: "muted" }, strings.noData);
  const others = [...opened.files].filter(([name]) => name !== DATA);
  const list = others.map(([name, content]) => fileOf(name, content, view));
  if (list.length === 0) return [shown];
  return [shown, element("h3", {}, strings.otherFiles), element("ul", { class: "opened-files" }, ...list)];
}

/**
 * @param {string} name
 * @param {Uint8Array} content
 * @param {View} view
 */
function fileOf(name, content, view) {
  const line = element("li", {}, element("bdi", {}, name), ` · ${formatBytes(content.length, view.language)}`);
  const rows = name.toLowerCase().endsWith(".csv") ? csvRows(content) : [];
  if (rows.length > 1) line.append(csvTable(name, rows, view));
  return line;
}

/** @param {Uint8Array} content */
function csvRows(content) {
  // A cut inside a character, or in a row, is no reason to show nothing of a large file.
  const start = content.subarray(0, CSV_BYTES);
  const rows = readCsv(new TextDecoder("utf-8").decode(start), CSV_ROWS + 1);
  return rows.length <= CSV_ROWS && start.length < content.length ? rows.slice(0, -1) : rows;
}

/**
 * @param {string} name
 * @param {string[][]} rows
 * @param {View} view
 */
function csvTable(name, [head, ...rows], view) {
  const heads = head.map((cell) => element("th", { scope: "col", dir: "auto" }, cell));
  const lines = rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, element("bdi", {}, cell)))));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  const scroll = element("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": name }, table);
  const summary = element("summary", {}, view.strings.firstRows);
  return element("details", {}, summary, scroll);
}

/**
 * What happened, that nothing was handed over, what to do, a code to quote.
 * @param {unknown} error
 * @param {View} view
 * @param {{ reference?: string, actions?: Node[] }} [more] reference: what to quote beside the code
 * @returns {HTMLElement}
 */
export function failureOf(error, view, { reference, actions = [] } = {}) {
  const { strings } = view;
  const code = error instanceof MyDataError ? error.code : "browser.failed";
  const quoted = element("span", { class: "code" }, [code, reference].filter(Boolean).join(" · "));
  const facts = [
    [strings.errorHandedOver, strings.errorNothing],
    [strings.errorNext, byCode(strings, "next", code)],
    [strings.errorCode, quoted],
  ];
  const rows = facts.map(([term, text]) => element("div", {}, element("dt", {}, term), element("dd", {}, text)));
  return element(
    "div",
    { class: "notice notice-bad", role: "alert" },
    element("p", {}, element("strong", {}, byCode(strings, "error", code))),
    element("dl", { class: "facts" }, ...rows),
    ...(actions.length > 0 ? [element("div", { class: "actions" }, ...actions)] : []),
  );
}

/** What goes wrong in these layers looks to her like the whole. @type {Record<string, string>} */
const FAMILIES = {
  jose: "seal",
  jwk: "seal",
  jwks: "seal",
  base64url: "seal",
  json: "data",
  merkle: "proof",
  note: "proof",
  checkpoint: "proof",
  cosignature: "proof",
  policy: "proof",
  record: "proof",
};

/**
 * The text for the code itself, else for its family, else for any.
 * @param {Record<string, string>} strings
 * @param {string} kind
 * @param {string} code
 */
function byCode(strings, kind, code) {
  const family = code.split(".")[0];
  const names = [code, FAMILIES[family] ?? family, "other"].map((name) => `${kind}.${name}`);
  return strings[names.find((name) => Object.hasOwn(strings, name)) ?? ""] ?? "";
}

/**
 * @param {number} bytes
 * @param {string} language BCP 47
 * @returns {string} decimal kB and MB
 */
export function formatBytes(bytes, language) {
  const [unit, size] = bytes < 1e3 ? ["byte", 1] : bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const options = { style: "unit", unit: String(unit), unitDisplay: size === 1 ? "long" : "short", maximumFractionDigits: 1 };
  const format = new Intl.NumberFormat(language, /** @type {Intl.NumberFormatOptions} */ (options));
  return format.format(bytes / Number(size));
}

/**
 * The twelve characters, as they stand on every page.
 * @param {string} display
 * @param {View} view
 */
export function sealOf(display, view) {
  const groups = display.split("-").map((group) => element("span", {}, group));
  const name = element("span", { class: "seal-name" }, view.strings.seal);
  return element("span", { class: "seal" }, name, element("span", { class: "seal-code" }, ...groups));
}

/**
 * @param {string} label
 * @param {"good" | "warn" | "bad" | "soft"} kind
 */
export function badge(label, kind = "good") {
  return element("span", { class: `badge badge-${kind}` }, label);
}

/**
 * A file name that every system takes (RFC 6266 §4.3): no path, no control characters, not too long.
 * @param {string[]} parts
 * @param {string} extension
 */
export function fileName(parts, extension) {
  const safe = parts.map((part) => part.normalize("NFC").replace(/[\p{C}\p{Z}/\\:*?"<>|%~.]+/gu, "-").replace(/^-+|-+$/g, ""));
  return `${[...safe.filter(Boolean).join("_")].slice(0, 80).join("")}.${extension}`;
}

