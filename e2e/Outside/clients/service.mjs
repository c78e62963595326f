// A service with a site of its own, on another origin than the portal: /apply leads to the portal, /callback is where she comes back.
// node service.mjs LIBRARY PORTAL FOLDER PORT: the library "openid-client" or "oauth4webapi", the folder with client.jwk, recipient.jwk and
// details.json. Prints its address, and then a line of JSON for each visitor who came back.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import * as jose from "jose";
import { open, receipt, trusted } from "./package.mjs";

const [library, portal, folder, port] = process.argv.slice(2);
const read = async (name) => JSON.parse(await readFile(join(folder, name), "utf8"));
const { connect } = await import(`./${library}.mjs`);

const own = `http://127.0.0.1:${port}`;
const keys = await read("client.jwk");
const service = { portal, id: `outside-${library}`, kid: keys.kid, key: await jose.importJWK(keys, "ES256") };
const [recipient, details, roots] = [await read("recipient.jwk"), await read("details.json"), await trusted(portal)];
const client = await connect(service);
const sessions = new Map();

async function apply(answer) {
  const { url, session } = await client.begin(`${own}/callback`, details);
  sessions.set(session.state, session);
  // The state is held to this very visitor, so that nobody else's answer becomes hers (RFC 6749 §10.12).
  answer.writeHead(303, { Location: url, "Set-Cookie": `state=${session.state}; HttpOnly; SameSite=Lax; Path=/callback` });
  answer.end();
}

async function callback(request, answer) {
  const url = new URL(request.url, own);
  const state = /(?:^|; )state=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = sessions.get(state);
  sessions.delete(state);
  const { granted, call } = await client.finish(session, url);
  const received = [];
  for (const { id, transfer_id: transfer } of granted.authorization_details[0].datasets) {
    const address = `${client.issuer}/api/v1/transfers/${transfer}`;
    const fetched = await call("GET", `${address}/package`);
    const opened = await open(Buffer.from(await fetched.arrayBuffer()), recipient, roots, id);
    const signed = await receipt({ ...service, issuer: client.issuer }, transfer, opened.seal, 30);
    const taken = await call("POST", `${address}/receipt`, signed, { "Content-Type": "application/jose" });
    received.push({ id, seal: opened.seal, signedBy: opened.signedBy, name: opened.data.name, taken: taken.status });
  }
  console.log(JSON.stringify({ sub: granted.sub, type: granted.token_type, received }));
  answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  const lines = received.map(({ name, seal }) => `<p>${name}</p><p>${seal}</p>`);
  answer.end(`<!doctype html><title>Received</title><main><h1>Received</h1>${lines.join("")}</main>`);
}

const server = createServer(async (request, answer) => {
  try {
    const path = new URL(request.url, own).pathname;
    if (path === "/apply") await apply(answer);
    else if (path === "/callback") await callback(request, answer);
    else answer.writeHead(404).end();
  } catch (failed) {
    console.log(JSON.stringify({ failed: String(failed), cause: failed.cause ?? null }));
    answer.writeHead(500, { "Content-Type": "text/plain" }).end(String(failed));
  }
});
server.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${own}`));
