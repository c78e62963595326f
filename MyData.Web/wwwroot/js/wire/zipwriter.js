import { concat, utf8Bytes } from "../bytes.js";
import { crc32 } from "../crc32.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */
/** @typedef {{ name: string, content: Uint8Array }} File */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 2.0: folders and nothing newer. */
const VERSION = 20;
/** APPNOTE 4.4.4: names are UTF-8. */
const UTF8 = 0x0800;
/** 1980-01-01, the first day that the format knows: when she agreed is nobody's business here. */
const DATE = 0x0021;

/**
 * APPNOTE 6.3.10, files one after the other as they are: packages are compressed already, and stay untouched.
 * @param {File[]} files
 * @returns {Bytes}
 */
export function writeZip(files) {
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let at = 0;
  for (const { name, content } of files) {
    const nameBytes = utf8Bytes(name);
    const common = shared(nameBytes, content);
    const local = concat(little(LOCAL, 4), little(VERSION, 2), common, little(0, 2), nameBytes);
    const about = [0, 0, 0].map((value) => little(value, 2));
    directory.push(little(CENTRAL, 4), little(VERSION, 2), little(VERSION, 2), common, little(0, 2), ...about, little(0, 4), little(at, 4), nameBytes);
    parts.push(local, content);
    at += local.length + content.length;
  }
  const central = concat(...directory);
  const counts = [0, 0, files.length, files.length].map((value) => little(value, 2));
  return concat(...parts, central, little(END, 4), ...counts, little(central.length, 4), little(at, 4), little(0, 2));
}

/**
 * What both headers of a file say: flags to the length of the name.
 * @param {Uint8Array} name
 * @param {Uint8Array} content
 */
function shared(name, content) {
  const size = little(content.length, 4);
  return concat(little(UTF8, 2), little(0, 2), little(0, 2), little(DATE, 2), little(crc32(content), 4), size, size, little(name.length, 2));
}

/**
 * @param {number} value
 * @param {number} bytes
 */
function little(value, bytes) {
  return Uint8Array.from({ length: bytes }, (_, index) => (value / 2 ** (8 * index)) & 0xff);
}
