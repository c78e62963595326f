import { decode, encode } from "/js/base64url.js";
import { readCode } from "/js/counter/code.js";
import { drawCode } from "/js/counter/drawing.js";
import { commitment, digits, freshNonce, freshPair, isCommitted } from "/js/counter/handshake.js";
import { qrMatrix } from "/js/counter/qr.js";
import { ticketKey } from "/js/counter/ticketkey.js";
import { listen } from "/js/counter/wedge.js";
import { wrapAesKw } from "/js/jwe.js";

export const matrix = ({ text, mask }) => qrMatrix(text, { mask }).map((row) => row.map((on) => (on ? "1" : "0")).join(""));

export function draw(text) {
  const picture = drawCode(qrMatrix(text), "code");
  picture.setAttribute("width", "600");
  document.body.replaceChildren(picture);
}

export function read(text) {
  try {
    return readCode(text);
  } catch (error) {
    return { refused: error.code };
  }
}

const side = async () => ({ key: (await freshPair()).jwk, nonce: freshNonce() });

/** Both sides among themselves; then with somebody between who plays the holder to the clerk and the clerk to the holder. */
export async function play(number) {
  const [clerk, holder, falseClerk, falseHolder] = await Promise.all([side(), side(), side(), side()]);
  const promised = await commitment(number, clerk);
  return {
    clerk: await digits(number, clerk, holder),
    holder: await digits(number, clerk, holder),
    kept: await isCommitted(number, clerk, promised),
    swappedClerk: await digits(number, clerk, falseHolder),
    swappedHolder: await digits(number, falseClerk, holder),
    brokenPromise: await isCommitted(number, { ...falseClerk, nonce: clerk.nonce }, promised),
  };
}

const CODES = { ":": ["Semicolon", true], "/": ["Slash", false], ".": ["Period", false], "#": ["Digit3", true], "-": ["Minus", false] };

/** Keys as a scanner presses them, while the layout makes other letters of them. */
export function wedge(text) {
  const input = document.createElement("input");
  document.body.replaceChildren(input);
  return new Promise((resolve) => {
    listen(input, (_, keys) => resolve(keys));
    for (const letter of text) {
      const [code, shiftKey] = CODES[letter] ?? (/\d/.test(letter) ? [`Digit${letter}`, false] : [`Key${letter}`, true]);
      input.dispatchEvent(new KeyboardEvent("keydown", { code, shiftKey, key: "Process", isComposing: true }));
      input.value += "ㄅ";
    }
    input.dispatchEvent(new KeyboardEvent("keydown", { code: "Enter", key: "Process" }));
  });
}

export async function wrapBySecret({ number, secret, content }) {
  const { privateKey } = await ticketKey(number, secret);
  return encode(await wrapAesKw(privateKey, decode(content)));
}
