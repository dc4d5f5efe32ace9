// The sealed PDF: the seal over every byte before the last line, then the attachments.
//
// Only a file whose seal held is parsed, so it is one that the hub itself wrote. What is read is the plain form that our
// hub writes (one table of places, no object streams); any other form is left to etabli-verify.

const SEAL_LINE = /^%etabli-seal kid=([0-9a-f]{64}) sig=([A-Za-z0-9+/]{86}==)\n$/;
const SEAL_BYTES = 23 + 64 + 88;

/** Check the seal: the PDF before it and the hub key that made it. */
async function openSeal(bytes, trust) {
  if (latin(bytes.subarray(-RULES.binderLine.length)) === RULES.binderLine) {
    throw new Refused("binder");
  }
  const line = bytes.length > LIMITS.pdf ? null : SEAL_LINE.exec(latin(bytes.subarray(-SEAL_BYTES)));
  if (!line) {
    throw new Refused("seal");
  }
  const sealer = trust.keys.get(line[1]);
  if (!sealer) {
    throw new Refused("unknown-key", line[1]);
  }
  if (sealer.role !== "hub") {
    throw new Refused("key-mismatch", "role");
  }
  const pdf = bytes.subarray(0, -SEAL_BYTES);
  const message = pae(RULES.sealType, utf8(hex(await sha256(pdf))));
  await requireSignature(sealer, fromBase64(line[2]), message);
  return { pdf, sealer };
}

/** One character for each byte, so that places in the text are places in the file. */
function latin(bytes) {
  let text = "";
  for (let place = 0; place < bytes.length; place += 32768) {
    text += String.fromCharCode(...bytes.subarray(place, place + 32768));
  }
  return text;
}

class PdfName {
  constructor(name) {
    this.name = name;
  }
}

class PdfReference {
  constructor(number) {
    this.number = number;
  }
}

