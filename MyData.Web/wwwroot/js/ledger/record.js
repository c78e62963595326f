import { decode } from "../base64url.js";
import { utf8Bytes, utf8Text } from "../bytes.js";
import { demand, MyDataError, refuse } from "../errors.js";

/**
 * Reads a canonical record in one pass, and nothing else; the twin of MyData.Core/Ledger/Records, where the form is described. The order
 * of the members is fixed, so what fits nowhere is refused where it stands.
 *
 * @typedef {"text" | "texts" | "integer" | "hash" | "id" | "tags" | "signature"} Kind
 * @typedef {{ [member: string]: string | string[] | number }} LedgerRecord hashes and tags as they stand there, in base64url
 */

const MAX_BYTES = 8 * 1024;
const MAX_TEXT = 256;
const MAX_SIGNATURE = 540;
const MAX_PERSONS = 64;
const MAX_FIELDS = 128;
const MAX_BATCH = 1024;
const MAX_PATH_BYTES = 10 * 32;
const MAX_TIME = 253_402_300_799_999;

/** @type {[string, Kind][]} */
const MEMBERS = [
  ["act", "hash"],
  ["con", "hash"],
  ["fld", "texts"],
  ["from", "text"],
  ["id", "id"],
  ["idm", "text"],
  ["kid", "text"],
  ["n", "integer"],
  ["op", "text"],
  ["req", "hash"],
  ["res", "text"],
  ["rsp", "hash"],
  ["seal", "hash"],
  ["sub", "tags"],
  ["t", "integer"],
  ["to", "text"],
  ["up", "signature"],
  ["v", "integer"],
  ["via", "text"],
  ["who", "hash"],
  ["why", "text"],
];
const REQUIRED = ["from", "id", "kid", "n", "op", "res", "t", "to", "v", "via", "why"];

// As in RecordText.cs: controls, bidirectional marks, zero width, tags; written out, so that no Unicode version decides.
const HIDDEN =
  /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const SHORT = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

/**
 * @param {Uint8Array} bytes
 * @param {"stored" | "sent"} form what a caller sends has no tags yet
 * @returns {LedgerRecord}
 * @throws MyDataError `record.…`
 */
export function parseRecord(bytes, form = "stored") {
  demand(bytes.length <= MAX_BYTES, "record.too_large", "larger than 8 kB");
  let json = "";
  try {
    json = utf8Text(bytes);
  } catch {
    refuse("record.utf8", "not UTF-8");
  }
  return new Scanner(json).record(form);
}

/**
 * The one spelling of a text.
 * @param {string} text
 */
export function formatText(text) {
  let json = '"';
  for (const character of text) {
    if (Object.hasOwn(SHORT, character)) json += SHORT[/** @type {keyof typeof SHORT} */ (character)];
    else if (HIDDEN.test(character)) json += escapeUnits(character);
    else json += character;
  }
  return json + '"';
}

/** @param {string} character one or two UTF-16 units */
function escapeUnits(character) {
  return Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
}

class Scanner {
  #json;
  #at = 0;

  /** @param {string} json */
  constructor(json) {
    this.#json = json;
  }

