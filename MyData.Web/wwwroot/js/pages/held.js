import { findKey } from "../keystore.js";

/**
 * Beside a choice: a package that she has already can be used where this browser has the key that opens it. A box `data-held-key` with
 * `data-account` is off until then.
 */
for (const box of document.querySelectorAll("input[data-held-key]")) {
  if (!(box instanceof HTMLInputElement)) continue;
  try {
    if (!(await findKey(box.dataset.account ?? "", box.dataset.heldKey ?? ""))) continue;
    box.disabled = false;
    const label = box.closest("label");
    for (const hint of label?.querySelectorAll("[data-held-missing]") ?? []) hint.setAttribute("hidden", "");
    for (const hint of label?.querySelectorAll("[data-held-here]") ?? []) hint.removeAttribute("hidden");
  } catch (error) {
    console.warn(error);
  }
}
