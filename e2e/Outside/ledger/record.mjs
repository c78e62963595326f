// Records one access and checks the receipt: node alone, no packages. Arguments: see README.md.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [origin, name, keyFile, person, policyFile] = process.argv.slice(2);

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

function fail(why) {
  console.error(why);
  process.exit(1);
}

/** Members sorted by name, no blanks. */
const canonical = (record) => JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))));

/** RFC 9562 §5.7. */
function uuid7(milliseconds) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** RFC 9162 §2.1.3.2. */
function rootFrom(index, size, hash, path) {
  let [node, last] = [index, size - 1];
  const up = () => ([node, last] = [Math.floor(node / 2), Math.floor(last / 2)]);
  for (const beside of path) {
    if (last === 0) fail("the path is too long");
    if (node % 2 === 1 || node === last) {
      hash = sha256([1], beside, hash);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      hash = sha256([1], hash, beside);
    }
    up();
  }
  if (last !== 0) fail("the path is too short");
  return hash;
}

/** The log of the policy signed this text (c2sp.org/signed-note, tlog-checkpoint). */
function readCheckpoint(note) {
  const [, vkey] = /^log (\S+)/m.exec(readFileSync(policyFile, "utf8"));
  const [log, , ...rest] = vkey.split("+");
  const end = note.indexOf("\n\n") + 1;
  const text = note.slice(0, end);
  const line = note.slice(end).split("\n").find((one) => one.startsWith(`— ${log} `));
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(rest.join("+"), "base64").subarray(1)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  if (!line || !verify(null, Buffer.from(text), key, Buffer.from(line.split(" ")[2], "base64").subarray(4)))
    fail("the checkpoint is not signed by the log");
  const [said, size, root] = text.split("\n");
  if (said !== log) fail("the checkpoint is of another log");
  return { size: Number(size), root: Buffer.from(root, "base64") };
}

async function post(body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${origin}/ledger/v1/records`, { method: "POST", headers, body });
  if (!answer.ok) fail(`not recorded: ${answer.status} ${await answer.text()}`);
  return { status: answer.status, ...(await answer.json()) };
}

const key = createPrivateKey(readFileSync(keyFile));
const salt = randomBytes(32);
const length = Buffer.alloc(2);
length.writeUInt16BE(Buffer.byteLength(person));
const now = Date.now();
const record = {
  v: 1,
  id: uuid7(now),
  t: now,
  from: "ris/household@3",
  to: name,
  via: name,
  kid: sha256(createPublicKey(key).export({ format: "der", type: "spki" })).toString("base64url"),
  op: "household.read",
  why: "act-12.3",
  res: "ok",
  n: 1,
  who: sha256("mydata.ledger/who/v1\n", salt, length, person).toString("base64url"),
};
record.up = sign(null, Buffer.from(`mydata.ledger/record/v1\n${canonical(record)}`), key).toString("base64url");
const sent = canonical(record);
const body = `{"record":${sent},"persons":["${person}"],"salt":"${salt.toString("base64url")}"}`;

const answer = await post(body);
console.log("recorded", answer.index);
// The same bytes again, as after an answer that was lost: the same place.
const repeated = await post(body);
if (answer.status !== 201 || repeated.status !== 200 || repeated.index !== answer.index) fail("the repeat is not the same");
console.log("repeated", repeated.index);

const { sub, ...rest } = JSON.parse(answer.entry);
if (sub.length !== 1 || canonical(rest) !== sent) fail("the entry is not what was sent");
const end = answer.proof.indexOf("\n\n");
const [format, place, ...path] = answer.proof.slice(0, end).split("\n");
if (format !== "c2sp.org/tlog-proof@v1" || place !== `index ${answer.index}`) fail("the proof is for another place");
const { size, root } = readCheckpoint(answer.proof.slice(end + 2));
const hashes = path.map((line) => Buffer.from(line, "base64"));
if (!rootFrom(answer.index, size, sha256([0], answer.entry), hashes).equals(root)) fail("the path leads to another root");
console.log("verified", size);
