import { encode } from "../base64url.js";
import { concat, uint32, utf8Bytes } from "../bytes.js";
import { wrapAesKw } from "../jwe.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */
/** @typedef {"gcm" | "cbc"} Mode */

/**
 * RFC 7516 §5.1, compact, for a key that both sides know: A256GCMKW and A256GCM (RFC 7518 §4.7, §5.3), or A256KW and A256CBC-HS512 (§4.4, §5.2.5).
 * @param {Bytes} plaintext
 * @param {Bytes} key 32 bytes
 * @param {Mode} mode
 * @returns {Promise<string>}
 */
export async function encryptCompact(plaintext, key, mode) {
  const contentKey = crypto.getRandomValues(new Uint8Array(mode === "gcm" ? 32 : 64));
  try {
    const { header, wrapped } = await (mode === "gcm" ? wrapGcm(contentKey, key) : wrapKw(contentKey, key));
    const protectedText = encode(utf8Bytes(JSON.stringify(header)));
    const aad = utf8Bytes(protectedText);
    const { iv, ciphertext, tag } = await (mode === "gcm" ? sealGcm : sealCbc)(contentKey, plaintext, aad);
    return [protectedText, ...[wrapped, iv, ciphertext, tag].map(encode)].join(".");
  } finally {
    contentKey.fill(0);
  }
}

/** @param {Bytes} contentKey @param {Bytes} key */
async function wrapGcm(contentKey, key) {
  const { iv, ciphertext, tag } = await sealGcm(key, contentKey);
  return { header: { alg: "A256GCMKW", enc: "A256GCM", iv: encode(iv), tag: encode(tag) }, wrapped: ciphertext };
}

/** @param {Bytes} contentKey @param {Bytes} key */
async function wrapKw(contentKey, key) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-KW", false, ["wrapKey"]);
  return { header: { alg: "A256KW", enc: "A256CBC-HS512" }, wrapped: await wrapAesKw(imported, contentKey) };
}

/** @param {Bytes} key @param {Bytes} plaintext @param {Bytes} [aad] */
async function sealGcm(key, plaintext, aad = new Uint8Array()) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, imported, plaintext));
  const end = sealed.length - 16;
  return { iv, ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) };
}

/**
 * RFC 7518 §5.2.2.1: the first half of the key authenticates, the second encrypts.
 * @param {Bytes} key 64 bytes
 * @param {Bytes} plaintext
 * @param {Bytes} aad
 */
async function sealCbc(key, plaintext, aad) {
  const imported = await crypto.subtle.importKey("raw", key.slice(32), "AES-CBC", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, imported, plaintext));
  const hash = { name: "HMAC", hash: "SHA-512" };
  const macKey = await crypto.subtle.importKey("raw", key.slice(0, 32), hash, false, ["sign"]);
  const bits = concat(uint32(0), uint32(aad.length * 8));
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", macKey, concat(aad, iv, ciphertext, bits)));
  return { iv, ciphertext, tag: mac.subarray(0, 32) };
}
