/**
 * A hand scanner is a keyboard of the American layout. What the system makes of its keys depends on layout and input method; which keys
 * were pressed does not. This keeps them, beside the field, until Enter.
 */

/** UI Events `code`, without and with shift. @type {Record<string, [string, string]>} */
const KEYS = {
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  Slash: ["/", "?"],
  Period: [".", ">"],
  Semicolon: [";", ":"],
  Space: [" ", " "],
};
const SHIFTED_DIGITS = ")!@#$%^&*(";
const LONGEST = 300;

/**
 * @param {HTMLInputElement} input
 * @param {(text: string, keys: string) => void} onEnter what stands in the field, and what the keys say on an American keyboard
 */
export function listen(input, onEnter) {
  let keys = "";
  input.addEventListener("keydown", (event) => {
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.key === "Enter") {
      event.preventDefault();
      const said = keys;
      keys = "";
      onEnter(input.value, said);
    } else if (event.code === "Backspace" || event.code === "Delete") keys = keys.slice(0, -1);
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && keys.length < LONGEST) keys += letter(event.code, event.shiftKey);
  });
  input.addEventListener("input", () => {
    if (input.value === "") keys = "";
  });
}

/**
 * Whether these keys are a scan and no typing: nobody types the address.
 * @param {string} keys
 */
export function isScan(keys) {
  return /^https?:\/\//i.test(keys);
}

/**
 * @param {string} code
 * @param {boolean} shift
 * @returns {string} empty for a key that writes nothing
 */
function letter(code, shift) {
  const known = KEYS[code];
  if (known) return known[shift ? 1 : 0];
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shift ? SHIFTED_DIGITS[Number(code[5])] : code[5];
  return /^Numpad\d$/.test(code) ? code[6] : "";
}
