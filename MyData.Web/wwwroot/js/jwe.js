import { encode } from "./base64url.js";
import { concat, same, sha256, uint32, utf8Bytes } from "./bytes.js";
import { demand, refuse } from "./errors.js";
import { isObject, parseJsonObject } from "./json.js";
import { checkUse, importKey } from "./jwk.js";
import { part, readHeader, refuseExtensions } from "./jws.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./jwk.js").Jwk} Jwk */
/** @typedef {{ kid?: string, privateKey: CryptoKey }} HeldKey a key of the browser, mostly not extractable */
/** @typedef {{ header: Record<string, any>, plaintext: Bytes }} Opened */

/** RFC 7518 §4.1 @type {Record<string, { kty: "EC" | "RSA" | "oct", importAs: any, usages: KeyUsage[], operations: string[] }>} */
const KEY_MANAGEMENT = {
  "ECDH-ES+A256KW": {
    kty: "EC",
    importAs: { name: "ECDH", namedCurve: "P-256" },
    usages: ["deriveBits"],
    operations: ["deriveKey", "deriveBits"],
  },
  "RSA-OAEP-256": {
    kty: "RSA",
    importAs: { name: "RSA-OAEP", hash: "SHA-256" },
    usages: ["decrypt"],
    operations: ["unwrapKey", "decrypt"],
  },
  A256KW: { kty: "oct", importAs: { name: "AES-KW" }, usages: ["unwrapKey"], operations: ["unwrapKey", "decrypt"] },
  A256GCMKW: { kty: "oct", importAs: { name: "AES-GCM" }, usages: ["decrypt"], operations: ["unwrapKey", "decrypt"] },
};

/** RFC 7518 §5.1; all in bytes @type {Record<string, { key: number, iv: number, tag: number }>} */
const CONTENT = {
  A256GCM: { key: 32, iv: 12, tag: 16 },
  "A256CBC-HS512": { key: 64, iv: 16, tag: 32 },
};

/** Any raw bytes pass AES-KW as an HMAC key; WebCrypto has no other way to unwrap 64 of them. */
const CARRIER = { name: "HMAC", hash: "SHA-256" };

/**
 * RFC 7516 §5.2, compact serialization.
 * @param {string} compact
 * @param {Jwk | HeldKey} key
 * @returns {Promise<Opened>}
 * @throws MyDataError `jose.format`, `jose.alg_refused`, `jose.enc_refused`, `jose.zip_refused`, `jose.crit_refused`,
 *   `jose.key_refused`, `jose.decrypt`, `jwk.…`
 */
export async function openCompact(compact, key) {
  demand(typeof compact === "string", "jose.format", "not a text");
  const parts = compact.split(".");
  demand(parts.length === 5, "jose.format", "not five parts");
  const header = readHeader(parts[0]);
  checkHeader(header);
  const contentKey = await unwrapContentKey(header, part(parts[1]), key);
  const [iv, ciphertext, tag] = parts.slice(2).map((text) => part(text));
  return { header, plaintext: await openContent(header.enc, contentKey, iv, utf8Bytes(parts[0]), ciphertext, tag) };
}

/**
 * RFC 7516 §7.2, JSON serialization, general or flattened: our recipient is found by kid, or is the only one.
 * @param {string} json
 * @param {Jwk | HeldKey} key
 * @returns {Promise<Opened>}
 * @throws MyDataError as `openCompact`, and `jose.recipient_missing`
 */
export async function openGeneral(json, key) {
  const jwe = parseJsonObject(json, "jose.format");
  const protectedText = jwe.protected ?? "";
  const common = protectedText === "" ? {} : readHeader(protectedText);
  const recipient = chooseRecipient(recipientsOf(jwe), key.kid);
  const header = mergeHeaders(common, jwe.unprotected, recipient.header);
  checkHeader(header);
  const contentKey = await unwrapContentKey(header, part(recipient.encrypted_key ?? ""), key);
  const aad = utf8Bytes(jwe.aad === undefined ? protectedText : `${protectedText}.${encode(part(jwe.aad))}`);
  const ciphertext = part(jwe.ciphertext);
  return { header, plaintext: await openContent(header.enc, contentKey, part(jwe.iv), aad, ciphertext, part(jwe.tag)) };
}

/** @param {Record<string, any>} jwe */
function recipientsOf(jwe) {
  const { recipients, header, encrypted_key } = jwe;
  if (recipients === undefined) return [{ header, encrypted_key }];
  const general = Array.isArray(recipients) && recipients.length > 0;
  demand(general && header === undefined && encrypted_key === undefined, "jose.format", "no recipients, or both forms");
  return recipients;
}

/**
 * @param {any[]} recipients
 * @param {string | undefined} kid
 * @returns {{ header?: Record<string, any>, encrypted_key?: string }}
 */
