import { wipe } from "../keystore.js";
import { forgetPeople } from "../ledger/personpin.js";

/**
 * On every page with a form `data-signout`: where its box `data-shared` is ticked, or it has none, the keys in this
 * browser, and what it remembers of her records, go before she is signed out.
 */
for (const form of document.querySelectorAll("form[data-signout]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  form.addEventListener("submit", (event) => {
    const shared = form.querySelector("[data-shared]");
    if (shared instanceof HTMLInputElement && !shared.checked) return;
    event.preventDefault();
    void Promise.allSettled([wipe(), forgetPeople()]).then(() => form.submit());
  });
}
