import { encode } from "../base64url.js";
import { demand, MyDataError } from "../errors.js";
import { findTags, readProofs } from "./log.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { parseRecord } from "./record.js";
import { personTag } from "./tag.js";

/**
 * One person's records in a log, found by her tags, which nobody but she and the vault can compute (ledger.md, "Tags").
 *
 * @typedef {import("./log.js").LogPlace} LogPlace
 * @typedef {{ id: number, t: number, op: string, res: string, year: number | null, index: number | null }} Line of her history
 * @typedef {{ tag: string, index: number }} Found the tag in base64url
 * @typedef {{ url: string, year: number, index: number, t: number, via: string, op: string, why: string, res: string, signed: boolean }} Other a record that another system made
 */

const QUESTION = 64;
/** Tags are made without gaps, so this many unknown ones in a row are the end. */
const UNKNOWN = 3;

/**
 * @param {LogPlace} log
 * @param {import("../bytes.js").Bytes} key hers
 * @returns {Promise<Found[]>} in the order of her counters
 * @throws MyDataError `ledger.tag_gap`: a known tag behind an unknown one
 */
export async function findHers(log, key) {
  /** @type {Found[]} */
  const found = [];
  let unknown = 0;
  for (let counter = 0; unknown < UNKNOWN; counter += QUESTION) {
    const tags = await tagsFrom(log, key, counter, QUESTION);
    const places = await findTags(log, tags);
    places.forEach((index, at) => {
      if (index < 0) unknown++;
      else if (unknown > 0) throw new MyDataError("ledger.tag_gap", "a known tag behind an unknown one", `#${index}`);
      else found.push({ tag: encode(tags[at]), index });
    });
  }
  return found;
}

/**
 * Her tags from a counter on.
 * @param {LogPlace} log
 * @param {import("../bytes.js").Bytes} key hers
 * @param {number} counter
 * @param {number} count
 */
export function tagsFrom(log, key, counter, count) {
  return Promise.all(Array.from({ length: count }, (_, at) => personTag(key, log.origin, log.year, counter + at)));
}

/**
 * That each line has a record about her, below this size.
 * @param {number} year
 * @param {bigint} size
 * @param {Found[]} found
 * @param {Line[]} lines
 * @throws MyDataError `ledger.line_unrecorded`
 */
export function demandRecorded(year, size, found, lines) {
  const inLog = new Set(found.map(({ index }) => index));
  for (const { index } of lines.filter((line) => line.year === year))
    demand((index ?? 0) >= size || inLog.has(index ?? -1), "ledger.line_unrecorded", "no record with her tag", `#${index}`);
}

/**
 * The other way round: each record about her that no line tells of, below the checkpoint's size, is one that another system signed, or sent as syslog.
 * @param {LogPlace} log
 * @param {import("./checkpoint.js").Checkpoint} checkpoint
 * @param {Found[]} found
 * @param {Line[]} lines
 * @returns {Promise<Other[]>} proven, oldest first
 * @throws MyDataError `ledger.record_missing`, and those of a proof
 */
export async function readOthers(log, { size, root }, found, lines) {
  const inHistory = new Set(lines.filter((line) => line.year === log.year).map((line) => line.index));
  const others = found.filter(({ index }) => index < size && !inHistory.has(index));
  const records = await readProofs(log, size, others.map(({ index }) => index));
  return Promise.all(
    others.map(async ({ tag, index }) => {
      const record = records.get(index);
      demand(record, "ledger.record_missing", "a record that is not shown", `#${index}`);
      await verifyInclusion(BigInt(index), size, await leafHash(record.entry), record.path, root);
      const { t, via, kid, op, why, res, sub, up } = parseRecord(record.entry);
      demand(Array.isArray(sub) && sub.includes(tag), "ledger.line_differs", "not her tag", `#${index}`);
      // Of a system that only logs the platform made the record; it stands in her list all the same.
      const logged = String(kid).startsWith("tls:") && via !== "mydata";
      demand(up !== undefined || logged, "ledger.record_missing", "a record that no line tells of", `#${index}`);
      return /** @type {Other} */ ({ url: `${log.url}/records/${index}`, year: log.year, index, t, via, op, why, res, signed: up !== undefined });
    }),
  );
}

/**
 * That the records of these lines are in the tree, are about her, and say what the lines say.
 * @param {LogPlace} log
 * @param {import("./checkpoint.js").Checkpoint} checkpoint
 * @param {Found[]} found
 * @param {Line[]} lines with a place below the checkpoint's size
 * @param {(line: Line, error?: MyDataError, record?: import("./log.js").ProvenRecord) => void} tell what came of each line
 */
export async function proveLines(log, checkpoint, found, lines, tell) {
  const tags = new Map(found.map(({ tag, index }) => [index, tag]));
  const records = await readProofs(log, checkpoint.size, lines.map((line) => line.index ?? -1));
  for (const line of lines) {
    const record = records.get(line.index ?? -1);
    try {
      demand(record, "ledger.line_unrecorded", "the log has no such record", `#${line.index}`);
      const { size, root } = checkpoint;
      await verifyInclusion(BigInt(record.index), size, await leafHash(record.entry), record.path, root);
      demandSays(parseRecord(record.entry), line, tags.get(record.index));
      tell(line);
    } catch (error) {
      if (!(error instanceof MyDataError)) throw error;
      tell(line, error, record);
    }
  }
}

/**
 * @param {import("./record.js").LedgerRecord} record
 * @param {Line} line
 * @param {string | undefined} tag
 */
function demandSays({ op, res, t, sub }, line, tag) {
  const fits = op === line.op && res === line.res && t === line.t;
  demand(fits, "ledger.line_differs", "the record says something else", `#${line.index}`);
  demand(Array.isArray(sub) && tag !== undefined && sub.includes(tag), "ledger.line_differs", "not her tag", `#${line.index}`);
}
