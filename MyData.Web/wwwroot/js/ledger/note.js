import { concat, hex, sha256, utf8Bytes } from "../bytes.js";
import { demand, refuse } from "../errors.js";
import { verifyEd25519 } from "./ed25519.js";
import { Lines, parseBase64, toBase64 } from "./text.js";

/** @typedef {import("../bytes.js").Bytes} Bytes */

/**
 * Signed notes (c2sp.org/signed-note); the twin of MyData.Core/Ledger/Notes. Only the key types of ours: Ed25519 (1) over the text, and
 * timestamped cosignatures (4, c2sp.org/tlog-cosignature).
 *
 * @typedef {{ name: string, id: string, type: number, key: Bytes }} VerifierKey the id is eight hex digits
 * @typedef {{ name: string, id: string, signature: Bytes }} NoteSignature
 * @typedef {{ text: string, signatures: NoteSignature[] }} Note
 */

const MAX_BYTES = 256 * 1024;
const MAX_SIGNATURES = 64;
const DASH = "\u2014 ";
const ED25519 = 1;
const COSIGNATURE = 4;

// The property White_Space of Unicode, written out, and the controls below U+0020.
const NO_NAME = /[\0-\x20+\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * @param {Uint8Array} bytes
 * @returns {Note}
 * @throws MyDataError `note.too_large`, `note.utf8`, `note.control`, `note.format`, `note.signatures`, `note.signature_line`,
 *   `note.key_name`
 */
export function parseNote(bytes) {
  demand(bytes.length <= MAX_BYTES, "note.too_large", "larger than any note that we read");
  let note = "";
  try {
    note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse("note.utf8", "not UTF-8");
  }
  demand(!/[\0-\x09\x0b-\x1f]/.test(note), "note.control", "a control character");
  const end = note.lastIndexOf("\n\n");
  demand(end >= 0 && note.endsWith("\n"), "note.format", "no blank line, or no last newline");
  return { text: note.slice(0, end + 1), signatures: parseSignatureLines(note.slice(end + 2)) };
}

/**
 * @param {string} text
 * @returns {NoteSignature[]}
 */
export function parseSignatureLines(text) {
  const lines = new Lines(text);
  const signatures = [];
  for (let line = lines.next(); line !== undefined && signatures.length <= MAX_SIGNATURES; line = lines.next())
    signatures.push(parseSignatureLine(line));
  demand(signatures.length > 0 && signatures.length <= MAX_SIGNATURES, "note.signatures", "none, or too many");
  demand(lines.rest === "", "note.signature_line", "the last line has no newline");
  return signatures;
}

/** @param {string} line */
function parseSignatureLine(line) {
  const space = line.startsWith(DASH) ? line.indexOf(" ", DASH.length) : -1;
  demand(space >= 0, "note.signature_line", "not: dash, name, base64");
  const name = line.slice(DASH.length, space);
  demandName(name);
  const bytes = parseBase64(line.slice(space + 1), "note.signature_line");
  demand(bytes.length > 4, "note.signature_line", "a signature of no bytes");
  return { name, id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

/**
 * name+id+base64(type ‖ key)
 * @param {string} text
 * @returns {Promise<VerifierKey>}
 * @throws MyDataError `note.vkey`, `note.key_name`, `note.key_type`, `note.key_id`, `ed25519.key`
 */
export async function parseVerifierKey(text) {
  const [, name, id, base64] = /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text) ?? refuse("note.vkey", "not: name+id+base64");
  demandName(name);
  const bytes = parseBase64(base64, "note.vkey");
  demand(bytes.length > 0, "note.vkey", "no bytes");
  const type = bytes[0];
  demand(type === ED25519 || type === COSIGNATURE, "note.key_type", "a type that is not ours");
  demand(bytes.length === 33, "ed25519.key", "a public key has 32 bytes");
  const hash = await sha256(concat(utf8Bytes(`${name}\n`), bytes));
  demand(hex(hash.subarray(0, 4)) === id, "note.key_id", "the id is another key's");
  return { name, id, type, key: bytes.slice(1) };
}

/** @param {VerifierKey} key */
export function formatVerifierKey({ name, id, type, key }) {
  return `${name}+${id}+${toBase64(concat(new Uint8Array([type]), key))}`;
}

/**
 * The times in seconds at which the key signed: none where it did not, 0 for the type that says none.
 * @param {Note} note
 * @param {VerifierKey} key
 * @returns {Promise<bigint[]>}
 * @throws MyDataError `note.signature`, `cosignature.format`, `ed25519.unsupported`
 */
export async function signedBy(note, key) {
  const times = [];
  for (const { name, id, signature } of note.signatures) {
    if (name === key.name && id === key.id) times.push(await verifySignature(note.text, signature, key));
  }
  return times;
}

/**
 * @param {string} text
 * @param {Bytes} signature
 * @param {VerifierKey} key
 */
async function verifySignature(text, signature, key) {
  let time = 0n;
  let message = text;
  let signed = signature;
  if (key.type === COSIGNATURE) {
    // c2sp.org/tlog-cosignature: the time must not exceed 2^63 − 1.
    demand(signature.length === 72 && signature[0] < 0x80, "cosignature.format", "not a time and 64 bytes");
    time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    message = `cosignature/v1\ntime ${time}\n${text}`;
    signed = signature.slice(8);
  }
  const valid = await verifyEd25519(key.key, utf8Bytes(message), signed);
  demand(valid, "note.signature", "a signature is not by the key it names");
  return time;
}

/** @param {string} name */
function demandName(name) {
  const valid = name !== "" && !NO_NAME.test(name) && utf8Bytes(name).length <= 255;
  demand(valid, "note.key_name", "a key's name has a space, a plus, or nothing in it");
}
