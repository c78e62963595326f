// What people see: every value shown as text, whatever it is.
import { renderData } from "/js/render.js";
import { parseForShowing } from "/js/json.js";
import { cardOf, failureOf, fileName } from "/js/pages/preview.js";
import { MyDataError } from "/js/errors.js";

const FORMATS = ["roc-date", "date", "date-time", "twd"];

/** A schema with a field of every kind, all of them holding the same value; its own labels hold it too. */
function everywhere(value) {
  const labelled = (more) => ({ title: value, titleEn: value, ...more });
  const properties = {
    plain: labelled({ type: "string" }),
    ...Object.fromEntries(FORMATS.map((format) => [format, labelled({ type: "string", format })])),
    picture: labelled({ type: "string", contentEncoding: "base64", contentMediaType: "image/png" }),
    vector: labelled({ type: "string", contentEncoding: "base64", contentMediaType: "image/svg+xml" }),
    named: labelled({ oneOf: [{ const: value, title: value, titleEn: value }] }),
    list: labelled({ type: "array", items: { type: "string" } }),
    table: labelled({ type: "array", items: { type: "object", properties: { cell: labelled({ type: "string" }) } } }),
    nested: labelled({ type: "object", properties: { inner: labelled({ type: "string" }) } }),
    deep: labelled({ type: "array", items: { type: "object" } }),
  };
  const data = Object.fromEntries(["plain", ...FORMATS, "picture", "vector", "named", "unknown"].map((name) => [name, value]));
  Object.assign(data, { list: [value], table: [{ cell: value, more: value }], nested: { inner: value }, deep: [{ a: [{ b: value }] }] });
  Object.defineProperty(data, value === "" ? "empty" : value, { value, enumerable: true });
  return { schema: { type: "object", properties }, data };
}

/** Shows each string everywhere; answers what was not shown as itself, and elements that nobody meant. */
export function hostile({ strings, values, language }) {
  const expected = new Set(["DIV", "DL", "DT", "DD", "BDI", "SPAN", "UL", "LI", "TABLE", "CAPTION", "THEAD", "TBODY", "TR", "TH", "TD", "TIME"]);
  const faults = [];
  let shown = 0;
  for (const value of values) {
    const { schema, data } = everywhere(value);
    const root = renderData(data, schema, { language, strings });
    document.body.append(root);
    for (const element of root.querySelectorAll("*")) {
      if (!expected.has(element.tagName)) faults.push(`${element.tagName} for ${JSON.stringify(value)}`);
      for (const { name } of element.attributes) if (/^on|^src|^href|^style/.test(name)) faults.push(`${name} for ${JSON.stringify(value)}`);
    }
    const texts = [...root.querySelectorAll("bdi, time")].map((element) => element.textContent);
    const itself = texts.filter((text) => text === value).length;
    // Pictures and empty values are shown as words of ours, dates and money in their form.
    if (value !== "" && itself < 7) faults.push(`${JSON.stringify(value)} shown ${itself} times`);
    shown += itself;
    root.remove();
  }
  return { faults, shown };
}

/** The same strings as codes of an error, as names of files and in a CSV. */
export function hostileElsewhere({ strings, values, language }) {
  const view = { language, strings };
  const faults = [];
  for (const value of values) {
    const failure = failureOf(new MyDataError(value, value), view, { reference: value });
    const files = new Map([
      ["data.json", new TextEncoder().encode("{}")],
      [value, new Uint8Array(3)],
      [`${value}.csv`, new TextEncoder().encode(`a,b\n"${value.replaceAll('"', '""')}",x\n`)],
    ]);
    const card = cardOf({ files }, {}, view);
    document.body.append(failure, ...card);
    const found = document.body.querySelectorAll("script, img, iframe, svg, a, form, input, object, embed, style, link").length;
    if (found > 0) faults.push(`${found} elements for ${JSON.stringify(value)}`);
    const name = fileName([value, "x"], "zip");
    if (/[/\\:*?"<>|\u0000-\u001f\u202a-\u202e]/.test(name) || [...name].length > 100 || name.startsWith(".")) faults.push(name);
    document.body.replaceChildren();
  }
  return faults;
}

export const show = ({ strings, language, data, schema }) => {
  const root = renderData(data, schema, { language, strings });
  document.body.replaceChildren(root);
  return { text: root.innerText, html: root.outerHTML.length };
};

/** A table of so many rows; answers how many the screen has at first, and notes how many paper gets. */
export const printable = ({ strings, language, rows }) => {
  const data = { table: Array.from({ length: rows }, (_, row) => ({ row })) };
  document.body.replaceChildren(renderData(data, {}, { language, strings }));
  const count = () => document.querySelectorAll("tbody > tr").length;
  addEventListener("beforeprint", () => (document.body.dataset.printed = count()));
  return count();
};

export const parse = (text) => parseForShowing(new TextEncoder().encode(text), "data.format");

export const parseCode = (text) => {
  try {
    parseForShowing(new TextEncoder().encode(text), "data.format");
    return "accepted";
  } catch (error) {
    return error.code;
  }
};
