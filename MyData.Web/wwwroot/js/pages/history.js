import { decodeBase64 } from "../base64url.js";
import { utf8Bytes } from "../bytes.js";
import { fill, formatGregorian, formatMoment, formatRoc, inTaipei } from "../dates.js";
import { button, element, readBlock, required } from "../dom.js";
import { demand, MyDataError } from "../errors.js";
import { fetchBytes } from "../fetching.js";
import { parseJsonObject } from "../json.js";
import { Fork, readAndCompare } from "../ledger/continuity.js";
import { demandRecorded, findHers, proveLines, readOthers } from "../ledger/person.js";
import { demandNoLess, fingerprint, readPersonPin, writePersonPin } from "../ledger/personpin.js";
import { toBase64 } from "../ledger/text.js";
import { askWitnesses, Shown, WitnessFault } from "../ledger/witnesses.js";
import { saveFile } from "../save.js";

/**
 * The page `/history`: her lines against the public log, in her own browser. Without it the page shows the same lines, unchecked.
 *
 * @typedef {import("../ledger/person.js").Line} Line
 * @typedef {import("../ledger/person.js").Other} Other
 * @typedef {{ report: string, year: number, index: number }} Report of the other end of a transfer
 * @typedef {{ year: number, index: number, until: number, by: string }} Held a record whose content the law does not show her yet
 * @typedef {object} Model
 * @property {string} account
 * @property {import("../ledger/log.js").LogPlace[]} logs
 * @property {string} url of her key and lines
 * @property {Record<string, string>} strings
 */

/** Bytes of her lines: some hundred thousand. */
const LIMIT = 32 * 1024 * 1024;
/** Newest lines that are proven on every visit; older ones where they are shown. */
const MOST = 512;
/** What does not come from the log, but keeps her from reading it. */
const UNCHECKED = ["network", "session", "page", "ed25519"];
const CALM = ["ledger.unavailable", "ledger.answered", "ledger.behind"];

/** @type {Model} */
const { account, logs, url, strings } = readBlock("ledger-data");
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
    if (summary.faults.length > 0) showFault(summary.faults);
    else showGood(summary);
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
  const sizes = heads.map((head) => head.checkpoint.size);
  /** @type {{ asked: Set<string>, silent: Set<string>, faults: WitnessFault[] }} */
  const witnesses = { asked: new Set(), silent: new Set(), faults: [] };
  const summary = { records: 0, proven: 0, waiting: 0, milliseconds: 0, before: 0, fewest: Infinity, heads, sizes, ...witnesses };
  /** @type {import("../ledger/personpin.js").PersonPin[]} */
  const pins = [];
  const key = her.key ? decodeBase64(her.key) : undefined;
  /** @type {Other[]} */
  const others = [];
  /** @type {MyDataError | undefined} */
  let first;
  for (const [at, log] of logs.entries()) {
    const { checkpoint } = heads[at];
    const told = { log: log.origin, note: heads[at].text };
    const found = key ? await findHers(log, key).catch((error) => withEvidence(error, told)) : [];
    await compareWithBefore(log, key, found, heads[at]);
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
    const { asked, silent, faults } = await askWitnesses(log, heads[at], key, found);
    for (const name of asked) summary.asked.add(name);
    for (const name of silent) summary.silent.add(name);
    summary.faults.push(...faults);
    summary.fewest = Math.min(summary.fewest, asked.length);
    summary.records += found.filter(({ index }) => index < checkpoint.size).length;
  }
  const rest = showReports(others, /** @type {Report[]} */ (her.sides)).sort((a, b) => b.t - a.t);
  showOthers(rest, /** @type {Held[]} */ (her.held));
  await Promise.all(pins.map(writePersonPin));
  return summary;

  /**
   * @param {import("../ledger/log.js").LogPlace} log
   * @param {import("../bytes.js").Bytes | undefined} key
   * @param {import("../ledger/person.js").Found[]} found
   * @param {import("../ledger/continuity.js").SeenHead} head
   */
  async function compareWithBefore(log, key, found, { text, checkpoint }) {
    const pin = await readPersonPin(account, log.origin);
    const print = key && (await fingerprint(key));
    try {
      demandNoLess(pin, print, found.length);
    } catch (error) {
      withEvidence(error, { log: log.origin, note: text, seenBefore: pin, key: print, found });
    }
    if (pin) summary.before = Math.max(summary.before, pin.known);
    // Written once all is proven: what an alarm was about is not remembered.
    const settled = found.filter(({ index }) => index < checkpoint.size);
    pins.push({ account, origin: log.origin, key: print, known: settled.length, last: settled.at(-1), at: Date.now() });
  }
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
 * The other ends' reports stand beside their transfers; what is left stands by itself.
 * @param {Other[]} others
 * @param {Report[]} reports
 */
function showReports(others, reports) {
  const known = new Map(reports.map(({ report, year, index }) => [`${year}/${index}`, report]));
  return others.filter(({ year, index }) => {
    const report = known.get(`${year}/${index}`);
    for (const place of document.querySelectorAll(`[data-side="${report}"]`))
      place.replaceChildren(element("span", { class: "badge badge-good" }, strings.proven));
    return report === undefined;
  });
}

