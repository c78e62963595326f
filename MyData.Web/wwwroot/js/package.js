import { decode, decodeBase64 } from "./base64url.js";
import { concat, hex, same, sha256, utf8Bytes, utf8Text } from "./bytes.js";
import { demand, refuse } from "./errors.js";
import { isObject, parseJsonObject } from "./json.js";
import { certificateThumbprint, checkCertificate, parseCertificate, verify } from "./x509.js";
import { LIMITS, readZip } from "./zip.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./x509.js").Certificate} Certificate */
/**
 * @typedef {object} PackageInfo META-INFO/package.json
 * @property {string} dataset
 * @property {number} schema_version
 * @property {string} transfer_id
 * @property {{ salt: string, hash: string }} subject
 * @property {string[]} fields
 * @property {string} issued_at RFC 3339
 */
/**
 * @typedef {object} OpenedPackage
 * @property {Map<string, Bytes>} files those at the root, what she came for
 * @property {Certificate} certificate not yet judged
 * @property {PackageInfo | undefined} info undefined in the older packages, which do not have it
 */

const FOLDER = "META-INFO/";
const MANIFEST = `${FOLDER}manifest.xml`;
const SIGNATURE = `${FOLDER}manifest.sha256withrsa`;
const CERTIFICATE = `${FOLDER}certificate.cer`;
const INFO = `${FOLDER}package.json`;
/** RFC 3339 with an offset, so that nobody reads it in a time zone of his own. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)$/;
/** Bytes; larger ones are refused before they are parsed. @type {Record<string, number>} */
const SMALL = { [MANIFEST]: 256 * 1024, [SIGNATURE]: 8 * 1024, [CERTIFICATE]: 32 * 1024, [INFO]: 256 * 1024 };

/**
 * Protocols A3. In this order: ZIP, manifest, the signature over its bytes, every file's digest, package.json. Whose
 * certificate it is, and whose data, are questions of their own (`checkSigner`, `checkSubject`).
 * @param {Uint8Array} zip
 * @param {import("./zip.js").Limits} [limits]
 * @returns {Promise<OpenedPackage>}
 * @throws MyDataError `package.…`, `certificate.…`
 */
export async function openPackage(zip, limits = LIMITS) {
  const files = await readZip(zip, limits);
  const manifest = required(files, MANIFEST);
  const certificate = parseCertificate(required(files, CERTIFICATE));
  await checkSignature(manifest, required(files, SIGNATURE), certificate);
  const listed = readManifest(manifest, limits.entries);
  await checkDigests(files, listed);
  const info = files.has(INFO) ? readInfo(required(files, INFO)) : undefined;
  const content = [...files].filter(([name]) => !name.startsWith(FOLDER));
  return { files: new Map(content), certificate, info };
}

/**
 * @param {Certificate} certificate
 * @param {Uint8Array[]} roots DER
 * @param {Date} at
 * @param {string} [registered] SHA-256 of the certificate that the catalogue has for this agency, hex
 * @returns {Promise<Certificate>} the root
 * @throws MyDataError `certificate.…`
 */
export async function checkSigner(certificate, roots, at, registered) {
  if (registered !== undefined) {
    const thumbprint = await certificateThumbprint(certificate);
    const known = registered.toLowerCase() === thumbprint;
    demand(known, "certificate.unregistered", "not the certificate that the agency registered", thumbprint);
  }
  return checkCertificate(certificate, roots, at);
}

/**
 * Protocols A3: hash = SHA-256(salt ‖ ID in ASCII).
 * @param {PackageInfo} info
 * @param {string} nationalId
 * @throws MyDataError `package.subject`
 */
export async function checkSubject(info, nationalId) {
  const [salt, hash] = [decode(info.subject.salt), decode(info.subject.hash)];
  demand(nationalId !== "", "package.subject", "no ID to compare with");
  const own = await sha256(concat(salt, utf8Bytes(nationalId)));
  demand(same(own, hash), "package.subject", "another person's data");
}

/**
 * No DTD: entities and outside files have no place in a list of digests.
 * @param {Uint8Array} bytes
 * @param {number} [limit] entries
 * @returns {Map<string, string>} name to SHA-256 in hex
 * @throws MyDataError `package.dtd`, `package.manifest`, `package.listed_twice`
 */
