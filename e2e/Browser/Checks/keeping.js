// The key store, with the clock in the test's hand.
import { createKey, deleteKey, findKey, keepAfterArrival, listKeys, wipe } from "/js/keystore.js";

export const create = ({ account, now }) => createKey(account, now);

export const find = async ({ account, kid, now }) => {
  const key = await findKey(account, kid, now);
  return key && { claim: key.claim, expiresAt: key.expiresAt };
};

export const count = async (account) => (await listKeys(account)).length;
export const keep = ({ kid, at }) => keepAfterArrival(kid, at);
export const drop = (kid) => deleteKey(kid);
export const wipeAll = () => wipe();

/** Answers how each way of copying the private key out fails. */
export async function copyOut({ account, kid, now }) {
  const { privateKey } = await findKey(account, kid, now);
  const ways = ["jwk", "pkcs8", "raw"].map((format) => crypto.subtle.exportKey(format, privateKey));
  const results = await Promise.allSettled(ways);
  return { extractable: privateKey.extractable, usages: privateKey.usages, failures: results.map((one) => one.status) };
}

/** As in a browser that gives no storage. */
export async function withoutStorage() {
  Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
  try {
    await createKey("account");
    return "accepted";
  } catch (error) {
    return error.code;
  }
}
