// A service's client with the npm package "openid-client".
import * as client from "openid-client";

export async function connect({ portal, id, key, kid }) {
  const config = await client.discovery(new URL(portal), id, undefined, client.PrivateKeyJwt({ key, kid }), {
    // The portal of a test is on http://localhost; a real one is on https, and needs nothing here.
    execute: [client.allowInsecureRequests],
  });
  return {
    issuer: config.serverMetadata().issuer,

    /** The pushed request (RFC 9126, 9396, 9449 §10.1): where her browser goes, and what must be kept until it comes back. */
    async begin(redirectUri, details) {
      const session = {
        verifier: client.randomPKCECodeVerifier(),
        state: client.randomState(),
        dpop: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")),
      };
      const parameters = {
        redirect_uri: redirectUri,
        state: session.state,
        code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
        code_challenge_method: "S256",
        authorization_details: JSON.stringify(details),
      };
      const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP: session.dpop });
      return { url: url.href, session };
    },

    /** The answer in her browser's address for a token. */
    async finish(session, url) {
      const checks = { pkceCodeVerifier: session.verifier, expectedState: session.state };
      const granted = await client.authorizationCodeGrant(config, url, checks, undefined, { DPoP: session.dpop });
      return {
        granted,
        call: (method, target, body, headers) =>
          client.fetchProtectedResource(
            config,
            granted.access_token,
            new URL(target),
            method,
            body,
            new Headers(headers),
            { DPoP: session.dpop },
          ),
      };
    },
  };
}
