// A service that signs its members in and asks for no data: /signin leads to the portal, /callback is where she comes back, /signout leads out, /bye is
// where that ends.
// node signin.mjs LIBRARY PORTAL FOLDER PORT: the library "openid-client" or "oauth4webapi", the folder with client.jwk and other.jwk. Prints its address, and
// then a line of JSON for each visitor: who came, and what was refused that must be.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import * as jose from "jose";

const [library, portal, folder, port] = process.argv.slice(2);
const own = `http://127.0.0.1:${port}`;
const say = (line) => console.log(JSON.stringify(line));

async function registered(id, file) {
  const jwk = JSON.parse(await readFile(join(folder, file), "utf8"));
  return { portal, id, kid: jwk.kid, key: await jose.importJWK(jwk, "ES256") };
}

/** The same by each library: push, finish, who, out. */
const libraries = {
  "openid-client": async ({ portal, id, key, kid }) => {
    const client = await import("openid-client");
    const config = await client.discovery(new URL(portal), id, undefined, client.PrivateKeyJwt({ key, kid }), {
      // The portal of a test is on http://localhost; a real one is on https, and needs nothing here.
      execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    });
    return {
      async begin(more = {}) {
        const session = {
          verifier: client.randomPKCECodeVerifier(),
          state: client.randomState(),
          nonce: client.randomNonce(),
          dpop: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")),
        };
        const parameters = {
          scope: "openid profile email",
          redirect_uri: `${own}/callback`,
          state: session.state,
          nonce: session.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
          code_challenge_method: "S256",
          ...more,
        };
        const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP: session.dpop });
        return { url: url.href, session };
      },
      async finish(session, url, nonce = session.nonce) {
        const checks = {
          pkceCodeVerifier: session.verifier,
          expectedState: session.state,
          expectedNonce: nonce,
          idTokenExpected: true,
        };
        const granted = await client.authorizationCodeGrant(config, url, checks, undefined, { DPoP: session.dpop });
        const said = granted.claims();
        const who = await client.fetchUserInfo(config, granted.access_token, said.sub, { DPoP: session.dpop });
        return { idToken: granted.id_token, said, who };
      },
      out: (idToken, state) =>
        client.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: `${own}/bye`, state }).href,
    };
  },
  oauth4webapi: async ({ portal, id, key, kid }) => {
    const oauth = await import("oauth4webapi");
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(portal);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client = { client_id: id };
    const proof = oauth.PrivateKeyJwt({ key, kid });
    /** Once more with the nonce that the portal asked for (RFC 9449 §8). */
    const again = async (step) => {
      try {
        return await step();
      } catch (refused) {
        if (!oauth.isDPoPNonceError(refused)) throw refused;
        return step();
      }
    };
    return {
      async begin(more = {}) {
        const session = {
          verifier: oauth.generateRandomCodeVerifier(),
          state: oauth.generateRandomState(),
          nonce: oauth.generateRandomNonce(),
          dpop: oauth.DPoP(client, await oauth.generateKeyPair("ES256")),
        };
        const parameters = new URLSearchParams({
          response_type: "code",
          scope: "openid profile email",
          redirect_uri: `${own}/callback`,
          state: session.state,
          nonce: session.nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(session.verifier),
          code_challenge_method: "S256",
          ...more,
        });
        const options = { DPoP: session.dpop, ...insecure };
        const pushed = await again(async () =>
          oauth.processPushedAuthorizationResponse(
            server,
            client,
            await oauth.pushedAuthorizationRequest(server, client, proof, parameters, options),
          ),
        );
        const url = new URL(server.authorization_endpoint);
        url.searchParams.set("client_id", id);
        url.searchParams.set("request_uri", pushed.request_uri);
        return { url: url.href, session };
      },
      async finish(session, url, nonce = session.nonce) {
        const answer = oauth.validateAuthResponse(server, client, url, session.state);
        const options = { DPoP: session.dpop, ...insecure };
        let response;
        const granted = await again(async () => {
          response = await oauth.authorizationCodeGrantRequest(
            server,
            client,
            proof,
            answer,
            `${own}/callback`,
            session.verifier,
            options,
          );
          return oauth.processAuthorizationCodeResponse(server, client, response, {
            expectedNonce: nonce,
            requireIdToken: true,
          });
        });
        await oauth.validateApplicationLevelSignature(server, response, insecure);
        const said = oauth.getValidatedIdTokenClaims(granted);
        const who = await again(async () =>
          oauth.processUserInfoResponse(
            server,
            client,
            said.sub,
            await oauth.userInfoRequest(server, client, granted.access_token, options),
          ),
        );
        return { idToken: granted.id_token, said, who };
      },
      out(idToken, state) {
        const url = new URL(server.end_session_endpoint);
        url.searchParams.set("id_token_hint", idToken);
        url.searchParams.set("post_logout_redirect_uri", `${own}/bye`);
        url.searchParams.set("state", state);
        return url.href;
      },
    };
  },
};

