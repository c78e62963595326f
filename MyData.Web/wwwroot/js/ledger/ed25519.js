import { MyDataError } from "../errors.js";

/**
 * Ed25519 by the browser itself (WebCrypto, "Secure Curves"). Where a browser has none nothing is verified and nothing passes:
 * `ed25519.unsupported`.
 */

/** @type {Map<string, Promise<CryptoKey>>} */
const keys = new Map();

/**
 * RFC 8032 §5.1.7.
 * @param {Uint8Array<ArrayBuffer>} publicKey 32 bytes
 * @param {Uint8Array<ArrayBuffer>} message
 * @param {Uint8Array<ArrayBuffer>} signature
 * @returns {Promise<boolean>}
 * @throws MyDataError `ed25519.unsupported`, `ed25519.key`
 */
export async function verifyEd25519(publicKey, message, signature) {
  return signature.length === 64 && crypto.subtle.verify("Ed25519", await importKey(publicKey), signature, message);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function importKey(bytes) {
  if (bytes.length !== 32) throw new MyDataError("ed25519.key", "a public key has 32 bytes");
  const name = bytes.join();
  const known = keys.get(name) ?? load(bytes);
  keys.set(name, known);
  return known;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function load(bytes) {
  try {
    return await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  } catch (error) {
    const unknown = error instanceof DOMException && error.name === "NotSupportedError";
    throw new MyDataError(unknown ? "ed25519.unsupported" : "ed25519.key", String(error));
  }
}
