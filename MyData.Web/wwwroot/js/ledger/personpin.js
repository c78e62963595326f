import { encode } from "../base64url.js";
import { concat, sha256, utf8Bytes } from "../bytes.js";
import { MyDataError } from "../errors.js";

/**
 * What this browser remembers of one account in one log: a fingerprint of her key, how many of her tags it found, and where the last one
 * stood. A platform that later gives another key, or shows fewer records, is found by it. Goes with signing out of a shared computer and
 * with the account.
 *
 * @typedef {object} PersonPin
 * @property {string} account
 * @property {string} origin of the log
 * @property {string | undefined} key fingerprint; none while nothing was recorded about her
 * @property {number} known tags of hers
 * @property {import("./person.js").Found | undefined} last of them
 * @property {number} at ms
 */

const DATABASE = "mydata-ledger";
const STORE = "people";

/**
 * @param {import("../bytes.js").Bytes} key hers
 * @returns {Promise<string>}
 */
export async function fingerprint(key) {
  return encode(await sha256(concat(utf8Bytes("mydata.ledger/pin/v1\n"), key)));
}

/**
 * @param {string} account
 * @param {string} origin
 * @returns {Promise<PersonPin | undefined>} undefined where there is none, or the browser keeps nothing
 */
export async function readPersonPin(account, origin) {
  try {
    return await run("readonly", (store) => store.get([account, origin]));
  } catch {
    return undefined;
  }
}

/** @param {PersonPin} pin */
export async function writePersonPin(pin) {
  try {
    await run("readwrite", (store) => store.put(pin));
  } catch {
    // Private windows keep nothing; then the next visit has nothing to compare with, and says so.
  }
}

/** Of every account. */
export async function forgetPeople() {
  await run("readwrite", (store) => store.clear());
}

/**
 * That what the platform gives is no less than what this browser saw before.
 * @param {PersonPin | undefined} pin
 * @param {string | undefined} key fingerprint
 * @param {number} known tags of hers that were found
 * @throws MyDataError `ledger.key_changed`, `ledger.records_fewer`
 */
export function demandNoLess(pin, key, known) {
  if (pin?.key !== undefined && pin.key !== key) throw new MyDataError("ledger.key_changed", "another key than before");
  if (pin !== undefined && pin.known > known)
    throw new MyDataError("ledger.records_fewer", "fewer records than before", `${pin.known} → ${known}`);
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>}
 */
async function run(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["account", "origin"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