const service = await registered(`outside-member-${library}`, "client.jwk");
const client = await libraries[library](service);
const other = await libraries[library](await registered("outside-other", "other.jwk"));
const sessions = new Map();
let last;

async function signIn(answer) {
  const { url, session } = await client.begin();
  sessions.set(session.state, session);
  // The state is held to this very visitor, so that nobody else's answer becomes hers (RFC 6749 §10.12).
  answer.writeHead(303, { Location: url, "Set-Cookie": `state=${session.state}; HttpOnly; SameSite=Lax; Path=/callback` });
  answer.end();
}

/** The error of a step that must not succeed. */
async function refusal(step) {
  try {
    await step();
    return "ok";
  } catch (refused) {
    return refused.error ?? refused.code ?? refused.cause?.code ?? String(refused);
  }
}

async function callback(request, answer) {
  const url = new URL(request.url, own);
  const state = /(?:^|; )state=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = sessions.get(state);
  sessions.delete(state);
  // Somebody else's ID token would have another nonce; the code is used by it, so that a second visit follows.
  if (!last) {
    last = {};
    say({ name: "wrong nonce", refusal: await refusal(() => client.finish(session, url, "another")) });
    answer.writeHead(303, { Location: "/signin" }).end();
    return;
  }
  last = await client.finish(session, url);
  const { idToken, said, who } = last;
  const [, payload] = idToken.split(".");
  const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${payload}.`;
  say({ name: "alg none", refusal: await refusal(() => client.begin({ id_token_hint: none })) });
  say({ name: "another client's hint", refusal: await refusal(() => other.begin({ id_token_hint: idToken })) });
  say({ name: "own hint", refusal: await refusal(() => client.begin({ id_token_hint: idToken })) });
  say({ name: "more than registered", refusal: await refusal(() => client.begin({ claims: '{"userinfo":{"birthdate":null}}' })) });
  say({ sub: said.sub, acr: said.acr, who });
  answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  answer.end(`<!doctype html><title>Welcome</title><main><h1>Welcome</h1><p>${who.name}</p></main>`);
}

const page = (answer, words) => answer.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><title>${words}</title><h1>${words}</h1>`);

const site = createServer(async (request, answer) => {
  try {
    const path = new URL(request.url, own).pathname;
    if (path === "/signin") await signIn(answer);
    else if (path === "/callback") await callback(request, answer);
    else if (path === "/signout") answer.writeHead(303, { Location: client.out(last.idToken, "bye") }).end();
    else if (path === "/bye") page(answer, "Bye");
    else answer.writeHead(404).end();
  } catch (failed) {
    say({ failed: String(failed), cause: failed.cause ?? null });
    answer.writeHead(500, { "Content-Type": "text/plain" }).end(String(failed));
  }
});
site.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${own}`));
