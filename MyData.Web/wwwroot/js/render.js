import { decodeBase64 } from "./base64url.js";
import { fill, formatGregorian, formatMoment, formatRoc, parseIsoDate, parseRocDate, toIso } from "./dates.js";
import { button, element } from "./dom.js";
import { isObject } from "./json.js";

/**
 * The readable view of data.json. Everything that an agency wrote is set as text; the schema only chooses the label and
 * the form, and where the data is not what the schema says, it is shown as it is.
 *
 * @typedef {Record<string, any>} Schema JSON Schema draft 2020-12
 * @typedef {object} View
 * @property {string} language BCP 47 of the page
 * @property {Record<string, string>} strings texts of the page
 */

const DEPTH = 8;
const ROWS_AT_FIRST = 100;
const ROWS_MORE = 1000;
const PICTURE_LIMIT = 8 * 1024 * 1024;
/** @type {Record<string, number[]>} */
const MAGIC = {
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  "image/jpeg": [0xff, 0xd8, 0xff],
};

/**
 * @param {unknown} data
 * @param {Schema} schema
 * @param {View} view
 * @returns {HTMLElement}
 */
export function renderData(data, schema, view) {
  return element("div", { class: "data" }, renderValue(data, schema, "", { ...view, root: schema }, 0));
}

/**
 * title is zh-TW, titleEn English; a field without them goes by its name.
 * @param {Schema} schema
 * @param {string} name
 * @param {string} language
 * @returns {string}
 */
export function labelOf(schema, name, language) {
  const candidates = language.startsWith("en") ? [schema.titleEn, schema.title] : [schema.title];
  return candidates.find((one) => typeof one === "string" && one !== "") ?? name;
}

/** @typedef {View & { root: Schema }} Context */

/**
 * @param {unknown} value
 * @param {Schema} described
 * @param {string} label
 * @param {Context} context
 * @param {number} depth
 * @returns {HTMLElement}
 */
function renderValue(value, described, label, context, depth) {
  const schema = resolve(described, context.root);
  if (value === null || value === undefined || value === "") return nothing(context);
  if (depth > DEPTH) return text(JSON.stringify(value));
  if (Array.isArray(value)) return renderArray(value, schema, label, context, depth);
  if (isObject(value)) return renderObject(value, schema, context, depth);
  if (typeof value === "boolean") return text(value ? context.strings.yes : context.strings.no);
  return renderScalar(/** @type {string | number} */ (value), schema, label, context);
}

/**
 * @param {Record<string, unknown>} value
 * @param {Schema} schema
 * @param {Context} context
 * @param {number} depth
 */
function renderObject(value, schema, context, depth) {
  if (Object.keys(value).length === 0) return nothing(context);
  const list = element("dl", { class: "facts facts-lined" });
  for (const { name, schema: field } of fieldsOf(schema, [value])) {
    if (!Object.hasOwn(value, name)) continue;
    const label = labelOf(resolve(field, context.root), name, context.language);
    const shown = renderValue(value[name], field, label, context, depth + 1);
    // A field of the data set itself, by which a correction names it.
    const mark = depth === 0 ? { "data-field": name } : {};
    list.append(element("div", mark, element("dt", { dir: "auto" }, label), element("dd", {}, shown)));
  }
  return list;
}

/**
 * @param {unknown[]} values
 * @param {Schema} schema
 * @param {string} label
 * @param {Context} context
 * @param {number} depth
 */
function renderArray(values, schema, label, context, depth) {
  const items = resolve(isObject(schema.items) ? schema.items : {}, context.root);
  if (values.length === 0) return nothing(context);
  if (values.every(isFlat)) return renderTable(values, items, label, context, depth);
  const shown = values.map((value) => element("li", {}, renderValue(value, items, label, context, depth + 1)));
  return element("ul", values.some(isObject) ? { class: "plain-list" } : {}, ...shown);
}

/**
 * Rows with parts of their own make no table; they stand one below the other.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isFlat(value) {
  return isObject(value) && Object.values(value).every((one) => typeof one !== "object" || one === null);
}

/**
 * On a phone the rows become cards, so each cell carries its column's label.
 * @param {Record<string, unknown>[]} rows
 * @param {Schema} items
 * @param {string} label
 * @param {Context} context
 * @param {number} depth
 */
function renderTable(rows, items, label, context, depth) {
  const columns = fieldsOf(items, rows.slice(0, ROWS_AT_FIRST)).map(({ name, schema }) => ({
    name,
    schema,
    label: labelOf(resolve(schema, context.root), name, context.language),
  }));
  const heads = columns.map((column) => element("th", { scope: "col", dir: "auto" }, column.label));
  const body = element("tbody");
  const count = fill(context.strings.rows, { count: rows.length.toLocaleString(context.language) });
  const caption = element("caption", { class: "muted small" }, count);
  const table = element("table", { class: "table-cards" }, caption, element("thead", {}, element("tr", {}, ...heads)), body);

  /** @param {Record<string, unknown>} row */
  const addRow = (row) => {
    const cells = columns.map(({ name, schema, label: head }) =>
      element("td", { "data-label": head }, renderValue(Object.hasOwn(row, name) ? row[name] : undefined, schema, head, context, depth + 1)),
    );
    body.append(element("tr", {}, ...cells));
  };
  rows.slice(0, ROWS_AT_FIRST).forEach(addRow);
  const scroll = element("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": [label, count].filter(Boolean).join(" · ") }, table);
  const whole = element("div", { class: "table" }, scroll);
  if (rows.length > ROWS_AT_FIRST) whole.append(moreOf(rows, body, addRow, context));
  return whole;
}

