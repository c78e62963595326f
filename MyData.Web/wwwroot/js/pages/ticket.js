import { utf8Bytes } from "../bytes.js";
import { get, follow, post } from "../counter/calls.js";
import { codeText, typedForm } from "../counter/code.js";
import { drawCode } from "../counter/drawing.js";
import { digits, freshNonce, freshPair, isCommitted } from "../counter/handshake.js";
import { qrMatrix } from "../counter/qr.js";
import { freshSecret, ticketKey } from "../counter/ticketkey.js";
import { fill } from "../dates.js";
import { readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { findKey } from "../keystore.js";
import { wrapHeadBySecret, wrapHeadFor } from "../sealed.js";
import { readSealedHead } from "../sealedhead.js";
import { failureOf } from "./preview.js";

/**
 * The page of one ticket: plain HTML and this module, no circuit. The content keys pass through here, from her key to the clerk's, the
 * agent's or the paper's; what a printed code says is known here and on the paper alone.
 *
 * @typedef {object} Model
 * @property {string} ticketId
 * @property {string} number
 * @property {string} account
 * @property {string} origin
 * @property {"making" | "open" | "reserved"} state
 * @property {boolean} printed
 * @property {boolean} holds this person shows it
 * @property {{ transfer: string, kid: string }[]} items with the key that this person opens each with
 * @property {number} left seconds until it runs out
 * @property {string} urls where the calls go
 * @property {{ jwk: import("../jwk.js").Jwk } | null} agent to hand on to
 * @property {string} [agentUrl]
 * @property {Record<string, string>} strings
 *
 * @typedef {object} State what the platform says of it
 * @property {number} version
 * @property {string} state
 * @property {number} left seconds of the reservation
 * @property {string | null} office
 * @property {string | null} commitment
 * @property {boolean} answered
 * @property {import("../jwk.js").Jwk | null} clerkKey
 * @property {string | null} clerkNonce
 * @property {boolean} agentWaits
 */

/** @type {Model} */
const model = readBlock("ticket-data");
const view = { language: document.documentElement.lang, strings: model.strings };
const failure = required("[data-failure]");
/** What this browser answered a commitment with. @type {{ commitment: string, pair: import("../counter/handshake.js").Pair, nonce: string } | undefined} */
let answer;
/** @type {State | undefined} */
let current;
/** By this browser's own clock: it may be wrong, but it goes on. ms */
let until = Date.now() + model.left * 1000;
let heldUntil = 0;

required("[data-confirm-yes]").addEventListener("click", () => void busy(confirm));
required("[data-confirm-no]").addEventListener("click", () => void busy(decline));
addEventListener("pagehide", forget);
addEventListener("pageshow", (event) => event.persisted && location.reload());
setInterval(tick, 1000);
tick();
await start();

async function start() {
  try {
    if (model.printed && model.state === "making") await print();
    if (model.agent && model.agentUrl && (await handOn(model.agent.jwk, model.agentUrl))) return;
    await follow((seen) => `${model.urls}/state?seen=${seen}`, step, lost);
  } catch (error) {
    fail(error);
  }
}

/**
 * @param {State} state
 * @returns {Promise<boolean>} false: the page is another one now
 */
async function step(state) {
  current = state;
  heldUntil = state.state === "reserved" ? Date.now() + state.left * 1000 : 0;
  if (answer && answer.commitment !== state.commitment) answer = undefined;
  const known = state.state === model.state || (state.state === "reserved" && model.state === "open") || (state.state === "open" && model.state === "reserved");
  if (!known || state.agentWaits) return leave();
  if (!model.holds || model.printed) return true;
  if (state.state === "open") confirmation(undefined);
  else if (!state.answered) await reply(state);
  else if (!answer) waiting(model.strings.scanAgain);
  else if (state.clerkKey && state.clerkNonce) await show(state, state.clerkKey, state.clerkNonce);
  return true;
}

/** The clerk has committed herself: now, and not before, our key and nonce go. @param {State} state */
async function reply(state) {
  if (!state.commitment) return;
  const [pair, nonce] = [await freshPair(), freshNonce()];
  waiting(fill(model.strings.scanned, { office: state.office ?? "" }));
  const { kty, crv, x, y } = pair.jwk;
  try {
    await post(`${model.urls}/answer`, { key: JSON.stringify({ kty, crv, x, y }), nonce });
    answer = { commitment: state.commitment, pair, nonce };
  } catch (error) {
    // Another tab of hers was faster: that one shows the digits.
    if (!(error instanceof MyDataError) || error.code !== "counter.over") throw error;
    waiting(model.strings.scanAgain);
  }
}

/**
 * @param {State} state
 * @param {import("../jwk.js").Jwk} clerkKey
 * @param {string} clerkNonce
 */
async function show(state, clerkKey, clerkNonce) {
  if (!answer) return;
  const clerk = { key: clerkKey, nonce: clerkNonce };
  if (!(await isCommitted(model.number, clerk, answer.commitment))) {
    await post(`${model.urls}/decline`, { code: "counter.commitment" });
    leave();
    return;
  }
  confirmation(await digits(model.number, clerk, { key: answer.pair.jwk, nonce: answer.nonce }), state);
}

/**
 * @param {string | undefined} number six digits; undefined: nobody has scanned it
 * @param {State} [state]
 */
function confirmation(number, state) {
  const card = required("[data-confirm]");
  const before = card.hidden;
  card.hidden = number === undefined;
  required("[data-code]").hidden = number !== undefined;
  if (number === undefined || !state) {
    waiting("");
    return;
  }
  waiting("");
  required("[data-digits]").textContent = `${number.slice(0, 3)} ${number.slice(3)}`;
  required("[data-office]").textContent = state.office ?? "";
  if (before) required("[data-confirm-title]").focus();
}

/** Her word: the content keys, wrapped for the clerk's key by the pair that the digits were made from. */
async function confirm() {
  demand(answer && current?.clerkKey, "counter.over", "nothing to confirm");
  const clerk = { ...current.clerkKey, kid: /** @type {string} */ (current.clerkKey.kid) };
  const { pair } = answer;
  const entries = await wrapAll((head, key) => wrapHeadFor(head, key, clerk, pair));
  await post(`${model.urls}/confirm`, { entries });
  leave();
}

async function decline() {
  await post(`${model.urls}/decline`, { code: "counter.declined" });
  leave();
}

/**
 * @param {import("../jwk.js").Jwk} agent
 * @param {string} url
 * @returns {Promise<boolean>} false: a clerk has just scanned it, so she shows it herself, or nobody does and it is handed on later
 */
async function handOn(agent, url) {
  waiting(model.strings.handingOn);
  const entries = await wrapAll((head, key) => wrapHeadFor(head, key, agent));
  try {
    await post(url, { entries });
  } catch (error) {
    if (!(error instanceof MyDataError) || error.code !== "counter.reserved") throw error;
    waiting("");
    return false;
  }
  leave();
  return true;
}

/** The secret is made here, and stands in this page until it is left. */
async function print() {
  const secret = freshSecret();
  const recipient = await ticketKey(model.number, secret);
  await post(`${model.urls}/print`, { entries: await wrapAll((head, key) => wrapHeadBySecret(head, key, recipient)) });
  model.state = "open";
  const code = { number: model.number, secret };
  required("[data-picture]").replaceChildren(drawCode(qrMatrix(codeText(model.origin, code)), model.strings.codeLabel));
  required("[data-typed]").textContent = typedForm(code);
  required("[data-paper]").hidden = false;
  waiting("");
  required("[data-print-button]").addEventListener("click", () => window.print());
}

/**
 * One entry for each package: JSON by transfer.
 * @param {(head: import("../sealedhead.js").Head, key: import("../keystore.js").StoredKey) => Promise<object>} wrap
 */
async function wrapAll(wrap) {
  /** @type {Record<string, string>} */
  const heads = await get(`${model.urls}/heads`);
  /** @type {Record<string, object>} */
  const entries = {};
  for (const { transfer, kid } of model.items) {
    const key = await findKey(model.account, kid);
    demand(key, "key.missing", "the key of this package is not in this browser");
    const head = readSealedHead(utf8Bytes(heads[transfer] ?? ""));
    demand(head.transfer === transfer, "seal.other_transfer", "a package of another transfer");
    entries[transfer] = await wrap(head, key);
  }
  return JSON.stringify(entries);
}

/** @param {() => Promise<void>} work */
async function busy(work) {
  const buttons = [...document.querySelectorAll("[data-confirm] button")];
  for (const one of buttons) one.setAttribute("disabled", "");
  try {
    await work();
  } catch (error) {
    fail(error);
    for (const one of buttons) one.removeAttribute("disabled");
  }
}

/** What a printed code says goes with the page. */
function forget() {
  answer = undefined;
  for (const part of document.querySelectorAll("[data-picture], [data-typed]")) part.replaceChildren();
}

/** The server writes every state as a page. */
function leave() {
  location.reload();
  return false;
}

/** @param {string} text */
function waiting(text) {
  required("[data-waiting]").textContent = text;
}

/** @param {boolean} isLost */
function lost(isLost) {
  required("[data-lost]").hidden = !isLost;
}

/** @param {unknown} error */
function fail(error) {
  console.warn(error);
  waiting("");
  if (error instanceof MyDataError && error.code === "session.ended") return void location.reload();
  failure.replaceChildren(failureOf(error, view));
}

function tick() {
  const left = Math.max(0, Math.floor((until - Date.now()) / 1000));
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  for (const one of document.querySelectorAll("[data-left]")) one.textContent = text;
  const held = Math.max(0, Math.floor((heldUntil - Date.now()) / 1000));
  if (heldUntil > 0 && heldUntil < Date.now()) {
    heldUntil = 0;
    answer = undefined;
    confirmation(undefined);
  }
  for (const one of document.querySelectorAll("[data-held]")) one.textContent = `${Math.floor(held / 60)}:${String(held % 60).padStart(2, "0")}`;
  if (left === 0 && until > 0) {
    until = 0;
    setTimeout(() => location.reload(), 2000);
  }
}
