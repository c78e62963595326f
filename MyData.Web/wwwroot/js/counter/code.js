import { demand } from "../errors.js";

/** @typedef {{ number: string, secret?: string }} Code what a ticket's code says (protocols A6) */

/** Origin, path, number and secret are far shorter; what is longer is nothing of ours. */
const LONGEST = 256;
const NUMBER = 10;
const SECRET = 26;
/** At the end of the text, whatever stands before: another keyboard may have made something else of "https://…/C#". */
const FORM = new RegExp(`(?:^|[^0-9A-Z]|C)([0-9A-HJKMNP-TV-Z]{${NUMBER}})(?:[^0-9A-Z]([0-9A-HJKMNP-TV-Z]{${SECRET}}))?$`);

/**
 * What a scanner, a camera or a hand brought: the whole address, or number and secret alone, in groups or not, in full-width letters or
 * not. Strict before anything is done with it, and never an address to go to.
 * @param {string} text
 * @returns {Code}
 * @throws MyDataError `counter.format`
 */
export function readCode(text) {
  demand(text.length > 0 && text.length <= LONGEST, "counter.format", "no code, or a long one");
  const plain = text.normalize("NFKC").trim().toUpperCase();
  demand(/^[\x20-\x7E]+$/.test(plain), "counter.format", "not a code");
  // A group's hyphens and spaces say nothing; the dot before the secret does.
  const joined = plain.replace(/[\s_-]+/g, "");
  const tail = joined.slice(Math.max(0, joined.lastIndexOf("#") + 1, joined.lastIndexOf("/") + 1));
  const found = FORM.exec(tail.replaceAll("O", "0").replace(/[IL]/g, "1"));
  demand(found, "counter.format", "not a code");
  return found[2] === undefined ? { number: found[1] } : { number: found[1], secret: found[2] };
}

/**
 * As it is typed: in groups of four.
 * @param {Code} code
 */
export function typedForm({ number, secret }) {
  const groups = (/** @type {string} */ text) => (text.match(/.{1,4}/g) ?? []).join("-");
  return secret === undefined ? groups(number) : `${groups(number)}.${groups(secret)}`;
}

/**
 * The text of the code: upper case throughout.
 * @param {string} origin
 * @param {Code} code
 */
export function codeText(origin, { number, secret }) {
  return `${origin.toUpperCase()}/C#${number}${secret === undefined ? "" : `.${secret}`}`;
}
