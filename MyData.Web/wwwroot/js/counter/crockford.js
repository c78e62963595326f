import { demand } from "../errors.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */

/** Crockford's base32: no I, L, O, U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @param {Uint8Array} bytes
 * @returns {string} five bits a letter, the last one filled up with zeros
 */
export function toCrockford(bytes) {
  let text = "";
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const pair = (bytes[bit >> 3] << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += LETTERS[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}

/**
 * @param {string} text
 * @param {number} length bytes
 * @returns {Bytes}
 * @throws MyDataError `counter.format`: another length, another letter, or bits that must be zero are not
 */
export function fromCrockford(text, length) {
  const bytes = new Uint8Array(length);
  demand(text.length === Math.ceil((length * 8) / 5), "counter.format", "another length");
  for (let at = 0; at < text.length; at++) {
    const value = LETTERS.indexOf(text[at]);
    demand(value >= 0, "counter.format", "another letter");
    for (let bit = 0; bit < 5; bit++) {
      if (((value >> (4 - bit)) & 1) === 0) continue;
      const place = at * 5 + bit;
      demand(place < length * 8, "counter.format", "not written as it would be");
      bytes[place >> 3] |= 0x80 >> (place & 7);
    }
  }
  return bytes;
}
