import { encode } from "../base64url.js";
import { same } from "../bytes.js";
import { demand, MyDataError } from "../errors.js";
import { findTags, readConsistency, readHead, readProofs, readWitnessHead } from "./log.js";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.js";
import { tagsFrom } from "./person.js";
import { parseRecord } from "./record.js";
import { shuffled } from "./shuffle.js";
import { toBase64 } from "./text.js";

/**
 * The same questions to two witnesses, each with its own copy of the log: what one of them knows about her and the platform does not show
 * is proven against that witness's own checkpoint (ledger.md, "Tags"; security.md L4).
 *
 * @typedef {import("./log.js").LogPlace} LogPlace
 * @typedef {import("./log.js").Head} Head
 * @typedef {import("./person.js").Found} Found
 * @typedef {{ name: string, log: LogPlace, head: Head }} Source a witness that answers, its copy of the log, and how far it has cosigned
 */

const WANTED = 2;
/** Tags are made without gaps, so this many unknown ones in a row are the end. */
const UNKNOWN = 3;
const QUESTION = 64;
/** Milliseconds. */
const PATIENCE = 6_000;
const PAUSE = 1_000;
/** Seconds behind the newest cosignature that the platform shows. */
const STALE = 15n * 60n;
/** It does not answer, or not now: that is no fault. */
const SILENCE = /^(network\.|page\.|ledger\.(unavailable|answered)$)/;

/** A witness that says what it cannot show, or leaves out what it has cosigned. */
export class WitnessFault extends MyDataError {
  /**
   * @param {string} witness
   * @param {string} code
   * @param {string} message
   * @param {object} evidence
   */
  constructor(witness, code, message, evidence) {
    super(code, message, witness);
    this.witness = witness;
    this.evidence = { witness, ...evidence };
  }
}

/** The platform does not show what a witness proves. */
export class Shown extends MyDataError {
  /**
   * @param {string} witness
   * @param {string} code `ledger.tag_hidden`, `ledger.split`
   * @param {string} message
   * @param {object} evidence
   */
  constructor(witness, code, message, evidence) {
    super(code, message, witness);
    this.witness = witness;
    this.evidence = { witness, ...evidence };
  }
}

/** The platform goes on showing a smaller log than a witness has cosigned. */
class Behind extends MyDataError {
  constructor() {
    super("ledger.behind", "older than what a witness has cosigned");
  }
}

class Unanswered extends MyDataError {
  /** @param {MyDataError} cause */
  constructor(cause) {
    super(cause.code, cause.message, cause.detail);
  }
}

/**
 * Asks two witnesses, chosen by chance each time; for one that does not answer, or answers wrongly, another.
 * @param {LogPlace} log
 * @param {Head} head the platform's
 * @param {import("../bytes.js").Bytes | undefined} key hers; without one only the trees are compared
 * @param {Found[]} found by the platform's answers
 * @returns {Promise<{ asked: string[], silent: string[], faults: WitnessFault[] }>} names: those that know the same, and those that do
 *   not answer
 * @throws Shown
 */
export async function askWitnesses(log, head, key, found) {
  const left = shuffled(log.witnesses);
  /** @type {{ asked: string[], silent: string[], faults: WitnessFault[] }} */
  const result = { asked: [], silent: [], faults: [] };
  while (result.asked.length < WANTED && left.length > 0) {
    const some = left.splice(0, WANTED - result.asked.length);
    const answers = await Promise.all(some.map((site) => tried(site.name, () => askOne(log, head, key, found, site))));
    answers.forEach((answer, at) => {
      if (answer instanceof WitnessFault) result.faults.push(answer);
      else (answer ? result.asked : result.silent).push(some[at].name);
    });
  }
  return result;
}

/**
 * @param {LogPlace} log
 * @param {Head} head
 * @param {import("../bytes.js").Bytes | undefined} key
 * @param {Found[]} found
 * @param {import("./log.js").WitnessSite} site
 * @returns {Promise<boolean>} false where it is behind
 */
async function askOne(log, head, key, found, site) {
  const source = await openOne(log, head, site);
  if (source && key) await compare(log, head, key, found, source);
  return source !== undefined;
}

/**
 * @param {LogPlace} log
 * @param {Head} head
 * @param {import("./log.js").WitnessSite} site
 * @returns {Promise<Source | undefined>}
 */
async function openOne(log, head, site) {
  const place = { ...log, url: `${site.url}/${log.origin}`, patience: PATIENCE };
  const own = await readWitnessHead(place, site.name);
  await demandSameLog(log, head, { name: site.name, log: place, head: own });
  const newest = head.cosigners.reduce((latest, { time }) => (time > latest ? time : latest), 0n);
  const at = own.cosigners.find(({ name }) => name === site.name)?.time ?? 0n;
  return newest - at > STALE ? undefined : { name: site.name, log: place, head: own };
}

/**
 * That one of the two trees begins with the other.
 * @param {LogPlace} log
 * @param {Head} head
 * @param {Source} source
 */
