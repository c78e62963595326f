import { concat, hex, sha256, utf8Bytes } from "./bytes.js";

/** Crockford base32: no I, L, O, U, so that it can be read aloud. */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @typedef {{ bytes: Uint8Array, hex: string, display: string }} Seal */

/**
 * Protocols A4: SHA-256 of ASCII(protected "." iv "." ciphertext "." tag) as they stand in the JSON.
 * @param {string} protectedText
 * @param {string} iv
 * @param {Uint8Array} ciphertext its base64url text, as bytes
 * @param {string} tag
 * @returns {Promise<Seal>}
 */
export async function sealDigest(protectedText, iv, ciphertext, tag) {
  const bytes = await sha256(concat(utf8Bytes(`${protectedText}.${iv}.`), ciphertext, utf8Bytes(`.${tag}`)));
  return { bytes, hex: hex(bytes), display: sealDisplay(bytes) };
}

/**
 * The first 60 bits as twelve characters in groups of four, for instance `7QK4-9XM2-D0RT`.
 * @param {Uint8Array} digest
 * @returns {string}
 */
export function sealDisplay(digest) {
  let characters = "";
  for (let bit = 0; bit < 60; bit += 5) {
    const pair = (digest[bit >> 3] << 8) | digest[(bit >> 3) + 1];
    characters += CROCKFORD[(pair >> (11 - (bit & 7))) & 31];
  }
  return (characters.match(/.{4}/g) ?? []).join("-");
}
