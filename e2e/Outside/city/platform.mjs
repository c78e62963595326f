// The city's data platform: one household API, three calling systems, and no data without a receipt. Arguments: see README.md.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Policy, Recorder, isSignedBy, post, reqOf, whoOf } from "./ledger.mjs";

const [ledger, keys, policyFile, port = "0"] = process.argv.slice(2);
const policy = new Policy(policyFile);
const own = new Recorder("city-data", keys);
const SOURCE = "city-data/household@1";

// Made-up people: the sandbox's personas, and what a city holds about their households.
const HOUSEHOLDS = {
  A299001174: { name: "林怡君", address: "高雄市苓雅區四維三路2號", members: 3, children: 1 },
  E199002244: { name: "陳志明", address: "高雄市左營區博愛二路777號", members: 4, children: 2 },
  B299003366: { name: "張雅婷", address: "高雄市三民區建國一路29號", members: 1, children: 0 },
  F199004427: { name: "王俊傑", address: "高雄市鳳山區光復路二段132號", members: 2, children: 0 },
};

// Who may have what, and why: the city's own agreement with each of its offices.
const AGREED = {
  "city-welfare": { why: "welfare-act-4", fields: ["name", "address", "members", "children"] },
  "city-tax": { why: "house-tax-act-5", fields: ["name", "address"] },
  "city-schools": { why: "school-act-6", fields: ["name", "address", "children"] },
};

/** What it does wrong just now, for tests of those who rely on it. */
let misbehaviour = "none";
let before;
const stranger = generateKeyPairSync("ed25519").privateKey;

const server = createServer(async (request, response) => {
  const send = (status, body) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  try {
    if (request.method === "PUT" && request.url.startsWith("/misbehave/")) {
      misbehaviour = request.url.slice("/misbehave/".length);
      return send(200, { misbehaviour });
    }
    if (request.method !== "POST" || request.url !== "/household") return send(404, { code: "not_found" });
    const { status, ...body } = await answer(await bodyOf(request));
    send(status, body);
  } catch (error) {
    send(error instanceof Refusal ? error.status : 500, { code: error instanceof Refusal ? error.code : "failed" });
  }
});
server.listen(Number(port), "127.0.0.1", () => console.log(`city data platform http://127.0.0.1:${server.address().port}`));

class Refusal extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** Checks, records, waits for the receipt, verifies it, and only then gives the data. */
async function answer(ask) {
  const { asked, person } = await admit(ask);
  const household = HOUSEHOLDS[person];
  const agreed = AGREED[asked.via];
  const allowed = asked.why === agreed.why && asked.fld.every((field) => agreed.fields.includes(field));
  const res = !allowed ? "refused" : household ? "ok" : "none";
  const data = res === "ok" ? Object.fromEntries(asked.fld.map((field) => [field, household[field]])) : null;

  const salt = randomBytes(32);
  const said = misbehaviour === "other-result" ? "none" : res;
  const members = { from: SOURCE, to: asked.via, op: "household.read", why: asked.why, res: said, fld: asked.fld, req: reqOf(salt, ask.record) };
  const mine = misbehaviour === "replay" && before ? before : own.record(person, members, misbehaviour === "wrong-key" ? stranger : own.key);
  before = mine;
  const result = { salt: salt.toString("base64url"), res, data };
  if (misbehaviour === "silent") return { status: 200, ...result };
  if (misbehaviour === "late") {
    setTimeout(() => void post(ledger, [ask, mine]), 500);
    return { status: 200, ...result };
  }

  const results = await post(ledger, [ask, mine]);
  const receipts = results?.map(({ record }) => record);
  // What its office signed was recorded before: somebody sends it again. The log itself remembers, also after a restart of this program.
  if (results?.[0]?.status === 200 && misbehaviour !== "replay") throw new Refusal(409, "ask.replayed");
  if (!receipts?.every((one) => one?.proof)) throw new Refusal(503, "no_receipt");
  try {
    for (const one of receipts) policy.verify(one);
  } catch {
    throw new Refusal(503, "receipt_wrong");
  }
  if (res === "refused") throw new Refusal(403, "ask.not_agreed");
  return { status: 200, ...result, receipts: { ask: receipts[0], read: receipts[1] } };
}

/** That the question is signed by an office of the city, now, about this person, for this API. */
async function admit(ask) {
  const asked = typeof ask?.record === "string" ? JSON.parse(ask.record) : {};
  const [person, more] = Array.isArray(ask?.persons) ? ask.persons : [];
  if (!AGREED[asked.via] || asked.op !== "household.ask" || asked.from !== SOURCE || asked.to !== asked.via || !Array.isArray(asked.fld))
    throw new Refusal(403, "ask.form");
  if (Math.abs(Date.now() - asked.t) > 300_000) throw new Refusal(403, "ask.time");
  if (more !== undefined || asked.n !== 1 || whoOf(Buffer.from(ask.salt ?? "", "base64url"), String(person)) !== asked.who)
    throw new Refusal(403, "ask.person");
  const key = (await registered()).find((one) => one.client === asked.via && one.kid === asked.kid && !one.revokedAt);
  if (!key || !isSignedBy(ask.record, key.key)) throw new Refusal(403, "ask.signature");
  return { asked, person };
}

let known = { at: 0, keys: [] };

/** The ledger's register, asked every ten seconds; without it nobody is known. */
async function registered() {
  if (Date.now() - known.at < 10_000) return known.keys;
  try {
    const answer = await fetch(`${ledger}/ledger/v1/keys`, { signal: AbortSignal.timeout(5000) });
    known = { at: Date.now(), keys: (await answer.json()).keys };
    return known.keys;
  } catch {
    throw new Refusal(503, "no_receipt");
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) {
    text += part;
    if (text.length > 32_768) throw new Refusal(413, "too_large");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "json");
  }
}