export function chooseRecipient(recipients, kid) {
  for (const one of recipients) demand(isObject(one), "jose.format", "a recipient is not an object");
  const fits = recipients.filter((one) => recipients.length === 1 || (isObject(one.header) && one.header.kid === kid));
  const named = fits.length === 1 && (kid === undefined || (fits[0].header?.kid ?? kid) === kid);
  demand(named, "jose.recipient_missing", "not sealed for this key, or twice");
  return fits[0];
}

/**
 * RFC 7516 §7.2.1: the names in the three places must differ.
 * @param {...(Record<string, any> | undefined)} places
 * @returns {Record<string, any>}
 */
export function mergeHeaders(...places) {
  /** @type {Record<string, any>} */
  const merged = {};
  for (const place of places) {
    demand(place === undefined || isObject(place), "jose.format", "a header is not an object");
    for (const [name, value] of Object.entries(place ?? {})) {
      demand(!Object.hasOwn(merged, name), "jose.format", "a header in two places", name);
      Object.defineProperty(merged, name, { value, enumerable: true });
    }
  }
  return merged;
}

/**
 * Everything that is not ours is refused by its name, before any key is touched.
 * @param {Record<string, any>} header
 */
export function checkHeader(header) {
  const { alg, enc } = header;
  demand(typeof alg === "string" && Object.hasOwn(KEY_MANAGEMENT, alg), "jose.alg_refused", "algorithm refused", String(alg));
  demand(typeof enc === "string" && Object.hasOwn(CONTENT, enc), "jose.enc_refused", "encryption refused", String(enc));
  refuseExtensions(header);
}

/**
 * @param {Record<string, any>} header checked
 * @param {Bytes} wrapped
 * @param {Jwk | HeldKey} key
 * @returns {Promise<Bytes>} the content key; the caller wipes it
 */
export async function unwrapContentKey(header, wrapped, key) {
  const own = await keyFor(header, key);
  const contentKey = await unwrap(header, wrapped, own);
  demand(contentKey.length === CONTENT[header.enc].key, "jose.decrypt", "content key of another length");
  return contentKey;
}

/**
 * @param {Record<string, any>} header
 * @param {Jwk | HeldKey} key
 * @returns {Promise<CryptoKey>}
 */
async function keyFor(header, key) {
  const management = KEY_MANAGEMENT[header.alg];
  demand(key.kid === undefined || header.kid === undefined || key.kid === header.kid, "jose.key_unknown", "another kid");
  if ("privateKey" in key) {
    const fits = key.privateKey.algorithm.name === management.importAs.name;
    demand(fits, "jose.key_refused", "the key is for another algorithm");
    return key.privateKey;
  }
  checkUse(key, header.alg, "enc", management.operations);
  const imported = await importKey(key, management.kty, management.importAs, management.usages, true);
  const size = /** @type {{ length?: number }} */ (imported.algorithm).length;
  demand(management.kty !== "oct" || size === 256, "jose.key_refused", "key of another length");
  return imported;
}

/**
 * @param {Record<string, any>} header
 * @param {Bytes} wrapped
 * @param {CryptoKey} key
 * @returns {Promise<Bytes>}
 */
async function unwrap(header, wrapped, key) {
  switch (header.alg) {
    case "ECDH-ES+A256KW":
      return unwrapAesKw(await agree(header, key), wrapped);
    case "RSA-OAEP-256":
      return decrypt({ name: "RSA-OAEP" }, key, wrapped);
    case "A256KW":
      return unwrapAesKw(key, wrapped);
    default: {
      // RFC 7518 §4.7.1
      const [iv, tag] = [headerBytes(header.iv), headerBytes(header.tag)];
      demand(iv.length === 12 && tag.length === 16, "jose.format", "iv or tag of another length");
      return decrypt({ name: "AES-GCM", iv }, key, concat(wrapped, tag));
    }
  }
}

/**
 * RFC 7518 §4.6: the key-wrapping key that both sides compute.
 * @param {Record<string, any>} header
 * @param {CryptoKey} privateKey
 * @returns {Promise<CryptoKey>}
 */
async function agree(header, privateKey) {
  const theirs = await importEphemeral(header.epk);
  return deriveWrappingKey(privateKey, theirs, headerBytes(header.apu ?? ""), headerBytes(header.apv ?? ""));
}

/**
 * RFC 7518 §4.6.1.1: public, on P-256 and on the curve, or the agreement would tell about our key.
 * @param {unknown} epk
 * @returns {Promise<CryptoKey>}
 */
async function importEphemeral(epk) {
  demand(epk !== undefined, "jose.format", "epk is missing");
  demand(isObject(epk) && !("d" in epk), "jose.key_refused", "epk is no public key");
  try {
    return await importKey(epk, "EC", { name: "ECDH", namedCurve: "P-256" }, []);
  } catch (error) {
    return refuse("jose.key_refused", String(error));
  }
}

