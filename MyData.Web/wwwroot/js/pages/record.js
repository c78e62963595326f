import { readBlock, required } from "../dom.js";
import { fill } from "../dates.js";
import { demand, MyDataError } from "../errors.js";
import { isSavedReceipt, verifySaved } from "../ledger/saved.js";

/**
 * The page of one record: fetches its receipt and verifies it here, where the server that drew the page has no say.
 *
 * @typedef {{ policy: string, url: string, strings: Record<string, string> }} Model
 */

/** @type {Model} */
const { policy, url, strings } = readBlock("record-data");
const verify = /** @type {HTMLButtonElement} */ (required("button[data-verify]"));
const result = required("[data-verify-result]");
const drawing = document.querySelector("[data-path]");

verify.hidden = false;
verify.addEventListener("click", () => void check());

async function check() {
  verify.disabled = true;
  show("soft", strings.checking);
  try {
    const response = await fetch(url, { cache: "no-store", credentials: "omit" });
    demand(response.ok, "ledger.answered", `answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const started = performance.now();
    demand(isSavedReceipt(bytes), "proof.format", "no proof of this version");
    await verifySaved(bytes, [policy]);
    const milliseconds = Math.max(1, Math.round(performance.now() - started));
    show("good", fill(strings.verified, { milliseconds }));
    drawing?.setAttribute("data-path", "good");
  } catch (error) {
    console.warn(error);
    const code = error instanceof MyDataError ? error.code : "network.failed";
    const calm = /^(network|ed25519|ledger\.)/.test(code);
    show(calm ? "warn" : "bad", fill(calm ? strings.unchecked : strings.failed, { code }));
    if (!calm) drawing?.setAttribute("data-path", "bad");
  }
  verify.disabled = false;
}

/**
 * @param {"good" | "warn" | "bad" | "soft"} kind
 * @param {string} text
 */
function show(kind, text) {
  result.className = `badge badge-${kind}`;
  result.textContent = text;
}
