import { decode, decodeAscii, encode } from "./base64url.js";
import { concat, same, sha256, utf8Bytes } from "./bytes.js";
import { demand, refuse } from "./errors.js";
import { chooseRecipient, deriveWrappingKey, mergeHeaders, openContent, unwrapContentKey, wrapAesKw } from "./jwe.js";
import { checkUse, importKey } from "./jwk.js";
import { sealDigest } from "./seal.js";
import { readSealedHead, splitSealed } from "./sealedhead.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./jwe.js").HeldKey} HeldKey */
/** @typedef {import("./jwk.js").Jwk} Jwk */
/** @typedef {import("./sealedhead.js").Head} Head */
/** @typedef {{ header: Record<string, any>, encrypted_key: string }} Recipient one entry of `recipients` */

/** 200 MB of ZIP as base64url, and the head. */
const SIZE_LIMIT = Math.ceil((200 * 1024 * 1024 * 4) / 3) + 64 * 1024;
const KC_LABEL = utf8Bytes("mydata-kc");

/**
 * Protocols A4. In this order: shape, head, our recipient, content key, `kc`, then the cipher text: GCM does not commit
 * to its key, so a package that opens differently for two recipients would pass without `kc`.
 * @param {Uint8Array} json the sealed package as it came
 * @param {HeldKey | Jwk} key its kid names our entry
 * @returns {Promise<{ head: Head, seal: import("./seal.js").Seal, zip: Bytes }>}
 * @throws MyDataError `seal.too_large`, `seal.shape`, `seal.truncated`, `seal.header`, `seal.kc_mismatch`, `jose.…`
 */
export async function openSealed(json, key) {
  demand(json.length <= SIZE_LIMIT, "seal.too_large", "larger than a package may be");
  const { raw, ciphertext } = splitSealed(json);
  const head = readSealedHead(raw);
  const contentKey = await contentKeyOf(head, key);
  const seal = await sealDigest(head.protectedText, head.iv, ciphertext, head.tag);
  const sealed = shaped(() => decodeAscii(ciphertext));
  demand(sealed.length > 0, "seal.shape", "an empty cipher text");
  const aad = utf8Bytes(head.protectedText);
  const zip = await openContent("A256GCM", contentKey, decode(head.iv), aad, sealed, decode(head.tag));
  return { head, seal, zip };
}

/**
 * The entry that lets one more recipient open the same cipher text.
 * @param {Uint8Array} json the sealed package
 * @param {HeldKey | Jwk} key ours
 * @param {Jwk} recipient public, with a kid: EC P-256 or RSA
 * @returns {Promise<Recipient>}
 * @throws MyDataError as `openSealed`, and `jose.key_refused`, `jwk.…`
 */
export async function wrapFor(json, key, recipient) {
  return wrapHeadFor(readSealedHead(splitSealed(json).raw), key, recipient);
}

/**
 * The same from the head alone: the cipher text need not be here.
 * @param {Head} head
 * @param {HeldKey | Jwk} key ours
 * @param {Jwk} recipient public, with a kid: EC P-256 or RSA
 * @param {{ jwk: Jwk, privateKey: CryptoKey }} [pair] for EC: the pair whose public half becomes `epk`; else a fresh one
 * @returns {Promise<Recipient>}
 * @throws MyDataError as `wrapFor`
 */
export async function wrapHeadFor(head, key, recipient, pair) {
  demand(typeof recipient.kid === "string", "jwk.invalid", "the recipient's key has no kid");
  const contentKey = await contentKeyOf(head, key);
  try {
    return recipient.kty === "RSA" ? await wrapRsa(contentKey, recipient) : await wrapEc(contentKey, recipient, pair);
  } finally {
    contentKey.fill(0);
  }
}

/**
 * For a secret that both know: A256KW.
 * @param {Head} head
 * @param {HeldKey | Jwk} key ours
 * @param {{ kid: string, privateKey: CryptoKey }} recipient for AES-KW
 * @returns {Promise<Recipient>}
 * @throws MyDataError as `openSealed`
 */
export async function wrapHeadBySecret(head, key, recipient) {
  const contentKey = await contentKeyOf(head, key);
  try {
    const wrapped = await wrapAesKw(recipient.privateKey, contentKey);
    return { header: { alg: "A256KW", kid: recipient.kid }, encrypted_key: encode(wrapped) };
  } finally {
    contentKey.fill(0);
  }
}

/**
 * @param {Head} head
 * @param {HeldKey | Jwk} key
 * @returns {Promise<Bytes>} the caller wipes it
 */
async function contentKeyOf(head, key) {
  demand(key.kid !== undefined, "jose.recipient_missing", "our key has no kid");
  const recipient = chooseRecipient(head.recipients, key.kid);
  const header = mergeHeaders(head.header, recipient.header);
  const wrapped = shaped(() => decode(recipient.encrypted_key ?? ""));
  const contentKey = await unwrapContentKey(header, wrapped, key);
  const committed = await sha256(concat(KC_LABEL, contentKey));
  if (same(committed, head.kc)) return contentKey;
  contentKey.fill(0);
  return refuse("seal.kc_mismatch", "the content key is not the committed one");
}

/**
 * @param {Bytes} contentKey
 * @param {Jwk} recipient
 * @param {{ jwk: Jwk, privateKey: CryptoKey }} [pair]
 * @returns {Promise<Recipient>}
 */
async function wrapEc(contentKey, recipient, pair) {
  // WebCrypto exports the public half of a key agreement with no operations at all.
  checkUse({ ...recipient, key_ops: undefined }, "ECDH-ES+A256KW", "enc", []);
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await importKey(recipient, "EC", curve, []);
  const fresh = pair ? undefined : await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const { crv, kty, x, y } = fresh ? await crypto.subtle.exportKey("jwk", fresh.publicKey) : /** @type {any} */ (pair).jwk;
  const own = fresh ? fresh.privateKey : /** @type {any} */ (pair).privateKey;
  const wrapped = await wrapAesKw(await deriveWrappingKey(own, theirs), contentKey);
  const header = { alg: "ECDH-ES+A256KW", kid: recipient.kid, epk: { kty, crv, x, y } };
  return { header, encrypted_key: encode(wrapped) };
}

/**
 * @param {Bytes} contentKey
 * @param {Jwk} recipient
 * @returns {Promise<Recipient>}
 */
async function wrapRsa(contentKey, recipient) {
  checkUse(recipient, "RSA-OAEP-256", "enc", ["wrapKey", "encrypt"]);
  const theirs = await importKey(recipient, "RSA", { name: "RSA-OAEP", hash: "SHA-256" }, ["encrypt"]);
  const wrapped = new Uint8Array(await crypto.subtle.encrypt("RSA-OAEP", theirs, contentKey));
  return { header: { alg: "RSA-OAEP-256", kid: recipient.kid }, encrypted_key: encode(wrapped) };
}

/**
 * @param {() => Bytes} read
 * @returns {Bytes}
 */
function shaped(read) {
  try {
    return read();
  } catch (error) {
    return refuse("seal.shape", String(error));
  }
}
