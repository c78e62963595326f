/** @typedef {import("./qr.js").Matrix} Matrix */

const SVG = "http://www.w3.org/2000/svg";
/** ISO/IEC 18004 §5.3.8: four modules. */
const QUIET = 4;

/**
 * A code as a picture, always dark on light.
 * @param {Matrix} matrix
 * @param {string} label for who does not see it
 * @returns {SVGSVGElement}
 */
export function drawCode(matrix, label) {
  const size = matrix.length + 2 * QUIET;
  const picture = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("class", "code-picture");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  picture.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "path");
  ground.setAttribute("fill", "#fff");
  ground.setAttribute("d", `M0 0h${size}v${size}H0z`);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("fill", "#000");
  const squares = matrix.flatMap((row, y) => row.map((on, x) => (on ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")));
  dark.setAttribute("d", squares.join(""));
  picture.append(ground, dark);
  return picture;
}
