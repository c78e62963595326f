// An authorization server by others, for one comparison: codes are made beside it, and it exchanges them with private_key_jwt, PKCE, DPoP
// with nonce and access tokens as JWT, as the portal does. Its store is a Map: nothing is durable.
import { Provider } from "oidc-provider";

const [port, count, challenge] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const clientKey = JSON.parse(process.argv[5]);
const ownKey = JSON.parse(process.argv[6]);
const issuer = `http://localhost:${port}`;
const redirect = `${issuer}/callback`;
const resource = `${issuer}/api`;

const rows = new Map();
class Store {
  constructor(name) {
    this.name = name;
  }
  async upsert(id, payload) {
    rows.set(`${this.name}:${id}`, payload);
  }
  async find(id) {
    return rows.get(`${this.name}:${id}`);
  }
  async destroy(id) {
    rows.delete(`${this.name}:${id}`);
  }
  async consume(id) {
    rows.get(`${this.name}:${id}`).consumed = Math.floor(Date.now() / 1000);
  }
  async revokeByGrantId(grant) {
    for (const [key, row] of rows) if (row.grantId === grant) rows.delete(key);
  }
  async findByUid() {}
  async findByUserCode() {}
}

const provider = new Provider(issuer, {
  adapter: Store,
  jwks: { keys: [ownKey] },
  clients: [
    {
      client_id: "load",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: "ES256",
      jwks: { keys: [clientKey] },
      application_type: "native",
    },
  ],
  clientAuthMethods: ["private_key_jwt"],
  enabledJWA: { clientAuthSigningAlgValues: ["ES256"], idTokenSigningAlgValues: ["ES256"] },
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 3600, AccessToken: 600, Grant: 3600 },
  findAccount: async (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "read", audience: resource, accessTokenFormat: "jwt", accessTokenTTL: 600, jwt: { sign: { alg: "ES256" } } }),
    },
  },
});

const client = await provider.Client.find("load");
const codes = [];
for (let n = 0; n < count; n++) {
  const accountId = `person-${n}`;
  const grant = new provider.Grant({ accountId, clientId: "load" });
  grant.addResourceScope(resource, "read");
  const grantId = await grant.save();
  const code = new provider.AuthorizationCode({
    accountId,
    client,
    grantId,
    resource,
    redirectUri: redirect,
    scope: "read",
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    authTime: Math.floor(Date.now() / 1000),
  });
  codes.push(await code.save());
}
provider.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ issuer, redirect, codes })));
