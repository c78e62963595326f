/**
 * Elements are built here and nowhere else, with text only: what an agency sends never becomes markup.
 *
 * @typedef {Node | string | undefined | false} Child
 */

/**
 * @param {string} name
 * @param {Record<string, string | undefined>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) created.setAttribute(key, value);
  created.append(...children.filter((child) => child !== undefined && child !== false));
  return created;
}

/**
 * @param {string} label
 * @param {string} className
 * @param {() => void} action
 * @returns {HTMLElement}
 */
export function button(label, className, action) {
  const created = element("button", { type: "button", class: className }, label);
  created.addEventListener("click", action);
  return created;
}

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement}
 */
export function required(selector, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * The page's data and texts: a block of type application/json, written by the server.
 * @param {string} id
 * @returns {any}
 */
export function readBlock(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
