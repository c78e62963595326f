import { utf8Bytes } from "../bytes.js";
import { fill } from "../dates.js";
import { button, element, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { sealCompact } from "../jwecompact.js";
import { failureOf } from "./preview.js";

/**
 * Beside `open.js`: "is this wrong?" at each value. The value and her words are sealed here for the agency's certificate; the platform learns
 * which field.
 *
 * @typedef {object} Model
 * @property {string} url takes the POST
 * @property {string} listUrl where she follows it
 * @property {Record<string, string>} agencies by transfer
 * @property {Record<string, string>} strings
 *
 * @typedef {object} Opened
 * @property {string} id of the transfer
 * @property {{ spki: Uint8Array, thumbprint: string }} signer the agency's certificate
 */

const LONGEST = 500;

/** @type {Model} */
const model = readBlock("correction-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const page = required("[data-open]");

page.addEventListener("mydata-opened", (event) => arm(/** @type {CustomEvent<Opened>} */ (event).detail));

/** @param {Opened} opened */
function arm(opened) {
  const card = required(`[data-transfer="${CSS.escape(opened.id)}"] [data-card]`, page);
  for (const row of card.querySelectorAll("[data-field]")) {
    const [label, shown] = row.children;
    if (!(label instanceof HTMLElement) || !(shown instanceof HTMLElement)) continue;
    const ask = button(model.strings.wrong, "link-button wrong no-print", () => toggle(opened, row, ask));
    ask.setAttribute("aria-label", fill(model.strings.wrongOf, { field: label.textContent ?? "" }));
    ask.setAttribute("aria-expanded", "false");
    shown.prepend(ask);
  }
}

/**
 * @param {Opened} opened
 * @param {Element} row
 * @param {HTMLElement} ask
 */
function toggle(opened, row, ask) {
  const there = row.querySelector("[data-correction]");
  if (there) return close(there, ask);
  ask.setAttribute("aria-expanded", "true");
  const panel = panelOf(opened, row, ask);
  row.append(panel);
  required("textarea", panel).focus();
}

/**
 * @param {Element} panel
 * @param {HTMLElement} ask
 */
function close(panel, ask) {
  panel.remove();
  ask.setAttribute("aria-expanded", "false");
  ask.focus();
}

/**
 * @param {Opened} opened
 * @param {Element} row
 * @param {HTMLElement} ask
 */
function panelOf(opened, row, ask) {
  const { strings } = model;
  const agency = model.agencies[opened.id] ?? "";
  const id = crypto.randomUUID();
  const value = valueOf(row);
  const words = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { id: `w-${id}`, rows: "3", maxlength: String(LONGEST), "aria-describedby": `n-${id}` })
  );
  const failure = element("div", {});
  const send = button(fill(strings.send, { agency }), "button button-primary button-small", async () => {
    if (words.value.trim() === "") return words.focus();
    send.setAttribute("disabled", "");
    try {
      const content = { field: fieldOf(row), value, words: words.value.trim() };
      const sealed = await sealCompact(opened.signer.spki, opened.signer.thumbprint, utf8Bytes(JSON.stringify(content)));
      await post({ id, transfer: opened.id, field: content.field, sealed });
      const done = element("p", { role: "status", tabindex: "-1" }, fill(strings.sent, { agency }), " ");
      done.append(element("a", { href: model.listUrl }, strings.follow));
      panel.replaceChildren(done);
      ask.remove();
      done.focus();
    } catch (error) {
      console.warn(error);
      send.removeAttribute("disabled");
      failure.replaceChildren(failureOf(error, view, { reference: id }));
    }
  });
  const panel = element(
    "dd",
    { class: "correction no-print", "data-correction": "" },
    element("label", { for: words.id }, strings.words),
    words,
    element("p", { id: `n-${id}`, class: "muted" }, fill(strings.note, { agency })),
    element("div", { class: "actions" }, send, button(strings.cancel, "button button-small", () => close(panel, ask))),
    failure,
  );
  return panel;
}

/** @param {Element} row */
function fieldOf(row) {
  return row.getAttribute("data-field") ?? "";
}

/**
 * What she sees, without our own button.
 * @param {Element} row
 */
function valueOf(row) {
  const shown = /** @type {HTMLElement} */ (row.children[1]?.cloneNode(true));
  shown.querySelector(".wrong")?.remove();
  return (shown.textContent ?? "").trim().slice(0, 2000);
}

/** @param {Record<string, string>} fields */
async function post(fields) {
  const token = page.querySelector("form input[name=_form]");
  demand(token instanceof HTMLInputElement, "browser.failed", "the page has no token for forms");
  const body = new URLSearchParams({ ...fields, [token.name]: token.value });
  const response = await fetch(model.url, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch((error) => {
    throw new MyDataError("network.failed", String(error));
  });
  if (response.ok) return;
  const told = await response.json().catch(() => ({}));
  throw new MyDataError(typeof told.code === "string" ? told.code : "correction.failed", `answered ${response.status}`);
}
