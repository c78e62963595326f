// The ledger's formats for a system of any kind: records, signatures, receipts. Node alone, no packages.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";

export const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

/** Members sorted by name, no blanks. */
export const canonical = (record) => JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))));

/** RFC 9562 §5.7. */
export function uuid7(milliseconds) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Salted hash of a person's number, the member `who`. */
export function whoOf(salt, person) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(person));
  return sha256("mydata.ledger/who/v1\n", salt, length, person).toString("base64url");
}

/** Salted hash of a request's body, the member `req`. */
export const reqOf = (salt, body) => sha256("mydata.ledger/req/v1\n", salt, sha256(body)).toString("base64url");

/** A system that signs what it records. */
export class Recorder {
  /** @param {string} name under which its key is registered @param {string} folder with `caller-NAME.pem` */
  constructor(name, folder) {
    this.name = name;
    this.key = createPrivateKey(readFileSync(`${folder}/caller-${name}.pem`));
    this.kid = kidOf(createPublicKey(this.key));
  }

  /** A signed record about one person, in the envelope that the ledger takes: record (canonical text), persons, salt. */
  record(person, members, key = this.key) {
    const now = Date.now();
    const salt = randomBytes(32);
    const record = { v: 1, id: uuid7(now), t: now, via: this.name, kid: this.kid, n: 1, who: whoOf(salt, person), ...members };
    record.up = sign(null, Buffer.from(`mydata.ledger/record/v1\n${canonical(record)}`), key).toString("base64url");
    return { record: canonical(record), persons: [person], salt: salt.toString("base64url") };
  }
}

export const kidOf = (key) => sha256(key.export({ format: "der", type: "spki" })).toString("base64url");

/** That this record's own signature is by this key (DER in base64). */
export function isSignedBy(text, der) {
  const { up, ...record } = JSON.parse(text);
  const key = createPublicKey({ key: Buffer.from(der, "base64"), format: "der", type: "spki" });
  const message = Buffer.from(`mydata.ledger/record/v1\n${canonical(record)}`);
  return canonical({ ...record, up }) === text && key.asymmetricKeyType === "ed25519" && verify(null, message, key, Buffer.from(up, "base64url"));
}

/** Posts envelopes as one batch; an answer for each: status, and year, index, entry, proof or problem. Null: the ledger does not answer, or not now. */
export async function post(origin, envelopes) {
  const records = envelopes.map(({ record, ...beside }) => `{"record":${record},${JSON.stringify(beside).slice(1)}`);
  try {
    const answer = await fetch(`${origin}/ledger/v1/records:batch`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: `{"records":[${records.join(",")}]}`,
      signal: AbortSignal.timeout(8000),
    });
    return answer.ok ? (await answer.json()).results : null;
  } catch {
    return null;
  }
}

/** Whom to believe: a c2sp.org/tlog-policy file. */
export class Policy {
  constructor(file) {
    this.witnesses = new Map();
    this.groups = new Map();
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [word, name, ...rest] = line.trim().split(/\s+/);
      if (word === "log") this.log = keyOf(name);
      else if (word === "witness") this.witnesses.set(name, keyOf(rest[0]));
      else if (word === "group") this.groups.set(name, { least: rest[0], members: rest.slice(1) });
      else if (word === "quorum") this.quorum = name;
    }
  }

  /** Size and root of a checkpoint that the log signed and enough witnesses cosigned; throws where it is none. */
  open(note) {
    const end = note.indexOf("\n\n") + 1;
    const text = note.slice(0, end);
    const lines = note.slice(end + 1).split("\n").filter(Boolean);
    const signatureOf = (name) => lines.find((line) => line.startsWith(`— ${name} `))?.split(" ")[2];
    const byLog = signatureOf(this.log.name);
    demand(byLog && verify(null, Buffer.from(text), this.log.key, Buffer.from(byLog, "base64").subarray(4)), "the log did not sign");
    const cosigned = (name) => {
      const { key, name: own } = this.witnesses.get(name);
      const signature = Buffer.from(signatureOf(own) ?? "", "base64");
      if (signature.length !== 76) return false;
      const time = signature.readBigUInt64BE(4);
      return verify(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key, signature.subarray(12));
    };
    const counts = (name) => {
      const group = this.groups.get(name);
      if (!group) return cosigned(name);
      const given = group.members.filter(counts).length;
      const least = group.least === "any" ? 1 : group.least === "all" ? group.members.length : Number(group.least);
      return given >= least;
    };
    demand(this.quorum === "none" || counts(this.quorum), "too few witnesses");
    const [origin, size, root] = text.split("\n");
    demand(origin === this.log.name, "of another log");
    return { size: Number(size), root: Buffer.from(root, "base64") };
  }

  /** That this entry stands in the log; its record. Throws where the receipt does not prove it. */
  verify({ entry, proof }) {
    const end = proof.indexOf("\n\n");
    const [format, place, ...path] = proof.slice(0, end).split("\n");
    const index = Number(/^index (\d+)$/.exec(place)?.[1] ?? NaN);
    demand(format === "c2sp.org/tlog-proof@v1" && Number.isSafeInteger(index), "not a receipt");
    const { size, root } = this.open(proof.slice(end + 2));
    const hashes = path.map((line) => Buffer.from(line, "base64"));
    demand(index < size && rootFrom(index, size, sha256([0], entry), hashes).equals(root), "the path leads to another root");
    return { index, record: JSON.parse(entry) };
  }
}

function keyOf(vkey) {
  const [name, , ...rest] = vkey.split("+");
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(rest.join("+"), "base64").subarray(1)]);
  return { name, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** RFC 9162 §2.1.3.2. */
function rootFrom(index, size, hash, path) {
  let [node, last] = [index, size - 1];
  const up = () => ([node, last] = [Math.floor(node / 2), Math.floor(last / 2)]);
  for (const beside of path) {
    demand(last !== 0, "the path is too long");
    if (node % 2 === 1 || node === last) {
      hash = sha256([1], beside, hash);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      hash = sha256([1], hash, beside);
    }
    up();
  }
  demand(last === 0, "the path is too short");
  return hash;
}

function demand(condition, why) {
  if (!condition) throw new Error(why);
}
