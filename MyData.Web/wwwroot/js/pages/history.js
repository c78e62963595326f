import { decodeBase64 } from "../base64url.js";
import { utf8Bytes } from "../bytes.js";
import { fill, formatMoment } from "../dates.js";
import { button, element, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { fetchBytes } from "../fetching.js";
import { parseJsonObject } from "../json.js";
import { Fork, readAndCompare } from "../ledger/continuity.js";
import { demandRecorded, findHers, proveLines, readOthers } from "../ledger/person.js";
import { toBase64 } from "../ledger/text.js";
import { saveFile } from "../save.js";

/**
 * The page `/history`: her lines against the public log, in her own browser. Without it the page shows the same lines, unchecked.
 *
 * @typedef {import("../ledger/person.js").Line} Line
 * @typedef {import("../ledger/person.js").Other} Other
 * @typedef {object} Model
 * @property {import("../ledger/log.js").LogPlace[]} logs
 * @property {string} url of her key and lines
 * @property {boolean} alone nobody but the platform signs
 * @property {Record<string, string>} strings
 */

/** Bytes of her lines: some hundred thousand. */
const LIMIT = 32 * 1024 * 1024;
/** Newest lines that are proven on every visit; older ones where they are shown. */
const MOST = 512;
/** What does not come from the log, but keeps her from reading it. */
const UNCHECKED = ["network", "session", "page", "ed25519"];
const CALM = ["ledger.unavailable", "ledger.answered"];

/** @type {Model} */
const { logs, url, strings } = readBlock("ledger-data");
const panel = required("[data-proof]");
const words = required("[data-proof-words]");
const result = required("[data-proof-result]");
const details = required("[data-proof-facts]");
const otherPlace = required("[data-proof-others]");

/** @type {Map<number, HTMLElement[]>} */
const places = new Map();
for (const one of document.querySelectorAll("[data-line]")) {
  if (!(one instanceof HTMLElement)) continue;
  const id = Number(one.dataset.line);
  places.set(id, [...(places.get(id) ?? []), one]);
}

void check();

async function check() {
  show("checking", strings.checking);
  const started = performance.now();
  try {
    const summary = await checkAll();
    summary.milliseconds = Math.round(performance.now() - started);
    showGood(summary);
  } catch (error) {
    console.warn(error);
    const known = error instanceof MyDataError ? error : new MyDataError("browser.failed", String(error));
    if (UNCHECKED.includes(known.code.split(".")[0]) || CALM.includes(known.code)) showUnchecked(known);
    else showAlarm(known);
  }
}

async function checkAll() {
  const heads = await Promise.all(logs.map(readAndCompare));
  const her = parseJsonObject(await fetchBytes(url, { limit: LIMIT }), "ledger.answered");
  const lines = /** @type {Line[]} */ (her.lines);
  const unplaced = lines.find((line) => line.index === null || !logs.some((log) => log.year === line.year));
  demand(!unplaced, "ledger.line_unrecorded", "a line without a record", String(unplaced?.id));
  const shown = lines.filter((line, at) => places.has(line.id) || at >= lines.length - MOST);
  const summary = { records: 0, proven: 0, waiting: 0, milliseconds: 0, heads, sizes: heads.map((head) => head.checkpoint.size) };
  /** @type {Other[]} */
  const others = [];
  /** @type {MyDataError | undefined} */
  let first;
  for (const [at, log] of logs.entries()) {
    const { checkpoint } = heads[at];
    const told = { log: log.origin, note: heads[at].text };
    const found = her.key ? await findHers(log, decodeBase64(her.key)).catch((error) => withEvidence(error, told)) : [];
    const inLog = shown.filter((line) => line.year === log.year);
    const settled = inLog.filter((line) => (line.index ?? 0) < checkpoint.size);
    summary.waiting += inLog.length - settled.length;
    await proveLines(log, checkpoint, found, settled, (line, error, record) => {
      mark(line.id, error);
      if (!error) summary.proven++;
      else first ??= keepEvidence(error, { ...told, line, record: record && plain(record) });
    });
    if (first) throw first;
    try {
      demandRecorded(log.year, checkpoint.size, found, lines);
      others.push(...(await readOthers(log, checkpoint, found, lines)));
    } catch (error) {
      withEvidence(error, { ...told, found, lines });
    }
    summary.records += found.filter(({ index }) => index < checkpoint.size).length;
  }
  showOthers(others.sort((a, b) => b.t - a.t));
  return summary;
}

/**
 * Beside a line, and each of its steps.
 * @param {number} id
 * @param {MyDataError} [error]
 */
function mark(id, error) {
  for (const place of places.get(id) ?? []) {
    const label = error ? strings.lineAlarm : strings.proven;
    place.replaceChildren(element("span", { class: `badge badge-${error ? "bad" : "good"}` }, label));
  }
}

/**
 * What other systems recorded about her. The platform has no line of it: her browser found it by her tags.
 * @param {Other[]} records proven, newest first
 */
function showOthers(records) {
  const items = records.slice(0, MOST).map(({ url, t, via, op, why, res }) => {
    const { shown } = formatMoment(new Date(t), document.documentElement.lang, strings.rocDate);
    const proven = element("span", { class: "badge badge-good" }, strings.proven);
    const links = [element("a", { href: url }, strings.otherRecord), element("a", { href: `${url}/receipt`, download: "" }, strings.proofFile)];
    const when = element("time", { datetime: new Date(t).toISOString() }, shown);
    const said = element("p", {}, fill(strings.other, { via, op, why, res }));
    return element("li", {}, element("p", { class: "row small" }, when, proven), said, element("p", { class: "row small no-print" }, ...links));
  });
  required("ul", otherPlace).replaceChildren(...items);
  otherPlace.hidden = records.length === 0;
}

/** @param {Awaited<ReturnType<typeof checkAll>>} summary */
function showGood({ records, proven, waiting, milliseconds, heads, sizes }) {
  show("good", fill(records > 0 ? strings.complete : strings.completeNone, { records: number(records) }));
  const pins = heads.map((head) => head.pin?.size).filter((size) => size !== undefined);
  const facts = [
    [strings.factProven, fill(strings.factProvenText, { proven: number(proven) })],
    [strings.factSize, fill(strings.factSizeText, { size: sizes.map(number).join(" + ") })],
    [strings.factSince, pins.length > 0 ? fill(strings.factSinceText, { size: pins.map(number).join(" + ") }) : strings.factFirst],
    [strings.factTime, fill(strings.factTimeText, { milliseconds: number(milliseconds) })],
  ];
  if (waiting > 0) facts.push([strings.factWaiting, fill(strings.factWaitingText, { waiting: number(waiting) })]);
  details.replaceChildren(factsOf(facts));
}

/** @param {MyDataError} error */
function showUnchecked(error) {
  show("unchecked", wordsOf("unchecked", error.code));
  const again = button(strings.again, "button button-small", () => void check());
  const code = element("p", { class: "small" }, `${strings.code} `, element("span", { class: "code" }, error.code));
  result.replaceChildren(code, error.code === "ed25519.unsupported" ? "" : again);
}

/** @param {MyDataError} error */
function showAlarm(error) {
  show("alarm", strings.alarm);
  const evidence = error instanceof Fork ? forkEvidence(error) : evidenceOf.get(error) ?? {};
  const file = { code: error.code, message: error.message, detail: error.detail, at: new Date().toISOString(), ...evidence };
  const save = button(strings.saveEvidence, "button button-primary", () =>
    saveFile(utf8Bytes(JSON.stringify(file, (_, value) => (typeof value === "bigint" ? `${value}` : value), 2)), "mydata-evidence.json"),
  );
  const facts = [
    [strings.alarmWhat, wordsOf("alarm", error.code)],
    [strings.alarmData, strings.alarmDataText],
    [strings.alarmNext, strings.alarmNextText],
    [strings.code, element("span", { class: "code" }, [error.code, error.detail].filter(Boolean).join(" · "))],
  ];
  const help = element("a", { class: "button", href: "/help#contact" }, strings.contact);
  result.replaceChildren(factsOf(facts), element("div", { class: "actions" }, save, help));
  result.setAttribute("role", "alert");
}

/** @type {WeakMap<MyDataError, object>} */
const evidenceOf = new WeakMap();

/**
 * @param {MyDataError} error
 * @param {object} evidence
 */
function keepEvidence(error, evidence) {
  evidenceOf.set(error, evidence);
  return error;
}

/**
 * @param {unknown} error
 * @param {object} evidence
 * @returns {never}
 */
function withEvidence(error, evidence) {
  throw error instanceof MyDataError ? keepEvidence(error, evidence) : error;
}

/** @param {Fork} fork */
function forkEvidence({ log, pin, head, proof }) {
  return {
    log: log.origin,
    seenBefore: { size: pin.size, root: toBase64(pin.root) },
    note: head.text,
    consistencyProof: proof.map(toBase64),
  };
}

/** @param {import("../ledger/log.js").ProvenRecord} record */
function plain({ index, entry, path }) {
  return { index, entry: toBase64(entry), path: path.map(toBase64) };
}

/**
 * @param {string} state
 * @param {string} text
 */
function show(state, text) {
  panel.dataset.state = state;
  words.textContent = text;
  result.removeAttribute("role");
  result.replaceChildren();
  details.replaceChildren();
}

/**
 * The words for the code, else for any.
 * @param {string} kind
 * @param {string} code
 */
function wordsOf(kind, code) {
  return strings[`${kind}.${code}`] ?? strings[`${kind}.other`];
}

/** @param {(string | Node)[][]} facts */
function factsOf(facts) {
  const rows = facts.map(([term, text]) => element("div", {}, element("dt", {}, term), element("dd", {}, text)));
  return element("dl", { class: "facts" }, ...rows);
}

/** @param {number | bigint | undefined} value */
function number(value = 0) {
  return new Intl.NumberFormat(document.documentElement.lang).format(value);
}
