import { decode } from "./base64url.js";
import { utf8Bytes } from "./bytes.js";
import { demand, MyDataError, refuse } from "./errors.js";
import { isObject, parseJsonObject } from "./json.js";
import { checkUse, importKey } from "./jwk.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./jwk.js").Jwk} Jwk */

/**
 * RFC 7518 §3.1. RS256 is here for signatures of certificate holders; nobody gets it without asking.
 * @type {Record<string, { kty: "EC" | "RSA", importAs: any, verifyAs: any, bytes?: number }>}
 */
const ALGORITHMS = {
  ES256: {
    kty: "EC",
    importAs: { name: "ECDSA", namedCurve: "P-256" },
    verifyAs: { name: "ECDSA", hash: "SHA-256" },
    bytes: 64,
  },
  PS256: {
    kty: "RSA",
    importAs: { name: "RSA-PSS", hash: "SHA-256" },
    verifyAs: { name: "RSA-PSS", saltLength: 32 },
  },
  RS256: {
    kty: "RSA",
    importAs: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    verifyAs: { name: "RSASSA-PKCS1-v1_5" },
  },
};

/**
 * RFC 7515 §5.2, compact serialization.
 * @param {string} compact
 * @param {Jwk[]} keys public ones; the header's kid chooses among them, a key inside the header never counts
 * @param {string[]} allowed algorithms
 * @param {string} [typ] that the header must carry
 * @returns {Promise<{ header: Record<string, any>, payload: Bytes, key: Jwk }>}
 * @throws MyDataError `jose.format`, `jose.alg_refused`, `jose.zip_refused`, `jose.crit_refused`, `jose.typ_refused`,
 *   `jose.key_unknown`, `jose.key_refused`, `jose.signature`, `jwks.…`, `jwk.…`
 */
export async function verifyJws(compact, keys, allowed = ["ES256", "PS256"], typ) {
  demand(typeof compact === "string", "jose.format", "not a text");
  const parts = compact.split(".");
  demand(parts.length === 3, "jose.format", "not three parts");
  const header = readHeader(parts[0]);
  const algorithm = algorithmOf(header, allowed);
  refuseExtensions(header);
  demand(typ === undefined || typeOf(header) === typ, "jose.typ_refused", "another type", String(header.typ));
  const payload = part(parts[1]);
  const signature = part(parts[2]);

  const jwk = choose(header, keys);
  checkUse(jwk, header.alg, "sig", ["verify"]);
  const key = await importKey(jwk, algorithm.kty, algorithm.importAs, ["verify"]);
  demand(algorithm.bytes === undefined || signature.length === algorithm.bytes, "jose.signature", "wrong length");
  const signed = utf8Bytes(`${parts[0]}.${parts[1]}`);
  const valid = await crypto.subtle.verify(algorithm.verifyAs, key, signature, signed);
  demand(valid, "jose.signature", "the signature does not fit");
  return { header, payload, key: jwk };
}

/**
 * @param {string} text base64url
 * @returns {Record<string, any>}
 */
export function readHeader(text) {
  return parseJsonObject(part(text), "jose.format");
}

/**
 * RFC 7515 §4.1.11 and RFC 7797 §3: we understand no extension, so every one that must be understood is refused.
 * RFC 7516 §4.1.3: compression tells lengths, and hides bombs (RFC 8725 §3.6).
 * @param {Record<string, any>} header
 */
export function refuseExtensions(header) {
  demand(!Object.hasOwn(header, "zip"), "jose.zip_refused", "compression refused", String(header.zip));
  demand(!Object.hasOwn(header, "crit"), "jose.crit_refused", "critical header", String(header.crit));
  demand(!Object.hasOwn(header, "b64"), "jose.crit_refused", "unencoded payload");
}

/**
 * @param {string} text base64url
 * @returns {Bytes}
 */
export function part(text) {
  try {
    return decode(text);
  } catch (error) {
    return refuse("jose.format", error instanceof MyDataError ? error.message : String(error));
  }
}

/**
 * RFC 7515 §4.1.9: "application/" may be left out, and case does not count.
 * @param {Record<string, any>} header
 */
function typeOf(header) {
  return typeof header.typ === "string" ? header.typ.toLowerCase().replace(/^application\//, "") : undefined;
}

/**
 * @param {Record<string, any>} header
 * @param {string[]} allowed
 */
function algorithmOf(header, allowed) {
  const known = typeof header.alg === "string" && allowed.includes(header.alg) && Object.hasOwn(ALGORITHMS, header.alg);
  demand(known, "jose.alg_refused", "algorithm refused", String(header.alg));
  return ALGORITHMS[header.alg];
}

/**
 * @param {Record<string, any>} header
 * @param {Jwk[]} keys
 * @returns {Jwk}
 */
function choose(header, keys) {
  for (const key of keys) {
    demand(isObject(key), "jwks.invalid", "not a key");
    // A secret in a set for verification is a mistake by somebody; with HS* it would be a forgery.
    demand(!("k" in key) && !("d" in key), "jwks.mixed", "a secret key among public ones");
  }
  const kids = keys.map((key) => key.kid).filter((kid) => kid !== undefined);
  demand(new Set(kids).size === kids.length, "jwks.duplicate_kid", "a kid twice");
  const fits = header.kid === undefined ? keys : keys.filter((key) => key.kid === header.kid);
  demand(fits.length === 1, "jose.key_unknown", "no key, or no single key, of this kid", String(header.kid));
  return fits[0];
}
