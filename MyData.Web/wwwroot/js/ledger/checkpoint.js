import { demand } from "../errors.js";
import { Lines, parseDecimal, parseHash } from "./text.js";

/**
 * What a log says of itself at one size (c2sp.org/tlog-checkpoint); the twin of MyData.Core/Ledger/Notes/Checkpoint.cs.
 *
 * @typedef {{ origin: string, size: bigint, root: import("../bytes.js").Bytes, extensions: string[] }} Checkpoint
 */

const MAX_EXTENSIONS = 16;

/**
 * @param {string} text of a note
 * @returns {Checkpoint}
 * @throws MyDataError `checkpoint.format`, `checkpoint.origin`, `checkpoint.size`, `checkpoint.root`, `checkpoint.extension`
 */
export function parseCheckpoint(text) {
  const lines = new Lines(text);
  const [origin, sizeLine, rootLine] = [lines.next(), lines.next(), lines.next()];
  demand(origin !== undefined && rootLine !== undefined, "checkpoint.format", "fewer than three lines");
  demand(origin !== "", "checkpoint.origin", "the origin is empty");
  const size = parseDecimal(sizeLine, "checkpoint.size");
  const root = parseHash(rootLine, "checkpoint.root");
  const extensions = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) extensions.push(line);
  const fine = lines.rest === "" && !extensions.includes("") && extensions.length <= MAX_EXTENSIONS;
  demand(fine, "checkpoint.extension", "an empty line, or too many");
  return { origin, size, root, extensions };
}
