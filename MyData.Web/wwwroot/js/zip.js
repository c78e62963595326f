import { same } from "./bytes.js";
import { crc32 } from "./crc32.js";
import { demand, refuse } from "./errors.js";
import { nameKey, readName } from "./zipnames.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/**
 * @typedef {object} Limits protocols A3
 * @property {number} entries
 * @property {number} packed bytes of the ZIP
 * @property {number} bytes of all files together, unpacked
 * @property {number} ratio unpacked to packed, for each file
 */
/** @typedef {{ name: string, rawName: Uint8Array, flags: number, method: number, crc: number, packed: number, size: number, at: number, unixMode: number }} Entry */

/** @type {Limits} */
export const LIMITS = { entries: 200, packed: 50 * 1024 * 1024, bytes: 200 * 1024 * 1024, ratio: 100 };

const END = 0x06054b50;
const END_SIZE = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const DESCRIPTOR = 0x08074b50;
const ENCRYPTED = 0x2041;
const HAS_DESCRIPTOR = 0x0008;
const UNIX_HOSTS = new Set([3, 19]);
/** Nothing said, a file, a folder. */
const UNIX_TYPES = new Set([0, 0x8000, 0x4000]);

/**
 * APPNOTE 6.3.10, read from the central directory, and only what can be read in one way: files stand one after the other
 * from the first byte to the directory, the directory ends where the end record begins, the end record ends the file.
 * @param {Uint8Array} bytes
 * @param {Limits} [limits]
 * @returns {Promise<Map<string, Bytes>>} names with forward slashes
 * @throws MyDataError `package.too_large`, `package.zip_…`
 */
export async function readZip(bytes, limits = LIMITS) {
  demand(bytes.length <= limits.packed, "package.too_large", "larger than a package may be");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start, end } = readEnd(view);
  demand(count <= limits.entries, "package.zip_entries", "too many files");
  const entries = readDirectory(bytes, view, count, start, end);
  checkNames(entries);
  checkSizes(entries, limits);
  const packed = locate(bytes, view, entries, start);

  const files = new Map();
  for (const [index, entry] of entries.entries()) {
    const content = await unpack(entry, packed[index]);
    // A ZIP in a ZIP can hold itself; packages hold data only (security.md D3).
    const nested = content.length >= 4 && new DataView(content.buffer).getUint32(0, true) === LOCAL;
    demand(!nested, "package.zip_nested", "a ZIP in the ZIP", entry.name);
    demand(crc32(content) === entry.crc, "package.zip_crc", "checksum does not fit", entry.name);
    if (!entry.name.endsWith("/")) files.set(entry.name, content);
  }
  return files;
}

/** @param {DataView} view */
function readEnd(view) {
  const at = view.byteLength - END_SIZE;
  demand(at >= 0 && view.getUint32(at, true) === END, "package.zip_format", "does not end with its end record");
  const [disk, directoryDisk] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const [here, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  demand(disk === 0 && directoryDisk === 0 && here === count, "package.zip_format", "in several parts");
  demand(view.getUint16(at + 20, true) === 0, "package.zip_format", "the end record has a comment");
  demand(start + size === at, "package.zip_format", "the directory does not end at the end record");
  return { count, start, end: at };
}

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {number} count
 * @param {number} start
 * @param {number} end
 * @returns {Entry[]}
 */
function readDirectory(bytes, view, count, start, end) {
  const entries = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const fits = at + CENTRAL_SIZE <= end && view.getUint32(at, true) === CENTRAL;
    demand(fits, "package.zip_format", "the directory is broken");
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + CENTRAL_SIZE + nameSize + extraSize + commentSize;
    const whole = next <= end && view.getUint16(at + 34, true) === 0;
    demand(whole, "package.zip_format", "the directory is broken");
    const rawName = bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameSize);
    entries.push({
      name: readName(rawName),
      rawName,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
      unixMode: UNIX_HOSTS.has(view.getUint8(at + 5)) ? view.getUint32(at + 38, true) >>> 16 : 0,
    });
    at = next;
  }
  demand(at === end, "package.zip_format", "something between the directory and its end");
  return entries;
}

/** @param {Entry[]} entries */
function checkNames(entries) {
  const seen = new Set();
  for (const { name } of entries) {
    const key = nameKey(name);
    demand(!seen.has(key), "package.zip_duplicate", "a file twice", name);
    seen.add(key);
  }
}

/**
 * @param {Entry[]} entries
 * @param {Limits} limits
 */