  /**
   * @param {"stored" | "sent"} form
   * @returns {LedgerRecord}
   */
  record(form) {
    /** @type {LedgerRecord} */
    const record = {};
    this.#take("{");
    for (let next = 0; ; next++) {
      next = this.#member(next, record);
      const [name, kind] = MEMBERS[next];
      record[name] = this.#value(name, kind);
      if (this.#peek() !== ",") break;
      this.#at++;
    }
    this.#take("}");
    demand(this.#at === this.#json.length, "record.format", "something stands behind the record");
    demandWhole(record, form);
    return record;
  }

  /**
   * @param {number} next
   * @param {LedgerRecord} record so far
   */
  #member(next, record) {
    const found = MEMBERS.findIndex(([name]) => this.#json.startsWith(`"${name}":`, this.#at));
    if (found >= next) {
      this.#at += MEMBERS[found][0].length + 3;
      return found;
    }
    this.#refuseBlank();
    if (found >= 0) {
      const twice = Object.hasOwn(record, MEMBERS[found][0]);
      refuse(twice ? "record.duplicate_member" : "record.order", "a member that was to come before");
    }
    demand(this.#peek() === '"' && this.#at + 1 < this.#json.length, "record.format", "a member's name was expected");
    return refuse("record.unknown_member", "a record has no such member");
  }

  /**
   * @param {string} name
   * @param {Kind} kind
   */
  #value(name, kind) {
    switch (kind) {
      case "integer":
        return this.#integer(name);
      case "texts":
        return this.#list(MAX_FIELDS, (field, before) => demand(!before.includes(field), "record.value", "a field twice"));
      case "tags":
        return this.#list(MAX_PERSONS, (tag) => demand(isBytes(tag, 22), "record.value", "not 16 bytes in base64url"));
      case "signature": {
        const text = this.#text(MAX_SIGNATURE);
        demand(isSignature(text), "record.up", "not a signature, nor one with a path");
        return text;
      }
    }
    const text = this.#text();
    if (kind === "hash") demand(isBytes(text, 43), "record.value", "not 32 bytes in base64url");
    if (kind === "id") demand(UUID7.test(text), "record.id", "not a UUID of version 7, in lower case");
    return text;
  }

  /**
   * @param {number} limit
   * @param {(item: string, before: string[]) => void} check
   */
  #list(limit, check) {
    /** @type {string[]} */
    const items = [];
    this.#take("[", "record.type");
    for (;;) {
      demand(items.length < limit, "record.too_long", "too many items");
      const item = this.#text();
      check(item, items);
      items.push(item);
      if (this.#peek() === "]") break;
      this.#take(",");
    }
    this.#take("]");
    return items;
  }

  #text(limit = MAX_TEXT) {
    this.#take('"', "record.type");
    const start = this.#at;
    while (this.#at < this.#json.length && this.#peek() !== '"') this.#at += this.#peek() === "\\" ? 2 : 1;
    demand(this.#at < this.#json.length, "record.format", "a text does not end");
    const raw = this.#json.slice(start, this.#at++);
    const text = readText(raw);
    demand(text !== "", "record.value", "a text is empty");
    demand(utf8Bytes(text).length <= limit, "record.too_long", "longer than its member takes");
    return text;
  }

  /** @param {string} name */
  #integer(name) {
    const digits = /^[0-9]*/.exec(this.#json.slice(this.#at))?.[0] ?? "";
    if (digits === "") {
      this.#refuseBlank();
      refuse(this.#peek() === "-" ? "record.value" : "record.type", "an integer was expected");
    }
    const behind = this.#json[this.#at + digits.length];
    demand(behind !== undefined, "record.type", "the record ends in a number");
    demand(![".", "e", "E"].includes(behind), "record.type", "not an integer");
    demand(digits === "0" || digits[0] !== "0", "record.format", "a leading zero");
    // Every limit is far below 2^53, so what is rounded is refused.
    const value = Number(digits);
    this.#at += digits.length;
    if (name === "v" && BigInt(digits) < 1n << 63n) demand(value === 1, "record.version", "not version 1");
    else demand(value <= (name === "n" ? MAX_PERSONS : MAX_TIME), "record.value", "the number is too large");
    return value;
  }

  #peek() {
    return this.#json[this.#at];
  }

  /**
   * @param {string} expected
   * @param {string} [code]
   */
  #take(expected, code = "record.format") {
    if (this.#peek() !== expected) this.#refuseBlank();
    demand(this.#peek() === expected, code, "another value was expected");
    this.#at++;
  }

  #refuseBlank() {
    demand(!" \t\r\n".includes(this.#peek() ?? "-"), "record.canonical", "a blank between two parts");
  }
}

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @param {string} raw between the quotes */
function readText(raw) {
  if (/^[\x20-\x7e]*$/.test(raw) && !raw.includes("\\")) return raw;
  let text = "";
  try {
    text = JSON.parse(`"${raw}"`);
  } catch {
    refuse("record.format", "no JSON text");
  }
  demand(text.isWellFormed(), "record.text", "half a surrogate pair");
  demand(formatText(text) === `"${raw}"`, "record.canonical", "a text is spelled in another way");
  return text;
}

/**
 * @param {LedgerRecord} record
 * @param {"stored" | "sent"} form
 */
function demandWhole(record, form) {
  for (const name of REQUIRED) demand(Object.hasOwn(record, name), "record.missing_member", "a member is missing", name);
  const tags = Array.isArray(record.sub) ? record.sub.length : 0;
  demand(tags === (form === "sent" ? 0 : record.n), "record.sub", "not one tag for each person");
  const covered = record.up === undefined || record.n === 0 || record.who !== undefined;
  demand(covered, "record.who", "the caller's signature does not say for whom");
}

/** @param {string} text */
function isSignature(text) {
  const parts = text.split(".");
  if (!isBytes(parts[0], 86)) return false;
  if (parts.length === 1) return true;
  const numbers = parts.slice(1, 3).every((part) => /^(0|[1-9][0-9]{0,3})$/.test(part));
  if (parts.length !== 4 || !numbers) return false;
  const [index, size] = [Number(parts[1]), Number(parts[2])];
  return index < size && size <= MAX_BATCH && isBytes(parts[3]) && (parts[3].length * 3) / 4 < MAX_PATH_BYTES + 1;
}

/**
 * @param {string} text
 * @param {number} [characters]
 */
function isBytes(text, characters = text.length) {
  if (text.length !== characters) return false;
  try {
    decode(text);
    return true;
  } catch (error) {
    if (error instanceof MyDataError) return false;
    throw error;
  }
}
