import { fill } from "../dates.js";
import { readBlock, required } from "../dom.js";
import { demand } from "../errors.js";
import { buildDelivery } from "../wire/delivery.js";
import { upload } from "../wire/upload.js";
import { failureOf, formatBytes } from "./preview.js";

/**
 * Beside `open.js`, on the page of the second consent to a service on the national wire: "agree" is there only once every package was opened here and
 * is the one whose seal stands on the page. Until she presses it nothing is built; the key leaves this browser with her "agree", after the file.
 *
 * @typedef {object} Model
 * @property {Record<string, string>} seals by transfer, in hexadecimal
 * @property {import("../wire/delivery.js").Item[]} items
 * @property {import("../wire/jwewriter.js").Mode} mode
 * @property {string} fileName
 * @property {string} uploadUrl
 * @property {number} partBytes
 * @property {{ building: string, uploading: string }} words
 * @property {Record<string, string>} strings
 */

/** @type {Model} */
const model = readBlock("handover-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const page = required("[data-open]");
const form = /** @type {HTMLFormElement} */ (required("form[data-handover]"));
const agree = required("[data-agree]", form);
const status = required("[data-progress]", form);
/** By transfer: the agency's ZIP as it was opened. @type {Map<string, Uint8Array>} */
const packages = new Map();
let [settled, busy] = [false, false];

page.addEventListener("mydata-opened", (event) => {
  const { id, seal, zip } = /** @type {CustomEvent} */ (event).detail;
  if (model.seals[id] === seal) packages.set(id, zip);
});
page.addEventListener("mydata-finished", (event) => {
  const all = Object.keys(model.seals).every((id) => packages.has(id));
  if (/** @type {CustomEvent} */ (event).detail && all) agree.removeAttribute("disabled");
});
addEventListener("pagehide", () => packages.clear());
form.addEventListener("submit", (event) => {
  const { submitter } = /** @type {SubmitEvent} */ (event);
  if (settled || submitter !== agree) return;
  event.preventDefault();
  if (!busy) void handOver();
});

async function handOver() {
  busy = true;
  required("[data-handover-failure]").replaceChildren();
  try {
    status.textContent = model.words.building;
    const { key, jwe } = await buildDelivery(model.items, packages, model.mode, model.fileName);
    const token = form.querySelector("input[name=_form]");
    demand(token instanceof HTMLInputElement, "browser.failed", "the form has no token");
    const { uploadUrl: url, partBytes } = model;
    const done = await upload(jwe, { url, token: token.value, partBytes, onProgress: tell });
    put({ upload: done.id, length: String(done.length), digest: done.digest, key });
    settled = true;
    form.requestSubmit(agree);
  } catch (error) {
    console.warn(error);
    status.textContent = "";
    required("[data-handover-failure]").replaceChildren(failureOf(error, view));
  } finally {
    busy = false;
  }
}

/**
 * @param {number} done
 * @param {number} total
 */
function tell(done, total) {
  const sizes = { done: formatBytes(done, view.language), total: formatBytes(total, view.language) };
  status.textContent = fill(model.words.uploading, sizes);
}

/** @param {Record<string, string>} values */
function put(values) {
  for (const [name, value] of Object.entries(values)) {
    const input = form.querySelector(`input[name=wire_${name}]`);
    demand(input instanceof HTMLInputElement, "browser.failed", "the form has no place for it");
    input.value = value;
  }
}
