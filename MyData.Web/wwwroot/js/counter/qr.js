import { utf8Bytes } from "../bytes.js";
import { demand } from "../errors.js";

/**
 * QR codes (ISO/IEC 18004) for what no server may know: level M, versions 1 to 10, one segment, alphanumeric where the text allows it.
 *
 * @typedef {boolean[][]} Matrix dark modules by row and column, without the quiet zone
 */

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VERSIONS = 10;
/** Table 9, level M, from version 1 on: error correction codewords of a block, and blocks. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
/** Table 25: the bits of level M. */
const LEVEL = 0;

/**
 * @param {string} text
 * @param {{ mask?: number }} [options] mask: 0 to 7; else the one with the least penalty
 * @returns {Matrix}
 * @throws MyDataError `counter.format`: more than fits version 10
 */
export function qrMatrix(text, { mask } = {}) {
  const version = versionFor(text);
  const codewords = withCorrection(dataCodewords(text, version), version);
  const masks = mask === undefined ? [0, 1, 2, 3, 4, 5, 6, 7] : [mask];
  const drawn = masks.map((one) => draw(version, codewords, one));
  const penalties = drawn.map(penaltyOf);
  return drawn[penalties.indexOf(Math.min(...penalties))];
}

/** @param {string} text */
function isAlphanumeric(text) {
  return [...text].every((letter) => ALPHANUMERIC.includes(letter));
}

/** @param {string} text */
function versionFor(text) {
  for (let version = 1; version <= VERSIONS; version++) if (bitsOf(text, version).length <= dataLength(version) * 8) return version;
  return demand(false, "counter.format", "too long for a code") ?? 0;
}

/**
 * §7.4: mode, count, data.
 * @param {string} text
 * @param {number} version
 */
function bitsOf(text, version) {
  /** @type {number[]} */
  const bits = [];
  const put = (/** @type {number} */ value, /** @type {number} */ length) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  if (isAlphanumeric(text)) {
    put(0b0010, 4);
    put(text.length, version < 10 ? 9 : 11);
    for (let at = 0; at + 1 < text.length; at += 2) put(ALPHANUMERIC.indexOf(text[at]) * 45 + ALPHANUMERIC.indexOf(text[at + 1]), 11);
    if (text.length % 2 === 1) put(ALPHANUMERIC.indexOf(text[text.length - 1]), 6);
    return bits;
  }
  const bytes = utf8Bytes(text);
  put(0b0100, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  return bits;
}

/** @param {number} version */
function sizeOf(version) {
  return version * 4 + 17;
}

/** Codewords of the whole symbol. @param {number} version */
function totalLength(version) {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const lines = Math.floor(version / 7) + 2;
    modules -= (25 * lines - 10) * lines - 55;
    if (version >= 7) modules -= 36;
  }
  return modules >> 3;
}

/** @param {number} version */
function dataLength(version) {
  return totalLength(version) - CORRECTION[version - 1] * BLOCKS[version - 1];
}

/**
 * §7.4.9 and §7.4.10: terminator, whole bytes, padding.
 * @param {string} text
 * @param {number} version
 */
function dataCodewords(text, version) {
  const bits = bitsOf(text, version);
  const capacity = dataLength(version) * 8;
  for (let end = 0; end < 4 && bits.length < capacity; end++) bits.push(0);
  while (bits.length % 8 !== 0) bits.push(0);
  const codewords = new Uint8Array(capacity / 8);
  bits.forEach((bit, at) => (codewords[at >> 3] |= bit << (7 - (at & 7))));
  for (let at = bits.length / 8, pad = 0xec; at < codewords.length; at++, pad ^= 0xec ^ 0x11) codewords[at] = pad;
  return codewords;
}

/**
 * §7.5 and §7.6: Reed-Solomon by block, interleaved.
 * @param {Uint8Array} data
 * @param {number} version
 */
