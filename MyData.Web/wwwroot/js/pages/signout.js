import { wipe } from "../keystore.js";

/**
 * On every page with a form `data-signout`: where its box `data-shared` is ticked, or it has none, the keys in this
 * browser go before she is signed out.
 */
for (const form of document.querySelectorAll("form[data-signout]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  form.addEventListener("submit", (event) => {
    const shared = form.querySelector("[data-shared]");
    if (shared instanceof HTMLInputElement && !shared.checked) return;
    event.preventDefault();
    wipe()
      .catch(() => {})
      .finally(() => form.submit());
  });
}
