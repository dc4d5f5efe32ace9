// Bytes: text, hex, strict base64, digests. Digests come from WebCrypto, which every browser has on a file of one's own.

/** A document that is not what it must be: a stable code, and the place, in no language. */
class Refused extends Error {
  constructor(code, where = "") {
    super(where ? `${code}: ${where}` : code);
    this.code = code;
    this.where = where;
  }
}

/** What this page cannot decide, although another verifier may: it is never shown as a verdict. */
class NotJudged extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

/** Text of bytes that are UTF-8, a byte order mark kept as a character; `code` is what it is refused as. */
function textOf(bytes, code) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(code, "utf-8");
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

function toBase64(bytes) {
  let text = "";
  for (let place = 0; place < bytes.length; place += 32768) {
    text += String.fromCharCode(...bytes.subarray(place, place + 32768));
  }
  return btoa(text);
}

/** Bytes of padded standard base64 in its one spelling; anything else is refused as `code`. */
function fromBase64(text, code = "envelope") {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) {
    throw new Refused(code, "base64");
  }
  const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(raw) !== text) {
    throw new Refused(code, "base64");
  }
  return raw;
}

async function digest(name, bytes) {
  if (!globalThis.crypto?.subtle) {
    throw new NotJudged("no-crypto");
  }
  return new Uint8Array(await globalThis.crypto.subtle.digest(name, bytes));
}

function sha256(bytes) {
  return digest("SHA-256", bytes);
}
