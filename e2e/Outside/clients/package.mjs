// Opens what the portal hands over with nothing but the npm package "jose" and Node, and signs for it.
import { createHash, verify, X509Certificate } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import * as jose from "jose";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function must(holds, what) {
  if (!holds) throw new Error(what);
}

/** The files of a ZIP by their names, as its central directory lists them. */
function unzip(zip) {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  must(end >= 0, "no ZIP");
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, length, name, extra, comment] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + length);
    files.set(zip.toString("utf8", at + 46, at + 46 + name), method === 0 ? bytes : inflateRawSync(bytes));
    at += 46 + name + extra + comment;
  }
  return files;
}

/** The package's data, once its agency's signature, certificate and digests were checked, and its seal. */
export async function open(bytes, recipient, roots, dataSet) {
  const sealed = JSON.parse(bytes.toString("utf8"));
  must(sealed.recipients.length === 1, "an entry for somebody else");
  const seal = sha256(`${sealed.protected}.${sealed.iv}.${sealed.ciphertext}.${sealed.tag}`);
  const alg = sealed.recipients[0].header.alg;
  const opened = await jose.generalDecrypt(sealed, await jose.importJWK(recipient, alg), {
    keyManagementAlgorithms: ["ECDH-ES+A256KW", "RSA-OAEP-256"],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  must(opened.protectedHeader.dataset === dataSet, "another data set");
  const files = unzip(Buffer.from(opened.plaintext));
  const certificate = new X509Certificate(files.get("META-INFO/certificate.cer"));
  must(
    roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey)),
    "a certificate that the portal does not trust",
  );
  const manifest = files.get("META-INFO/manifest.xml");
  must(
    verify("sha256", manifest, certificate.publicKey, files.get("META-INFO/manifest.sha256withrsa")),
    "not signed by its agency",
  );
  const listed = /<filename>([^<]+)<\/filename><sha256>([0-9a-f]{64})<\/sha256>/g;
  const digests = new Map([...manifest.toString("utf8").matchAll(listed)].map(([, name, digest]) => [name, digest]));
  must(digests.get("data.json") === sha256(files.get("data.json")), "data that nobody signed");
  return { seal, data: JSON.parse(files.get("data.json").toString("utf8")), signedBy: certificate.subject };
}

/** The signed word that it is here, and until when it is kept. */
export async function receipt({ id, issuer, key, kid }, transfer, seal, days) {
  const now = Math.floor(Date.now() / 1000);
  return new jose.SignJWT({ transfer, seal, delete_by: now + days * 86_400 })
    .setProtectedHeader({ alg: "ES256", kid, typ: "mydata-delivery-receipt+jwt" })
    .setIssuer(id)
    .setAudience(issuer)
    .setIssuedAt(now)
    .sign(key);
}

/** The certificates that agencies' certificates must chain to. */
export async function trusted(portal) {
  const { roots } = await (await fetch(`${portal}/.well-known/mydata-trust.json`)).json();
  return roots.map((root) => new X509Certificate(Buffer.from(root, "base64")));
}
