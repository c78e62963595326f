import { required } from "../dom.js";
import { createKey } from "../keystore.js";

/** Taking it on: a key pair of this browser, whose public half goes with the form `data-accept`. */
const form = /** @type {HTMLFormElement} */ (required("form[data-accept]"));
form.addEventListener("submit", (event) => {
  const input = form.querySelector("input[name=key]");
  if (!(input instanceof HTMLInputElement) || input.value !== "") return;
  event.preventDefault();
  createKey(form.dataset.account ?? "").then(
    ({ jwk: { kty, crv, x, y } }) => {
      input.value = JSON.stringify({ kty, crv, x, y });
      form.requestSubmit();
    },
    (error) => {
      console.warn(error);
      required("[data-key-missing]").hidden = false;
    },
  );
});
required("[data-accept] button").removeAttribute("disabled");
