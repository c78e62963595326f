import { decode, encode } from "./base64url.js";
import { hex, sha256, utf8Bytes } from "./bytes.js";
import { demand, MyDataError, refuse } from "./errors.js";
import { isObject } from "./json.js";
import { checkRsa } from "./rsa.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {Record<string, any>} Jwk RFC 7517 */

const MEMBERS = { EC: ["crv", "kty", "x", "y"], RSA: ["e", "kty", "n"], oct: ["k", "kty"] };
const COORDINATE = 32;

/**
 * RFC 7638: base64url of SHA-256 over the required members in lexical order.
 * @param {Jwk} jwk
 * @returns {Promise<string>}
 */
export async function thumbprint(jwk) {
  return encode(await sha256(utf8Bytes(canonical(jwk))));
}

/**
 * How a key is shown to people: eight groups of hex, which looks different from a seal on purpose.
 * @param {string} print base64url
 * @returns {string}
 */
export function thumbprintGroups(print) {
  return (hex(decode(print)).match(/.{8}/g) ?? []).join(" ");
}

/**
 * RFC 7517 §4 and RFC 7518 §6: the members that we act on have their type, and say what the key is used for here.
 * @param {unknown} jwk
 * @param {string} alg the algorithm it is to be used with
 * @param {"sig" | "enc"} use
 * @param {string[]} wanted one of which must be among its `key_ops`, where it has them
 * @returns {asserts jwk is Jwk}
 * @throws MyDataError `jose.key_refused`, `jwk.invalid`
 */
export function checkUse(jwk, alg, use, wanted) {
  const code = "jose.key_refused";
  demand(isObject(jwk), "jwk.invalid", "not a key");
  demand(jwk.kid === undefined || typeof jwk.kid === "string", "jwk.invalid", "kid is not a text");
  demand(jwk.alg === undefined || jwk.alg === alg, code, "the key is for another algorithm");
  demand(jwk.use === undefined || jwk.use === use, code, "the key is for another use");
  const operations = jwk.key_ops;
  if (operations !== undefined) {
    demand(Array.isArray(operations), "jwk.invalid", "key_ops is not a list");
    demand(wanted.some((operation) => operations.includes(operation)), code, "the key is for another operation");
  }
}

/**
 * @param {Jwk} jwk
 * @param {"EC" | "RSA" | "oct"} kty
 * @param {KeyAlgorithmName} algorithm of WebCrypto
 * @param {KeyUsage[]} usages empty for a public key of ECDH
 * @param {boolean} [secret] import the private part
 * @returns {Promise<CryptoKey>}
 * @throws MyDataError `jose.key_refused`, `jwk.invalid`, `jwk.crv_refused`, `jwk.rsa_…`
 *
 * @typedef {AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams} KeyAlgorithmName
 */
export async function importKey(jwk, kty, algorithm, usages, secret = false) {
  demand(jwk.kty === kty, "jose.key_refused", "another key type");
  /** @type {Record<string, string>} */
  const bare = {};
  try {
    for (const member of MEMBERS[kty]) bare[member] = jwk[member];
    if (kty === "EC") checkPoint(jwk);
    if (kty === "RSA") checkRsa(decode(jwk.n), decode(jwk.e));
    if (kty === "oct") return await crypto.subtle.importKey("raw", decode(jwk.k), algorithm, false, usages);
    if (secret) for (const member of privateMembers(kty, jwk)) bare[member] = jwk[member];
    return await crypto.subtle.importKey("jwk", bare, algorithm, false, usages);
  } catch (error) {
    if (error instanceof MyDataError && error.code.startsWith("jwk.")) throw error;
    return refuse("jwk.invalid", String(error));
  }
}

/** @param {Jwk} jwk */
function checkPoint(jwk) {
  demand(jwk.crv === "P-256", "jwk.crv_refused", "another curve", String(jwk.crv));
  const numbers = [jwk.x, jwk.y, ...(jwk.d === undefined ? [] : [jwk.d])];
  demand(numbers.every((number) => decode(number).length === COORDINATE), "jwk.invalid", "a number of another length");
}

/**
 * @param {"EC" | "RSA" | "oct"} kty
 * @param {Jwk} jwk
 */
function privateMembers(kty, jwk) {
  demand(jwk.oth === undefined, "jwk.invalid", "more than two primes");
  return kty === "EC" ? ["d"] : ["d", "p", "q", "dp", "dq", "qi"];
}

/** @param {Jwk} jwk */
function canonical(jwk) {
  demand(isObject(jwk) && Object.hasOwn(MEMBERS, jwk.kty), "jwk.kty_refused", "another key type");
  const members = MEMBERS[/** @type {"EC"} */ (jwk.kty)];
  for (const name of members) demand(typeof jwk[name] === "string", "jwk.invalid", "a member is missing");
  return JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
}
