// Strict JSON. `JSON.parse` would forget doubled members and round numbers: it never judges here.

const MOST_NESTED = 64; // of a file that need not be canonical; canonical ones have a limit of their own

const ESCAPED = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Reads one JSON text: a member twice, a number that is broken or beyond 2^53 - 1, and deeper nesting are refused. */
class JsonReader {
  constructor(text, depth) {
    this.text = text;
    this.place = 0;
    this.depth = depth;
  }

  whole() {
    const value = this.value(this.depth);
    this.space();
    if (this.place !== this.text.length) {
      throw new Refused("not-canonical", `character ${this.place}`);
    }
    return value;
  }

  fail() {
    throw new Refused("not-canonical", `character ${this.place}`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.place] ?? "x")) {
      this.place += 1;
    }
  }

  take(form) {
    form.lastIndex = this.place;
    const found = form.exec(this.text);
    if (found) {
      this.place += found[0].length;
    }
    return found?.[0];
  }

  value(depth) {
    this.space();
    const letter = this.text[this.place];
    if (letter === "{" || letter === "[") {
      if (depth === 0) {
        throw new Refused("not-canonical", "depth");
      }
      return letter === "{" ? this.object(depth - 1) : this.list(depth - 1);
    }
    return letter === '"' ? this.string() : this.word();
  }

  word() {
    const word = this.take(/true|false|null/y);
    if (word !== undefined) {
      return { true: true, false: false, null: null }[word];
    }
    const digits = this.take(/-?(?:0|[1-9][0-9]*)/y) ?? this.fail();
    if (/[.eE]/.test(this.text[this.place] ?? "") || !Number.isSafeInteger(Number(digits))) {
      throw new Refused("not-canonical", "number");
    }
    return Number(digits);
  }

  string() {
    let end = this.place + 1;
    for (let letter; (letter = this.text[end]) !== '"'; end += letter === "\\" ? 2 : 1) {
      if (letter === undefined || letter < " ") {
        this.fail();
      }
    }
    const raw = this.text.slice(this.place + 1, end);
    this.place = end + 1;
    return raw.includes("\\") ? this.unescaped(raw) : raw;
  }

  unescaped(raw) {
    return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt])|)/g, (escape, code, letter) => {
      if (escape === "\\") {
        this.fail();
      }
      return code ? String.fromCharCode(parseInt(code, 16)) : (ESCAPED[letter] ?? letter);
    });
  }

  list(depth) {
    const items = [];
    this.place += 1;
    this.space();
    if (this.take(/\]/y)) {
      return items;
    }
    do {
      items.push(this.value(depth));
      this.space();
    } while (this.take(/,/y));
    this.take(/\]/y) ?? this.fail();
    return items;
  }

  object(depth) {
    const members = Object.create(null); // no member of ours is inherited, and "__proto__" is a name like others
    this.place += 1;
    this.space();
    if (this.take(/\}/y)) {
      return members;
    }
    do {
      this.member(members, depth);
      this.space();
    } while (this.take(/,/y));
    this.take(/\}/y) ?? this.fail();
    return members;
  }

  member(members, depth) {
    this.space();
    const name = this.text[this.place] === '"' ? this.string() : this.fail();
    if (name in members) {
      throw new Refused("not-canonical", "a member twice");
    }
    this.space();
    this.take(/:/y) ?? this.fail();
    members[name] = this.value(depth);
  }
}

/** Value of a JSON file that need not be canonical (a trust file of the first form). */
function readJson(bytes) {
  return new JsonReader(textOf(bytes, "not-canonical"), MOST_NESTED).whole();
}

/** Value of canonical bytes: read, encoded again, compared byte by byte. */
function decodeCanonical(bytes, mostBytes = LIMITS.payload, mostDepth = LIMITS.depth) {
  if (bytes.length > mostBytes) {
    throw new Refused("not-canonical", "size");
  }
  const value = new JsonReader(textOf(bytes, "not-canonical"), mostDepth).whole();
  if (!sameBytes(encodeCanonical(value, mostBytes), bytes)) {
    throw new Refused("not-canonical", "another form");
  }
  return value;
}

/** The one form of a value in bytes. */
function encodeCanonical(value, mostBytes = LIMITS.payload) {
  const bytes = utf8(canonicalText(value));
  if (bytes.length > mostBytes) {
    throw new Refused("not-canonical", "size");
  }
  return bytes;
}

function canonicalText(value) {
  if (typeof value === "string") {
    return canonicalString(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonicalText).join(",")}]`;
  }
  if (isRecord(value)) {
    return `{${Object.keys(value).sort().map((name) => member(name, value[name])).join(",")}}`;
  }
  if (value !== null && typeof value !== "boolean" && !Number.isSafeInteger(value)) {
    throw new Refused("not-canonical", "number");
  }
  return String(Object.is(value, -0) ? 0 : value);
}

function member(name, value) {
  if (!/^[\u0000-\u007f]*$/.test(name)) {
    throw new Refused("not-canonical", "a member name");
  }
  return `${canonicalString(name)}:${canonicalText(value)}`;
}

function canonicalString(text) {
  if (/\p{Surrogate}/u.test(text)) {
    throw new Refused("not-canonical", "a lone surrogate");
  }
  return JSON.stringify(text);
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