async function demandSameLog(log, head, source) {
  const [ours, theirs] = [head.checkpoint, source.head.checkpoint];
  const [older, newer] = ours.size <= theirs.size ? [ours, theirs] : [theirs, ours];
  const notes = { note: head.text, witnessNote: source.head.text };
  const split = new Shown(source.name, "ledger.split", "another tree than the witness has cosigned", notes);
  if (older.size === newer.size) {
    if (!same(older.root, newer.root)) throw split;
    return;
  }
  if (older.size === 0n) return;
  // Whoever has the larger tree shows that it goes on from the smaller one.
  const proof = await (newer === ours
    ? fromPlatform(() => readConsistency(log, older.size, newer.size))
    : readConsistency(source.log, older.size, newer.size));
  try {
    await verifyConsistency(older.size, newer.size, proof, older.root, newer.root);
  } catch (error) {
    if (!(error instanceof MyDataError)) throw error;
    if (newer === ours) throw split;
    const evidence = { ...notes, consistencyProof: proof.map(toBase64) };
    throw new WitnessFault(source.name, "witness.proof", error.code, evidence);
  }
}

/**
 * @param {LogPlace} log
 * @param {Head} head
 * @param {import("../bytes.js").Bytes} key
 * @param {Found[]} found
 * @param {Source} source
 */
async function compare(log, head, key, found, source) {
  let end = found.length + UNKNOWN;
  for (let counter = 0; counter < end; counter += QUESTION) {
    const tags = await tagsFrom(log, key, counter, Math.min(QUESTION, end - counter));
    const places = await findTags(source.log, tags);
    for (const [at, place] of places.entries()) {
      const shown = found[counter + at]?.index;
      if (place === shown) continue;
      if (place >= 0) {
        await demandShown(log, head, source, tags[at], place);
        // It came since the platform was asked, and more may have.
        end = Math.max(end, counter + at + 1 + UNKNOWN);
      } else if (shown !== undefined && BigInt(shown) < source.head.checkpoint.size)
        throw await hidden(log, head, source, shown);
    }
  }
}

/**
 * A place that the platform did not give: it came since, or the platform hides it, or the witness cannot show it.
 * @param {LogPlace} log
 * @param {Head} head the platform's, read before it was asked: what this covers it knew then
 * @param {Source} source
 * @param {import("../bytes.js").Bytes} tag
 * @param {number} place
 * @throws Shown `ledger.tag_hidden`; WitnessFault `witness.proof`; MyDataError `ledger.behind`
 */
async function demandShown(log, head, source, tag, place) {
  const evidence = await proven(source, tag, place);
  if (BigInt(place) >= head.checkpoint.size && (await hasByNow(log, tag, place))) return;
  const said = { note: head.text, ...evidence };
  throw new Shown(source.name, "ledger.tag_hidden", "a record that the platform does not show", said);
}

/**
 * @param {LogPlace} log
 * @param {import("../bytes.js").Bytes} tag
 * @param {number} place
 */
async function hasByNow(log, tag, place) {
  for (let tries = 3; tries > 0; tries--) {
    const { checkpoint } = await fromPlatform(() => readHead(log));
    if (BigInt(place) < checkpoint.size) return (await fromPlatform(() => findTags(log, [tag])))[0] === place;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Behind();
}

/**
 * A record that only this witness has shown so far, verified against its own checkpoint.
 * @param {Source} source
 * @param {import("../bytes.js").Bytes} tag
 * @param {number} place
 * @returns {Promise<object>} the evidence
 */
async function proven(source, tag, place) {
  // It may stand behind the checkpoint that was read first.
  const isCovered = BigInt(place) < source.head.checkpoint.size;
  const head = isCovered ? source.head : await readWitnessHead(source.log, source.name);
  const { size, root } = head.checkpoint;
  const said = { witnessNote: head.text, tag: toBase64(tag), place };
  if (BigInt(place) >= size) throw new WitnessFault(source.name, "witness.proof", "a place that it has not cosigned", said);
  const record = (await readProofs(source.log, size, [place])).get(place);
  if (!record) throw new WitnessFault(source.name, "witness.proof", "a record that it does not show", said);
  const shown = { ...said, record: { index: place, entry: toBase64(record.entry), path: record.path.map(toBase64) } };
  try {
    await verifyInclusion(BigInt(place), size, await leafHash(record.entry), record.path, root);
    const { sub } = parseRecord(record.entry);
    demand(Array.isArray(sub) && sub.includes(encode(tag)), "ledger.line_differs", "not her tag");
  } catch (error) {
    if (!(error instanceof MyDataError)) throw error;
    throw new WitnessFault(source.name, "witness.proof", error.code, shown);
  }
  return shown;
}

/**
 * The witness leaves out a record that it has cosigned; the platform's proof of it is the evidence.
 * @param {LogPlace} log
 * @param {Head} head
 * @param {Source} source
 * @param {number} place
 */
async function hidden(log, head, source, place) {
  const record = (await fromPlatform(() => readProofs(log, head.checkpoint.size, [place]))).get(place);
  return new WitnessFault(source.name, "witness.tag_hidden", "a record that it has cosigned", {
    note: head.text,
    witnessNote: source.head.text,
    place,
    record: record && { index: place, entry: toBase64(record.entry), path: record.path.map(toBase64) },
  });
}

/**
 * That the platform does not answer is not the witness's silence.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function fromPlatform(work) {
  try {
    return await work();
  } catch (error) {
    throw error instanceof MyDataError ? new Unanswered(error) : error;
  }
}

/**
 * @template T
 * @param {string} witness
 * @param {() => Promise<T>} work
 * @returns {Promise<T | WitnessFault | undefined>} undefined where it does not answer
 */
async function tried(witness, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WitnessFault) return error;
    if (error instanceof Shown || error instanceof Behind || error instanceof Unanswered) throw error;
    if (!(error instanceof MyDataError) || error.code === "ed25519.unsupported") throw error;
    return SILENCE.test(error.code) ? undefined : new WitnessFault(witness, "witness.answer", error.code, {});
  }
}
