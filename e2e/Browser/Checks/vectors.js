// Published vectors against the browser's modules. Each function takes one file's groups and answers one line a case:
// { id, expected, outcome } where outcome is "accepted", or the code of the refusal.
import { hex } from "/js/bytes.js";
import { openCompact, openGeneral, unwrapAesKw, wrapAesKw, openContent } from "/js/jwe.js";
import { importKey, thumbprint } from "/js/jwk.js";
import { verifyJws } from "/js/jws.js";
import { verify } from "/js/x509.js";

const ALGORITHMS = ["ES256", "PS256", "RS256"];

const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

// A DOMException has a number of its own, which is no code of ours.
const codeOf = (error) => (typeof error.code === "string" ? error.code : `${error.name} ${error.message}`);

async function decide(groups, check) {
  const lines = [];
  for (const group of groups) {
    for (const test of group.tests) {
      let outcome = "accepted";
      try {
        outcome = (await check(test, group)) === false ? "refused" : "accepted";
      } catch (error) {
        outcome = codeOf(error);
      }
      lines.push({ id: test.tcId, comment: `${group.comment ?? ""} ${test.comment}`, expected: test.result, outcome });
    }
  }
  return lines;
}

const keysOf = (key) => key.keys ?? [key];
const publicOnly = ({ d, p, q, dp, dq, qi, ...rest }) => rest;

export const signatures = (groups) =>
  decide(groups, async ({ jws }, group) => {
    const keys = keysOf(group.public ?? group.private).map(publicOnly);
    await verifyJws(jws, keys, ALGORITHMS);
  });

export const encryptions = (groups) =>
  decide(groups, async ({ jwe, pt }, group) => {
    const { plaintext } = await openCompact(jwe, keysOf(group.private)[0]);
    if (pt !== undefined && hex(plaintext) !== pt) throw new Error("another plaintext");
  });

export const both = (groups) =>
  decide(groups, async ({ jws, jwe }, group) => {
    if (jwe !== undefined) await openCompact(jwe, keysOf(group.private)[0]);
    else await verifyJws(jws, keysOf(group.public ?? group.private).map(publicOnly), ALGORITHMS);
  });

export const aesGcm = (groups) =>
  decide(groups, async ({ key, iv, aad, msg, ct, tag }) => {
    const plain = await openContent("A256GCM", bytes(key), bytes(iv), bytes(aad), bytes(ct), bytes(tag));
    if (hex(plain) !== msg) throw new Error("another plaintext");
  });

export const aesCbcHmac = (groups) =>
  decide(groups, async ({ key, iv, aad, msg, ct, tag }) => {
    const plain = await openContent("A256CBC-HS512", bytes(key), bytes(iv), bytes(aad), bytes(ct), bytes(tag));
    if (hex(plain) !== msg) throw new Error("another plaintext");
  });

export const aesWrap = (groups) =>
  decide(groups, async ({ key, msg, ct, result }) => {
    const kek = await crypto.subtle.importKey("raw", bytes(key), "AES-KW", false, ["wrapKey", "unwrapKey"]);
    if (hex(await unwrapAesKw(kek, bytes(ct))) !== msg) throw new Error("another key");
    if (result === "valid" && hex(await wrapAesKw(kek, bytes(msg))) !== ct) throw new Error("wraps differently");
  });

export const ecdh = (groups) =>
  decide(groups, async (test, group) => {
    const curve = { name: "ECDH", namedCurve: group.curve };
    const publicKey = await importKey(test.public, "EC", curve, []);
    const privateKey = await importKey(test.private, "EC", curve, ["deriveBits"], true);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
    if (hex(new Uint8Array(shared)) !== test.shared) throw new Error("another secret");
  });

export const ecdsaP1363 = (groups) =>
  decide(groups, async ({ msg, sig }, group) => {
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("raw", bytes(group.publicKey.uncompressed), curve, false, ["verify"]);
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes(sig), bytes(msg));
  });

export const ecdsaDer = (groups) =>
  decide(groups, ({ msg, sig }, group) => {
    const curve = group.publicKey.curve === "secp384r1" ? "P-384" : "P-256";
    const key = { kind: "EC", curve, spki: bytes(group.publicKeyDer) };
    return verify(key, group.sha, bytes(sig), bytes(msg));
  });

export const rsaPkcs1 = (groups) =>
  decide(groups, ({ msg, sig }, group) =>
    verify({ kind: "RSA", spki: bytes(group.publicKeyDer) }, group.sha, bytes(sig), bytes(msg)),
  );

export const rsaOaep = (groups) =>
  decide(groups, async ({ msg, ct, label }, group) => {
    const algorithm = { name: "RSA-OAEP", hash: group.sha };
    const key = await crypto.subtle.importKey("pkcs8", bytes(group.privateKeyPkcs8), algorithm, false, ["decrypt"]);
    const plain = await crypto.subtle.decrypt({ name: "RSA-OAEP", label: bytes(label) }, key, bytes(ct));
    if (hex(new Uint8Array(plain)) !== msg) throw new Error("another plaintext");
  });

/** RFC 7520: every form of output that the file has; answers one line a form. */
export async function cookbook(file) {
  const tests = [];
  const key = [file.input?.key ?? {}].flat();
  for (const [form, output] of Object.entries(file.output ?? {})) {
    if (form === "compact" || form === "json" || form === "json_flat") tests.push({ form, output, key });
  }
  const lines = [];
  for (const { form, output, key } of tests) {
    let outcome = "accepted";
    try {
      await openForm(form, output, key, file.input);
    } catch (error) {
      outcome = codeOf(error);
    }
    lines.push({ form, outcome });
  }
  return lines;
}

async function openForm(form, output, keys, input) {
  const jws = input.payload !== undefined;
  if (!jws) {
    const opened = form === "compact" ? await openCompact(output, keys[0]) : await openGeneral(JSON.stringify(output), keys[0]);
    if (new TextDecoder().decode(opened.plaintext) !== input.plaintext) throw new Error("another plaintext");
    return;
  }
  const { payload } = await verifyJws(form === "compact" ? output : "", keys.map(publicOnly), ALGORITHMS);
  if (new TextDecoder().decode(payload) !== input.payload) throw new Error("another payload");
}

/** RFC 7638 §3.1, by its printed value. */
export const thumbprintOf = (jwk) => thumbprint(jwk);
