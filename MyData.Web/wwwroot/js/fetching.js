import { MyDataError, refuse } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

/** What the answer means where its body names no code of its own. @type {Record<number, string>} */
const STATUS = { 401: "session.ended", 403: "relay.claim_refused", 404: "relay.not_ready" };

/**
 * Reads an answer of our own origin in pieces.
 * @param {string} url
 * @param {{ headers?: Record<string, string>, limit: number, onProgress?: (done: number, total: number | undefined) => void }} options
 *   limit and progress in bytes
 * @returns {Promise<Bytes>}
 * @throws MyDataError `network.failed`, `network.too_large`, `session.ended`, `relay.…`, or the code in the answer
 */
export async function fetchBytes(url, { headers = {}, limit, onProgress = () => {} }) {
  const response = await request(url, headers);
  if (!response.ok || !response.body) throw await refusal(response);
  const total = Number(response.headers.get("Content-Length")) || undefined;
  /** @type {Uint8Array[]} */
  const pieces = [];
  let done = 0;
  const reader = response.body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      done += piece.value.length;
      if (done > limit) refuse("network.too_large", "more than may come");
      onProgress(done, total);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof MyDataError ? error : new MyDataError("network.failed", String(error));
  }
  return joined(pieces, done);
}

/**
 * A redirect means the sign-in page, which is no answer here.
 * @param {string} url
 * @param {Record<string, string>} headers
 */
async function request(url, headers) {
  try {
    return await fetch(url, { headers, cache: "no-store", credentials: "same-origin", redirect: "manual" });
  } catch (error) {
    return refuse("network.failed", String(error));
  }
}

/** @param {Response} response */
async function refusal(response) {
  if (response.type === "opaqueredirect") return new MyDataError("session.ended", "redirected");
  let code = STATUS[response.status] ?? "relay.failed";
  try {
    const problem = await response.json();
    if (/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(problem.code)) code = problem.code;
  } catch {
    // Not every refusal has a body; the status says enough.
  }
  return new MyDataError(code, `answered ${response.status}`);
}

/**
 * @param {Uint8Array[]} pieces
 * @param {number} length
 * @returns {Bytes}
 */
function joined(pieces, length) {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
