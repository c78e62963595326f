import { makeKey, supported, useKey } from "../passkey.js";

/**
 * Forms `data-passkey-get` and `data-passkey-add`: the button, dead without this module, asks the server at
 * `data-options` for a challenge, the authenticator for its answer, and sends that as the form's `credential`.
 * A one-time secret of an invitation stands behind the "#", where no log sees it: it goes into the input `data-fragment`,
 * and leaves the address at once.
 * `data-passkey-failed` and `data-passkey-missing` (both hidden) say in words what did not work.
 */
for (const form of document.querySelectorAll("form[data-passkey-get], form[data-passkey-add]"))
  if (form instanceof HTMLFormElement) prepare(form);

/** @param {HTMLFormElement} form */
function prepare(form) {
  const button = form.querySelector("button");
  if (!supported) {
    show(form, "[data-passkey-missing]", true);
    return;
  }
  button?.removeAttribute("disabled");
  takeFragment(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    show(form, "[data-passkey-failed]", false);
    try {
      await answer(form);
      form.submit();
    } catch (error) {
      // She pressed "cancel", or waited too long: nothing was sent, and she may try again.
      console.warn(error);
      show(form, "[data-passkey-failed]", true);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  });
}

/** @param {HTMLFormElement} form */
function takeFragment(form) {
  const input = form.querySelector("input[data-fragment]");
  if (!(input instanceof HTMLInputElement) || location.hash.length < 2) return;
  input.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
}

/** @param {HTMLFormElement} form */
async function answer(form) {
  const response = await fetch(form.dataset.options ?? "", {
    method: "POST",
    body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
  });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const options = await response.json();
  const credential = form.elements.namedItem("credential");
  if (!(credential instanceof HTMLInputElement)) throw new Error("The form has no credential.");
  credential.value = await ("passkeyAdd" in form.dataset ? makeKey(options) : useKey(options));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} selector
 * @param {boolean} visible
 */
function show(form, selector, visible) {
  form.querySelector(selector)?.toggleAttribute("hidden", !visible);
}
