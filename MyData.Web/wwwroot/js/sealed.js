import { decode, decodeAscii, encode } from "./base64url.js";
import { concat, same, sha256, utf8Bytes, utf8Text } from "./bytes.js";
import { demand, MyDataError, refuse } from "./errors.js";
import { parseJsonObject } from "./json.js";
import { checkUse, importKey } from "./jwk.js";
import {
  checkHeader,
  chooseRecipient,
  deriveWrappingKey,
  mergeHeaders,
  openContent,
  unwrapContentKey,
  wrapAesKw,
} from "./jwe.js";
import { readHeader } from "./jws.js";
import { sealDigest } from "./seal.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./jwe.js").HeldKey} HeldKey */
/** @typedef {import("./jwk.js").Jwk} Jwk */
/**
 * @typedef {object} Head what stands in the clear
 * @property {string} transfer
 * @property {string} dataset
 * @property {string} sub pairwise
 * @property {number} iat seconds
 * @property {Bytes} kc
 * @property {Record<string, any>} header the protected one
 * @property {string} protectedText
 * @property {any[]} recipients
 * @property {string} iv
 * @property {string} tag
 */
/** @typedef {{ header: Record<string, any>, encrypted_key: string }} Recipient one entry of `recipients` */

const MEMBERS = ["protected", "recipients", "iv", "tag"];
const BEFORE = utf8Bytes(',"ciphertext":"');
const AFTER = utf8Bytes('"}');
const HEAD_LIMIT = 64 * 1024;
/** 200 MB of ZIP as base64url, and the head. */
const SIZE_LIMIT = Math.ceil((200 * 1024 * 1024 * 4) / 3) + HEAD_LIMIT;
const KC_LABEL = utf8Bytes("mydata-kc");

/**
 * Protocols A4. In this order: shape, head, our recipient, content key, `kc`, then the cipher text: GCM does not commit
 * to its key, so a package that opens differently for two recipients would pass without `kc`.
 * @param {Uint8Array} json the sealed package as it came
 * @param {HeldKey | Jwk} key its kid names our entry
 * @returns {Promise<{ head: Head, seal: import("./seal.js").Seal, zip: Bytes }>}
 * @throws MyDataError `seal.too_large`, `seal.shape`, `seal.header`, `seal.kc_mismatch`, and as `openGeneral`
 */
export async function openSealed(json, key) {
  demand(json.length <= SIZE_LIMIT, "seal.too_large", "larger than a package may be");
  const { headBytes, ciphertext } = split(json);
  const head = readHead(headBytes);
  const contentKey = await contentKeyOf(head, key);
  const seal = await sealDigest(head.protectedText, head.iv, ciphertext, head.tag);
  const parts = [shaped(() => decode(head.iv)), shaped(() => decodeAscii(ciphertext)), shaped(() => decode(head.tag))];
  const [iv, sealed, tag] = parts;
  const aad = utf8Bytes(head.protectedText);
  const zip = await openContent("A256GCM", contentKey, iv, aad, sealed, tag);
  return { head, seal, zip };
}

/**
 * The entry that lets one more recipient open the same cipher text. Needs the head only.
 * @param {Uint8Array} json a sealed package, whole or up to its cipher text
 * @param {HeldKey | Jwk} key ours
 * @param {Jwk} recipient public, with a kid: EC P-256 or RSA
 * @returns {Promise<Recipient>}
 */
export async function wrapFor(json, key, recipient) {
  const contentKey = await contentKeyOf(readHead(split(json).headBytes), key);
  try {
    demand(typeof recipient.kid === "string", "jose.key_refused", "the recipient's key has no kid");
    return recipient.kty === "RSA" ? await wrapRsa(contentKey, recipient) : await wrapEc(contentKey, recipient);
  } finally {
    contentKey.fill(0);
  }
}

/**
 * @param {Uint8Array} json
 * @returns {Head}
 */
export function readSealedHead(json) {
  return readHead(split(json).headBytes);
}

/**
 * The cipher text is last, so the text before it is a JSON object but for its closing brace. Inside a string every
 * quote is escaped, so the mark cannot stand in one; inside a nested object it leaves a head that does not parse.
 * @param {Uint8Array} json
 */
function split(json) {
  const at = indexOf(json, BEFORE, HEAD_LIMIT);
  demand(at > 0, "seal.shape", "no cipher text after the head");
  const end = json.length - AFTER.length;
  const start = at + BEFORE.length;
  demand(end >= start && same(json.subarray(end), AFTER), "seal.shape", "something after the cipher text, or cut short");
  return { headBytes: concat(json.subarray(0, at), utf8Bytes("}")), ciphertext: json.subarray(start, end) };
}

