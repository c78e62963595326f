import { utf8Bytes } from "../bytes.js";
import { demand } from "../errors.js";
import { parsePolicy } from "./policy.js";
import { parseProof, verifyProof } from "./proof.js";
import { parseRecord } from "./record.js";
import { parseCheckpoint } from "./checkpoint.js";

/**
 * A saved receipt: a `.tlog-proof` whose extra line holds the record's own bytes, so that it needs nothing else and no network.
 */

const HEAD = utf8Bytes("c2sp.org/tlog-proof@");

/** @param {Uint8Array} bytes */
export function isSavedReceipt(bytes) {
  return HEAD.every((octet, at) => bytes[at] === octet);
}

/**
 * @param {Uint8Array} bytes
 * @param {string[]} policies of every log that the page knows
 * @returns {Promise<{ proof: import("./proof.js").LogProof, record: import("./record.js").LedgerRecord, entry: Uint8Array,
 *   judged: Awaited<ReturnType<typeof verifyProof>> }>}
 * @throws MyDataError `proof.…`, `policy.…`, `note.…`, `merkle.…`, `record.…`
 */
export async function verifySaved(bytes, policies) {
  const proof = parseProof(bytes);
  demand(proof.extra, "proof.extra", "the record's bytes are not in it");
  const { origin } = parseCheckpoint(proof.note.text);
  const known = await Promise.all(policies.map((text) => parsePolicy(utf8Bytes(text))));
  const policy = known.find((one) => one.logs.some((log) => log.key.name === origin));
  demand(policy, "policy.log_unknown", "no log of this origin", origin);
  const judged = await verifyProof(proof, policy, proof.extra);
  return { proof, record: parseRecord(proof.extra), entry: proof.extra, judged };
}
