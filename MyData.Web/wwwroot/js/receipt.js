import { utf8Text } from "./bytes.js";
import { demand, refuse } from "./errors.js";
import { parseJsonObject } from "./json.js";
import { verifyJws } from "./jws.js";

/** @typedef {import("./jwk.js").Jwk} Jwk */

/** A receipt is some kilobytes; what is larger is not one. */
const LIMIT = 1024 * 1024;
const TYPE = "consent-receipt+jwt";

/** Seconds by which two clocks of the platform may differ. */
const SKEW = 60;

/**
 * A consent receipt (ISO/IEC TS 27560 fields) as a JWS of the platform.
 * @param {Uint8Array} bytes of the .jws file
 * @param {Jwk[]} keys of the platform, past ones too
 * @returns {Promise<{ header: Record<string, any>, receipt: Record<string, any>, key: Jwk }>}
 * @throws MyDataError `receipt.format`; `receipt.period`: its key did not sign at that time; and as `verifyJws`
 */
export async function verifyReceipt(bytes, keys) {
  demand(bytes.length <= LIMIT, "receipt.format", "too large for a receipt");
  const { header, payload, key } = await verifyJws(readText(bytes), keys, ["ES256", "PS256"], TYPE);
  const receipt = parseJsonObject(payload, "receipt.format");
  demandPeriod(receipt, key);
  return { header, receipt, key };
}

/**
 * Whoever steals a key that is retired must not date a receipt today; the old ones stay good. `nbf` and `exp` of the key are
 * seconds since 1970, as in a JWT.
 * @param {Record<string, any>} receipt
 * @param {Jwk} key
 */
function demandPeriod(receipt, key) {
  const times = [key.nbf, key.exp].filter((time) => time !== undefined);
  if (times.length === 0) return;
  demand(times.every(Number.isFinite), "jwk.invalid", "a time is not a number");
  demand(Number.isSafeInteger(receipt.iat), "receipt.format", "does not say when it was issued");
  const [from = -Infinity, end = Infinity] = [key.nbf, key.exp];
  const within = receipt.iat + SKEW >= from && receipt.iat - SKEW < end;
  demand(within, "receipt.period", "its key did not sign at that time", String(receipt.iat));
}

/** @param {Uint8Array} bytes */
function readText(bytes) {
  try {
    return utf8Text(bytes).trim();
  } catch {
    return refuse("receipt.format", "not a text");
  }
}
