import { decode, encode } from "../base64url.js";
import { concat, same, sha256, utf8Bytes } from "../bytes.js";
import { thumbprint } from "../jwk.js";

/**
 * Commit, nonce, reveal (protocols A6). The clerk's browser commits to key and nonce before it sees the holder's, so whoever stands between
 * can try one pair of nonces, not a million: both screens show other digits where a key was swapped.
 *
 * @typedef {import("../jwk.js").Jwk} Jwk
 * @typedef {{ jwk: Jwk, privateKey: CryptoKey }} Pair P-256, the private half not extractable
 * @typedef {{ key: Jwk, nonce: string }} Side public key, 16 bytes base64url
 */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const NONCE = 16;

/** @returns {Promise<Pair>} */
export async function freshPair() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const jwk = /** @type {Jwk} */ ({ kty: "EC", crv: "P-256", x, y });
  return { jwk: { ...jwk, kid: await thumbprint(jwk) }, privateKey };
}

export function freshNonce() {
  return encode(crypto.getRandomValues(new Uint8Array(NONCE)));
}

/**
 * @param {string} number of the ticket
 * @param {Side} clerk
 * @returns {Promise<string>} base64url of SHA-256
 */
export async function commitment(number, { key, nonce }) {
  const text = utf8Bytes(`mydata-counter-commitment ${number}\n`);
  return encode(await sha256(concat(text, decode(await thumbprint(key)), decode(nonce))));
}

/**
 * @param {string} number
 * @param {Side} clerk
 * @param {string} committed
 */
export async function isCommitted(number, clerk, committed) {
  return same(utf8Bytes(await commitment(number, clerk)), utf8Bytes(committed));
}

/**
 * The six digits that both screens show.
 * @param {string} number
 * @param {Side} clerk
 * @param {Side} holder
 * @returns {Promise<string>} such as `471280`
 */
export async function digits(number, clerk, holder) {
  const text = utf8Bytes(`mydata-counter-digits ${number}\n`);
  const keys = [decode(await thumbprint(clerk.key)), decode(await thumbprint(holder.key))];
  const hash = await sha256(concat(text, ...keys, decode(clerk.nonce), decode(holder.nonce)));
  return String(new DataView(hash.buffer).getBigUint64(0) % 1_000_000n).padStart(6, "0");
}
