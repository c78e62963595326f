import { decode } from "./base64url.js";
import { concat, same, utf8Bytes, utf8Text } from "./bytes.js";
import { demand, MyDataError, refuse } from "./errors.js";
import { isObject, parseJsonObject } from "./json.js";
import { mergeHeaders } from "./jwe.js";
import { readHeader, refuseExtensions } from "./jws.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/**
 * @typedef {object} Head what stands in the clear before the cipher text
 * @property {string} transfer
 * @property {string} dataset
 * @property {string} sub pairwise
 * @property {number} iat seconds
 * @property {Bytes} kc
 * @property {Record<string, any>} header the protected one
 * @property {string} protectedText
 * @property {{ header: Record<string, any>, encrypted_key: string }[]} recipients
 * @property {string} iv base64url
 * @property {string} tag base64url
 */

const MEMBERS = ["protected", "recipients", "iv", "tag", "ciphertext"];
const PROTECTED = ["enc", "typ", "cty", "transfer", "dataset", "sub", "iat", "kc"];
const RECIPIENT_ALGORITHMS = ["ECDH-ES+A256KW", "RSA-OAEP-256", "A256KW"];
const RECIPIENTS_LIMIT = 16;
const HEAD_LIMIT = 64 * 1024;
const NAME = /^[A-Za-z0-9._~:+/=-]{1,128}$/;
const MARK = utf8Bytes(',"ciphertext":"');
const [QUOTE, OPEN, CLOSE] = utf8Bytes('"{}');

/**
 * Parts a sealed package without making a text of the cipher text.
 * @param {Uint8Array} json
 * @returns {{ raw: Uint8Array, ciphertext: Uint8Array }} raw up to and with `"ciphertext":"`
 * @throws MyDataError `seal.shape`, `seal.too_large`, `seal.truncated`
 */
export function splitSealed(json) {
  const start = findCiphertext(json);
  const end = json.indexOf(QUOTE, start);
  demand(end >= 0 && end + 1 < json.length, "seal.truncated", "ends in the cipher text");
  demand(json[end + 1] === CLOSE && end + 2 === json.length, "seal.shape", "something after the cipher text");
  return { raw: json.subarray(0, start), ciphertext: json.subarray(start, end) };
}

/**
 * Protocols A4: exactly these members in this order, so that the platform can pass the rest on as bytes.
 * @param {Uint8Array} raw from `splitSealed`
 * @returns {Head}
 * @throws MyDataError `seal.shape`, `seal.header`, `jose.…`
 */
export function readSealedHead(raw) {
  const json = parseJsonObject(concat(raw, utf8Bytes('"}')), "seal.shape");
  const ordered = Object.keys(json).join() === MEMBERS.join();
  demand(ordered, "seal.shape", "members missing, more, or in another order");
  const text = utf8Text(raw);
  for (const name of ["protected", "iv", "tag"]) {
    // The digest covers them as they stand, so there must be one way to write them.
    const plain = typeof json[name] === "string" && text.includes(`"${json[name]}"`);
    demand(plain, "seal.shape", "not a text, or written with escapes", name);
  }
  const header = readProtected(json.protected);
  const kc = sized(header.kc, 32, "kc");
  sized(json.iv, 12, "iv");
  sized(json.tag, 16, "tag");
  const { transfer, dataset, sub, iat } = header;
  const recipients = readRecipients(json.recipients, header);
  return { transfer, dataset, sub, iat, kc, header, recipients, protectedText: json.protected, iv: json.iv, tag: json.tag };
}

/** @param {string} text */
function readProtected(text) {
  const header = readHeader(text);
  refuseExtensions(header);
  demand(header.enc === "A256GCM", "jose.enc_refused", "encryption refused", String(header.enc));
  const typed = header.typ === "mydata-package+jwe" && header.cty === "application/zip";
  demand(typed, "seal.header", "another typ or cty", String(header.typ));
  demand(exactly(header, PROTECTED), "seal.header", "members missing, or more");
  for (const name of ["transfer", "dataset", "sub"]) {
    demand(typeof header[name] === "string", "seal.header", "not a text", name);
    demand(NAME.test(header[name]), "seal.header", "not a name", name);
  }
  demand(Number.isSafeInteger(header.iat) && header.iat >= 0, "seal.header", "not a time in whole seconds", "iat");
  demand(typeof header.kc === "string", "seal.header", "not a text", "kc");
  return header;
}

/**
 * @param {unknown} recipients
 * @param {Record<string, any>} header
 * @returns {Head["recipients"]}
 */
function readRecipients(recipients, header) {
  const code = "seal.shape";
  const few = Array.isArray(recipients) && recipients.length >= 1 && recipients.length <= RECIPIENTS_LIMIT;
  demand(few, code, "none, or too many");
  for (const one of recipients) {
    demand(isObject(one) && exactly(one, ["header", "encrypted_key"]) && isObject(one.header), code, "members missing, or more");
    const { alg, kid } = mergeHeaders(header, one.header);
    demand(RECIPIENT_ALGORITHMS.includes(alg), "jose.alg_refused", "algorithm refused", String(alg));
    const members = alg === "ECDH-ES+A256KW" ? ["alg", "kid", "epk"] : ["alg", "kid"];
    demand(exactly(one.header, members), code, "members missing, or more");
    demand(typeof kid === "string" && NAME.test(kid), "seal.header", "not a name", "kid");
    demand(typeof one.encrypted_key === "string", code, "not a text", "encrypted_key");
  }
  demand(new Set(recipients.map((one) => one.header.kid)).size === recipients.length, code, "a kid twice");
  return recipients;
}

/**
 * @param {Record<string, any>} object
 * @param {string[]} names
 */
function exactly(object, names) {
  const own = Object.keys(object);
  return own.length === names.length && names.every((name) => Object.hasOwn(object, name));
}

/**
 * @param {string} text base64url
 * @param {number} length bytes
 * @param {string} name
 * @returns {Bytes}
 */
function sized(text, length, name) {
  try {
    const bytes = decode(text);
    if (bytes.length === length) return bytes;
  } catch (error) {
    if (!(error instanceof MyDataError)) throw error;
  }
  return refuse("seal.shape", "not base64url of its length", name);
}

/**
 * A quote inside a string is escaped, so the mark stands in none; inside a nested object it leaves a head that does not
 * parse.
 * @param {Uint8Array} json
 * @returns {number} where the cipher text begins
 */
function findCiphertext(json) {
  demand(json.length === 0 || json[0] === OPEN, "seal.shape", "not an object");
  const limit = Math.min(json.length, HEAD_LIMIT);
  for (let at = json.indexOf(MARK[0]); at >= 0 && at + MARK.length <= limit; at = json.indexOf(MARK[0], at + 1)) {
    if (at > 0 && same(json.subarray(at, at + MARK.length), MARK)) return at + MARK.length;
  }
  return refuse(json.length < HEAD_LIMIT ? "seal.truncated" : "seal.too_large", "no cipher text after the head");
}
