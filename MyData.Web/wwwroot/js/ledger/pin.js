import { parseDecimal, parseHash, toBase64 } from "./text.js";

/**
 * The last checkpoint of a log that this browser has seen: size and root, nothing of hers. A log that shows her another past than before
 * is found by it, whoever signed (security.md L4). This is the one module that keeps something in localStorage.
 *
 * @typedef {{ size: bigint, root: import("../bytes.js").Bytes }} Pin
 */

/** @param {string} origin */
const nameOf = (origin) => `ledger ${origin}`;

/**
 * @param {string} origin
 * @returns {Pin | undefined} undefined where there is none, or the browser keeps nothing
 */
export function readPin(origin) {
  try {
    const [size, root] = (localStorage.getItem(nameOf(origin)) ?? "").split(" ");
    return { size: parseDecimal(size, "checkpoint.size"), root: parseHash(root, "checkpoint.root") };
  } catch {
    return undefined;
  }
}

/**
 * @param {string} origin
 * @param {Pin} seen
 */
export function writePin(origin, { size, root }) {
  try {
    localStorage.setItem(nameOf(origin), `${size} ${toBase64(root)}`);
  } catch {
    // Private windows keep nothing; then the next visit has nothing to compare with, and says so.
  }
}
