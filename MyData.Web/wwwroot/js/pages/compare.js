import { readBlock, required } from "../dom.js";
import { fill } from "../dates.js";
import { MyDataError } from "../errors.js";
import { readConsistency } from "../ledger/log.js";
import { verifyConsistency } from "../ledger/merkle.js";
import { parseHash } from "../ledger/text.js";

/**
 * The page that compares two checkpoints: that the larger begins with the smaller, verified here.
 *
 * @typedef {object} Model
 * @property {import("../ledger/log.js").LogPlace} log
 * @property {{ size: number, root: string }} from
 * @property {{ size: number, root: string }} to
 * @property {Record<string, string>} strings
 */

/** @type {Model | null} */
const model = readBlock("compare-data");
if (model) void check(model);

/** @param {Model} model */
async function check({ log, from, to, strings }) {
  const result = required("[data-compare-result]");
  const drawing = document.querySelector("[data-compare]");
  const started = performance.now();
  try {
    const [older, newer] = [from, to].map((one) => parseHash(one.root, "checkpoint.root"));
    const proof = await readConsistency(log, BigInt(from.size), BigInt(to.size));
    await verifyConsistency(BigInt(from.size), BigInt(to.size), proof, older, newer);
    const milliseconds = Math.max(1, Math.round(performance.now() - started));
    show("good", fill(strings.consistent, { milliseconds, hashes: proof.length }));
    drawing?.setAttribute("data-compare", "good");
  } catch (error) {
    console.warn(error);
    const code = error instanceof MyDataError ? error.code : "browser.failed";
    const differs = code.startsWith("merkle.");
    show(differs ? "bad" : "warn", fill(differs ? strings.differs : strings.unchecked, { code }));
    if (differs) drawing?.setAttribute("data-compare", "bad");
  }

  /**
   * @param {"good" | "warn" | "bad"} kind
   * @param {string} text
   */
  function show(kind, text) {
    result.className = `badge badge-${kind}`;
    result.textContent = text;
  }
}
