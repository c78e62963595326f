import { hex, sha256, utf8Bytes } from "../bytes.js";
import { MyDataError } from "../errors.js";

/**
 * Sends a JWE in pieces, each as small as a request may be.
 * @param {string} jwe
 * @param {{ url: string, token: string, partBytes: number, onProgress: (done: number, total: number) => void }} options
 *   url: without the upload's id; token: of the page's form
 * @returns {Promise<{ id: string, length: number, digest: string }>}
 * @throws MyDataError `network.failed`, `session.ended`, `wire.upload`
 */
export async function upload(jwe, { url, token, partBytes, onProgress }) {
  const bytes = utf8Bytes(jwe);
  const id = crypto.randomUUID();
  for (let at = 0, number = 0; at < bytes.length; at += partBytes, number++) {
    await send(`${url}/${id}/${number}`, bytes.subarray(at, at + partBytes), token);
    onProgress(Math.min(at + partBytes, bytes.length), bytes.length);
  }
  return { id, length: bytes.length, digest: hex(await sha256(bytes)) };
}

/**
 * @param {string} url
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {string} token
 */
async function send(url, body, token) {
  const headers = { "Content-Type": "application/octet-stream", RequestVerificationToken: token };
  let response;
  try {
    response = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
  } catch (error) {
    throw new MyDataError("network.failed", String(error));
  }
  if (response.type === "opaqueredirect" || response.status === 401) throw new MyDataError("session.ended", "redirected");
  if (!response.ok) throw new MyDataError("wire.upload", `answered ${response.status}`);
}