/**
 * @param {CryptoKey} privateKey
 * @param {CryptoKey} publicKey
 * @param {Uint8Array} [apu]
 * @param {Uint8Array} [apv]
 * @returns {Promise<CryptoKey>} for AES-KW
 */
export async function deriveWrappingKey(privateKey, publicKey, apu = new Uint8Array(), apv = new Uint8Array()) {
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256));
  const raw = await concatKdf(shared, "ECDH-ES+A256KW", apu, apv);
  const key = await crypto.subtle.importKey("raw", raw, "AES-KW", false, ["wrapKey", "unwrapKey"]);
  shared.fill(0);
  raw.fill(0);
  return key;
}

/**
 * RFC 7518 §4.6.2, one round of SHA-256: 256 bits.
 * @param {Uint8Array} shared
 * @param {string} algorithm
 * @param {Uint8Array} apu
 * @param {Uint8Array} apv
 * @returns {Promise<Bytes>}
 */
export async function concatKdf(shared, algorithm, apu, apv) {
  const id = utf8Bytes(algorithm);
  const info = [id, apu, apv].flatMap((field) => [uint32(field.length), field]);
  return sha256(concat(uint32(1), shared, ...info, uint32(256)));
}

/**
 * RFC 3394.
 * @param {CryptoKey} key for AES-KW
 * @param {Bytes} wrapped
 * @returns {Promise<Bytes>}
 */
export async function unwrapAesKw(key, wrapped) {
  try {
    const carried = await crypto.subtle.unwrapKey("raw", wrapped, key, "AES-KW", CARRIER, true, ["sign"]);
    return new Uint8Array(await crypto.subtle.exportKey("raw", carried));
  } catch {
    return refuse("jose.decrypt", "the wrapped key does not open");
  }
}

/**
 * RFC 3394.
 * @param {CryptoKey} key for AES-KW
 * @param {Bytes} raw
 * @returns {Promise<Bytes>}
 */
export async function wrapAesKw(key, raw) {
  const carried = await crypto.subtle.importKey("raw", raw, CARRIER, true, ["sign"]);
  return new Uint8Array(await crypto.subtle.wrapKey("raw", carried, key, "AES-KW"));
}

/**
 * @param {string} enc
 * @param {Bytes} key wiped here
 * @param {Bytes} iv
 * @param {Bytes} aad
 * @param {Bytes} ciphertext
 * @param {Bytes} tag
 * @returns {Promise<Bytes>}
 */
export async function openContent(enc, key, iv, aad, ciphertext, tag) {
  const size = CONTENT[enc];
  demand(iv.length === size.iv && tag.length === size.tag, "jose.format", "iv or tag of another length");
  try {
    return enc === "A256GCM"
      ? await openGcm(key, iv, aad, ciphertext, tag)
      : await openCbcHmac(key, iv, aad, ciphertext, tag);
  } finally {
    key.fill(0);
  }
}

/** @param {Bytes} key @param {Bytes} iv @param {Bytes} aad @param {Bytes} ciphertext @param {Bytes} tag */
async function openGcm(key, iv, aad, ciphertext, tag) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return decrypt({ name: "AES-GCM", iv, additionalData: aad }, imported, concat(ciphertext, tag));
}

/**
 * RFC 7518 §5.2.2.2: the tag is checked before anything is decrypted.
 * @param {Bytes} key @param {Bytes} iv @param {Bytes} aad @param {Bytes} ciphertext @param {Bytes} tag
 */
async function openCbcHmac(key, iv, aad, ciphertext, tag) {
  const hash = { name: "HMAC", hash: "SHA-512" };
  const macKey = await crypto.subtle.importKey("raw", key.slice(0, 32), hash, false, ["sign"]);
  const aadBits = concat(uint32(Math.floor(aad.length / 0x20000000)), uint32(aad.length * 8));
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", macKey, concat(aad, iv, ciphertext, aadBits)));
  demand(same(mac.subarray(0, 32), tag), "jose.decrypt", "the tag does not fit");
  const imported = await crypto.subtle.importKey("raw", key.slice(32), "AES-CBC", false, ["decrypt"]);
  return decrypt({ name: "AES-CBC", iv }, imported, ciphertext);
}

/**
 * @param {any} algorithm
 * @param {CryptoKey} key
 * @param {Bytes} data
 * @returns {Promise<Bytes>}
 */
async function decrypt(algorithm, key, data) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, data));
  } catch {
    return refuse("jose.decrypt", "does not open");
  }
}

/** @param {unknown} value of a header */
function headerBytes(value) {
  demand(typeof value === "string", "jose.format", "a header is not a text, or missing");
  return part(value);
}
