import { demand, refuse } from "./errors.js";
import { utf8Text } from "./bytes.js";

const DEPTH = 64;

/**
 * RFC 8259 with what the RFC leaves open decided: UTF-8 only, no BOM, no member twice, at most 64 levels.
 * @param {Uint8Array | string} source
 * @param {string} [code] of the refusal
 * @returns {any}
 * @throws MyDataError
 */
export function parseJson(source, code = "json.format") {
  const text = typeof source === "string" ? source : readText(source, code);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(code, "not JSON");
  }
  refuseDuplicates(text, code);
  return value;
}

/**
 * The same, and an object.
 * @param {Uint8Array | string} source
 * @param {string} [code]
 * @returns {Record<string, any>}
 */
export function parseJsonObject(source, code = "json.format") {
  const value = parseJson(source, code);
  demand(isObject(value), code, "not a JSON object");
  return value;
}

/**
 * For showing: a number that JavaScript cannot hold as it is written (1.50, or twenty digits) stays as its text.
 * @param {Uint8Array} source
 * @param {string} code of the refusal
 * @returns {unknown}
 */
export function parseForShowing(source, code) {
  const value = parseJson(source, code);
  const text = readText(source, code);
  if (!/\d{16}|\d\.\d*0(?!\d)|\d[eE]/.test(text)) return value;
  /** @type {(key: string, value: unknown, context?: { source?: string }) => unknown} */
  const keep = (_, one, context) => {
    const source = typeof one === "number" ? context?.source : undefined;
    return source !== undefined && String(one) !== source ? source : one;
  };
  return JSON.parse(text, keep);
}

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {Uint8Array} bytes
 * @param {string} code
 */
function readText(bytes, code) {
  try {
    return utf8Text(bytes);
  } catch {
    return refuse(code, "not UTF-8");
  }
}

/**
 * Walks a text that JSON.parse has accepted, so the grammar needs no second check here.
 * By hand: a regular expression runs out of its stack on a picture of some megabytes.
 * @param {string} text
 * @param {string} code
 */
function refuseDuplicates(text, code) {
  /** @type {(Set<string> | null)[]} */
  const open = [];
  let name = "";
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = closingQuote(text, at);
        if (open[open.length - 1]) name = text.slice(at, end + 1);
        at = end;
        break;
      }
      case ":": {
        const members = open[open.length - 1];
        const plain = name.includes("\\") ? JSON.parse(name) : name.slice(1, -1);
        demand(members && !members.has(plain), code, "a member twice");
        members.add(plain);
        break;
      }
      case "{":
      case "[":
        open.push(text[at] === "{" ? new Set() : null);
        demand(open.length <= DEPTH, code, "nested too deep");
        break;
      case "}":
      case "]":
        open.pop();
        break;
    }
  }
}

/**
 * @param {string} text
 * @param {number} start of the opening quote
 */
function closingQuote(text, start) {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end;
  }
}