function checkSizes(entries, limits) {
  let sum = 0;
  for (const { name, flags, method, packed, size, unixMode } of entries) {
    demand((flags & ENCRYPTED) === 0, "package.zip_encrypted", "an encrypted file", name);
    demand(method === 0 || method === 8, "package.zip_method", "another compression", name);
    demand(UNIX_TYPES.has(unixMode & 0xf000), "package.zip_symlink", "a link or a device", name);
    demand(method === 8 || packed === size, "package.zip_format", "a stored file of two sizes", name);
    demand(!name.endsWith("/") || size === 0, "package.zip_format", "a folder with content", name);
    sum += size;
    demand(sum <= limits.bytes && size <= packed * limits.ratio, "package.zip_bomb", "unpacks to too much", name);
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {Entry[]} entries
 * @param {number} directory where it starts
 * @returns {Uint8Array[]} the packed bytes of each entry
 */
function locate(bytes, view, entries, directory) {
  /** @type {Uint8Array[]} */
  const packed = [];
  let expected = 0;
  const order = entries.map((entry, index) => ({ entry, index })).sort((a, b) => a.entry.at - b.entry.at);
  for (const { entry, index } of order) {
    demand(entry.at === expected, "package.zip_overlap", "files overlap, or something stands between them", entry.name);
    const start = checkLocal(bytes, view, entry, directory);
    const end = start + entry.packed;
    demand(end <= directory, "package.zip_overlap", "a file runs into the directory", entry.name);
    packed[index] = bytes.subarray(start, end);
    expected = end + ((entry.flags & HAS_DESCRIPTOR) === 0 ? 0 : descriptorSize(view, entry, end, directory));
  }
  demand(expected === directory, "package.zip_overlap", "something before the directory");
  return packed;
}

/**
 * The local header must tell the same as the directory: readers differ in which they believe.
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {Entry} entry
 * @param {number} directory
 * @returns {number} where the packed bytes start
 */
function checkLocal(bytes, view, entry, directory) {
  const at = entry.at;
  const header = at + LOCAL_SIZE <= directory && view.getUint32(at, true) === LOCAL;
  demand(header, "package.zip_format", "no file where the directory says", entry.name);
  const [nameSize, extraSize] = [view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
  const start = at + LOCAL_SIZE + nameSize + extraSize;
  demand(start <= directory, "package.zip_overlap", "a file runs into the directory", entry.name);
  const named = same(bytes.subarray(at + LOCAL_SIZE, at + LOCAL_SIZE + nameSize), entry.rawName);
  const alike = view.getUint16(at + 6, true) === entry.flags && view.getUint16(at + 8, true) === entry.method;
  const numbers = [14, 18, 22].map((offset) => view.getUint32(at + offset, true));
  const zero = (entry.flags & HAS_DESCRIPTOR) !== 0 && numbers.every((number) => number === 0);
  const equal = numbers[0] === entry.crc && numbers[1] === entry.packed && numbers[2] === entry.size;
  demand(named && alike && (zero || equal), "package.zip_format", "two headers of a file differ", entry.name);
  return start;
}

/**
 * APPNOTE 4.3.9: CRC and two sizes, mostly after a signature.
 * @param {DataView} view
 * @param {Entry} entry
 * @param {number} at
 * @param {number} directory
 */
function descriptorSize(view, entry, at, directory) {
  const wanted = [entry.crc, entry.packed, entry.size];
  for (const signature of [4, 0]) {
    if (at + signature + 12 > directory) continue;
    if (signature === 4 && view.getUint32(at, true) !== DESCRIPTOR) continue;
    if (wanted.every((number, i) => view.getUint32(at + signature + 4 * i, true) === number)) return signature + 12;
  }
  return refuse("package.zip_format", "a file's trailer does not fit", entry.name);
}

/**
 * Stops at the declared size, so a bomb never unpacks.
 * @param {Entry} entry
 * @param {Uint8Array} packed
 * @returns {Promise<Bytes>}
 */
async function unpack(entry, packed) {
  if (entry.method === 0) return packed.slice();
  const content = new Uint8Array(entry.size);
  let at = 0;
  const reader = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      demand(at + chunk.value.length <= entry.size, "package.zip_bomb", "unpacks to more than it says", entry.name);
      content.set(chunk.value, at);
      at += chunk.value.length;
    }
  } catch (error) {
    if (error instanceof Error && error.name === "MyDataError") throw error;
    refuse("package.zip_format", "does not unpack", entry.name);
  } finally {
    reader.cancel().catch(() => {});
  }
  demand(at === entry.size, "package.zip_format", "unpacks to less than it says", entry.name);
  return content;
}
