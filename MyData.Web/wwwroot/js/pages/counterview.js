import { encode } from "../base64url.js";
import { sha256, utf8Bytes } from "../bytes.js";
import { post } from "../counter/calls.js";
import { fill } from "../dates.js";
import { element, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { fetchBytes } from "../fetching.js";
import { parseForShowing, parseJsonObject } from "../json.js";
import { thumbprint } from "../jwk.js";
import { checkSigner, openPackage } from "../package.js";
import { renderData, renderTime } from "../render.js";
import { revokeFiles, saveFile } from "../save.js";
import { openSealed } from "../sealed.js";
import { badge, cardOf, failureOf, fileName, sealOf } from "./preview.js";

/**
 * What a clerk sees of one citizen: each package opened, its signature judged in words, the agreed items and nothing else.
 *
 * @typedef {object} Listed
 * @property {string} transfer
 * @property {string} dataset
 * @property {string} name
 * @property {string} agency
 * @property {string} url
 * @property {string} schemaUrl
 * @property {string} certificateSha256
 * @property {"agency" | "platform"} sealedBy
 * @property {string[]} fields those that she agreed to show
 *
 * @typedef {object} With
 * @property {{ kid: string, privateKey: CryptoKey }} key
 * @property {import("../jwk.js").Jwk | undefined} holderKey
 * @property {Uint8Array[]} roots
 * @property {import("../render.js").View} view
 * @property {() => boolean} isOn whether it is still this citizen's turn
 */

const PACKAGE_LIMIT = 300 * 1024 * 1024;
const SMALL_LIMIT = 1024 * 1024;

/** The ZIPs of the citizen at the counter, for the case system. @type {Map<string, { dataset: string, zip: Uint8Array<ArrayBuffer> }>} */
const opened = new Map();

/**
 * @param {HTMLElement} place
 * @param {Listed[]} packages
 * @param {With} given
 * @returns {Promise<number>} how many were opened
 */
export async function openPackages(place, packages, given) {
  let done = 0;
  for (const one of packages) {
    const section = sectionOf(one);
    place.append(section);
    try {
      const shown = await openOne(one, given);
      if (!given.isOn()) return 0;
      required("[data-card]", section).replaceChildren(...shown.card);
      required("[data-badges]", section).replaceChildren(...shown.badges);
      section.querySelector(".strip")?.setAttribute("data-progress", "2");
      done++;
    } catch (error) {
      if (!given.isOn()) return 0;
      console.warn(error);
      section.querySelector(".strip")?.setAttribute("data-stopped", "");
      required("[data-card]", section).replaceChildren(failureOf(error, given.view, { reference: one.transfer }));
    }
  }
  return done;
}

/** Next citizen: nothing of the one before. */
export function clearPackages() {
  for (const { zip } of opened.values()) zip.fill(0);
  opened.clear();
  revokeFiles();
}

/**
 * The file for the case system, once: the agencies' signed packages, and the platform's signed statement of which they are.
 * @param {string} url
 * @param {string} caseNumber
 */
export async function takeOver(url, caseNumber) {
  demand(opened.size > 0, "counter.not_yours", "nothing is open");
  /** @type {Record<string, string>} */
  const digests = {};
  for (const [transfer, { zip }] of opened) digests[transfer] = encode(await sha256(zip));
  const { statement } = await post(url, { number: caseNumber, digests: JSON.stringify(digests) });
  const packages = [...opened].map(([transfer, { dataset, zip }]) => ({ transfer, dataset, zip: encode(zip) }));
  const file = { format: "mydata-counter-handover", version: 1, statement, packages };
  saveFile(utf8Bytes(JSON.stringify(file)), fileName(["handover", caseNumber], "json"));
}

/**
 * @param {Listed} one
 * @param {With} given
 * @returns {Promise<{ card: Node[], badges: Node[] }>}
 */
async function openOne(one, { key, holderKey, roots, view, isOn }) {
  const sealed = await fetchBytes(one.url, { limit: PACKAGE_LIMIT });
  const { head, seal, zip } = await openSealed(sealed, key);
  demand(head.transfer === one.transfer && head.dataset === one.dataset, "seal.other_transfer", "a package of another transfer");
  if (holderKey) await checkHolder(head.recipients, key.kid, holderKey);
  const content = await openPackage(zip);
  const signer = await judge(content.certificate, roots, one, view);
  if (content.info) demand(content.info.transfer_id === one.transfer && content.info.dataset === one.dataset, "package.other_transfer", "a package of another transfer");
  else demand(one.sealedBy === "platform", "package.info", "package.json is missing");
  demand(isOn(), "counter.over", "the next citizen's turn");
  opened.set(one.transfer, { dataset: one.dataset, zip });
  const schema = await fetchBytes(one.schemaUrl, { limit: SMALL_LIMIT }).then(parseJsonObject, () => ({}));
  const signed = element("p", { class: "signed" }, ...signedWords(one, content.info?.issued_at, signer, view));
  return { card: [signed, ...agreedOnly(content, schema, one.fields, view)], badges: [signer.badge, sealOf(seal.display, view)] };
}

/**
 * The content key was wrapped by the pair that both screens showed six digits of, not by whoever stands between.
 * @param {import("../sealedhead.js").Head["recipients"]} recipients
 * @param {string} kid
 * @param {import("../jwk.js").Jwk} holderKey
 */
async function checkHolder(recipients, kid, holderKey) {
  const own = recipients.find((one) => one.header.kid === kid);
  const same = own?.header.epk && (await thumbprint(own.header.epk)) === (await thumbprint(holderKey));
  demand(same, "counter.other_key", "wrapped by another key than the one compared");
}

/**
 * @param {import("../x509.js").Certificate} certificate
 * @param {Uint8Array[]} roots
 * @param {Listed} one
 * @param {import("../render.js").View} view
 */
async function judge(certificate, roots, one, view) {
  try {
    await checkSigner(certificate, roots, new Date(), one.certificateSha256);
    return { valid: true, badge: badge(view.strings.signatureValid) };
  } catch (error) {
    // A certificate that has run out since: the data is shown, with the words that say so; anything else is not shown at all.
    if (!(error instanceof MyDataError) || error.code !== "certificate.expired") throw error;
    return { valid: false, badge: badge(view.strings.signatureOld, "warn") };
  }
}

/**
 * @param {Listed} one
 * @param {string | undefined} issued
 * @param {{ valid: boolean }} signer
 * @param {import("../render.js").View} view
 * @returns {(string | Node)[]}
 */
function signedWords(one, issued, { valid }, view) {
  const { strings } = view;
  const pattern = fill(valid ? strings.signedWell : strings.signedOld, { agency: one.agency });
  const [before, after] = pattern.split("{time}");
  return [before, issued ? renderTime(new Date(issued), view) : strings.notStated, after ?? ""];
}

/**
 * @param {import("../package.js").OpenedPackage} content
 * @param {import("../render.js").Schema} schema
 * @param {string[]} fields
 * @param {import("../render.js").View} view
 * @returns {Node[]}
 */
function agreedOnly(content, schema, fields, view) {
  const data = content.files.get("data.json");
  if (!data) return cardOf(content, schema, view);
  const all = /** @type {Record<string, unknown>} */ (parseForShowing(data, "data.format"));
  const agreed = Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)));
  const more = Object.keys(all).length > Object.keys(agreed).length;
  const rest = new Map([...content.files].filter(([name]) => name !== "data.json"));
  const others = rest.size > 0 && !more ? cardOf({ ...content, files: rest }, schema, view).slice(1) : [];
  return [renderData(agreed, schema, view), ...(more ? [element("p", { class: "muted" }, view.strings.moreNotShown)] : []), ...others];
}

/** @param {Listed} one */
function sectionOf(one) {
  const template = required(`template[data-package]`);
  const copy = /** @type {DocumentFragment} */ (/** @type {HTMLTemplateElement} */ (template).content.cloneNode(true));
  const section = required("section", copy);
  const heading = required("h2", section);
  heading.id = `p-${one.transfer}`;
  heading.textContent = one.name;
  section.setAttribute("aria-labelledby", heading.id);
  const stop = section.querySelector(".strip-stop:first-child > span:last-child");
  if (stop) stop.textContent = one.agency;
  const glyph = section.querySelector(".strip-stop:first-child > .strip-glyph");
  if (glyph) glyph.textContent = one.glyph;
  return section;
}
