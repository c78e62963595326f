/**
 * In an order that nobody can foretell (Fisher and Yates).
 * @template T
 * @param {T[]} items
 * @returns {T[]} a new list
 */
export function shuffled(items) {
  const list = [...items];
  for (let at = list.length - 1; at > 0; at--) {
    const other = below(at + 1);
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}

/** @param {number} limit @returns {number} each with the same chance */
function below(limit) {
  const most = Math.floor(0x1_0000_0000 / limit) * limit;
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < most) return drawn % limit;
  }
}