/**
 * What other systems recorded about her. The platform has no line of it: her browser found it by her tags.
 * @param {Other[]} records proven, newest first
 * @param {Held[]} held
 */
function showOthers(records, held) {
  const holds = new Map(held.map((hold) => [`${hold.year}/${hold.index}`, hold]));
  const items = records.slice(0, MOST).map(({ url, year, index, t, via, op, why, res, signed }) => {
    const { shown } = formatMoment(new Date(t), document.documentElement.lang, strings.rocDate);
    const proven = element("span", { class: "badge badge-good" }, strings.proven);
    const links = [element("a", { href: url }, strings.otherRecord), element("a", { href: `${url}/receipt`, download: "" }, strings.proofFile)];
    const when = element("time", { datetime: new Date(t).toISOString() }, shown);
    const hold = holds.get(`${year}/${index}`);
    if (hold) {
      const place = element("p", { class: "small muted" }, fill(strings.heldPlace, { year, index: number(index) }));
      return element("li", { "data-held": "" }, element("p", { class: "row small" }, when, proven), element("p", {}, fill(strings.held, { until: dayOf(hold.until), by: hold.by })), place);
    }
    const said = element("p", {}, fill(signed ? strings.other : strings.otherUnsigned, { via, op, why, res }));
    return element("li", {}, element("p", { class: "row small" }, when, proven), said, element("p", { class: "row small no-print" }, ...links));
  });
  required("ul", otherPlace).replaceChildren(...items);
  otherPlace.hidden = records.length === 0;
}

/**
 * The day that begins in Taipei at this moment.
 * @param {number} moment
 */
function dayOf(moment) {
  const { day } = inTaipei(new Date(moment));
  const language = document.documentElement.lang;
  return language.startsWith("en") ? formatGregorian(day, language) : formatRoc(day, strings.rocDate);
}

/** @param {Awaited<ReturnType<typeof checkAll>>} summary */
function showGood(summary) {
  const { records, asked, silent, fewest } = summary;
  show("good", fill(records > 0 ? strings.complete : strings.completeNone, { records: number(records) }));
  const names = { asked: list(asked), silent: list(silent) };
  if (fewest > 1) result.replaceChildren(element("p", {}, fill(strings.witnessesTwo, names)));
  else if (logs.some(({ witnesses }) => witnesses.length > 0)) {
    const said = fill(fewest === 1 ? strings.witnessesOne : strings.witnessesNone, names);
    const missing = silent.size > 0 ? ` ${fill(strings.witnessesSilent, names)}` : "";
    result.replaceChildren(element("p", { class: "notice notice-warn" }, said + missing));
  }
  details.replaceChildren(factsOf(factsAbout(summary)));
}

/** @param {Awaited<ReturnType<typeof checkAll>>} summary */
function factsAbout({ proven, waiting, milliseconds, before, heads, sizes, asked }) {
  const pins = heads.map((head) => head.pin?.size).filter((size) => size !== undefined);
  const facts = [
    [strings.factProven, fill(strings.factProvenText, { proven: number(proven) })],
    [strings.factSize, fill(strings.factSizeText, { size: sizes.map(number).join(" + ") })],
    [strings.factSince, pins.length > 0 ? fill(strings.factSinceText, { size: pins.map(number).join(" + ") }) : strings.factFirst],
    [strings.factTime, fill(strings.factTimeText, { milliseconds: number(milliseconds) })],
  ];
  if (asked.size > 0) facts.push([strings.factWitnesses, list(asked)]);
  if (before > 0) facts.push([strings.factBefore, fill(strings.factBeforeText, { before: number(before) })]);
  if (waiting > 0) facts.push([strings.factWaiting, fill(strings.factWaitingText, { waiting: number(waiting) })]);
  return facts;
}

/**
 * The platform's records fit, and a witness does not: her history is whole, and somebody must look at that witness.
 * @param {WitnessFault[]} faults
 */
function showFault(faults) {
  const [first] = faults;
  const evidence = { faults: faults.map(({ code, message, evidence }) => ({ code, message, ...evidence })) };
  showAlarm(keepEvidence(first, evidence));
  words.textContent = fill(strings.alarmWitness, { witness: first.witness });
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
  const evidence = error instanceof Fork ? forkEvidence(error) : evidenceOf.get(error) ?? (error instanceof Shown ? error.evidence : {});
  const file = { code: error.code, message: error.message, detail: error.detail, at: new Date().toISOString(), ...evidence };
  const save = button(strings.saveEvidence, "button button-primary", () =>
    saveFile(utf8Bytes(JSON.stringify(file, (_, value) => (typeof value === "bigint" ? `${value}` : value), 2)), "mydata-evidence.json"),
  );
  const facts = [
    [strings.alarmWhat, fill(wordsOf("alarm", error.code), { witness: error instanceof Shown || error instanceof WitnessFault ? error.witness : "" })],
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

/** @param {Iterable<string>} names */
function list(names) {
  return new Intl.ListFormat(document.documentElement.lang).format(names);
}

/** @param {number | bigint | undefined} value */
function number(value = 0) {
  return new Intl.NumberFormat(document.documentElement.lang).format(value);
}