function withCorrection(data, version) {
  const [blocks, correction] = [BLOCKS[version - 1], CORRECTION[version - 1]];
  const short = Math.floor(data.length / blocks);
  const longer = data.length % blocks;
  const divisor = generator(correction);
  /** @type {{ data: Uint8Array, correction: Uint8Array }[]} */
  const parts = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const length = short + (block < blocks - longer ? 0 : 1);
    const piece = data.subarray(at, at + length);
    parts.push({ data: piece, correction: remainder(piece, divisor) });
    at += length;
  }
  const result = [];
  for (let at = 0; at <= short; at++) for (const part of parts) if (at < part.data.length) result.push(part.data[at]);
  for (let at = 0; at < correction; at++) for (const part of parts) result.push(part.correction[at]);
  return result;
}

/** In GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. @param {number} left @param {number} right */
function multiply(left, right) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> bit) & 1) * left;
  }
  return product;
}

/** @param {number} degree */
function generator(degree) {
  const divisor = new Uint8Array(degree);
  divisor[degree - 1] = 1;
  for (let at = 0, root = 1; at < degree; at++, root = multiply(root, 2)) {
    for (let place = 0; place < degree; place++) divisor[place] = multiply(divisor[place], root) ^ (divisor[place + 1] ?? 0);
  }
  return divisor;
}

/** @param {Uint8Array} data @param {Uint8Array} divisor */
function remainder(data, divisor) {
  const result = new Uint8Array(divisor.length);
  for (const byte of data) {
    const factor = byte ^ result[0];
    result.copyWithin(0, 1);
    result[result.length - 1] = 0;
    divisor.forEach((value, at) => (result[at] ^= multiply(value, factor)));
  }
  return result;
}

/** Table E.1. @param {number} version */
function alignments(version) {
  if (version === 1) return [];
  const lines = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (lines * 2 - 2)) * 2;
  const places = [6];
  for (let place = sizeOf(version) - 7; places.length < lines; place -= step) places.splice(1, 0, place);
  return places;
}

