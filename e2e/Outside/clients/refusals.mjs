// What a service's client must not get, tried with the npm packages "oauth4webapi" and "jose".
// node refusals.mjs PORTAL FOLDER PORT. Prints a line of JSON for each try: its name, and the error and code that came. Between them one line
// says where a citizen is to go; she is awaited at /callback on this port.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import * as jose from "jose";
import * as oauth from "oauth4webapi";

const [portal, folder, port] = process.argv.slice(2);
const read = async (name) => JSON.parse(await readFile(join(folder, name), "utf8"));
const insecure = { [oauth.allowInsecureRequests]: true };
const callback = `http://127.0.0.1:${port}/callback`;
const details = await read("details.json");
const issuer = new URL(portal);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

async function clientOf(id, file) {
  const jwk = await read(file);
  const key = { key: await jose.importJWK(jwk, "ES256"), kid: jwk.kid };
  return { client: { client_id: id }, key, proof: oauth.PrivateKeyJwt(key) };
}

const own = await clientOf("outside-refused", "client.jwk");
const other = await clientOf("outside-other", "other.jwk");
const keys = await oauth.generateKeyPair("ES256");
const dpop = oauth.DPoP(own.client, keys);
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();

const say = (line) => console.log(JSON.stringify(line));
const said = async (answer) => {
  if (answer.ok) return "ok";
  const { error, code } = await answer.json();
  return `${error ?? ""} ${code}`.trim();
};

/** Sends, and once more where the portal asks for its nonce. */
async function tell(name, send) {
  let answer = await send();
  if ((await said(answer.clone())) === "use_dpop_nonce dpop.nonce") answer = await send();
  say({ name, refusal: await said(answer.clone()) });
  return answer;
}

/** Authenticates by an assertion that is made as it is told to be. */
const by = (make) => async (_, client, body) => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client.client_id, sub: client.client_id, aud: server.issuer, jti: crypto.randomUUID(), iat: now, exp: now + 50 };
  body.set("client_id", client.client_id);
  body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  body.set("client_assertion", await make(claims));
};

async function push(changes = {}, proof = own.proof) {
  const parameters = new URLSearchParams({
    response_type: "code",
    redirect_uri: callback,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    authorization_details: JSON.stringify(details),
    ...changes,
  });
  return oauth.pushedAuthorizationRequest(server, own.client, proof, parameters, insecure);
}

const widened = structuredClone(details);
widened[0].datasets[0].fields.push("father");
await tell("widened details", () => push({ authorization_details: JSON.stringify(widened) }));
await tell("redirect mismatch", () => push({ redirect_uri: `${callback}/` }));
await tell("redirect to another origin", () => push({ redirect_uri: "https://elsewhere.example/callback" }));
await tell("no PKCE", () => push({ code_challenge: "", code_challenge_method: "" }));
await tell("alg none", () => push({}, by((claims) => new jose.UnsecuredJWT(claims).encode())));
const signed = (header) =>
  by((claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: "ES256", ...header }).sign(own.key.key, { crit: { exotic: true } }));
await tell("unknown crit", () => push({}, signed({ crit: ["exotic"], exotic: 1 })));
await tell("other client's key", () => push({}, by((claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(other.key.key))));

const pushed = await (await tell("push", () => push())).json();
const visit = new URL(server.authorization_endpoint);
visit.searchParams.set("client_id", own.client.client_id);
visit.searchParams.set("request_uri", pushed.request_uri);
const site = createServer().listen(Number(port), "127.0.0.1");
await once(site, "listening");
say({ visit: visit.href });
const [came, thanks] = await once(site, "request");
thanks.end("Thank you.");
site.close();
const back = new URL(came.url, callback);
const second = await fetch(visit, { redirect: "manual" });
say({ name: "PAR twice", refusal: new URL(second.headers.get("location"), portal).pathname });

const answer = oauth.validateAuthResponse(server, own.client, back, state);
const wrong = new URLSearchParams(back.searchParams);
wrong.set("iss", "https://elsewhere.example");
try {
  oauth.validateAuthResponse(server, own.client, wrong, state);
} catch (refused) {
  say({ name: "another issuer's answer", refusal: refused.code });
}

const redeem = ({ who = own, redirect = callback, by = verifier, options = { DPoP: dpop } } = {}) =>
  oauth.authorizationCodeGrantRequest(server, who.client, who.proof, answer, redirect, by, { ...insecure, ...options });

await tell("token without a proof", () => redeem({ options: {} }));
await tell("wrong verifier", () => redeem({ by: oauth.generateRandomCodeVerifier() }));
await tell("redirect mismatch at the token", () => redeem({ redirect: `${callback}?` }));
const theirs = { DPoP: oauth.DPoP(other.client, await oauth.generateKeyPair("ES256")) };
await tell("other client's code", () => redeem({ who: other, options: theirs }));
let used;
const keeping = (url, options) => {
  used = new Headers(options.headers).get("dpop");
  return fetch(url, options);
};
const token = (await (await tell("token", () => redeem({ options: { DPoP: dpop, [oauth.customFetch]: keeping } }))).json());
const replaying = (url, options) => {
  const headers = new Headers(options.headers);
  headers.set("dpop", used);
  return fetch(url, { ...options, headers });
};
await tell("token by a proof that was used", () => redeem({ options: { DPoP: dpop, [oauth.customFetch]: replaying } }));

const address = `${server.issuer}/api/v1/transfers/${token.authorization_details[0].datasets[0].transfer_id}/package`;
let nonce;
async function proofOf(pair) {
  const ath = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(token.access_token))).toString("base64url");
  const claims = { htm: "GET", htu: address, jti: crypto.randomUUID(), ath, ...(nonce && { nonce }) };
  return new jose.SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: await jose.exportJWK(pair.publicKey) })
    .setIssuedAt()
    .sign(pair.privateKey);
}
async function get(proof, scheme = "DPoP") {
  const headers = { Authorization: `${scheme} ${token.access_token}`, ...(proof && { DPoP: proof }) };
  const got = await fetch(address, { headers });
  nonce = got.headers.get("dpop-nonce") ?? nonce;
  return got;
}
await tell("package", async () => get((used = await proofOf(keys))));
await tell("package by a proof that was used", () => get(used));
await tell("package without a proof", () => get());
await tell("package as a bearer", () => get(undefined, "Bearer"));
const foreign = await oauth.generateKeyPair("ES256");
await tell("package by another key", async () => get(await proofOf(foreign)));

await tell("code twice", () => redeem());
await tell("package after that", async () => get(await proofOf(keys)));
