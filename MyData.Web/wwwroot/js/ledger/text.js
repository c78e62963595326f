import { demand, MyDataError } from "../errors.js";
import { encode, decodeBase64 } from "../base64url.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */

/** What the C2SP text formats share; the twin of MyData.Core/Ledger/LogText.cs. Each value has one spelling only. */

const LARGEST = (1n << 63n) - 1n;

/**
 * A reader of lines that end in a newline each.
 */
export class Lines {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** What has not been read yet. */
  get rest() {
    return this.#text.slice(this.#at);
  }

  /** @returns {string | undefined} undefined where no newline is left */
  next() {
    const end = this.#text.indexOf("\n", this.#at);
    if (end < 0) return undefined;
    const line = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return line;
  }
}

/**
 * A decimal from 0 to 2^63 − 1 without leading zeros.
 * @param {string | undefined} text
 * @param {string} code of the refusal
 * @returns {bigint}
 */
export function parseDecimal(text, code) {
  demand(text !== undefined && /^(0|[1-9][0-9]{0,18})$/.test(text), code, "not a plain decimal");
  const value = BigInt(text);
  demand(value <= LARGEST, code, "not below 2^63");
  return value;
}

/**
 * RFC 4648 §4, with padding.
 * @param {string} text
 * @param {string} code of the refusal
 * @returns {Bytes}
 */
export function parseBase64(text, code) {
  let bytes;
  try {
    bytes = decodeBase64(text);
  } catch (error) {
    throw new MyDataError(code, error instanceof MyDataError ? error.message : String(error));
  }
  demand(toBase64(bytes) === text, code, "another spelling of the bytes");
  return bytes;
}

/**
 * @param {string | undefined} text
 * @param {string} code of the refusal
 * @returns {Bytes} 32
 */
export function parseHash(text, code) {
  demand(text !== undefined, code, "no hash");
  const bytes = parseBase64(text, code);
  demand(bytes.length === 32, code, "not one SHA-256 value");
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 */
export function toBase64(bytes) {
  const text = encode(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

/**
 * Lines of one hash each, up to and with an empty one; at most 63.
 * @param {Lines} lines
 * @param {{ format: string, hash: string, tooLong: string }} codes
 * @returns {Bytes[]}
 */
export function parseHashLines(lines, codes) {
  const hashes = [];
  for (;;) {
    const line = lines.next();
    demand(line !== undefined, codes.format, "the hashes do not end in an empty line");
    if (line === "") return hashes;
    demand(hashes.length < 63, codes.tooLong, "more hashes than a tree is high");
    hashes.push(parseHash(line, codes.hash));
  }
}
