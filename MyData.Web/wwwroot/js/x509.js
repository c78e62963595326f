import { decodeBase64 } from "./base64url.js";
import { hex, same, sha256, utf8Text } from "./bytes.js";
import { children, expect, readBitString, readBoolean, readDer, readOid, readTime, readUnsigned, Tag } from "./der.js";
import { demand, MyDataError, refuse } from "./errors.js";
import { checkRsa } from "./rsa.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./der.js").Node} Node */
/**
 * @typedef {object} PublicKey
 * @property {"RSA" | "EC"} kind
 * @property {Uint8Array} spki DER
 * @property {number} [bytes] of an RSA modulus, and so of its signatures
 * @property {string} [curve]
 */
/**
 * @typedef {object} Certificate
 * @property {Uint8Array} raw DER
 * @property {Uint8Array} tbs
 * @property {string} signatureAlgorithm OID
 * @property {Uint8Array} signature
 * @property {Uint8Array} issuer DER
 * @property {Uint8Array} subject DER
 * @property {string} commonName for display
 * @property {Date} notBefore
 * @property {Date} notAfter
 * @property {PublicKey} publicKey
 * @property {{ ca: boolean, pathLength: number }} constraints
 * @property {number | undefined} keyUsage bits of RFC 5280 §4.2.1.3, the first one highest
 */

