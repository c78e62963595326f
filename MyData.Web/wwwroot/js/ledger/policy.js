import { demand, refuse } from "../errors.js";
import { same } from "../bytes.js";
import { parseCheckpoint } from "./checkpoint.js";
import { parseVerifierKey, signedBy } from "./note.js";
import { Lines } from "./text.js";

/**
 * Whom a verifier believes (c2sp.org/tlog-policy); the twin of MyData.Core/Ledger/Notes/WitnessPolicy.cs.
 *
 * @typedef {import("./note.js").VerifierKey} VerifierKey
 * @typedef {{ name: string, key?: VerifierKey, url?: string, threshold: number, members: string[] }} Member
 * @typedef {{ logs: { key: VerifierKey, url?: string }[], members: Map<string, Member>, quorum: string }} Policy
 * @typedef {{ name: string, time: bigint }} Cosigner seconds since 1970
 */

const MAX_BYTES = 256 * 1024;
const NONE = "none";
const LOG = 1;
const WITNESS = 4;

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Policy>}
 * @throws MyDataError `policy.…`, `note.vkey`, `note.key_…`, `ed25519.key`
 */
export async function parsePolicy(bytes) {
  demand(bytes.length <= MAX_BYTES, "policy.too_large", "larger than any policy that we read");
  const allowed = bytes.every((octet) => octet === 9 || octet === 10 || (octet >= 0x20 && octet !== 0x7f));
  demand(allowed, "policy.character", "a control character");
  /** @type {Policy} */
  const policy = { logs: [], members: new Map(), quorum: "" };
  const listed = new Set();
  // One character an octet: names are octets, and two spellings are two names.
  const lines = new Lines(Array.from(bytes, (octet) => String.fromCharCode(octet)).join(""));
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length > 0 && !words[0].startsWith("#")) await readLine(policy, words, listed);
  }
  demand(lines.rest === "", "policy.line", "the last line has no newline");
  demand(policy.quorum !== "", "policy.quorum_missing", "a policy says which quorum it wants");
  return policy;
}

/**
 * @param {Policy} policy
 * @param {string[]} words
 * @param {Set<string>} listed members of groups so far
 */
async function readLine(policy, words, listed) {
  const [word, name, third, url] = words;
  if (word === "log" && (words.length === 2 || words.length === 3)) {
    policy.logs.push({ key: await readKey(policy, name, LOG), url: third });
  } else if (word === "witness" && (words.length === 3 || words.length === 4)) {
    demandFree(policy, name);
    const key = await readKey(policy, third, WITNESS);
    policy.members.set(name, { name, key, url, threshold: 1, members: [] });
  } else if (word === "group" && words.length >= 4) {
    readGroup(policy, name, third, words.slice(3), listed);
  } else if (word === "quorum" && words.length === 2) {
    demand(policy.quorum === "", "policy.quorum_twice", "one quorum line");
    if (name !== NONE) demandKnown(policy, name);
    policy.quorum = name;
  } else {
    refuse("policy.line", "no line of a policy looks like this");
  }
}

/**
 * @param {Policy} policy
 * @param {string} name
 * @param {string} threshold
 * @param {string[]} members
 * @param {Set<string>} listed
 */
function readGroup(policy, name, threshold, members, listed) {
  for (const member of members) {
    demandKnown(policy, member);
    demand(!listed.has(member), "policy.member_twice", "a member would count in two ways");
    listed.add(member);
  }
  const given = /^[1-9][0-9]{0,9}$/.test(threshold) ? Number(threshold) : 0;
  const count = threshold === "all" ? members.length : threshold === "any" ? 1 : given;
  demand(count >= 1 && count <= members.length, "policy.threshold", "not between 1 and all");
  demandFree(policy, name);
  policy.members.set(name, { name, threshold: count, members });
}

/**
 * @param {Policy} policy
 * @param {string} text one character an octet
 * @param {number} type
 */
async function readKey(policy, text, type) {
  const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const key = await parseVerifierKey(new TextDecoder().decode(octets));
  demand(key.type === type, "policy.key_type", "logs sign notes, witnesses cosign them");
  const known = [...policy.logs.map((log) => log.key), ...witnessesOf(policy).map((witness) => witness.key)];
  const twice = known.some((other) => other.type === type && same(other.key, key.key));
  demand(!twice, "policy.duplicate_key", "the key is there already");
  return key;
}

/** @param {Policy} policy @returns {{ name: string, key: VerifierKey }[]} */
export function witnessesOf(policy) {
  return [...policy.members.values()].flatMap(({ name, key }) => (key === undefined ? [] : [{ name, key }]));
}

/**
 * What the policy finds under a checkpoint. Every signature of a key that it knows is verified; one that is wrong spoils the note.
 * @param {Policy} policy
 * @param {import("./note.js").Note} note
 * @returns {Promise<{ checkpoint: import("./checkpoint.js").Checkpoint, log: VerifierKey, cosigners: Cosigner[], hasQuorum: boolean }>}
 * @throws MyDataError `policy.log_unknown`, `note.unsigned`, `note.signature`, `cosignature.format`, `checkpoint.…`
 */
export async function judge(policy, note) {
  const checkpoint = parseCheckpoint(note.text);
  const logs = policy.logs.map((log) => log.key).filter((key) => key.name === checkpoint.origin);
  demand(logs.length > 0, "policy.log_unknown", "no log of this origin");
  const witnesses = witnessesOf(policy);
  // All at once, and then in order: which refusal is said first must not depend on which was found first.
  const [byLogs, byWitnesses] = await Promise.all([
    Promise.allSettled(logs.map((key) => signedBy(note, key))),
    Promise.allSettled(witnesses.map(({ key }) => signedBy(note, key))),
  ]);
  const signed = logs.filter((_, i) => settled(byLogs[i]).length > 0);
  demand(signed.length > 0, "note.unsigned", "no signature by this log");
  /** @type {Cosigner[]} */
  const cosigners = [];
  witnesses.forEach(({ name }, i) => {
    const times = settled(byWitnesses[i]);
    if (times.length > 0) cosigners.push({ name, time: times.reduce((a, b) => (a > b ? a : b)) });
  });
  const hasQuorum = isWitnessed(policy, policy.quorum, new Set(cosigners.map((cosigner) => cosigner.name)));
  return { checkpoint, log: signed[0], cosigners, hasQuorum };
}

/**
 * @template T
 * @param {PromiseSettledResult<T>} result
 * @returns {T}
 */
export function settled(result) {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

/**
 * @param {Policy} policy
 * @param {string} name
 * @param {Set<string>} witnesses
 * @returns {boolean}
 */
function isWitnessed(policy, name, witnesses) {
  if (name === NONE) return true;
  const member = policy.members.get(name);
  if (member === undefined || member.key !== undefined) return witnesses.has(name);
  return member.members.filter((one) => isWitnessed(policy, one, witnesses)).length >= member.threshold;
}

/** @param {Policy} policy @param {string} name */
function demandFree(policy, name) {
  demand(name !== NONE && !policy.members.has(name), "policy.name", "the name is taken");
}

/** @param {Policy} policy @param {string} name */
function demandKnown(policy, name) {
  demand(name !== NONE && policy.members.has(name), "policy.unknown_name", "no such name above");
}
