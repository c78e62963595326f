import { decodeBase64 } from "../base64url.js";
import { fill, inTaipei, toIso } from "../dates.js";
import { button, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { fetchBytes } from "../fetching.js";
import { parseJsonObject } from "../json.js";
import { deleteKey, findKey, keepAfterArrival } from "../keystore.js";
import { checkSigner, checkSubject, openPackage } from "../package.js";
import { renderTime } from "../render.js";
import { revokeFiles, saveFile } from "../save.js";
import { openSealed } from "../sealed.js";
import { badge, cardOf, failureOf, fileName, formatBytes, sealOf } from "./preview.js";

/**
 * The page `/open/{consentId}`, and the one where a service is to be given what is opened (`handover.js`): plain HTML, no circuit. What is opened stays in this page's memory, goes
 * when she leaves, and is told to nobody.
 *
 * @typedef {object} Transfer
 * @property {string} id
 * @property {string} dataset
 * @property {string} name
 * @property {string} packageUrl
 * @property {string} schemaUrl
 * @property {string} certificateSha256
 * @property {"agency" | "platform"} sealedBy
 * @property {string} heldUntil RFC 3339
 * @property {string} kid of the key that opens it: this consent's, or where she had it already, that of the one before
 * @property {string} [reportUrl] takes { transfer, code } of a failure
 *
 * @typedef {object} Model
 * @property {string} account
 * @property {string} kid
 * @property {string} nationalId
 * @property {Transfer[]} transfers those that have arrived
 * @property {string} trustUrl
 * @property {Record<string, string>} strings
 */

const PACKAGE_LIMIT = 300 * 1024 * 1024;
const SMALL_LIMIT = 1024 * 1024;
const HELD = 8 * 3_600_000;

/** @type {Model} */
const model = readBlock("open-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const page = required("[data-open]");

addEventListener("pagehide", forget);
addEventListener("pageshow", (event) => event.persisted && location.reload());
await start();

async function start() {
  try {
    const keys = await findKeys();
    const own = model.transfers.filter((transfer) => transfer.kid === model.kid);
    const arrivals = own.map((transfer) => Date.parse(transfer.heldUntil) - HELD);
    if (arrivals.length > 0) await keepAfterArrival(model.kid, Math.max(...arrivals));
    const roots = await fetchRoots();
    let opened = 0;
    for (const transfer of model.transfers) opened += await openOne(transfer, keys[transfer.kid], roots);
    finish(opened);
  } catch (error) {
    stopAll(error);
  }
}

/** @returns {Promise<Record<string, import("../keystore.js").StoredKey>>} by kid */
async function findKeys() {
  /** @type {Record<string, import("../keystore.js").StoredKey>} */
  const keys = {};
  for (const { kid } of model.transfers) {
    const key = await findKey(model.account, kid);
    demand(key, "key.missing", "the key of this consent is not in this browser");
    keys[kid] = key;
  }
  return keys;
}

/** @returns {Promise<Uint8Array[]>} DER */
async function fetchRoots() {
  const json = parseJsonObject(await fetchBytes(model.trustUrl, { limit: SMALL_LIMIT }), "trust.format");
  return json.roots.map(decodeBase64);
}

/**
 * @param {Transfer} transfer
 * @param {import("../keystore.js").StoredKey} key
 * @param {Uint8Array[]} roots
 * @returns {Promise<number>} 1 where it was opened
 */
async function openOne(transfer, key, roots) {
  const section = sectionOf(transfer);
  try {
    const json = await fetchPackage(transfer, key, section);
    say(section, model.strings.opening);
    const { head, seal, zip } = await openSealed(json, key);
    const meant = head.transfer === transfer.id && head.dataset === transfer.dataset;
    demand(meant, "seal.other_transfer", "a package of another transfer");
    const opened = await openPackage(zip);
    await checkSigner(opened.certificate, roots, new Date(), transfer.certificateSha256);
    await checkInfo(transfer, opened.info);
    const card = cardOf(opened, await fetchSchema(transfer), view);
    show(section, transfer, seal.display, zip, card);
    const signer = { spki: opened.certificate.publicKey.spki, thumbprint: transfer.certificateSha256 };
    tell("mydata-opened", { id: transfer.id, kid: transfer.kid, head, seal: seal.hex, zip, signer });
    return 1;
  } catch (error) {
    fail(section, transfer, error);
    return 0;
  }
}

/**
 * The claim leaves this browser here, and nowhere else.
 * @param {Transfer} transfer
 * @param {import("../keystore.js").StoredKey} key
 * @param {HTMLElement} section
 */
function fetchPackage(transfer, key, section) {
  say(section, model.strings.fetching);
  const bytes = required("[data-bytes]", section);
  return fetchBytes(transfer.packageUrl, {
    headers: { "MyData-Claim": key.claim },
    limit: PACKAGE_LIMIT,
    onProgress: (done, total) => {
      const sizes = { done: formatBytes(done, view.language), total: formatBytes(total ?? done, view.language) };
      bytes.textContent = fill(total ? model.strings.bytesOf : model.strings.bytes, sizes);
    },
  });
}

/** @param {Transfer} transfer */
async function fetchSchema(transfer) {
  try {
    return parseJsonObject(await fetchBytes(transfer.schemaUrl, { limit: SMALL_LIMIT }));
  } catch (error) {
    // The labels are missing then, the data is not.
    console.warn(error);
    return {};
  }
}

/**
 * Only the older packages, which the platform seals on arrival, come without package.json.
 * @param {Transfer} transfer
 * @param {import("../package.js").PackageInfo | undefined} info
 */
async function checkInfo(transfer, info) {
  if (!info) {
    demand(transfer.sealedBy === "platform", "package.info", "package.json is missing");
    return;
  }
  const meant = info.transfer_id === transfer.id && info.dataset === transfer.dataset;
  demand(meant, "package.other_transfer", "a package of another transfer");
  await checkSubject(info, model.nationalId);
}

/**
 * @param {HTMLElement} section
 * @param {Transfer} transfer
 * @param {string} seal
 * @param {Uint8Array<ArrayBuffer>} zip
 * @param {Node[]} card
 */
function show(section, transfer, seal, zip, card) {
  const { strings } = model;
  const now = new Date();
  const { day, clock } = inTaipei(now);
  moveStrip(section, "2", fill(strings.openedAt, { time: clock.slice(0, 5) }));
  say(section, "");
  required("[data-bytes]", section).textContent = "";
  const badges = [badge(strings.signatureValid), badge(strings.unchanged)];
  if (transfer.sealedBy === "platform") badges.push(badge(strings.sealedOnArrival, "soft"));
  required("[data-badges]", section).replaceChildren(...badges, sealOf(seal, view));
  const shown = required("[data-card]", section);
  shown.replaceChildren(...card);
  shown.hidden = false;
  const name = fileName([transfer.name, toIso(day), seal], "zip");
  // One clear next step: of several files none goes before the others, and where she decides on something the decision does.
  const first = model.transfers.length === 1 && page.querySelector("form[data-done]");
  const save = button(strings.save, first ? "button button-primary" : "button", () => {
    saveFile(zip, name);
    say(section, fill(strings.saved, { name }));
  });
  save.dataset.save = transfer.id;
  required("[data-actions]", section).replaceChildren(save);
  const [before, after] = fill(strings.printed, { seal, url: new URL("/verify", location.href).href }).split("{time}");
  required("[data-print]", section).replaceChildren(before, renderTime(now, view), after ?? "");
}

/**
 * @param {HTMLElement} section
 * @param {Transfer} transfer
 * @param {unknown} error
 */
function fail(section, transfer, error) {
  console.warn(error);
  const actions = [button(model.strings.tryAgain, "button button-small", () => location.reload())];
  say(section, "");
  required("[data-bytes]", section).textContent = "";
  moveStrip(section, undefined, undefined);
  required("[data-failure]", section).replaceChildren(failureOf(error, view, { reference: transfer.id, actions }));
  void report(transfer, error);
}

/**
 * Nothing could be opened: no key, no way to check, no network.
 * @param {unknown} error
 */
function stopAll(error) {
  console.warn(error);
  for (const section of page.querySelectorAll("[data-transfer]")) {
    say(/** @type {HTMLElement} */ (section), "");
    moveStrip(/** @type {HTMLElement} */ (section), undefined, undefined);
  }
  title(model.strings.titleFailed);
  const missing = error instanceof MyDataError && error.code === "key.missing";
  const again = page.querySelector("template[data-ask-again]");
  const actions = missing && again instanceof HTMLTemplateElement ? [again.content.cloneNode(true)] : [];
  if (!missing) actions.push(button(model.strings.tryAgain, "button", () => location.reload()));
  required("[data-page-failure]").replaceChildren(failureOf(error, view, { actions }));
}

/** @param {number} opened */
function finish(opened) {
  title(opened === model.transfers.length ? model.strings.titleOpened : opened > 0 ? model.strings.titleSome : model.strings.titleFailed);
  const print = page.querySelector("[data-print-button]");
  if (opened > 0 && print instanceof HTMLElement) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  for (const link of page.querySelectorAll("[data-hand-on]")) if (link instanceof HTMLElement) link.hidden = opened === 0;
  const form = page.querySelector("form[data-done]");
  if (form instanceof HTMLFormElement) armDone(form);
  tell("mydata-finished", opened === model.transfers.length);
}

/**
 * To another module of this very page, where what is opened stays too.
 * @param {string} name
 * @param {unknown} detail
 */
function tell(name, detail) {
  page.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * "Done" asks once, tells the platform, and only then lets go of the key.
 * @param {HTMLFormElement} form
 */
function armDone(form) {
  required("[data-done-area]").hidden = false;
  const question = required("[data-done-question]");
  required("[data-done-ask]").addEventListener("click", () => {
    question.hidden = false;
    question.focus();
  });
  required("[data-done-not-yet]").addEventListener("click", () => {
    question.hidden = true;
    required("[data-done-ask]").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void done(form);
  });
}

/** @param {HTMLFormElement} form */
async function done(form) {
  const area = required("[data-done-failure]");
  try {
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    demand(response.ok, "done.failed", `answered ${response.status}`);
    await deleteKey(model.kid).catch(() => {});
    forget();
    location.replace(response.redirected ? response.url : "/history");
  } catch (error) {
    area.replaceChildren(failureOf(error instanceof MyDataError ? error : new MyDataError("network.failed", String(error)), view));
  }
}

/** Back, forward and restored tabs find an empty page. */
function forget() {
  revokeFiles();
  for (const part of page.querySelectorAll("[data-card], [data-actions], [data-badges], [data-print]")) part.replaceChildren();
  document.getElementById("open-data")?.remove();
  model.nationalId = "";
}

/**
 * The code alone, so that the agency's fault shows in her history too.
 * @param {Transfer} transfer
 * @param {unknown} error
 */
async function report({ id, reportUrl }, error) {
  const token = page.querySelector("form input[name=_form]");
  if (!reportUrl || !(token instanceof HTMLInputElement)) return;
  const code = error instanceof MyDataError ? error.code : "browser.failed";
  const body = new URLSearchParams({ [token.name]: token.value, code, transfer: id });
  await fetch(reportUrl, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => {});
}

/** @param {Transfer} transfer */
function sectionOf(transfer) {
  return required(`[data-transfer="${CSS.escape(transfer.id)}"]`, page);
}

/**
 * @param {HTMLElement} section
 * @param {string} text
 */
function say(section, text) {
  const status = section.querySelector("[data-status]");
  if (status) status.textContent = text;
}

/**
 * @param {HTMLElement} section
 * @param {string | undefined} progress undefined: it goes no further
 * @param {string | undefined} label over the second line
 */
function moveStrip(section, progress, label) {
  const strip = section.querySelector(".strip");
  if (!strip) return;
  strip.removeAttribute("aria-busy");
  if (progress === undefined) strip.setAttribute("data-stopped", "");
  else strip.setAttribute("data-progress", progress);
  const text = strip.querySelector(".strip-line-2 > .strip-label");
  if (text && label !== undefined) text.textContent = label;
  const glyph = strip.querySelector(".strip-stop:last-child > .strip-glyph");
  if (glyph && progress === "2") glyph.textContent = model.strings.openedGlyph;
}

/** @param {string} text */
function title(text) {
  required("[data-title]").textContent = text;
  document.title = text;
}
