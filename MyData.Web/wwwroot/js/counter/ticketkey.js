import { utf8Bytes } from "../bytes.js";
import { fromCrockford, toCrockford } from "./crockford.js";

/** 128 bits: whoever has the paper has them, and nobody else. */
const SECRET = 16;

/** @returns {string} 26 letters */
export function freshSecret() {
  return toCrockford(crypto.getRandomValues(new Uint8Array(SECRET)));
}

/**
 * A printed ticket's key: HKDF-SHA-256 of its secret, empty salt (protocols A6).
 * @param {string} number
 * @param {string} secret 26 letters
 * @returns {Promise<{ kid: string, privateKey: CryptoKey }>} for AES-KW
 * @throws MyDataError `counter.format`
 */
export async function ticketKey(number, secret) {
  const material = await crypto.subtle.importKey("raw", fromCrockford(secret, SECRET), "HKDF", false, ["deriveKey"]);
  const info = utf8Bytes(`mydata-counter-ticket ${number}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const target = { name: "AES-KW", length: 256 };
  const privateKey = await crypto.subtle.deriveKey(hkdf, material, target, false, ["wrapKey", "unwrapKey"]);
  return { kid: `mydata-counter-ticket:${number}`, privateKey };
}
