import { decodeBase64 } from "../base64url.js";
import { follow, get, post } from "../counter/calls.js";
import { canUseCamera, watchCamera } from "../counter/camera.js";
import { readCode } from "../counter/code.js";
import { commitment, digits, freshNonce, freshPair } from "../counter/handshake.js";
import { ticketKey } from "../counter/ticketkey.js";
import { isScan, listen } from "../counter/wedge.js";
import { fill } from "../dates.js";
import { element, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { fetchBytes } from "../fetching.js";
import { parseJsonObject } from "../json.js";
import { renderTime } from "../render.js";
import { failureOf } from "./preview.js";
import { clearPackages, openPackages, takeOver } from "./counterview.js";

/**
 * The clerk's screen: one field, four steps, the keyboard alone. Keys, codes and data live in this page's memory, from one citizen to the
 * next; the platform hears a ticket's number and what the protocol sends.
 *
 * @typedef {object} Model
 * @property {string} url where the calls go
 * @property {string} trustUrl
 * @property {number} idleSeconds
 * @property {Record<string, string>} strings
 *
 * @typedef {object} Citizen one at the counter
 * @property {import("../counter/code.js").Code} code
 * @property {string} ticket id
 * @property {import("../counter/handshake.js").Pair} pair
 * @property {string} nonce
 * @property {boolean} redeemed
 * @property {string} service what it is shown for
 * @property {string} office
 */

/** @typedef {"scan" | "wait" | "card" | "view"} Step */

const HEADINGS = { scan: "ScanTitle", wait: "WaitTitle", card: "CardTitle", view: "ViewTitle" };

/** @type {Model} */
const model = readBlock("counter-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const input = /** @type {HTMLInputElement} */ (required("#scan"));
const card = /** @type {HTMLInputElement} */ (required("#card"));
const caseNumber = /** @type {HTMLInputElement} */ (required("#case"));
const failure = required("[data-failure]");
/** @type {Citizen | undefined} */
let citizen;
/** Each citizen's own, so that what comes late for the one before is let go. */
let turn = 0;
/** @type {(() => void) | undefined} */
let stopCamera;
let deadline = 0;
let heldUntil = 0;

const arrived = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
listen(input, (text, keys) => void scanned(text, keys));
card.addEventListener("keydown", (event) => event.key === "Enter" && void cardTyped());
caseNumber.addEventListener("keydown", (event) => event.key === "Enter" && void busy(noted));
required("[data-typed]").addEventListener("click", () => void scanned(input.value, ""));
required("[data-card-ok]").addEventListener("click", () => void cardTyped());
required("[data-print]").addEventListener("click", () => void busy(printed));
required("[data-take-over]").addEventListener("click", () => void busy(takenOver));
required("[data-note]").addEventListener("click", () => void busy(noted));
for (const one of document.querySelectorAll("[data-next]")) one.addEventListener("click", next);
for (const one of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"]) addEventListener(one, wake, { passive: true, capture: true });
addEventListener("pagehide", through);
addEventListener("pageshow", (event) => event.persisted && location.reload());
addEventListener("keydown", (event) => event.key === "Escape" && citizen && next());
setInterval(tick, 500);
armCamera();
step("scan");
if (arrived) void scanned(arrived, "");

/**
 * @param {string} text what stands in the field
 * @param {string} keys what was pressed, on an American keyboard
 */
async function scanned(text, keys) {
  input.value = "";
  failure.replaceChildren();
  required("[data-cleared]").replaceChildren();
  const mine = ++turn;
  try {
    const code = isScan(keys) ? readCode(keys) : readCode(text);
    const pair = await freshPair();
    const nonce = freshNonce();
    const committed = await commitment(code.number, { key: pair.jwk, nonce });
    const answer = await post(`${model.url}/scan`, { number: code.number, commitment: committed });
    if (mine !== turn) return;
    citizen = { code, ticket: answer.ticket, pair, nonce, redeemed: false, service: answer.service ?? "", office: answer.office ?? "" };
    required("[data-service]").textContent = [citizen.service, citizen.office].filter(Boolean).join(" · ");
    heldUntil = Date.now() + answer.left * 1000;
    if (!answer.printed) await handshake(citizen, mine);
    else if (code.secret === undefined) throw new MyDataError("counter.no_secret", "a printed ticket is scanned, or typed whole");
    else step("card");
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

/**
 * @param {Citizen} one
 * @param {number} mine
 */
async function handshake(one, mine) {
  step("wait");
  let revealed = false;
  /** The key that the digits on both screens came from. @type {import("../jwk.js").Jwk | undefined} */
  let compared;
  required("[data-number]").textContent = "";
  required("[data-waiting]").textContent = model.strings.waitingForPhone;
  await follow(
    (seen) => `${model.url}/${one.ticket}/state?seen=${seen}`,
    async (state) => {
      if (mine !== turn) return false;
      if (state.state === "redeemed") {
        // What the platform says now is not what the citizen compared.
        demand(compared, "counter.other_key", "handed over before a number was compared");
        await open(one, compared, mine);
        return false;
      }
      demand(state.state === "reserved", state.code ?? "counter.over", "not held any more");
      if (!state.holderKey || revealed) return true;
      revealed = true;
      const { kty, crv, x, y } = one.pair.jwk;
      const holder = { key: state.holderKey, nonce: state.holderNonce };
      await post(`${model.url}/${one.ticket}/reveal`, { key: JSON.stringify({ kty, crv, x, y }), nonce: one.nonce });
      const number = await digits(one.code.number, { key: one.pair.jwk, nonce: one.nonce }, holder);
      if (mine !== turn) return false;
      required("[data-number]").textContent = `${number.slice(0, 3)} ${number.slice(3)}`;
      required("[data-waiting]").textContent = model.strings.waitingForCitizen;
      compared = holder.key;
      return true;
    },
    (lost) => (required("[data-lost]").hidden = !lost),
  );
}

async function cardTyped() {
  const one = citizen;
  const typed = card.value.normalize("NFKC").trim().toUpperCase();
  if (!one || typed.length !== 4) return;
  card.value = "";
  const mine = turn;
  failure.replaceChildren();
  try {
    await redeemed(one, typed);
    await open(one, undefined, mine);
  } catch (error) {
    if (mine !== turn) return;
    const again = error instanceof MyDataError && error.code === "counter.wrong_card";
    if (!again) return fail(error);
    failure.replaceChildren(failureOf(error, view));
    card.focus();
  }
}

/**
 * An answer may be lost while the redemption stands: then the state says so.
 * @param {Citizen} one
 * @param {string} typed
 */
async function redeemed(one, typed) {
  try {
    await post(`${model.url}/${one.ticket}/card`, { card: typed });
  } catch (error) {
    if (!(error instanceof MyDataError) || !["network.failed", "relay.failed"].includes(error.code)) throw error;
    let stands = false;
    await follow(
      (seen) => `${model.url}/${one.ticket}/state?seen=${seen}`,
      (state) => {
        stands = state.state === "redeemed";
        return false;
      },
    );
    if (!stands) throw error;
  }
}

/**
 * @param {Citizen} one
 * @param {import("../jwk.js").Jwk | undefined} holderKey the key that the digits were made with; none for paper
 * @param {number} mine
 */
async function open(one, holderKey, mine) {
  one.redeemed = true;
  wake();
  const key = one.code.secret === undefined ? { kid: one.pair.jwk.kid, privateKey: one.pair.privateKey } : await ticketKey(one.code.number, one.code.secret);
  const packages = await get(`${model.url}/${one.ticket}/packages`);
  const roots = parseJsonObject(await fetchBytes(model.trustUrl, { limit: 1024 * 1024 }), "trust.format").roots.map(decodeBase64);
  if (mine !== turn) return;
  step("view");
  const done = await openPackages(required("[data-packages]"), packages, { key, holderKey, roots, view, isOn: () => mine === turn });
  if (mine === turn) required("[data-actions]").hidden = done === 0;
}

async function printed() {
  if (!citizen) return;
  const [{ service, office }, mine] = [citizen, turn];
  await post(`${model.url}/${citizen.ticket}/printed`);
  if (mine !== turn) return;
  const [before, after] = fill(model.strings.paper, { service, office, number: caseNumber.value.trim() || "—" }).split("{time}");
  required("[data-paper]").replaceChildren(before, renderTime(new Date(), view), after ?? "");
  window.print();
}

async function noted() {
  if (!citizen || caseNumber.value.trim() === "") return void caseNumber.focus();
  await post(`${model.url}/${citizen.ticket}/case`, { number: caseNumber.value.trim() });
  required("[data-said]").textContent = model.strings.noted;
}

async function takenOver() {
  if (!citizen || caseNumber.value.trim() === "") {
    required("[data-said]").textContent = model.strings.caseFirst;
    return void caseNumber.focus();
  }
  await takeOver(`${model.url}/${citizen.ticket}/takeover`, caseNumber.value.trim());
  required("[data-said]").textContent = model.strings.takenOver;
}

/** "Next citizen": the platform is told, and here nothing is left, whether it heard or not. */
function next() {
  through();
  step("scan");
}

function idleOver() {
  next();
  required("[data-cleared]").replaceChildren(element("p", { class: "notice" }, model.strings.idleOver));
}

/** What was open is through. As a beacon: the page may be left (reload, back, a closed window) before an answer comes. */
function through() {
  const token = document.querySelector("input[name=_form]");
  if (citizen?.redeemed && token instanceof HTMLInputElement)
    navigator.sendBeacon(`${model.url}/${citizen.ticket}/next`, new URLSearchParams({ [token.name]: token.value }));
  forget();
}

function forget() {
  turn++;
  citizen = undefined;
  deadline = heldUntil = 0;
  clearPackages();
  for (const field of [input, card, caseNumber]) field.value = "";
  for (const one of document.querySelectorAll("[data-packages], [data-number], [data-waiting], [data-said], [data-service], [data-paper]")) one.replaceChildren();
  required("[data-actions]").hidden = true;
  failure.replaceChildren();
}

/** @param {Step} now */
function step(now) {
  for (const section of document.querySelectorAll("[data-step]"))
    if (section instanceof HTMLElement) section.hidden = section.dataset.step !== now;
  required("[data-heading]").textContent = model.strings[HEADINGS[now]];
  const place = ["scan", "wait", "view"].indexOf(now === "card" ? "wait" : now);
  document.querySelectorAll("[data-steps] > li").forEach((one, at) => {
    if (at === place) one.setAttribute("aria-current", "step");
    else one.removeAttribute("aria-current");
    one.classList.toggle("on", at <= place);
  });
  if (now === "scan") input.focus();
  else if (now === "card") card.focus();
  else required("[data-heading]").focus();
  wake();
}

function wake() {
  deadline = Date.now() + model.idleSeconds * 1000;
}

function tick() {
  const left = Math.ceil((deadline - Date.now()) / 1000);
  const warns = Boolean(citizen?.redeemed) && left <= 30;
  required("[data-idle]").hidden = !warns;
  if (warns) required("[data-idle-left]").textContent = String(Math.max(0, left));
  if (citizen && left <= 0) idleOver();
  if (citizen && !citizen.redeemed && heldUntil > 0 && heldUntil < Date.now()) fail(new MyDataError("counter.lapsed", "not confirmed in time"));
  const held = Math.max(0, Math.ceil((heldUntil - Date.now()) / 1000));
  for (const one of document.querySelectorAll("[data-held]")) one.textContent = `${Math.floor(held / 60)}:${String(held % 60).padStart(2, "0")}`;
}

/** @param {() => Promise<void>} work */
async function busy(work) {
  const mine = turn;
  failure.replaceChildren();
  try {
    await work();
  } catch (error) {
    if (mine !== turn) return;
    console.warn(error);
    failure.replaceChildren(failureOf(error, view));
  }
}

/** @param {unknown} error */
function fail(error) {
  console.warn(error);
  if (error instanceof MyDataError && error.code === "session.ended") return void location.reload();
  through();
  step("scan");
  failure.replaceChildren(failureOf(error, view));
}

/** Only where the browser itself reads codes. */
function armCamera() {
  const start = required("[data-camera]");
  const frame = /** @type {HTMLVideoElement} */ (required("[data-video]"));
  if (!canUseCamera()) return;
  start.hidden = false;
  start.addEventListener("click", () => {
    if (stopCamera) {
      stopCamera();
      stopCamera = undefined;
      frame.hidden = true;
      return;
    }
    frame.hidden = false;
    stopCamera = watchCamera(
      frame,
      (text) => {
        try {
          readCode(text);
        } catch {
          return false;
        }
        frame.hidden = true;
        stopCamera = undefined;
        void scanned(text, "");
        return true;
      },
      () => {
        frame.hidden = true;
        stopCamera = undefined;
        failure.replaceChildren(failureOf(new MyDataError("counter.no_camera", "the camera could not be used"), view));
      },
    );
  });
}
