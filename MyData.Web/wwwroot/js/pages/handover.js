import { readBlock, required } from "../dom.js";
import { demand } from "../errors.js";
import { findKey } from "../keystore.js";
import { wrapHeadFor } from "../sealed.js";
import { failureOf } from "./preview.js";

/**
 * Beside `open.js`, on the page of the second consent: "agree" is there only once every package was opened here and is the one whose seal
 * stands on the page. The content keys are wrapped for the service's registered key in this browser, and nowhere else.
 *
 * @typedef {object} Model
 * @property {string} account
 * @property {Record<string, string>} seals by transfer, in hexadecimal
 * @property {import("../jwk.js").Jwk} recipient the service's key
 * @property {Record<string, string>} strings
 */

/** @type {Model} */
const model = readBlock("handover-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const page = required("[data-open]");
const form = required("form[data-handover]");
const agree = required("[data-agree]", form);
/** By transfer: its head, in which no data is, and which key of hers opens it. @type {Map<string, { head: import("../sealedhead.js").Head, kid: string }>} */
const heads = new Map();
let settled = false;

page.addEventListener("mydata-opened", (event) => {
  const { id, kid, head, seal } = /** @type {CustomEvent} */ (event).detail;
  if (model.seals[id] === seal) heads.set(id, { head, kid });
});
page.addEventListener("mydata-finished", (event) => {
  const all = Object.keys(model.seals).every((id) => heads.has(id));
  if (/** @type {CustomEvent} */ (event).detail && all) agree.removeAttribute("disabled");
});
form.addEventListener("submit", (event) => {
  const { submitter } = /** @type {SubmitEvent} */ (event);
  if (settled || submitter !== agree) return;
  event.preventDefault();
  void handOver();
});

async function handOver() {
  try {
    /** @type {Record<string, object>} */
    const entries = {};
    for (const [id, { head, kid }] of heads) {
      const key = await findKey(model.account, kid);
      demand(key, "key.missing", "the key of this consent is not in this browser");
      entries[id] = await wrapHeadFor(head, key, model.recipient);
    }
    const input = form.querySelector("input[name=entries]");
    demand(input instanceof HTMLInputElement, "browser.failed", "the form has no place for them");
    input.value = JSON.stringify(entries);
    settled = true;
    /** @type {HTMLFormElement} */ (form).requestSubmit(agree);
  } catch (error) {
    console.warn(error);
    required("[data-handover-failure]").replaceChildren(failureOf(error, view));
  }
}
