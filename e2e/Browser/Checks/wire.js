// What the module of the national wire builds. Bytes come over as base64.
import { decodeBase64 } from "/js/base64url.js";
import { buildDelivery, makeKey } from "/js/wire/delivery.js";

export const build = ({ items, packages, mode }) =>
  buildDelivery(items, new Map(Object.entries(packages).map(([id, text]) => [id, decodeBase64(text)])), mode, "tx.zip");

export const keys = ({ count }) => Array.from({ length: count }, makeKey);
