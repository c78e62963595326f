import { decodeBase64 } from "../base64url.js";
import { concat, utf8Bytes, utf8Text } from "../bytes.js";
import { demand, MyDataError, refuse } from "../errors.js";
import { parseNote } from "./note.js";
import { judge, parsePolicy } from "./policy.js";
import { shuffled } from "./shuffle.js";
import { Lines, parseHash } from "./text.js";

/**
 * What a browser asks of a log, at the platform (MyData.Web/Features/Ledger/ProofEndpoints.cs) or at a witness that has a copy
 * (Features/Witness/CopyEndpoints.cs): the same questions. No cookie goes along.
 *
 * @typedef {import("../bytes.js").Bytes} Bytes
 * @typedef {{ name: string, url: string }} WitnessSite named as in the policy; where anybody reads it
 * @typedef {{ year: number, url: string, origin: string, policy: string, witnesses: WitnessSite[], patience?: number }} LogPlace
 *   as the page names it; patience: ms that an answer may take
 * @typedef {{ text: string, checkpoint: import("./checkpoint.js").Checkpoint, cosigners: import("./policy.js").Cosigner[] }} Head
 *   text: the signed note, as it came
 * @typedef {{ index: number, entry: Bytes, path: Bytes[] }} ProvenRecord not verified yet
 */

/** Tags in one question, always; places in one answer. */
const TAGS = 64;
const TAG = 16;
const PROOFS = 64;
const HASH = 32;
/** Bytes: a note, and 64 records with their paths. */
const LIMIT = 2 * 1024 * 1024;

/**
 * The newest checkpoint, by the policy that the page has.
 * @param {LogPlace} log
 * @returns {Promise<Head>}
 * @throws MyDataError `policy.quorum`, those of `judge`, and those of a question
 */
export async function readHead(log) {
  const bytes = await ask(log, "checkpoint");
  const judged = await judge(await parsePolicy(utf8Bytes(log.policy)), parseNote(bytes));
  demand(judged.checkpoint.origin === log.origin, "policy.log_unknown", "the checkpoint of another log");
  demand(judged.hasQuorum, "policy.quorum", "too few witnesses of the policy have cosigned");
  return { text: utf8Text(bytes), checkpoint: judged.checkpoint, cosigners: judged.cosigners };
}

/**
 * The newest checkpoint in a witness's copy, with the log's signature and its own.
 * @param {LogPlace} copy
 * @param {string} witness
 * @returns {Promise<Head>}
 * @throws MyDataError `note.unsigned`, those of `judge`, and those of a question
 */
export async function readWitnessHead(copy, witness) {
  const bytes = await ask(copy, "checkpoint");
  const { checkpoint, cosigners } = await judge(await parsePolicy(utf8Bytes(copy.policy)), parseNote(bytes));
  demand(checkpoint.origin === copy.origin, "policy.log_unknown", "the checkpoint of another log");
  demand(cosigners.some(({ name }) => name === witness), "note.unsigned", "without its own signature");
  return { text: utf8Text(bytes), checkpoint, cosigners };
}

/**
 * @param {LogPlace} log
 * @param {bigint} from
 * @param {bigint} to
 * @returns {Promise<Bytes[]>}
 */
export async function readConsistency(log, from, to) {
  const lines = new Lines(utf8Text(await ask(log, `consistency?from=${from}&to=${to}`)));
  const hashes = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) hashes.push(parseHash(line, "proof.hash"));
  return hashes;
}

/**
 * @param {LogPlace} log
 * @param {bigint} size of the tree that the paths lead to
 * @param {number[]} indices
 * @returns {Promise<Map<number, ProvenRecord>>} those that the log has
 */
export async function readProofs(log, size, indices) {
  const found = new Map();
  for (let at = 0; at < indices.length; at += PROOFS) {
    const some = indices.slice(at, at + PROOFS);
    const body = JSON.stringify({ size: Number(size), indices: some });
    const answer = JSON.parse(utf8Text(await ask(log, "proofs", body, "application/json")));
    for (const { index, entry, path } of answer.records)
      found.set(index, { index, entry: decodeBase64(entry), path: hashesOf(decodeBase64(path)) });
  }
  return found;
}

/**
 * Where tags stand; −1 for one that the log does not have. What is short of a full question is filled up with tags of nobody, and all are
 * asked for in an order that says nothing.
 * @param {LogPlace} log
 * @param {Bytes[]} tags at most 64
 * @returns {Promise<number[]>}
 */
export async function findTags(log, tags) {
  const others = Array.from({ length: TAGS - tags.length }, () => crypto.getRandomValues(new Uint8Array(TAG)));
  const order = shuffled(Array.from({ length: TAGS }, (_, at) => at));
  const all = [...tags, ...others];
  const answer = await ask(log, "tags", concat(...order.map((at) => all[at])));
  demand(answer.length === TAGS * 8, "ledger.answered", "not a place for each tag");
  const places = new DataView(answer.buffer, answer.byteOffset);
  /** @type {number[]} */
  const found = [];
  order.forEach((at, asked) => (found[at] = Number(places.getBigInt64(asked * 8))));
  return found.slice(0, tags.length);
}

/**
 * @param {LogPlace} log
 * @param {string} what
 * @param {BodyInit} [body]
 * @param {string} [type] none: another origin is asked at once, without a question before the question
 * @returns {Promise<Bytes>}
 * @throws MyDataError `network.failed`, `page.too_many`, `ledger.unavailable`, `ledger.answered`, `network.too_large`
 */
async function ask({ url, patience }, what, body, type) {
  /** @type {RequestInit} */
  const options = { cache: "no-store", credentials: "omit", redirect: "manual" };
  if (patience !== undefined) options.signal = AbortSignal.timeout(patience);
  if (body !== undefined) Object.assign(options, { method: "POST", body, headers: type ? { "Content-Type": type } : {} });
  try {
    const response = await fetch(`${url}/${what}`, options);
    if (response.status === 429) refuse("page.too_many", "asked too often");
    if (response.status === 503) refuse("ledger.unavailable", "answered 503");
    demand(response.ok, "ledger.answered", `answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    demand(bytes.length <= LIMIT, "network.too_large", "more than may come");
    return bytes;
  } catch (error) {
    throw error instanceof MyDataError ? error : new MyDataError("network.failed", String(error));
  }
}

/** @param {Bytes} bytes */
function hashesOf(bytes) {
  demand(bytes.length % HASH === 0, "merkle.hash_length", "the proof is not made of whole hashes");
  return Array.from({ length: bytes.length / HASH }, (_, at) => bytes.slice(at * HASH, (at + 1) * HASH));
}