const CODE = "certificate.format";
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
/** @type {Record<string, { name: string, coordinate: number }>} */
const CURVES = {
  "1.2.840.10045.3.1.7": { name: "P-256", coordinate: 32 },
  "1.3.132.0.34": { name: "P-384", coordinate: 48 },
};
/** @type {Record<string, { kind: "RSA" | "EC", hash: string }>} */
const SIGNATURES = {
  "1.2.840.113549.1.1.11": { kind: "RSA", hash: "SHA-256" },
  "1.2.840.113549.1.1.12": { kind: "RSA", hash: "SHA-384" },
  "1.2.840.113549.1.1.13": { kind: "RSA", hash: "SHA-512" },
  "1.2.840.10045.4.3.2": { kind: "EC", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { kind: "EC", hash: "SHA-384" },
};
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
/** Understood as not limiting what we do: policies, extended use, alternative names. */
const HARMLESS = new Set(["2.5.29.32", "2.5.29.37", "2.5.29.17"]);
const DIGITAL_SIGNATURE = 0x80;
const CONTENT_COMMITMENT = 0x40;
const KEY_CERT_SIGN = 0x04;
const PATH_LIMIT = 3;

/**
 * RFC 5280 §4.1, from DER, PEM or bare base64.
 * @param {Uint8Array} source
 * @returns {Certificate}
 * @throws MyDataError `certificate.format`, `certificate.key_refused`, `certificate.curve_refused`,
 *   `certificate.extension_refused`
 */
export function parseCertificate(source) {
  const raw = source[0] === Tag.SEQUENCE ? source : fromText(source);
  const [tbs, algorithm, signature, ...more] = children(readDer(raw, Tag.SEQUENCE));
  demand(more.length === 0, CODE, "a part too many");
  const fields = children(expect(tbs, Tag.SEQUENCE));
  demand(fields[0]?.tag === 0xa0, CODE, "not version 3");
  demand(readUnsigned(children(fields[0])[0])[0] === 2, CODE, "not version 3");
  const [, , inner, issuer, validity, subject, key, ...optional] = fields;
  demand(inner && algorithm && same(inner.raw, algorithm.raw), CODE, "two signature algorithms");
  const times = children(expect(validity, Tag.SEQUENCE));
  return {
    raw,
    tbs: tbs.raw,
    signatureAlgorithm: readOid(children(expect(algorithm, Tag.SEQUENCE))[0]),
    signature: readBitString(signature),
    issuer: expect(issuer, Tag.SEQUENCE).raw,
    subject: expect(subject, Tag.SEQUENCE).raw,
    commonName: readCommonName(subject),
    notBefore: readTime(times[0]),
    notAfter: readTime(times[1]),
    publicKey: readPublicKey(expect(key, Tag.SEQUENCE)),
    ...readExtensions(optional.find((node) => node.tag === 0xa3)),
  };
}

/**
 * SHA-256 of the DER in lower-case hex, as the catalogue registers it.
 * @param {Certificate} certificate
 */
export async function certificateThumbprint(certificate) {
  return hex(await sha256(/** @type {Bytes} */ (certificate.raw)));
}

/**
 * RFC 5280 §6.1 without names, policies and revocation: a path of signatures from the signer's certificate to a
 * configured root.
 * @param {Certificate} certificate
 * @param {Uint8Array[]} roots DER
 * @param {Date} at the moment to judge by
 * @param {Uint8Array[]} [between] DER of authorities that a root has issued
 * @returns {Promise<Certificate>} the root
 * @throws MyDataError `certificate.not_yet_valid`, `certificate.expired`, `certificate.usage_refused`,
 *   `certificate.untrusted`, `certificate.algorithm_refused`
 */
export async function checkCertificate(certificate, roots, at, between = []) {
  demand(!certificate.constraints.ca, "certificate.usage_refused", "an authority's certificate signs no packages");
  const usage = certificate.keyUsage ?? DIGITAL_SIGNATURE;
  demand(usage & (DIGITAL_SIGNATURE | CONTENT_COMMITMENT), "certificate.usage_refused", "not for signatures");
  checkValidity(certificate, at);

  const [anchors, others] = [roots, between].map((list) => list.map((der) => parseCertificate(der)));
  return climb(certificate, anchors, others, at, 0);
}

/**
 * @param {Certificate} certificate
 * @param {Certificate[]} anchors
 * @param {Certificate[]} between
 * @param {Date} at
 * @param {number} depth authorities below
 * @returns {Promise<Certificate>}
 */
async function climb(certificate, anchors, between, at, depth) {
  /** @type {unknown} */
  let failure = new MyDataError("certificate.untrusted", "issued by nobody whom we trust");
  for (const issuer of [...anchors, ...(depth < PATH_LIMIT ? between : [])]) {
    if (!same(issuer.subject, certificate.issuer)) continue;
    try {
      await checkIssuer(certificate, issuer, at, depth);
      return anchors.includes(issuer) ? issuer : await climb(issuer, anchors, between, at, depth + 1);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * @param {Certificate} certificate
 * @param {Certificate} issuer
 * @param {Date} at
 * @param {number} depth
 */
async function checkIssuer(certificate, issuer, at, depth) {
  checkValidity(issuer, at);
  const signs = issuer.constraints.ca && (issuer.keyUsage === undefined || issuer.keyUsage & KEY_CERT_SIGN);
  demand(signs && issuer.constraints.pathLength >= depth, "certificate.usage_refused", "the issuer may not issue");
  const algorithm = signatureAlgorithm(certificate);
  demand(algorithm.kind === issuer.publicKey.kind, "certificate.untrusted", "the issuer's key is of another kind");
  const valid = await verify(issuer.publicKey, algorithm.hash, certificate.signature, certificate.tbs);
  demand(valid, "certificate.untrusted", "the issuer did not sign this");
}

/**
 * @param {PublicKey} key
 * @param {string} hash
 * @param {Uint8Array} signature RSA PKCS#1 v1.5, or ECDSA in DER
 * @param {Uint8Array} data
 * @returns {Promise<boolean>}
 */
export async function verify(key, hash, signature, data) {
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash };
  const ec = { name: "ECDSA", namedCurve: key.curve ?? "", hash };
  const algorithm = key.kind === "RSA" ? rsa : ec;
  const imported = await importSpki(key, algorithm);
  const raw = key.kind === "RSA" ? signature : toP1363(signature, key.curve === "P-384" ? 48 : 32);
  const [signatureBytes, dataBytes] = /** @type {Bytes[]} */ ([raw, data]);
  return raw !== undefined && crypto.subtle.verify(algorithm, imported, signatureBytes, dataBytes);
}

/**
 * @param {Certificate} certificate
 * @param {Date} at
 */
function checkValidity(certificate, at) {
  demand(at >= certificate.notBefore, "certificate.not_yet_valid", "not yet valid", certificate.commonName);
  demand(at <= certificate.notAfter, "certificate.expired", "no longer valid", certificate.commonName);
}

/** @param {Certificate} certificate */
function signatureAlgorithm({ signatureAlgorithm: oid }) {
  demand(Object.hasOwn(SIGNATURES, oid), "certificate.algorithm_refused", "signature algorithm refused", oid);
  return SIGNATURES[oid];
}

/**
 * @param {PublicKey} key
 * @param {any} algorithm
 */
async function importSpki(key, algorithm) {
  try {
    return await crypto.subtle.importKey("spki", /** @type {Bytes} */ (key.spki), algorithm, false, ["verify"]);
  } catch {
    return refuse("certificate.key_refused", "the key cannot be read");
  }
}

/**
 * RFC 3279 §2.2.3 to the two numbers side by side that WebCrypto wants.
 * @param {Uint8Array} der
 * @param {number} size of each
 * @returns {Uint8Array | undefined} undefined where it is no signature
 */
function toP1363(der, size) {
  try {
    const numbers = children(readDer(der, Tag.SEQUENCE));
    if (numbers.length !== 2) return undefined;
    const raw = new Uint8Array(2 * size);
    for (const [index, node] of numbers.entries()) {
      const number = readUnsigned(node);
      if (number.length > size) return undefined;
      raw.set(number, (index + 1) * size - number.length);
    }
    return raw;
  } catch (error) {
    if (error instanceof MyDataError) return undefined;
    throw error;
  }
}

/**
 * RFC 5480: a named curve only; RFC 8017: RSA with its NULL.
 * @param {Node} node
 * @returns {PublicKey}
 */
function readPublicKey(node) {
  const [algorithm, key] = children(node);
  const [id, parameters] = children(expect(algorithm, Tag.SEQUENCE));
  const oid = readOid(id);
  if (oid === RSA_ENCRYPTION) {
    expect(parameters, Tag.NULL);
    const numbers = children(readDer(readBitString(key), Tag.SEQUENCE));
    demand(numbers.length === 2, CODE, "not an RSA key");
    const modulus = readUnsigned(numbers[0]);
    checkModulus(modulus, readUnsigned(numbers[1]));
    return { kind: "RSA", spki: node.raw, bytes: modulus.length };
  }
  demand(oid === EC_PUBLIC_KEY, "certificate.key_refused", "key type refused", oid);
  demand(parameters?.tag === Tag.OID, "certificate.curve_refused", "explicit curve parameters");
  const curve = CURVES[readOid(parameters)];
  demand(curve, "certificate.curve_refused", "curve refused");
  const point = readBitString(key);
  demand(point.length === 1 + 2 * curve.coordinate && point[0] === 4, "certificate.key_refused", "not a whole point");
  return { kind: "EC", spki: node.raw, curve: curve.name };
}

/**
 * @param {Uint8Array} modulus
 * @param {Uint8Array} exponent
 */
function checkModulus(modulus, exponent) {
  try {
    checkRsa(modulus, exponent);
  } catch (error) {
    refuse("certificate.key_refused", String(error));
  }
}

/**
 * RFC 5280 §4.2: none twice, none critical that we do not know.
 * @param {Node | undefined} node
 */
function readExtensions(node) {
  let constraints = { ca: false, pathLength: Infinity };
  /** @type {number | undefined} */
  let keyUsage;
  const seen = new Set();
  for (const extension of node ? children(readDer(node.content, Tag.SEQUENCE)) : []) {
    const parts = children(expect(extension, Tag.SEQUENCE));
    const oid = readOid(parts[0]);
    const critical = parts.length === 3 && readBoolean(parts[1]);
    const value = readDer(expect(parts[parts.length - 1], Tag.OCTET_STRING).content);
    demand(!seen.has(oid), CODE, "an extension twice", oid);
    seen.add(oid);
    if (oid === BASIC_CONSTRAINTS) constraints = readConstraints(value);
    else if (oid === KEY_USAGE) keyUsage = expect(value, Tag.BIT_STRING).content[1] ?? 0;
    else demand(!critical || HARMLESS.has(oid), "certificate.extension_refused", "critical extension", oid);
  }
  return { constraints, keyUsage };
}

/** @param {Node} node */
function readConstraints(node) {
  const parts = children(expect(node, Tag.SEQUENCE));
  const ca = parts[0]?.tag === Tag.BOOLEAN && readBoolean(parts[0]);
  const length = parts.find((part) => part.tag === Tag.INTEGER);
  return { ca, pathLength: length ? Number(`0x${hex(readUnsigned(length))}`) : Infinity };
}

/** @param {Node} name */
function readCommonName(name) {
  for (const set of children(name)) {
    for (const pair of children(set)) {
      const [type, value] = children(pair);
      // UTF8String and PrintableString; others are shown as nothing.
      if (readOid(type) === "2.5.4.3" && (value.tag === 0x0c || value.tag === 0x13)) return utf8Text(value.content);
    }
  }
  return "";
}

/** @param {Uint8Array} source */
function fromText(source) {
  try {
    const text = utf8Text(source);
    const pem = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(text);
    return decodeBase64(pem ? pem[1] : text);
  } catch (error) {
    return refuse(CODE, String(error));
  }
}
