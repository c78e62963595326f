import { encode } from "./base64url.js";
import { sha256, utf8Bytes } from "./bytes.js";
import { MyDataError, refuse } from "./errors.js";
import { thumbprint } from "./jwk.js";

/**
 * Her keys rest in IndexedDB, which a thief of the unlocked browser profile may use but, the private key not being
 * extractable, cannot copy out with script. What he could do: open packages that the relay still gives this claim.
 *
 * @typedef {object} StoredKey
 * @property {string} kid RFC 7638 thumbprint of the public key
 * @property {string} account whose it is; nobody else's page gets it
 * @property {CryptoKey} privateKey ECDH P-256, not extractable
 * @property {string} claim 32 random bytes, base64url: binds the package on the relay to this browser
 * @property {number} createdAt ms
 * @property {number} expiresAt ms
 */
/**
 * @typedef {object} NewKey what the consent form sends
 * @property {string} kid
 * @property {{ kty: string, crv: string, x: string, y: string, kid: string, use: string, alg: string }} jwk public
 * @property {string} claimHash base64url of SHA-256 over the claim's ASCII text
 */

const DATABASE = "mydata";
const STORE = "keys";
const HOUR = 3_600_000;
/** Until a package has arrived: 8 h of the token, and 8 h on the relay. */
const AT_FIRST = 16 * HOUR;
const AFTER_ARRIVAL = 8 * HOUR;
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/**
 * A fresh pair for one consent.
 * @param {string} account
 * @param {number} [now] ms
 * @returns {Promise<NewKey>}
 * @throws MyDataError `keystore.unavailable`
 */
export async function createKey(account, now = Date.now()) {
  await purge(now);
  const { privateKey, publicKey } = await generate();
  const { x, y } = /** @type {{ x: string, y: string }} */ (await crypto.subtle.exportKey("jwk", publicKey));
  const bare = { kty: "EC", crv: "P-256", x, y };
  const kid = await thumbprint(bare);
  const claim = encode(crypto.getRandomValues(new Uint8Array(32)));
  const claimHash = encode(await sha256(utf8Bytes(claim)));
  await run("readwrite", (store) => store.put({ kid, account, privateKey, claim, createdAt: now, expiresAt: now + AT_FIRST }));
  return { kid, jwk: { ...bare, kid, use: "enc", alg: "ECDH-ES+A256KW" }, claimHash };
}

/**
 * @param {string} account
 * @param {string} kid
 * @param {number} [now] ms
 * @returns {Promise<StoredKey | undefined>} undefined where it is gone, has run out, or is another account's
 * @throws MyDataError `keystore.unavailable`
 */
export async function findKey(account, kid, now = Date.now()) {
  await purge(now);
  const key = await run("readonly", (store) => store.get(kid));
  return key?.account === account ? key : undefined;
}

/**
 * @param {string} account
 * @returns {Promise<StoredKey[]>}
 */
export async function listKeys(account) {
  const keys = await run("readonly", (store) => store.getAll());
  return /** @type {StoredKey[]} */ (keys).filter((key) => key.account === account);
}

/**
 * A package has come: the key now lives until 8 h after the last of them.
 * @param {string} kid
 * @param {number} at ms, when the last package of the consent arrived
 */
export async function keepAfterArrival(kid, at) {
  const key = await run("readonly", (store) => store.get(kid));
  if (key) await run("readwrite", (store) => store.put({ ...key, expiresAt: at + AFTER_ARRIVAL }));
}

/** @param {string} kid */
export async function deleteKey(kid) {
  await run("readwrite", (store) => store.delete(kid));
}

/** Every key of every account: sign-out from a shared computer. */
export async function wipe() {
  await run("readwrite", (store) => store.clear());
}

/** @param {number} now ms */
export async function purge(now = Date.now()) {
  const keys = /** @type {StoredKey[]} */ (await run("readonly", (store) => store.getAll()));
  for (const key of keys) if (key.expiresAt <= now) await deleteKey(key.kid);
}

/** @returns {Promise<CryptoKeyPair>} */
async function generate() {
  try {
    return await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  } catch (error) {
    // Without a secure context crypto.subtle is undefined.
    return refuse("keystore.unavailable", String(error));
  }
}

/**
 * One transaction, finished on disk before the promise is.
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>}
 * @throws MyDataError `keystore.unavailable`
 */
async function run(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(unavailable(transaction.error));
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "kid" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => reject(unavailable(request.error));
    } catch (error) {
      reject(unavailable(error));
    }
  });
}

/** @param {unknown} cause */
function unavailable(cause) {
  return new MyDataError("keystore.unavailable", String(cause));
}
