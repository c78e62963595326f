import { same } from "../bytes.js";
import { MyDataError, refuse } from "../errors.js";
import { readConsistency, readHead } from "./log.js";
import { verifyConsistency } from "./merkle.js";
import { readPin, writePin } from "./pin.js";

/**
 * A log's newest checkpoint, and whether it goes on from the last one that this browser saw.
 *
 * @typedef {import("./log.js").Head & { pin?: import("./pin.js").Pin }} SeenHead
 */

/**
 * @param {import("./log.js").LogPlace} log
 * @returns {Promise<SeenHead>}
 * @throws Fork, and as `readHead`
 */
export async function readAndCompare(log) {
  const head = await readHead(log);
  const pin = readPin(log.origin);
  if (pin) await demandContinues(log, pin, head);
  writePin(log.origin, head.checkpoint);
  return { ...head, pin };
}

/**
 * @param {import("./log.js").LogPlace} log
 * @param {import("./pin.js").Pin} pin
 * @param {import("./log.js").Head} head
 */
async function demandContinues(log, pin, head) {
  const { size, root } = head.checkpoint;
  if (pin.size > size) throw new Fork(log, pin, head, "smaller than before");
  if (pin.size === size) {
    if (!same(pin.root, root)) throw new Fork(log, pin, head, "another root of the same size");
    return;
  }
  if (pin.size === 0n) return;
  const proof = await readConsistency(log, pin.size, size);
  try {
    await verifyConsistency(pin.size, size, proof, pin.root, root);
  } catch (error) {
    if (error instanceof MyDataError) throw new Fork(log, pin, head, error.code, proof);
    refuse("ledger.answered", String(error));
  }
}

/** The log shows another past than the one that this browser has seen. */
export class Fork extends MyDataError {
  /**
   * @param {import("./log.js").LogPlace} log
   * @param {import("./pin.js").Pin} pin
   * @param {import("./log.js").Head} head
   * @param {string} why
   * @param {import("../bytes.js").Bytes[]} [proof] that failed
   */
  constructor(log, pin, head, why, proof = []) {
    super("ledger.forked", why);
    this.log = log;
    this.pin = pin;
    this.head = head;
    this.proof = proof;
  }
}
