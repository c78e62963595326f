import { element } from "./dom.js";

/** Object URLs that are alive. @type {Set<string>} */
const urls = new Set();
/** By then the browser has taken the file over. ms */
const TAKEN_OVER = 30_000;

/**
 * Hands a file to her. This is the one place that makes an object URL: for a download, never for something shown.
 * @param {Uint8Array<ArrayBuffer>} content
 * @param {string} name
 */
export function saveFile(content, name) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  urls.add(url);
  element("a", { href: url, download: name }).click();
  setTimeout(() => revoke(url), TAKEN_OVER);
}

/** Nothing that was handed over stays reachable. */
export function revokeFiles() {
  urls.forEach(revoke);
}

/** @param {string} url */
function revoke(url) {
  URL.revokeObjectURL(url);
  urls.delete(url);
}
