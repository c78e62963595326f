// Sealed packages, ZIPs and certificates from C#, and back. Bytes go over as base64.
import { decodeBase64 } from "/js/base64url.js";
import { hex, sha256, utf8Text } from "/js/bytes.js";
import { createKey, findKey } from "/js/keystore.js";
import { openCompact, openGeneral } from "/js/jwe.js";
import { thumbprint } from "/js/jwk.js";
import { checkSigner, checkSubject, openPackage } from "/js/package.js";
import { verifyReceipt } from "/js/receipt.js";
import { openSealed, wrapFor } from "/js/sealed.js";
import { certificateThumbprint, checkCertificate, parseCertificate } from "/js/x509.js";

const ACCOUNT = "account";

/** Answers { code } for a refusal, and what the work gave otherwise. */
async function outcome(work) {
  try {
    return { code: "accepted", ...(await work()) };
  } catch (error) {
    return { code: typeof error.code === "string" ? error.code : `${error.name} ${error.message}` };
  }
}

/** A key as the consent page makes it. */
export const newKey = () => createKey(ACCOUNT);

export const open = ({ sealed, kid }) =>
  outcome(async () => {
    const { head, seal, zip } = await openSealed(decodeBase64(sealed), await findKey(ACCOUNT, kid));
    const { transfer, dataset, sub, iat } = head;
    return { transfer, dataset, sub, iat, seal: seal.hex, display: seal.display, zip: hex(await sha256(zip)) };
  });

/** Many at a time: the same key, one changed package each. */
export const openEach = ({ sealed, kid }) => Promise.all(sealed.map(async (one) => (await open({ sealed: one, kid })).code));

export const wrap = ({ sealed, kid, recipient }) =>
  outcome(async () => ({ recipient: await wrapFor(decodeBase64(sealed), await findKey(ACCOUNT, kid), recipient) }));

export const jwe = ({ text, key }) =>
  outcome(async () => {
    const { plaintext } = await (text.startsWith("{") ? openGeneral(text, key) : openCompact(text, key));
    return { text: utf8Text(plaintext) };
  });

export const thumbprintOf = (jwk) => thumbprint(jwk);

export const read = ({ zip }) =>
  outcome(async () => {
    const { files, certificate, info } = await openPackage(decodeBase64(zip));
    const data = files.has("data.json") ? utf8Text(files.get("data.json")) : undefined;
    return { files: [...files.keys()].sort(), data, info, certificate: await certificateThumbprint(certificate) };
  });

export const readEach = ({ zips }) => Promise.all(zips.map(async (zip) => (await read({ zip })).code));

export const trust = ({ zip, roots, at, registered, nationalId }) =>
  outcome(async () => {
    const { certificate, info } = await openPackage(decodeBase64(zip));
    await checkSigner(certificate, roots.map(decodeBase64), new Date(at), registered);
    await checkSubject(info, nationalId);
  });

export const certificate = ({ der, roots, between, at }) =>
  outcome(async () => {
    const parsed = parseCertificate(decodeBase64(der));
    const root = await checkCertificate(parsed, roots.map(decodeBase64), new Date(at), between.map(decodeBase64));
    return { subject: parsed.commonName, root: root.commonName, thumbprint: await certificateThumbprint(parsed) };
  });

export const receipt = ({ jws, keys }) =>
  outcome(async () => ({ receipt: (await verifyReceipt(new TextEncoder().encode(jws), keys)).receipt }));
