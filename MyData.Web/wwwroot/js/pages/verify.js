import { decodeBase64 } from "../base64url.js";
import { same, utf8Bytes } from "../bytes.js";
import { fill } from "../dates.js";
import { element, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { isSavedReceipt, verifySaved } from "../ledger/saved.js";
import { checkSigner, openPackage } from "../package.js";
import { verifyReceipt } from "../receipt.js";
import { renderData, renderTime } from "../render.js";
import { certificateThumbprint } from "../x509.js";
import { LIMITS } from "../zip.js";
import { badge, cardOf, failureOf } from "./preview.js";

/**
 * The page `/verify`: what it needs stands in the page, so it works with the network off, and nothing is uploaded.
 *
 * @typedef {object} Model
 * @property {string[]} roots base64 DER
 * @property {import("../jwk.js").Jwk[]} keys of the platform, for receipts
 * @property {{ name: string, certificateSha256: string }[]} agencies
 * @property {Record<string, { name: string, schema: import("../render.js").Schema }>} datasets
 * @property {import("../render.js").Schema} receiptSchema
 * @property {string[]} policies whom to believe about each log of the ledger
 * @property {Record<string, string>} strings
 * @property {Record<string, string>} record labels and words for the codes of a record
 */

const PK = utf8Bytes("PK");
/** Of a record, as the public ledger's page shows them. */
const MEMBERS = "from to why fld idm n via kid seal con req rsp who act sub id".split(" ");

/** @type {Model} */
const model = readBlock("verify-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const input = /** @type {HTMLInputElement} */ (required("input[data-verify-file]"));
const fileName = required("[data-file-name]");
const noFile = fileName.textContent;
const result = required("[data-verify-result]");
let turn = 0;

input.disabled = false;
input.addEventListener("change", () => void check());
addEventListener("pagehide", forget);
addEventListener("pageshow", (event) => event.persisted && forget());

async function check() {
  const file = input.files?.[0];
  if (!file) return;
  fileName.textContent = file.name;
  const mine = ++turn;
  result.replaceChildren(element("p", { role: "status" }, model.strings.checking));
  let shown;
  try {
    demand(file.size <= LIMITS.bytes, "package.too_large", "larger than a package may be");
    const bytes = await read(file);
    if (same(bytes.subarray(0, 2), PK)) shown = await checkPackage(bytes);
    else shown = isSavedReceipt(bytes) ? await checkRecord(bytes) : await checkReceipt(bytes);
  } catch (error) {
    console.warn(error);
    shown = [failureOf(error, view)];
  }
  if (mine !== turn) return;
  result.replaceChildren(...shown);
  result.focus();
}

/** @param {File} file */
async function read(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new MyDataError("file.unreadable", String(error));
  }
}

/**
 * Judged by the time at which it was issued: a certificate that has run out since does not undo what it signed.
 * @param {Uint8Array} bytes
 * @returns {Promise<Node[]>}
 */
async function checkPackage(bytes) {
  const { strings } = model;
  const opened = await openPackage(bytes);
  const issued = opened.info ? new Date(opened.info.issued_at) : new Date();
  await checkSigner(opened.certificate, model.roots.map(decodeBase64), issued);
  const thumbprint = await certificateThumbprint(opened.certificate);
  const agency = model.agencies.find((one) => one.certificateSha256.toLowerCase() === thumbprint);
  const dataset = opened.info && Object.hasOwn(model.datasets, opened.info.dataset) ? model.datasets[opened.info.dataset] : undefined;

  const badges = [badge(strings.signatureValid), badge(strings.unchanged)];
  if (opened.certificate.notAfter < new Date()) badges.push(badge(strings.certificateRanOut, "warn"));
  if (!agency) badges.push(badge(strings.agencyUnknown, "warn"));
  const facts = [
    [strings.signedBy, element("bdi", {}, agency?.name ?? opened.certificate.commonName)],
    [strings.issuedAt, opened.info ? renderTime(issued, view) : strings.notStated],
    [strings.certificate, element("span", { class: "code" }, thumbprint)],
  ];
  return [
    element("h2", {}, dataset?.name ?? strings.packageGood),
    element("div", { class: "row" }, ...badges),
    factList(facts),
    element("div", { class: "card opened-card" }, ...cardOf(opened, dataset?.schema ?? {}, view)),
  ];
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Node[]>}
 */
async function checkReceipt(bytes) {
  const { receipt, key } = await verifyReceipt(bytes, model.keys);
  return [
    element("h2", {}, model.strings.receiptGood),
    element("div", { class: "row" }, badge(model.strings.signatureValid)),
    factList([[model.strings.signedBy, element("span", { class: "code" }, key.kid ?? "")]]),
    element("div", { class: "card opened-card" }, renderData(receipt, model.receiptSchema, view)),
  ];
}

/**
 * A record of the ledger with its proof. It verifies whether or not the account still exists.
 * @param {Uint8Array} bytes
 * @returns {Promise<Node[]>}
 */
async function checkRecord(bytes) {
  const words = model.record;
  const { proof, record, judged } = await verifySaved(bytes, model.policies);
  const { checkpoint, cosigners } = judged;
  const names = cosigners.map(({ name }) => name);
  const badges = [badge(model.strings.signatureValid), badge(words["record-proven"])];
  if (names.length === 0) badges.push(badge(words["record-alone"], "warn"));
  const facts = [
    [words["record-what"], words[`Op-${record.op}`] ?? String(record.op)],
    [words["record-when"], renderTime(new Date(Number(record.t)), view)],
    [words["record-result"], record.res === "ok" ? words["record-ok"] : code(record.res)],
    [words["record-log"], code(checkpoint.origin)],
    [words["record-place"], fill(words["record-placeOf"], { index: `${proof.index}`, size: `${checkpoint.size}` })],
    [words["record-witnesses"], names.length > 0 ? code(names.join(" · ")) : words["record-none"]],
  ];
  const members = MEMBERS.filter((name) => record[name] !== undefined).map((name) => {
    const value = record[name];
    return [words[`Member-${name}`], code(Array.isArray(value) ? value.join(" ") : value)];
  });
  return [
    element("h2", {}, words["record-good"]),
    element("div", { class: "row" }, ...badges),
    factList(facts),
    element("div", { class: "card opened-card" }, factList(members)),
  ];
}

/** @param {string | string[] | number} value */
function code(value) {
  return element("span", { class: "code" }, String(value));
}

/** @param {(string | Node)[][]} facts */
function factList(facts) {
  const rows = facts.map(([term, text]) => element("div", {}, element("dt", {}, term), element("dd", {}, text)));
  return element("dl", { class: "facts" }, ...rows);
}

function forget() {
  turn++;
  input.value = "";
  fileName.textContent = noFile;
  result.replaceChildren();
}
