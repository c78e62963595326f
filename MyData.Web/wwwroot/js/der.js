import { demand } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {{ tag: number, raw: Uint8Array, content: Uint8Array }} Node */

const CODE = "certificate.format";
const BYTES_LIMIT = 64 * 1024;

export const Tag = Object.freeze({
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
});

/**
 * X.690 DER: definite lengths in their shortest form, single-byte tags, nothing left over.
 * @param {Uint8Array} bytes exactly one value
 * @param {number} [tag] expected
 * @returns {Node}
 * @throws MyDataError `certificate.format`
 */
export function readDer(bytes, tag) {
  demand(bytes.length <= BYTES_LIMIT, CODE, "too large");
  const node = readNode(bytes, 0);
  demand(node.raw.length === bytes.length, CODE, "something after the value");
  demand(tag === undefined || node.tag === tag, CODE, "another type");
  return node;
}

/**
 * @param {Node} node
 * @returns {Node[]} its parts
 */
export function children(node) {
  const nodes = [];
  for (let at = 0; at < node.content.length; ) {
    const next = readNode(node.content, at);
    nodes.push(next);
    at += next.raw.length;
  }
  return nodes;
}

/**
 * @param {Node | undefined} node
 * @param {number} tag
 * @returns {Node}
 */
export function expect(node, tag) {
  demand(node !== undefined && node.tag === tag, CODE, "another type, or missing");
  return node;
}

/**
 * @param {Node | undefined} node
 * @returns {string} dotted
 */
export function readOid(node) {
  const { content } = expect(node, Tag.OID);
  demand(content.length > 0 && content[content.length - 1] < 0x80, CODE, "broken object identifier");
  const arcs = [];
  let arc = 0;
  for (const byte of content) {
    demand(!(arc === 0 && byte === 0x80) && arc < 2 ** 40, CODE, "broken object identifier");
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const first = Math.min(Math.floor(arcs[0] / 40), 2);
  return [first, arcs[0] - first * 40, ...arcs.slice(1)].join(".");
}

/**
 * @param {Node | undefined} node
 * @returns {Uint8Array} a positive integer without its sign byte
 */
export function readUnsigned(node) {
  const { content } = expect(node, Tag.INTEGER);
  demand(content.length > 0 && content[0] < 0x80, CODE, "a negative number");
  demand(content.length === 1 || content[0] !== 0 || content[1] >= 0x80, CODE, "a number not in its shortest form");
  return content[0] === 0 && content.length > 1 ? content.subarray(1) : content;
}

/**
 * @param {Node | undefined} node
 * @returns {boolean}
 */
export function readBoolean(node) {
  const { content } = expect(node, Tag.BOOLEAN);
  demand(content.length === 1 && (content[0] === 0 || content[0] === 0xff), CODE, "broken truth value");
  return content[0] === 0xff;
}

/**
 * @param {Node | undefined} node
 * @returns {Uint8Array} whole bytes only
 */
export function readBitString(node) {
  const { content } = expect(node, Tag.BIT_STRING);
  demand(content.length > 0 && content[0] === 0, CODE, "unused bits");
  return content.subarray(1);
}

/**
 * RFC 5280 §4.1.2.5: with seconds, in UTC.
 * @param {Node | undefined} node
 * @returns {Date}
 */
export function readTime(node) {
  demand(node?.tag === Tag.UTC_TIME || node?.tag === Tag.GENERALIZED_TIME, CODE, "not a time");
  const text = String.fromCharCode(...node.content);
  const pattern = node.tag === Tag.UTC_TIME ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
  const fields = pattern.exec(text)?.slice(1).map(Number) ?? [];
  demand(fields.length === 6, CODE, "broken time");
  const [short, month, day, hour, minute, second] = fields;
  const year = node.tag === Tag.UTC_TIME ? short + (short >= 50 ? 1900 : 2000) : short;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exact = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && time.getUTCHours() === hour;
  demand(exact && minute < 60 && second < 60, CODE, "broken time");
  return time;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Node}
 */
function readNode(bytes, at) {
  demand(at + 2 <= bytes.length, CODE, "cut short");
  const tag = bytes[at];
  demand((tag & 0x1f) !== 0x1f, CODE, "a tag of several bytes");
  let length = bytes[at + 1];
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    demand(count >= 1 && count <= 3 && start + count <= bytes.length, CODE, "a length refused");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i];
    demand(bytes[start] !== 0 && length >= 0x80, CODE, "a length not in its shortest form");
    start += count;
  }
  demand(start + length <= bytes.length, CODE, "cut short");
  return { tag, raw: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) };
}
