import { concat, utf8Bytes } from "../bytes.js";
import { demand } from "../errors.js";

const KEY = 32;
const SIZE = 16;

/**
 * The mark of one person in one record; the twin of MyData.Core/Ledger/Records/PersonTag.cs, where the encoding is written down.
 * @param {Uint8Array<ArrayBuffer>} key hers, 32 bytes
 * @param {string} log origin
 * @param {number} year 1 to 9999
 * @param {number} counter from 0
 * @returns {Promise<Uint8Array<ArrayBuffer>>} 16 bytes
 * @throws MyDataError `tag.key`, `tag.log`, `tag.year`, `tag.counter`
 */
export async function personTag(key, log, year, counter) {
  demand(key.length === KEY, "tag.key", "a person's key has 32 bytes");
  const origin = utf8Bytes(log);
  demand(origin.length > 0 && origin.length <= 0xffff, "tag.log", "no origin, or a very long one");
  demand(Number.isInteger(year) && year >= 1 && year <= 9999, "tag.year", "no such year");
  demand(Number.isSafeInteger(counter) && counter >= 0, "tag.counter", "counters start at 0");
  const length = new Uint8Array([origin.length >> 8, origin.length]);
  const numbers = new DataView(new ArrayBuffer(10));
  numbers.setUint16(0, year);
  numbers.setBigUint64(2, BigInt(counter));
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", hmac, concat(length, origin, new Uint8Array(numbers.buffer)));
  return new Uint8Array(mac).slice(0, SIZE);
}
