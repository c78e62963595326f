/**
 * Brings a live page back by itself after a lost connection or a restarted server, and never tries for ever: where the
 * server answers but holds no live connection for this page (too many are open), the page loads itself again now and
 * then instead, and says so. Blazor's script marks the first element: "show" while it tries, "failed" when it gave up,
 * "rejected" when the server no longer knows the page.
 */
const AGAIN = 2000;
const PATIENCE = 10_000;
const PLAIN = 20_000;
const line = document.getElementById("components-reconnect-modal");
const plain = document.getElementById("plain-refresh");
let trying = 0;

if (line) new MutationObserver(act).observe(line, { attributes: true, attributeFilter: ["class"] });
setTimeout(lookWhetherLive, PATIENCE);
// The server refused the connection, and said so at once.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.errorType !== "FailedToNegotiateWithServerError") return;
  event.preventDefault();
  lookWhetherLive();
});

/** @param {string} name */
function is(name) {
  return line?.classList.contains(`components-reconnect-${name}`) ?? false;
}

async function act() {
  if (is("rejected")) location.reload();
  if (is("failed")) await again();
  if (is("show") && trying === 0) trying = setTimeout(giveUp, PATIENCE);
  if (is("hide")) {
    clearTimeout(trying);
    trying = 0;
  }
}

async function again() {
  try {
    // false: the server answers, and has forgotten this page.
    if (!(await globalThis.Blazor.reconnect())) location.reload();
  } catch {
    if (await answers()) location.reload();
    else setTimeout(again, AGAIN);
  }
}

/** The server answers, and yet the connection does not come back: the page that it gives now shows where things stand. */
async function giveUp() {
  if (is("hide")) return;
  if (await answers()) location.reload();
  else trying = setTimeout(giveUp, PATIENCE);
}

async function answers() {
  try {
    return (await fetch("/icon.svg", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function lookWhetherLive() {
  if (!document.querySelector("[data-live='no']") || !plain?.hidden) return;
  plain.hidden = false;
  setTimeout(async () => {
    plain.hidden = true;
    if (!document.querySelector("[data-live='no']")) return;
    if (await answers()) location.reload();
    else lookWhetherLive();
  }, PLAIN);
}
