import { MyDataError } from "../errors.js";

/** An answer with this status says that there is something other than a page here. */
const PATIENCE = 30_000;

/**
 * Sends a form of ours, with the token of the page that it belongs to.
 * @param {string} url
 * @param {Record<string, string>} [fields]
 * @returns {Promise<any>} the answer's JSON; null where it has none
 * @throws MyDataError the code in the answer, `session.ended`, `network.failed`
 */
export async function post(url, fields = {}) {
  const token = document.querySelector("input[name=_form]");
  const own = token instanceof HTMLInputElement ? { [token.name]: token.value } : {};
  return answered(url, { method: "POST", body: new URLSearchParams({ ...own, ...fields }) });
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 * @throws MyDataError as `post`
 */
export function get(url) {
  return answered(url, { method: "GET" });
}

/**
 * Calls `onState` with each new state, until it returns false. What breaks off is tried again.
 * @param {(seen: number) => string} url
 * @param {(state: any) => Promise<boolean> | boolean} onState
 * @param {(lost: boolean) => void} [onConnection]
 */
export async function follow(url, onState, onConnection = () => {}) {
  let seen = -1;
  for (let failures = 0; ; ) {
    try {
      const state = await answered(url(seen), { method: "GET", signal: AbortSignal.timeout(PATIENCE) });
      if (failures > 0) onConnection(false);
      failures = 0;
      if (state.version === seen) continue;
      seen = state.version;
      if (!(await onState(state))) return;
    } catch (error) {
      const lost = error instanceof MyDataError && (error.code === "network.failed" || error.code === "relay.failed");
      if (!lost) throw error;
      onConnection(true);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** failures++, 5_000)));
    }
  }
}

/**
 * @param {string} url
 * @param {RequestInit} request
 */
async function answered(url, request) {
  let response;
  try {
    response = await fetch(url, { ...request, cache: "no-store", credentials: "same-origin", redirect: "manual" });
  } catch (error) {
    throw new MyDataError("network.failed", String(error));
  }
  if (response.type === "opaqueredirect" || response.status === 401) throw new MyDataError("session.ended", "redirected");
  const json = await response.json().catch(() => null);
  if (response.ok) return json;
  const code = /^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(json?.code ?? "") ? json.code : "relay.failed";
  throw Object.assign(new MyDataError(code, `answered ${response.status}`), { until: json?.until });
}
