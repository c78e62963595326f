/** Dates as people here read them: 民國 with the Gregorian year beside it; Gregorian in English pages. */

/** @typedef {{ year: number, month: number, day: number }} Day Gregorian */

const ROC_OFFSET = 1911;

/**
 * The agencies' seven digits, yyyMMdd in ROC years, for instance `0840312`.
 * @param {unknown} text
 * @returns {Day | undefined} undefined where it is no date
 */
export function parseRocDate(text) {
  const match = /^(\d{3})(\d\d)(\d\d)$/.exec(typeof text === "string" ? text : "");
  return match ? existing(Number(match[1]) + ROC_OFFSET, Number(match[2]), Number(match[3])) : undefined;
}

/**
 * RFC 3339 full-date.
 * @param {unknown} text
 * @returns {Day | undefined}
 */
export function parseIsoDate(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typeof text === "string" ? text : "");
  return match ? existing(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
}

/**
 * @param {Day} day
 * @returns {string} RFC 3339 full-date
 */
export function toIso({ year, month, day }) {
  return [String(year).padStart(4, "0"), pad(month), pad(day)].join("-");
}

/**
 * @param {Day} day
 * @param {string} pattern with {year} {month} {day}, from the page's texts; {year} counts from 1912
 * @returns {string}
 */
export function formatRoc({ year, month, day }, pattern) {
  return fill(pattern, { year: year - ROC_OFFSET, month, day });
}

/**
 * @param {Day} day
 * @param {string} language BCP 47
 * @returns {string}
 */
export function formatGregorian({ year, month, day }, language) {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Day, month, year, as the rest of the English pages have it.
  const locale = language.startsWith("en") ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC", calendar: "gregory" }).format(date);
}

/**
 * A moment in Taiwan's time, whatever the clock of the device says.
 * @param {Date} moment
 * @returns {{ day: Day, clock: string }} clock as 24 h HH:mm:ss
 */
export function inTaipei(moment) {
  const shifted = new Date(moment.getTime() + 8 * 3_600_000).toISOString();
  return { day: /** @type {Day} */ (parseIsoDate(shifted.slice(0, 10))), clock: shifted.slice(11, 19) };
}

/**
 * A moment in Taiwan's time, as people read it.
 * @param {Date} moment
 * @param {string} language BCP 47
 * @param {string} pattern of a day in ROC years, as in `formatRoc`
 * @returns {{ shown: string, gregorian: string }} shown with the clock
 */
export function formatMoment(moment, language, pattern) {
  const { day, clock } = inTaipei(moment);
  const gregorian = formatGregorian(day, language);
  return { shown: `${language.startsWith("en") ? gregorian : formatRoc(day, pattern)} ${clock}`, gregorian };
}

/**
 * @param {string} pattern with {name} in it
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** @param {number} value */
function pad(value) {
  return String(value).padStart(2, "0");
}

/**
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @returns {Day | undefined}
 */
function existing(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = year > ROC_OFFSET && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? { year, month, day } : undefined;
}
