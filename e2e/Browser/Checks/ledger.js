// The ledger's modules: published proofs, malformed inputs, and what C# signed. Bytes come as base64.
import { decodeBase64 } from "/js/base64url.js";
import { hex, utf8Text } from "/js/bytes.js";
import { parseCheckpoint } from "/js/ledger/checkpoint.js";
import { verifyEd25519 } from "/js/ledger/ed25519.js";
import { verifyConsistency, verifyInclusion, verifySubtreeConsistency, verifySubtreeInclusion } from "/js/ledger/merkle.js";
import { formatVerifierKey, parseNote, parseVerifierKey } from "/js/ledger/note.js";
import { judge, parsePolicy } from "/js/ledger/policy.js";
import { parseAddCheckpoint, parseProof, verifyProof } from "/js/ledger/proof.js";
import { parseRecord } from "/js/ledger/record.js";
import { personTag } from "/js/ledger/tag.js";

async function codeOf(work) {
  try {
    await work();
    return "accepted";
  } catch (error) {
    return typeof error.code === "string" ? error.code : `${error.name} ${error.message}`;
  }
}

const VERIFY = {
  inclusion: ({ leafIdx, treeSize, leafHash, proof, root }) => verifyInclusion(leafIdx, treeSize, leafHash, proof, root),
  consistency: ({ size1, size2, proof, root1, root2 }) => verifyConsistency(size1, size2, proof, root1, root2),
  subtreeinclusion: ({ leafIdx, start, end, leafHash, proof, root }) =>
    verifySubtreeInclusion(leafIdx, start, end, leafHash, proof, root),
  subtreeconsistency: ({ start, end, size, proof, root1, root2 }) =>
    verifySubtreeConsistency(start, end, size, proof, root1, root2),
};

/** Numbers come as text, because some are above 2^53. */
export const proofs = (cases) =>
  Promise.all(
    cases.map(({ kind, numbers, hashes, proof }) => {
      const given = { proof: proof.map(decodeBase64) };
      for (const [name, value] of Object.entries(numbers)) given[name] = BigInt(value);
      for (const [name, value] of Object.entries(hashes)) given[name] = decodeBase64(value);
      return codeOf(() => VERIFY[kind](given));
    }),
  );

const READERS = {
  note: parseNote,
  vkey: (bytes) => parseVerifierKey(utf8Text(bytes)),
  checkpoint: (bytes) => parseCheckpoint(utf8Text(bytes)),
  policy: parsePolicy,
  judge: async (bytes, policy) => judge(await parsePolicy(policy), parseNote(bytes)),
  proof: parseProof,
  witness: parseAddCheckpoint,
  record: (bytes) => parseRecord(bytes),
  sent: (bytes) => parseRecord(bytes, "sent"),
};

export const malformed = ({ cases, policy }) =>
  Promise.all(cases.map(({ reader, bytes }) => codeOf(() => READERS[reader](decodeBase64(bytes), decodeBase64(policy)))));

export const receipt = async ({ file, policy, entry }) => {
  const bytes = decodeBase64(entry);
  const parsed = await parsePolicy(decodeBase64(policy));
  const start = performance.now();
  const judged = await verifyProof(parseProof(decodeBase64(file)), parsed, bytes);
  const milliseconds = performance.now() - start;
  return {
    size: String(judged.checkpoint.size),
    log: formatVerifierKey(judged.log),
    cosigners: judged.cosigners.map(({ name, time }) => `${name} ${time}`),
    to: parseRecord(bytes).to,
    milliseconds,
  };
};

export const receipts = ({ files, policy, entry }) =>
  Promise.all(
    files.map(async (file) => {
      const parsed = await parsePolicy(decodeBase64(policy));
      return codeOf(() => verifyProof(parseProof(decodeBase64(file)), parsed, decodeBase64(entry)));
    }),
  );

export const tags = ({ key, log, year, counters }) =>
  Promise.all(counters.map(async (counter) => hex(await personTag(decodeBase64(key), log, year, counter))));

/** Texts of records that C# wrote. */
export const texts = (records) => records.map((record) => parseRecord(decodeBase64(record)).to);

const bytesOf = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const ed25519 = (cases) =>
  Promise.all(cases.map(({ pk, msg, sig }) => verifyEd25519(bytesOf(pk), bytesOf(msg), bytesOf(sig))));

/** A browser that has no Ed25519: its answer is a code, never a yes. */
export const without = async ({ pk }) => {
  const { importKey } = crypto.subtle;
  crypto.subtle.importKey = () => Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
  try {
    return await codeOf(() => verifyEd25519(bytesOf(pk), new Uint8Array(), new Uint8Array(64)));
  } finally {
    crypto.subtle.importKey = importKey;
  }
};
