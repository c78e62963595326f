import { demand, refuse } from "./errors.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ENCODE = new TextEncoder().encode(ALPHABET);
const DECODE = new Uint8Array(256).fill(0xff);
ENCODE.forEach((character, value) => (DECODE[character] = value));

/**
 * RFC 7515 §2: base64url without padding.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encode(bytes) {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const length = Math.min(4, text.length - at);
    for (let j = 0; j < length; j++) text[at + j] = ENCODE[(word >> (18 - 6 * j)) & 63];
    at += length;
  }
  return new TextDecoder().decode(text);
}

/**
 * Strict: no padding, no white space, no other alphabet, unused bits zero (two texts never mean the same bytes).
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws MyDataError `base64url.format`
 */
export function decode(text) {
  demand(typeof text === "string", "base64url.format", "not a text");
  return decodeAscii(new TextEncoder().encode(text));
}

/**
 * The same from ASCII bytes, so that a large cipher text never becomes a string.
 * @param {Uint8Array} ascii
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws MyDataError `base64url.format`
 */
export function decodeAscii(ascii) {
  const rest = ascii.length % 4;
  demand(rest !== 1, "base64url.format", "impossible length");
  const whole = ascii.length - rest;
  const bytes = new Uint8Array((whole / 4) * 3 + (rest === 0 ? 0 : rest - 1));
  let at = 0;
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = DECODE[ascii[i]];
    const b = DECODE[ascii[i + 1]];
    const c = DECODE[ascii[i + 2]];
    const d = DECODE[ascii[i + 3]];
    seen |= a | b | c | d;
    bytes[at] = (a << 2) | (b >> 4);
    bytes[at + 1] = (b << 4) | (c >> 2);
    bytes[at + 2] = (c << 6) | d;
    at += 3;
  }
  if (rest > 0) {
    const a = DECODE[ascii[whole]];
    const b = DECODE[ascii[whole + 1]];
    const c = rest === 3 ? DECODE[ascii[whole + 2]] : 0;
    seen |= a | b | c;
    bytes[at] = (a << 2) | (b >> 4);
    if (rest === 3) bytes[at + 1] = (b << 4) | (c >> 2);
    const unused = rest === 3 ? c & 3 : b & 15;
    demand(unused === 0, "base64url.format", "unused bits are set");
  }
  // A refused character is 0xff in the table, a value never exceeds 63.
  if (seen > 63) refuse("base64url.format", "a character outside the alphabet");
  return bytes;
}

/**
 * Ordinary base64 with its padding, line breaks allowed (RFC 7468 texts: certificates, signatures).
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws MyDataError `base64url.format`
 */
export function decodeBase64(text) {
  const compact = text.replace(/[\r\n\t ]/g, "");
  demand(compact.length % 4 === 0, "base64url.format", "impossible length");
  const bare = compact.replace(/={1,2}$/, "");
  demand(!/[-_=]/.test(bare), "base64url.format", "a character outside the alphabet");
  return decode(bare.replaceAll("+", "-").replaceAll("/", "_"));
}
