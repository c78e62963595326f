import { utf8Text } from "./bytes.js";
import { demand, refuse } from "./errors.js";

/**
 * Names of entries, held to an allow-list: a file at the root or directly in META-INFO (A3), safe as a file name on
 * every system, because she saves the ZIP and unpacks it with whatever she has.
 */
const FOLDER = "META-INFO";
const DEVICES = /^(?:CON|PRN|AUX|NUL|COM|LPT|CONIN\$|CONOUT\$)$/i;
/** Controls, what some system gives a meaning, and marks that turn the direction of text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}<>"|?*]/u;

/**
 * With slashes for back slashes, as the older packages have them. UTF-8, whether the entry says so or not.
 * @param {Uint8Array} raw
 * @returns {string}
 * @throws MyDataError `package.zip_name`, `package.zip_traversal`
 */
export function readName(raw) {
  demand(raw.length > 0 && raw.length <= 255, "package.zip_name", "a name is empty or too long");
  const name = decodeName(raw).replaceAll("\\", "/");
  const segments = name.replace(/\/$/, "").split("/");
  const leadsElsewhere = name.includes(":") || segments.some((segment) => ["", ".", ".."].includes(segment));
  demand(!leadsElsewhere, "package.zip_traversal", "a name leads elsewhere", name);
  const known = segments.length === 1 || (segments.length === 2 && segments[0] === FOLDER);
  demand(known, "package.zip_name", "a folder of its own", name);
  demand(segments.every(isSafe), "package.zip_name", "no name for a file", name);
  return name;
}

/**
 * Names that some file system takes for the same have the same key.
 * @param {string} name
 */
export function nameKey(name) {
  return name.replace(/\/$/, "").normalize("NFC").toUpperCase();
}

/** @param {Uint8Array} raw */
function decodeName(raw) {
  try {
    return utf8Text(raw);
  } catch {
    return refuse("package.zip_name", "a name is not UTF-8");
  }
}

/** @param {string} segment */
function isSafe(segment) {
  const stem = segment.split(".")[0].replace(/[0-9¹²³ ]+$/, "");
  return !UNSAFE.test(segment) && !/^[ .]|[ .]$/.test(segment) && !DEVICES.test(stem);
}
