// A service's client with the npm package "oauth4webapi".
import * as oauth from "oauth4webapi";

// The portal of a test is on http://localhost; a real one is on https, and needs nothing here.
const insecure = { [oauth.allowInsecureRequests]: true };

/** Once more with the nonce that the portal asked for (RFC 9449 §8). */
async function again(step) {
  try {
    return await step();
  } catch (refused) {
    if (!oauth.isDPoPNonceError(refused)) throw refused;
    return step();
  }
}

export async function connect({ portal, id, key, kid }) {
  const issuer = new URL(portal);
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, discovered);
  const client = { client_id: id };
  const proof = oauth.PrivateKeyJwt({ key, kid });
  return {
    issuer: server.issuer,

    /** The pushed request (RFC 9126, 9396, 9449 §10.1): where her browser goes, and what must be kept until it comes back. */
    async begin(redirectUri, details) {
      const session = {
        redirectUri,
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        dpop: oauth.DPoP(client, await oauth.generateKeyPair("ES256")),
      };
      const parameters = new URLSearchParams({
        response_type: "code",
        redirect_uri: redirectUri,
        state: session.state,
        code_challenge: await oauth.calculatePKCECodeChallenge(session.verifier),
        code_challenge_method: "S256",
        authorization_details: JSON.stringify(details),
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

    /** The answer in her browser's address for a token. */
    async finish(session, url) {
      const answer = oauth.validateAuthResponse(server, client, url, session.state);
      const options = { DPoP: session.dpop, ...insecure };
      const granted = await again(async () =>
        oauth.processAuthorizationCodeResponse(
          server,
          client,
          await oauth.authorizationCodeGrantRequest(
            server,
            client,
            proof,
            answer,
            session.redirectUri,
            session.verifier,
            options,
          ),
        ),
      );
      return {
        granted,
        call: (method, target, body, headers) =>
          again(() =>
            oauth.protectedResourceRequest(
              granted.access_token,
              method,
              new URL(target),
              new Headers(headers),
              body,
              options,
            ),
          ),
      };
    },
  };
}
