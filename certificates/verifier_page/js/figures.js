// Figures, dates and text as people read them; the same forms as on the certificate (certificates/figures.py).

const NO_BREAK = "\u00a0";
const NARROW = "\u202f";
const UNITS = { fr: ["o", "ko", "Mo", "Go", "To", "Po"], en: ["B", "kB", "MB", "GB", "TB", "PB"] };
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

/** Text with everything invisible made visible: controls, bidi marks and other format characters as `\u{202E}`. */
function visible(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => `\\u{${letter.codePointAt(0).toString(16).toUpperCase()}}`);
}

function number(value, lang) {
  return String(value).replace(/\B(?=([0-9]{3})+$)/g, lang === "fr" ? NARROW : ",");
}

/** Share in per cent with two decimals, never rounded up to 100. */
function percent(part, whole, lang) {
  const hundredths = whole ? (BigInt(part) * 10000n) / BigInt(whole) : 0n;
  const text = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
  return lang === "fr" ? `${text.replace(".", ",")}${NARROW}%` : `${text}%`;
}

/** Capacity in decimal units with three figures at most, as on the label of a drive. */
function capacity(bytes, lang) {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < 5) {
    [value, unit] = [value / 1000, unit + 1];
  }
  const text = unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
  return `${lang === "fr" ? text.replace(".", ",") : text}${NO_BREAK}${UNITS[lang][unit]}`;
}

function size(bytes, lang) {
  return `${number(bytes, lang)}${NO_BREAK}${lang === "fr" ? "octets" : "bytes"}`;
}

function date(wall, lang) {
  const [year, month, day] = wall.slice(0, 10).split("-");
  return lang === "fr" ? `${day}/${month}/${year}` : `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

function moment(wall, lang) {
  return `${date(wall, lang)}${lang === "fr" ? " à" : ","} ${wall.slice(11, 16)}${NO_BREAK}UTC`;
}

/** A time in Unix seconds; the bare number where no calendar has it. */
function momentOf(seconds, lang) {
  if (seconds > 253402300799) {
    return String(seconds);
  }
  return moment(new Date(Number(seconds) * 1000).toISOString(), lang);
}

function period(start, end, lang) {
  if (start.slice(0, 10) !== end.slice(0, 10)) {
    return `${moment(start, lang)} – ${moment(end, lang)}`;
  }
  const hours = [start, end].map((wall) => wall.slice(11, 16)).join(`${NO_BREAK}–${NO_BREAK}`);
  return `${date(start, lang)}, ${hours}${NO_BREAK}UTC`;
}

function duration(milliseconds) {
  if (milliseconds < 1000) {
    return `${milliseconds}${NO_BREAK}ms`;
  }
  const all = Math.floor(milliseconds / 1000);
  const parts = [[Math.floor(all / 3600), "h"], [Math.floor(all / 60) % 60, "min"], [all % 60, "s"]];
  const first = Math.min(parts.findIndex(([value]) => value > 0), 2);
  return parts.slice(first).map(([value, unit]) => `${value}${NO_BREAK}${unit}`).join(" ");
}

/** A key id in groups of four, for two people who compare it aloud. */
function fingerprint(kid) {
  return kid.match(/.{4}/g).join(" ");
}
