import { demand } from "../errors.js";
import { parseCheckpoint } from "./checkpoint.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { parseNote } from "./note.js";
import { judge, settled } from "./policy.js";
import { Lines, parseBase64, parseDecimal, parseHashLines } from "./text.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */

/**
 * Receipts (c2sp.org/tlog-proof), and what a log asks of a witness (c2sp.org/tlog-witness); the twins of LogProof.cs and
 * AddCheckpoint.cs in MyData.Core/Ledger/Notes.
 *
 * @typedef {{ index: bigint, path: Bytes[], note: import("./note.js").Note, extra?: Bytes }} LogProof
 */

const MAX_BYTES = (256 + 64) * 1024;
const HEAD = "c2sp.org/tlog-proof@v1";

/**
 * @param {Uint8Array} bytes
 * @returns {LogProof}
 * @throws MyDataError `proof.too_large`, `proof.format`, `proof.extra`, `proof.index`, `proof.hash`, `proof.too_long`, `note.…`
 */
export function parseProof(bytes) {
  demand(bytes.length <= MAX_BYTES, "proof.too_large", "larger than any proof that we read");
  const { lines, rest } = head(bytes);
  demand(lines.next() === HEAD, "proof.format", "no proof of this version");
  let line = lines.next();
  demand(line !== undefined, "proof.format", "no proof of this version");
  let extra;
  if (line.startsWith("extra ")) {
    extra = parseBase64(line.slice(6), "proof.extra");
    line = lines.next();
    demand(line !== undefined, "proof.extra", "nothing behind the extra data");
  }
  demand(line.startsWith("index "), "proof.index", "no index");
  const index = parseDecimal(line.slice(6), "proof.index");
  const codes = { format: "proof.format", hash: "proof.hash", tooLong: "proof.too_long" };
  const path = parseHashLines(lines, codes);
  return { index, path, note: parseNote(rest(lines)), extra };
}

/**
 * That this entry is in a tree which the policy accepts.
 * @param {LogProof} proof
 * @param {import("./policy.js").Policy} policy
 * @param {Uint8Array} entry the record's bytes
 * @returns {ReturnType<typeof judge>}
 * @throws MyDataError `policy.quorum`, `merkle.…`, and those of `judge`
 */
export async function verifyProof(proof, policy, entry) {
  const [judgement, inclusion] = await Promise.allSettled([judge(policy, proof.note), verifyPath(proof, entry)]);
  const judged = settled(judgement);
  demand(judged.hasQuorum, "policy.quorum", "too few witnesses of the policy have cosigned");
  settled(inclusion);
  return judged;
}

/**
 * @param {LogProof} proof
 * @param {Uint8Array} entry
 */
async function verifyPath(proof, entry) {
  const { size, root } = parseCheckpoint(proof.note.text);
  await verifyInclusion(proof.index, size, await leafHash(entry), proof.path, root);
}

/**
 * The body of add-checkpoint.
 * @param {Uint8Array} bytes
 * @returns {{ oldSize: bigint, proof: Bytes[], note: import("./note.js").Note }}
 * @throws MyDataError `witness.old_size`, `witness.hash`, `witness.too_long`, `witness.format`, `note.…`
 */
export function parseAddCheckpoint(bytes) {
  const { lines, rest } = head(bytes);
  const line = lines.next();
  demand(line?.startsWith("old "), "witness.old_size", "the first line is not: old, and a decimal");
  const oldSize = parseDecimal(line?.slice(4), "witness.old_size");
  const codes = { format: "witness.format", hash: "witness.hash", tooLong: "witness.too_long" };
  const proof = parseHashLines(lines, codes);
  return { oldSize, proof, note: parseNote(rest(lines)) };
}

/**
 * The lines before the note are ASCII, the note is UTF-8: one character an octet keeps their places the same.
 * @param {Uint8Array} bytes
 */
function head(bytes) {
  const lines = new Lines(Array.from(bytes, (octet) => String.fromCharCode(octet)).join(""));
  return { lines, rest: (/** @type {Lines} */ read) => bytes.slice(bytes.length - read.rest.length) };
}
