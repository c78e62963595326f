import { utf8Text } from "./bytes.js";
import { demand, refuse } from "./errors.js";
import { parseJsonObject } from "./json.js";
import { verifyJws } from "./jws.js";

/** @typedef {import("./jwk.js").Jwk} Jwk */

/** A receipt is some kilobytes; what is larger is not one. */
const LIMIT = 1024 * 1024;
const TYPE = "consent-receipt+jwt";

/**
 * A consent receipt (ISO/IEC TS 27560 fields) as a JWS of the platform.
 * @param {Uint8Array} bytes of the .jws file
 * @param {Jwk[]} keys of the platform, past ones too
 * @returns {Promise<{ header: Record<string, any>, receipt: Record<string, any>, key: Jwk }>}
 * @throws MyDataError `receipt.format`, and as `verifyJws`
 */
export async function verifyReceipt(bytes, keys) {
  demand(bytes.length <= LIMIT, "receipt.format", "too large for a receipt");
  const { header, payload, key } = await verifyJws(readText(bytes), keys, ["ES256", "PS256"], TYPE);
  return { header, receipt: parseJsonObject(payload, "receipt.format"), key };
}

/** @param {Uint8Array} bytes */
function readText(bytes) {
  try {
    return utf8Text(bytes).trim();
  } catch {
    return refuse("receipt.format", "not a text");
  }
}