/**
 * @param {Bytes} bytes
 * @returns {Head}
 */
function readHead(bytes) {
  const json = parseJsonObject(bytes, "seal.shape");
  const members = Object.keys(json);
  const ordered = members.length === MEMBERS.length && members.every((name, i) => name === MEMBERS[i]);
  demand(ordered && utf8Text(bytes.subarray(0, 1)) === "{", "seal.shape", "members missing, more, or in another order");
  const { protected: protectedText, recipients, iv, tag } = json;
  const texts = [protectedText, iv, tag].every((one) => typeof one === "string");
  demand(texts && Array.isArray(recipients) && recipients.length > 0, "seal.shape", "a member of another type");

  const header = readHeader(protectedText);
  demand(header.enc === "A256GCM", "jose.enc_refused", "encryption refused", String(header.enc));
  demand(header.typ === "mydata-package+jwe", "seal.header", "another typ", String(header.typ));
  demand(header.cty === "application/zip", "seal.header", "another cty", String(header.cty));
  for (const name of ["transfer", "dataset", "sub"]) {
    demand(typeof header[name] === "string" && header[name] !== "", "seal.header", "a header is missing", name);
  }
  demand(Number.isSafeInteger(header.iat) && header.iat > 0, "seal.header", "iat is not a time", "iat");
  const kc = shaped(() => decode(header.kc), "seal.header");
  demand(kc.length === 32, "seal.header", "kc is not a SHA-256", "kc");
  const { transfer, dataset, sub, iat } = header;
  return { transfer, dataset, sub, iat, kc, header, protectedText, recipients, iv, tag };
}

/**
 * @param {Head} head
 * @param {HeldKey | Jwk} key
 * @returns {Promise<Bytes>} the caller wipes it
 */
async function contentKeyOf(head, key) {
  const recipient = chooseRecipient(head.recipients, key.kid);
  const header = mergeHeaders(head.header, recipient.header);
  checkHeader(header);
  demand(typeof recipient.encrypted_key === "string", "seal.shape", "a recipient without its wrapped key");
  const wrapped = shaped(() => decode(/** @type {string} */ (recipient.encrypted_key)));
  const contentKey = await unwrapContentKey(header, wrapped, key);
  demand(same(await commitment(contentKey), head.kc), "seal.kc_mismatch", "the content key is not the committed one");
  return contentKey;
}

/** @param {Bytes} contentKey */
function commitment(contentKey) {
  return sha256(concat(KC_LABEL, contentKey));
}

/**
 * @param {Bytes} contentKey
 * @param {Jwk} recipient
 * @returns {Promise<Recipient>}
 */
async function wrapEc(contentKey, recipient) {
  checkUse(recipient, "ECDH-ES+A256KW", "enc", "deriveKey");
  demand(recipient.crv === "P-256", "jose.key_refused", "another curve");
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await importKey(recipient, "EC", curve, []);
  const fresh = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", fresh.publicKey);
  const wrapped = await wrapAesKw(await deriveWrappingKey(fresh.privateKey, theirs), contentKey);
  const header = { alg: "ECDH-ES+A256KW", kid: recipient.kid, epk: { kty, crv, x, y } };
  return { header, encrypted_key: encode(wrapped) };
}

/**
 * @param {Bytes} contentKey
 * @param {Jwk} recipient
 * @returns {Promise<Recipient>}
 */
async function wrapRsa(contentKey, recipient) {
  checkUse(recipient, "RSA-OAEP-256", "enc", "wrapKey");
  const theirs = await importKey(recipient, "RSA", { name: "RSA-OAEP", hash: "SHA-256" }, ["encrypt"]);
  const wrapped = new Uint8Array(await crypto.subtle.encrypt("RSA-OAEP", theirs, contentKey));
  return { header: { alg: "RSA-OAEP-256", kid: recipient.kid }, encrypted_key: encode(wrapped) };
}

/**
 * @param {() => Bytes} read
 * @param {string} [code]
 * @returns {Bytes}
 */
function shaped(read, code = "seal.shape") {
  try {
    return read();
  } catch (error) {
    return refuse(code, error instanceof MyDataError ? error.message : String(error));
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {Uint8Array} mark
 * @param {number} limit
 */
function indexOf(bytes, mark, limit) {
  for (let at = bytes.indexOf(mark[0]); at >= 0 && at < limit; at = bytes.indexOf(mark[0], at + 1)) {
    if (same(bytes.subarray(at, at + mark.length), mark)) return at;
  }
  return -1;
}
