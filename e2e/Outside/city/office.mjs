// One office of the city that asks for households, and believes nothing without a receipt. Arguments: see README.md.
import { Policy, Recorder, post, reqOf } from "./ledger.mjs";

const [name, platform, keys, policyFile, count = "1", persons = "A299001174", fields = "", replay = ""] = process.argv.slice(2);
const WHY = { "city-welfare": "welfare-act-4", "city-tax": "house-tax-act-5", "city-schools": "school-act-6" };
const policy = new Policy(policyFile);
const own = new Recorder(name, keys);
const seen = new Set();
const people = persons.split(",");

/** Asks once; what came of it in one word, and where it stands in the log. */
async function askFor(person, ask) {
  const answer = await fetch(`${platform}/household`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(ask),
  });
  const body = await answer.json();
  if (answer.status !== 200) return { refused: body.code };
  const asked = JSON.parse(ask.record);
  if (!body.receipts) return { alarm: "no_receipt" };
  try {
    const mine = policy.verify(body.receipts.ask);
    const read = policy.verify(body.receipts.read);
    // Each of these is a lie that a platform could tell.
    if (mine.record.id !== asked.id) return { alarm: "ask_not_recorded" };
    if (read.record.via !== "city-data" || read.record.to !== name || read.record.op !== "household.read") return { alarm: "other_record" };
    if (read.record.req !== reqOf(Buffer.from(body.salt, "base64url"), ask.record)) return { alarm: "other_request" };
    if (seen.has(read.record.id)) return { alarm: "replayed" };
    seen.add(read.record.id);
    if (read.record.res !== body.res || (body.data !== null) !== (read.record.res === "ok")) return { alarm: "other_result" };
    if (body.data && Object.keys(body.data).some((field) => !read.record.fld.includes(field))) return { alarm: "other_fields" };
    return { [read.record.res]: read.index, ask: mine.index };
  } catch (error) {
    return { alarm: "receipt_wrong", why: String(error.message ?? error) };
  }
}

function newAsk(person) {
  const fld = fields ? fields.split("+") : ["name", "address"];
  return own.record(person, { from: "city-data/household@1", to: name, op: "household.ask", why: WHY[name], res: "asked", fld });
}

// Four at a time, as an office with four desks.
const waiting = Array.from({ length: Number(count) }, (_, at) => people[at % people.length]);
const desks = Array.from({ length: 4 }, async () => {
  for (let person = waiting.shift(); person; person = waiting.shift()) {
    const ask = newAsk(person);
    const outcome = await askFor(person, ask).catch((error) => ({ failed: String(error.message ?? error) }));
    console.log(JSON.stringify(outcome));
    if (replay) console.log(JSON.stringify(await askFor(person, ask)));
  }
});
await Promise.all(desks);
