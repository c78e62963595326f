/**
 * Brings a live page back by itself after a lost connection or a restarted server. Blazor's script marks the element:
 * "failed" when it gave up trying, "rejected" when the server no longer knows the page.
 */
const AGAIN = 2000;
const line = document.getElementById("components-reconnect-modal");

if (line) new MutationObserver(act).observe(line, { attributes: true, attributeFilter: ["class"] });

async function act() {
  if (line?.classList.contains("components-reconnect-rejected")) location.reload();
  if (line?.classList.contains("components-reconnect-failed")) await again();
}

async function again() {
  try {
    // false: the server answers, and has forgotten this page.
    if (!(await globalThis.Blazor.reconnect())) location.reload();
  } catch {
    setTimeout(again, AGAIN);
  }
}