/** §7.8.2. */
const MASKS = [
  (/** @type {number} */ row, /** @type {number} */ column) => (row + column) % 2 === 0,
  (/** @type {number} */ row) => row % 2 === 0,
  (/** @type {number} */ _, /** @type {number} */ column) => column % 3 === 0,
  (/** @type {number} */ row, /** @type {number} */ column) => (row + column) % 3 === 0,
  (/** @type {number} */ row, /** @type {number} */ column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (/** @type {number} */ row, /** @type {number} */ column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (/** @type {number} */ row, /** @type {number} */ column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (/** @type {number} */ row, /** @type {number} */ column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/**
 * @param {number} version
 * @param {number[]} codewords
 * @param {number} mask
 * @returns {Matrix}
 */
function draw(version, codewords, mask) {
  const size = sizeOf(version);
  /** @type {(boolean | undefined)[][]} */
  const grid = Array.from({ length: size }, () => Array(size).fill(undefined));
  const set = (/** @type {number} */ row, /** @type {number} */ column, /** @type {boolean} */ dark) => {
    if (row >= 0 && row < size && column >= 0 && column < size) grid[row][column] = dark;
  };
  drawPatterns(version, size, set, grid);
  drawFormat(size, mask, set);
  if (version >= 7) drawVersion(version, size, set);
  drawData(size, grid, codewords, MASKS[mask]);
  return /** @type {Matrix} */ (grid);
}

/**
 * @param {number} version
 * @param {number} size
 * @param {(row: number, column: number, dark: boolean) => void} set
 * @param {(boolean | undefined)[][]} grid
 */
function drawPatterns(version, size, set, grid) {
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) {
    for (let down = -4; down <= 4; down++) {
      for (let right = -4; right <= 4; right++) {
        const ring = Math.max(Math.abs(down), Math.abs(right));
        set(row + down, column + right, ring !== 2 && ring !== 4);
      }
    }
  }
  for (let at = 8; at < size - 8; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const places = alignments(version);
  for (const row of places) {
    for (const column of places) {
      // Where a finder stands there is none; on a timing line there is.
      const corner = (row === 6 && (column === 6 || column === size - 7)) || (column === 6 && row === size - 7);
      if (corner) continue;
      for (let down = -2; down <= 2; down++)
        for (let right = -2; right <= 2; right++) set(row + down, column + right, Math.max(Math.abs(down), Math.abs(right)) !== 1);
    }
  }
  grid[size - 8][8] = true;
}

/** §7.9. @param {number} size @param {number} mask @param {(row: number, column: number, dark: boolean) => void} set */
function drawFormat(size, mask, set) {
  const data = (LEVEL << 3) | mask;
  let rest = data;
  for (let at = 0; at < 10; at++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (/** @type {number} */ at) => ((bits >> at) & 1) === 1;
  for (let at = 0; at <= 5; at++) set(at, 8, bit(at));
  set(7, 8, bit(6));
  set(8, 8, bit(7));
  set(8, 7, bit(8));
  for (let at = 9; at < 15; at++) set(8, 14 - at, bit(at));
  for (let at = 0; at < 8; at++) set(8, size - 1 - at, bit(at));
  for (let at = 8; at < 15; at++) set(size - 15 + at, 8, bit(at));
}

/** §7.10. @param {number} version @param {number} size @param {(row: number, column: number, dark: boolean) => void} set */
function drawVersion(version, size, set) {
  let rest = version;
  for (let at = 0; at < 12; at++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at++) {
    const dark = ((bits >> at) & 1) === 1;
    const [near, far] = [Math.floor(at / 3), size - 11 + (at % 3)];
    set(near, far, dark);
    set(far, near, dark);
  }
}

/**
 * §7.7.3: two columns at a time from the right, upwards and downwards.
 * @param {number} size
 * @param {(boolean | undefined)[][]} grid
 * @param {number[]} codewords
 * @param {(row: number, column: number) => boolean} masked
 */
function drawData(size, grid, codewords, masked) {
  let at = 0;
  for (let right = size - 1, upward = true; right >= 1; right -= 2, upward = !upward) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const row = upward ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== undefined) continue;
        const dark = at < codewords.length * 8 && ((codewords[at >> 3] >> (7 - (at & 7))) & 1) === 1;
        at++;
        grid[row][column] = dark !== masked(row, column);
      }
    }
  }
}

/** §7.8.3. @param {Matrix} grid */
function penaltyOf(grid) {
  const size = grid.length;
  let penalty = 0;
  const columns = grid.map((_, column) => grid.map((row) => row[column]));
  for (const line of [...grid, ...columns]) penalty += runsOf(line) + findersOf(line);
  let dark = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (grid[row][column]) dark++;
      if (row + 1 === size || column + 1 === size) continue;
      const one = grid[row][column];
      if (one === grid[row][column + 1] && one === grid[row + 1][column] && one === grid[row + 1][column + 1]) penalty += 3;
    }
  }
  const percent = (dark * 100) / (size * size);
  return penalty + Math.floor(Math.abs(percent - 50) / 5) * 10;
}

/** Five or more alike. @param {boolean[]} line */
function runsOf(line) {
  let penalty = 0;
  for (let at = 0; at < line.length; ) {
    let end = at + 1;
    while (end < line.length && line[end] === line[at]) end++;
    if (end - at >= 5) penalty += end - at - 2;
    at = end;
  }
  return penalty;
}

/** What looks like a finder, with four light ones on a side. @param {boolean[]} line */
function findersOf(line) {
  const text = line.map((dark) => (dark ? "1" : "0")).join("");
  let penalty = 0;
  for (let at = 0; at + 11 <= text.length; at++) {
    const part = text.slice(at, at + 11);
    if (part === "10111010000" || part === "00001011101") penalty += 40;
  }
  return penalty;
}
