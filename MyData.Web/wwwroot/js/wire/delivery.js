import { encode } from "../base64url.js";
import { utf8Bytes } from "../bytes.js";
import { encryptCompact } from "./jwewriter.js";
import { writeZip } from "./zipwriter.js";

/**
 * What a service on the national wire gets (protocols.md B2): each agency's ZIP untouched in one outer ZIP, in a JWE.
 *
 * @typedef {object} Item a data set, also one of which its agency holds nothing
 * @property {string} id as registered
 * @property {string} name
 * @property {string | null} [transfer]
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const KEY_LENGTH = 32;
const MANIFEST = "META-INFO/manifest.xml";

/**
 * @param {Item[]} items
 * @param {Map<string, Uint8Array>} packages by transfer: the agency's ZIP as it was opened
 * @param {import("./jwewriter.js").Mode} mode
 * @param {string} name of the outer ZIP
 * @returns {Promise<{ key: string, jwe: string }>}
 */
export async function buildDelivery(items, packages, mode, name) {
  const files = items.flatMap(({ id, transfer }) => {
    const content = transfer ? packages.get(transfer) : undefined;
    return content ? [{ name: `${id}.zip`, content }] : [];
  });
  const zip = writeZip([...files, { name: MANIFEST, content: utf8Bytes(manifestOf(items)) }]);
  const key = makeKey();
  const plaintext = utf8Bytes(JSON.stringify({ filename: name, data: `application/zip;data:${padded(encode(zip))}` }));
  try {
    return { key, jwe: await encryptCompact(plaintext, utf8Bytes(key), mode) };
  } finally {
    plaintext.fill(0);
    zip.fill(0);
  }
}

/** 32 characters of 62, each as likely as any other. */
export function makeKey() {
  let key = "";
  while (key.length < KEY_LENGTH) {
    const fair = [...crypto.getRandomValues(new Uint8Array(64))].filter((byte) => byte < 4 * LETTERS.length);
    key += fair.map((byte) => LETTERS[byte % LETTERS.length]).join("");
  }
  return key.slice(0, KEY_LENGTH);
}

/**
 * All or nothing; what its agency holds nothing of is named with 204, and has no file.
 * @param {Item[]} items
 */
export function manifestOf(items) {
  const files = items.map(({ id, name, transfer }) => {
    const held = Boolean(transfer);
    const members = [
      ["filename", held ? `${id}.zip` : ""],
      ["resource_id", id],
      ["resource_name", name],
      ["code", held ? "200" : "204"],
    ];
    return `  <file>${members.map(([member, value]) => `<${member}>${escaped(value)}</${member}>`).join("")}</file>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<files>\n${files.join("")}</files>\n`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** @param {string} text base64url */
function padded(text) {
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}