/** Reads objects of a PDF in the plain form; anything odd is NotJudged. */
class PdfReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.text = latin(bytes);
    this.places = new Map();
    this.root = this.trailer();
  }

  odd() {
    throw new NotJudged("odd-pdf");
  }

  trailer() {
    const start = /startxref\s+([0-9]{1,10})\s+%%EOF\s*$/.exec(this.text) ?? this.odd();
    this.place = Number(start[1]);
    this.take(/xref\s+/y) ?? this.odd();
    for (let head; (head = this.take(/([0-9]+) ([0-9]+)\s+/y)); ) {
      for (let entry = 0; entry < Number(head[2]); entry += 1) {
        const found = this.take(/([0-9]{10}) ([0-9]{5}) ([nf])\s*/y) ?? this.odd();
        if (found[3] === "n") {
          this.places.set(Number(head[1]) + entry, Number(found[1]));
        }
      }
    }
    this.take(/trailer/y) ?? this.odd();
    const trailer = this.object(8);
    if (!isRecord(trailer) || "Prev" in trailer || "Encrypt" in trailer || "XRefStm" in trailer) {
      this.odd();
    }
    return this.dictionary(trailer.Root);
  }

  take(form) {
    form.lastIndex = this.place;
    const found = form.exec(this.text);
    if (found) {
      this.place += found[0].length;
    }
    return found;
  }

  object(depth) {
    this.take(/(?:\s|%[^\r\n]*)*/y);
    if (depth === 0) {
      this.odd();
    }
    if (this.take(/<</y)) {
      return this.members(depth);
    }
    if (this.take(/\[/y)) {
      return this.items(depth);
    }
    let found;
    if ((found = this.take(/([0-9]+) [0-9]+ R(?![A-Za-z])/y))) {
      return new PdfReference(Number(found[1]));
    }
    if ((found = this.take(/[+-]?[0-9]*\.?[0-9]+|[+-]?[0-9]+\./y))) {
      return Number(found[0]);
    }
    if ((found = this.take(/\/([^\s()<>[\]{}/%]*)/y))) {
      return new PdfName(found[1]);
    }
    if ((found = this.take(/true|false|null/y))) {
      return { true: true, false: false, null: null }[found[0]];
    }
    return this.string();
  }

  members(depth) {
    const found = Object.create(null);
    for (;;) {
      this.take(/\s*/y);
      if (this.take(/>>/y)) {
        return found;
      }
      const name = this.object(1);
      if (!(name instanceof PdfName) || name.name in found) {
        this.odd();
      }
      found[name.name] = this.object(depth - 1);
    }
  }

  items(depth) {
    const found = [];
    for (;;) {
      this.take(/\s*/y);
      if (this.take(/\]/y)) {
        return found;
      }
      found.push(this.object(depth - 1));
    }
  }

  string() {
    const digits = this.take(/<([0-9A-Fa-f\s]*)>/y);
    const raw = digits ? latin(unhex(digits[1].replace(/\s/g, ""))) : this.literal();
    return raw.startsWith("\u00fe\u00ff") ? raw.slice(2).replace(/\u0000([\u0000-\u007f])/g, "$1") : raw;
  }

  literal() {
    const found = this.take(/\(((?:[^()\\]|\\[()\\]|\\[0-7]{3})*)\)/y) ?? this.odd();
    return found[1].replace(/\\(?:([0-7]{3})|(.))/g, (_, code, letter) =>
      code ? String.fromCharCode(parseInt(code, 8)) : letter);
  }

  resolve(value) {
    if (!(value instanceof PdfReference)) {
      return value;
    }
    this.place = this.places.get(value.number) ?? this.odd();
    const head = this.take(/\s*([0-9]+) [0-9]+ obj/y) ?? this.odd();
    if (Number(head[1]) !== value.number) {
      this.odd();
    }
    const found = this.object(12);
    return found instanceof PdfReference ? this.odd() : found;
  }

  dictionary(value) {
    const found = this.resolve(value);
    return isRecord(found) && !(found instanceof PdfName) ? found : this.odd();
  }

  /** Content of an embedded file: the stream of /EF /UF or /F of its specification. */
  async content(specification, mostBytes) {
    const files = this.dictionary(specification.EF);
    const about = this.dictionary(files.UF ?? files.F);
    this.take(/\s*?stream\r?\n/y) ?? this.odd();
    const start = this.place;
    const length = this.resolve(about.Length);
    if (!Number.isSafeInteger(length) || length < 0 || !this.text.startsWith("endstream", this.afterLine(start + length))) {
      this.odd();
    }
    const raw = this.bytes.subarray(start, start + length);
    if (about.Filter === undefined || length === 0) {
      return raw;
    }
    const filter = Array.isArray(about.Filter) && about.Filter.length === 1 ? about.Filter[0] : about.Filter;
    if (!(filter instanceof PdfName) || filter.name !== "FlateDecode" || (about.DecodeParms ?? null) !== null) {
      this.odd();
    }
    return inflate(raw, mostBytes);
  }

  afterLine(place) {
    return place + /^\r?\n?/.exec(this.text.slice(place, place + 2))[0].length;
  }

  /** File specifications of the associated files of the document. */
  associated() {
    const listed = this.resolve(this.root.AF ?? null);
    if (listed !== null && !Array.isArray(listed)) {
      throw new Refused("seal", "AF");
    }
    return (listed ?? []).map((file) => this.dictionary(file));
  }

  /** File specifications of the one name tree of embedded files, as [name, specification]. */
  embedded() {
    if (this.root.Names === undefined) {
      return [];
    }
    const names = this.dictionary(this.root.Names);
    if (names.EmbeddedFiles === undefined) {
      return [];
    }
    const leaf = this.dictionary(names.EmbeddedFiles);
    const pairs = "Kids" in leaf ? this.odd() : this.resolve(leaf.Names);
    if (!Array.isArray(pairs) || pairs.length % 2) {
      this.odd();
    }
    return Array.from({ length: pairs.length / 2 }, (_, place) => [pairs[2 * place], pairs[2 * place + 1]]);
  }
}

async function inflate(raw, mostBytes) {
  const reader = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read().catch(() => ({ value: null }));
    if (done) {
      return joined(...parts);
    }
    length += value?.length ?? 0;
    if (value === null || length > mostBytes) {
      await reader.cancel().catch(() => undefined);
      throw value === null ? new NotJudged("odd-pdf") : new Refused("seal", "size");
    }
    parts.push(value);
  }
}

/** The one embedded file of a sealed PDF, and the proof among its associated files (null when there is none). */
async function attachmentsOf(pdf) {
  const reader = new PdfReader(pdf);
  const files = reader.embedded();
  if (files.length !== 1 || files[0][0] !== RULES.attachment) {
    throw new Refused("seal", "attachment");
  }
  const inside = await reader.content(reader.dictionary(files[0][1]), LIMITS.bundle);
  const proofs = reader.associated().filter((file) => (file.UF ?? file.F) === RULES.proofName);
  if (proofs.length > 1) {
    throw new Refused("seal", "proof");
  }
  return { inside, carried: proofs.length ? await reader.content(proofs[0], LIMITS.proof) : null };
}
