import { encode } from "./base64url.js";
import { utf8Bytes } from "./bytes.js";
import { refuse } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

const TAG = 16;

/**
 * RFC 7516 §5.1, compact serialization, RSA-OAEP-256 and A256GCM, for whoever has the private key of a certificate.
 * @param {Uint8Array} spki DER of an RSA public key
 * @param {string} kid names that key to its owner
 * @param {Uint8Array} plaintext
 * @returns {Promise<string>}
 * @throws MyDataError `jose.key_refused`
 */
export async function sealCompact(spki, kid, plaintext) {
  const header = encode(utf8Bytes(JSON.stringify({ alg: "RSA-OAEP-256", enc: "A256GCM", kid })));
  const content = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const aad = { name: "AES-GCM", iv, additionalData: utf8Bytes(header) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(aad, content, /** @type {Bytes} */ (plaintext)));
  const raw = await crypto.subtle.exportKey("raw", content);
  const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: "RSA-OAEP" }, await importRsa(spki), raw));
  const parts = [wrapped, iv, sealed.subarray(0, -TAG), sealed.subarray(-TAG)].map(encode);
  return [header, ...parts].join(".");
}

/** @param {Uint8Array} spki */
async function importRsa(spki) {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  try {
    return await crypto.subtle.importKey("spki", /** @type {Bytes} */ (spki), algorithm, false, ["encrypt"]);
  } catch {
    return refuse("jose.key_refused", "not an RSA key");
  }
}