export function readManifest(bytes, limit = LIMITS.entries) {
  const root = parseXml(bytes);
  demand(root.localName === "manifest", "package.manifest", "another root element");
  const listed = new Map();
  for (const element of root.children) {
    demand(element.localName === "file", "package.manifest", "another element", element.localName);
    const name = childText(element, "filename").replaceAll("\\", "/");
    const digest = childText(element, "sha256").toLowerCase();
    demand(/^[0-9a-f]{64}$/.test(digest), "package.manifest", "not a SHA-256", name);
    demand(!listed.has(name), "package.listed_twice", "a file listed twice", name);
    listed.set(name, digest);
    demand(listed.size <= limit, "package.zip_entries", "too many files listed");
  }
  return listed;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Element}
 */
function parseXml(bytes) {
  let text;
  try {
    text = utf8Text(bytes).replace(/^\ufeff/, "");
  } catch {
    return refuse("package.manifest", "not UTF-8");
  }
  demand(!/<!(?:DOCTYPE|ENTITY)/i.test(text), "package.dtd", "a document type");
  const encoding = /^<\?xml[^>]*\sencoding=["']([^"']*)["']/.exec(text)?.[1] ?? "UTF-8";
  demand(/^utf-8$/i.test(encoding), "package.manifest", "another encoding", encoding);
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  demand(parsed.doctype === null, "package.dtd", "a document type");
  demand(parsed.getElementsByTagName("parsererror").length === 0, "package.manifest", "not XML");
  return parsed.documentElement;
}

/**
 * @param {Element} element
 * @param {string} name
 */
function childText(element, name) {
  const fits = [...element.children].filter((child) => child.localName === name && child.children.length === 0);
  demand(fits.length === 1, "package.manifest", "an entry without its name or digest, or with two", name);
  return fits[0].textContent ?? "";
}

/**
 * RSA PKCS#1 v1.5 with SHA-256 over the manifest's bytes.
 * @param {Uint8Array} manifest
 * @param {Bytes} stored raw, or as base64 text
 * @param {Certificate} certificate
 */
async function checkSignature(manifest, stored, certificate) {
  demand(certificate.publicKey.kind === "RSA", "certificate.key_refused", "package signatures are RSA");
  const signature = stored.length === certificate.publicKey.bytes ? stored : fromBase64Text(stored);
  const valid = await verify(certificate.publicKey, "SHA-256", signature, manifest);
  demand(valid, "package.signature", "the manifest's signature does not fit");
}

/** @param {Bytes} stored */
function fromBase64Text(stored) {
  try {
    return decodeBase64(utf8Text(stored));
  } catch (error) {
    return refuse("package.signature", String(error));
  }
}

/**
 * @param {Map<string, Bytes>} files
 * @param {Map<string, string>} listed
 */
async function checkDigests(files, listed) {
  const own = new Set([MANIFEST, SIGNATURE, CERTIFICATE]);
  for (const name of files.keys()) {
    demand(own.has(name) || listed.has(name), "package.unlisted", "a file that the manifest does not list", name);
  }
  for (const [name, digest] of listed) {
    demand(!own.has(name), "package.manifest", "the manifest lists itself", name);
    const content = files.get(name);
    demand(content, "package.missing", "a listed file is missing", name);
    demand(hex(await sha256(content)) === digest, "package.digest", "a file was changed", name);
  }
}

/**
 * @param {Bytes} bytes
 * @returns {PackageInfo}
 */
function readInfo(bytes) {
  const info = parseJsonObject(bytes, "package.info");
  const texts = ["dataset", "transfer_id", "issued_at"].every((name) => typeof info[name] === "string");
  demand(texts && isObject(info.subject), "package.info", "a member is missing");
  demand(Number.isInteger(info.schema_version), "package.info", "schema_version is not a whole number");
  const fields = Array.isArray(info.fields) && info.fields.every((field) => typeof field === "string");
  demand(fields, "package.info", "fields is not a list of names");
  const timed = MOMENT.test(info.issued_at) && !Number.isNaN(Date.parse(info.issued_at));
  demand(timed, "package.info", "issued_at is not a time of RFC 3339");
  try {
    demand(decode(info.subject.salt).length === 16, "package.info", "salt of another length");
    demand(decode(info.subject.hash).length === 32, "package.info", "hash of another length");
  } catch (error) {
    refuse("package.info", String(error));
  }
  return /** @type {PackageInfo} */ (info);
}

/**
 * @param {Map<string, Bytes>} files
 * @param {string} name
 */
function required(files, name) {
  const content = files.get(name);
  demand(content, "package.missing", "a file is missing", name);
  demand(content.length <= (SMALL[name] ?? Infinity), "package.too_large", "a file is too large", name);
  return content;
}