/**
 * The button for the rows that are not shown yet. Paper has no button: it gets them all, and the screen its own again.
 * @param {Record<string, unknown>[]} rows
 * @param {HTMLElement} body
 * @param {(row: Record<string, unknown>) => void} addRow
 * @param {Context} context
 */
function moreOf(rows, body, addRow, context) {
  let shown = ROWS_AT_FIRST;
  const more = button(context.strings.more, "link-button no-print", () => {
    rows.slice(shown, shown + ROWS_MORE).forEach(addRow);
    shown += ROWS_MORE;
    if (shown >= rows.length) more.remove();
  });
  addEventListener("beforeprint", () => body.isConnected && rows.slice(body.childElementCount).forEach(addRow));
  addEventListener("afterprint", () => [...body.children].slice(shown).forEach((row) => row.remove()));
  return more;
}

/**
 * @param {string | number} value
 * @param {Schema} schema
 * @param {string} label
 * @param {Context} context
 * @returns {HTMLElement}
 */
function renderScalar(value, schema, label, context) {
  if (isPicture(schema)) return renderPicture(value, schema, label, context);
  const named = [schema.oneOf, schema.anyOf].flat().find((one) => isObject(one) && one.const === value);
  if (named) return text(labelOf(named, String(value), context.language));
  switch (schema.format) {
    case "roc-date":
      return renderDay(parseRocDate(value), value, context);
    case "date":
      return renderDay(parseIsoDate(value), value, context);
    case "date-time":
      return renderMoment(value, context);
    case "unix-time":
      return Number.isSafeInteger(value) ? renderTime(new Date(Number(value) * 1000), context) : text(String(value));
    case "twd":
      return text(formatMoney(value, context));
    default:
      return text(typeof value === "number" ? value.toLocaleString(context.language, { maximumFractionDigits: 20 }) : value);
  }
}

/**
 * @param {import("./dates.js").Day | undefined} day
 * @param {string | number} value
 * @param {Context} context
 */
function renderDay(day, value, context) {
  if (!day) return text(String(value));
  const gregorian = formatGregorian(day, context.language);
  if (context.language.startsWith("en")) return element("time", { datetime: toIso(day) }, gregorian);
  return element("time", { datetime: toIso(day), title: gregorian }, formatRoc(day, context.strings.rocDate));
}

/**
 * @param {string | number} value
 * @param {Context} context
 */
function renderMoment(value, context) {
  const moment = new Date(value);
  const stated = typeof value === "string" && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value);
  return stated && !Number.isNaN(moment.getTime()) ? renderTime(moment, context) : text(String(value));
}

/**
 * @param {Date} moment
 * @param {View} view
 * @returns {HTMLElement}
 */
export function renderTime(moment, view) {
  const { shown, gregorian } = formatMoment(moment, view.language, view.strings.rocDate);
  return element("time", { datetime: moment.toISOString(), title: shown.startsWith(gregorian) ? undefined : gregorian }, shown);
}

/**
 * New Taiwan dollars, whole ones; anything else is shown as it came.
 * @param {string | number} value
 * @param {View} view
 */
function formatMoney(value, view) {
  const digits = String(value);
  if (!/^-?\d{1,30}$/.test(digits)) return digits;
  return fill(view.strings.money, { amount: BigInt(digits).toLocaleString(view.language) });
}

/** @param {Schema} schema */
function isPicture(schema) {
  return typeof schema.contentMediaType === "string" && schema.contentMediaType.startsWith("image/");
}

/**
 * A picture only where type and first bytes agree: no SVG, nothing that runs.
 * @param {string | number} value
 * @param {Schema} schema
 * @param {string} label
 * @param {Context} context
 */
function renderPicture(value, schema, label, context) {
  const type = schema.contentMediaType;
  const source = typeof value === "string" ? value.replace(/[\r\n\t ]/g, "") : "";
  const magic = Object.hasOwn(MAGIC, type) && schema.contentEncoding === "base64" ? MAGIC[type] : undefined;
  const start = magic && source.length <= PICTURE_LIMIT ? firstBytes(source) : new Uint8Array();
  if (!magic || !magic.every((byte, i) => start[i] === byte)) {
    return element("span", { class: "none" }, context.strings.pictureRefused);
  }
  return element("img", { src: `data:${type};base64,${source}`, alt: label, class: "picture" });
}

/** @param {string} base64 */
function firstBytes(base64) {
  try {
    return decodeBase64(base64);
  } catch {
    return new Uint8Array();
  }
}

/**
 * The schema's fields in its order, then what the data has beside them.
 * @param {Schema} schema
 * @param {Record<string, unknown>[]} samples
 * @returns {{ name: string, schema: Schema }[]}
 */
function fieldsOf(schema, samples) {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = new Set(Object.keys(properties));
  for (const sample of samples) for (const name of Object.keys(sample)) names.add(name);
  return [...names].map((name) => ({ name, schema: Object.hasOwn(properties, name) ? properties[name] : {} }));
}

/**
 * `$ref` inside the same document only.
 * @param {unknown} schema
 * @param {Schema} root
 * @returns {Schema}
 */
function resolve(schema, root) {
  const found = isObject(schema) ? schema : {};
  const name = /^#\/\$defs\/([\w-]+)$/.exec(found.$ref)?.[1];
  if (name === undefined || !isObject(root.$defs) || !Object.hasOwn(root.$defs, name)) return found;
  return { ...(isObject(root.$defs[name]) ? root.$defs[name] : {}), ...found };
}

/** @param {Context} context */
function nothing(context) {
  return element("span", { class: "none" }, context.strings.none);
}

/** @param {string} value */
function text(value) {
  return element("bdi", { class: "value" }, value);
}
