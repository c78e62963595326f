// An authorization server by others, for one comparison: codes are made beside it, and it exchanges them with private_key_jwt, PKCE, DPoP
// with nonce and access tokens as JWT, as the portal does. Its store is a Map, where nothing is durable; or, where a sixth argument names the
// folder of a socket, PostgreSQL by npm pg, each write on the disk before it is answered.
import pg from "pg";
import { Provider } from "oidc-provider";

const [port, count, challenge] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const clientKey = JSON.parse(process.argv[5]);
const ownKey = JSON.parse(process.argv[6]);
const issuer = `http://localhost:${port}`;
const redirect = `${issuer}/callback`;
const resource = `${issuer}/api`;

const rows = new Map();
class Memory {
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

const socket = process.argv[7];
const pool = socket && new pg.Pool({ host: socket, user: "postgres", database: "postgres", max: 20 });
class Durable {
  constructor(name) {
    this.name = name;
  }
  // Named, so that the server keeps each prepared.
  ask(name, text, ...values) {
    return pool.query({ name, text, values });
  }
  async upsert(id, payload) {
    const text = "insert into rows values ($1, $2, $3) on conflict (id) do update set payload = $2";
    await this.ask("upsert", text, `${this.name}:${id}`, payload, payload.grantId ?? null);
  }
  async find(id) {
    return (await this.ask("find", "select payload from rows where id = $1", `${this.name}:${id}`)).rows[0]?.payload;
  }
  async destroy(id) {
    await this.ask("destroy", "delete from rows where id = $1", `${this.name}:${id}`);
  }
  async consume(id) {
    const text = "update rows set payload = jsonb_set(payload, '{consumed}', to_jsonb($2::bigint)) where id = $1";
    await this.ask("consume", text, `${this.name}:${id}`, Math.floor(Date.now() / 1000));
  }
  async revokeByGrantId(grant) {
    await this.ask("revoke", "delete from rows where grant_id = $1", grant);
  }
  async findByUid() {}
  async findByUserCode() {}
}
if (pool) {
  await pool.query("create table rows (id text primary key, payload jsonb not null, grant_id text)");
  await pool.query("create index on rows (grant_id)");
}

const provider = new Provider(issuer, {
  adapter: pool ? Durable : Memory,
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
async function newCode(n) {
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
  return code.save();
}
const codes = await Promise.all(Array.from({ length: count }, (_, n) => newCode(n)));
provider.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ issuer, redirect, codes })));
