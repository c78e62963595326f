import { required } from "../dom.js";
import { createKey, deleteKey } from "../keystore.js";
import { thumbprintGroups } from "../jwk.js";

/**
 * The consent page: a form `data-consent-form` with `data-account`, its hidden inputs `recipient_jwk`, `recipient_kid`,
 * `claim_hash`, its button `data-agree` (disabled until the key is there); `data-thumbprint` shows the key;
 * `data-key-missing` (hidden) says in words that this browser cannot keep one.
 *
 * The private key stays in IndexedDB. The claim leaves in one header only, when the package is fetched.
 */
async function prepare() {
  const form = required("form[data-consent-form]");
  try {
    const key = await createKey(form.dataset.account ?? "");
    fill(form, { recipient_jwk: JSON.stringify(key.jwk), recipient_kid: key.kid, claim_hash: key.claimHash });
    for (const shown of document.querySelectorAll("[data-thumbprint]")) shown.textContent = thumbprintGroups(key.kid);
    for (const agree of form.querySelectorAll("[data-agree]")) agree.removeAttribute("disabled");
    dropUnless(form, key.kid);
  } catch (error) {
    for (const message of document.querySelectorAll("[data-key-missing]")) message.removeAttribute("hidden");
    console.warn(error);
  }
}

/**
 * @param {HTMLElement} form
 * @param {Record<string, string>} values
 */
function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const input = form.querySelector(`input[name="${name}"]`);
    if (input instanceof HTMLInputElement) input.value = value;
  }
}

/**
 * A key that nothing was agreed with goes: before a refusal is sent, and when she leaves; what the page kept for "back"
 * would then name a dead key.
 * @param {HTMLElement} form
 * @param {string} kid
 */
function dropUnless(form, kid) {
  let settled = false;
  form.addEventListener("submit", (event) => {
    if (settled || event.submitter?.hasAttribute("data-agree")) {
      settled = true;
      return;
    }
    event.preventDefault();
    settled = true;
    const { submitter } = event;
    const again = () => /** @type {HTMLFormElement} */ (form).requestSubmit(submitter);
    deleteKey(kid).then(again, again);
  });
  addEventListener("pagehide", () => settled || void deleteKey(kid).catch(() => {}));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

await prepare();
