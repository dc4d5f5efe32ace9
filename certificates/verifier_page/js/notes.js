// Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) and the tree of a log (RFC 6962).
//
// Sizes and times are BigInt: a note may say more than 2^53.

const NOTE_NAME = /^[!-*,-~]{1,200}$/;
const NOTE_LINE = /^— ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,500})$/;
const [LOG_SIGNATURE, COSIGNATURE] = [1, 4];

/** Read `<name>+<8 hex>+<base64 of type and key>`; refused as "trust" when it is malformed or the id is wrong. */
async function noteKey(text) {
  const [, name, id, material] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text) ?? [];
  const raw = fromBase64(material, "trust");
  const [kind, key] = [raw[0], raw.subarray(1)];
  const found = hex((await sha256(joined(utf8(`${name}\n`), raw))).subarray(0, 4));
  if (!NOTE_NAME.test(name) || ![LOG_SIGNATURE, COSIGNATURE].includes(kind) || found !== id || flawOfKey(key)) {
    throw new Refused("trust", text);
  }
  return { vkey: text, name, id, kind, raw: key, kid: hex(await sha256(key)) };
}

/** What a note says: origin, size, root, the text that is signed, and its signature lines as [name, base64]. */
function readCheckpoint(text) {
  const middle = text.indexOf("\n\n");
  const tail = text.slice(middle + 2);
  if (middle < 0 || !tail.endsWith("\n") || text.includes("\r")) {
    throw new Refused("proof", "note");
  }
  const [origin, size, root, ...more] = text.slice(0, middle).split("\n");
  if (more.length || !NOTE_NAME.test(origin) || !/^(?:0|[1-9][0-9]{0,18})$/.test(size ?? "")) {
    throw new Refused("proof", "checkpoint");
  }
  const hash = fromBase64(root, "proof");
  const lines = tail.slice(0, -1).split("\n").map((line) => NOTE_LINE.exec(line)?.slice(1));
  if (hash.length !== 32 || !lines.every(Boolean)) {
    throw new Refused("proof", "checkpoint");
  }
  return { origin, size: BigInt(size), root: hash, body: `${text.slice(0, middle)}\n`, lines };
}

/** Check the signatures of a note by known keys: any broken one refuses it. Witnesses count by distinct keys. */
async function verifyNote(text, log, witnesses) {
  const note = readCheckpoint(text);
  const times = new Map();
  let signed = false;
  for (const [name, coded] of note.lines) {
    const material = fromBase64(coded, "proof");
    for (const key of [log, ...witnesses].filter((one) => one.name === name && one.id === hex(material.subarray(0, 4)))) {
      const rest = material.subarray(4);
      if (key.kind === LOG_SIGNATURE) {
        await requireSignature(key, rest, utf8(note.body), "proof");
        signed = true;
      } else {
        const time = BigInt(`0x${hex(rest.subarray(0, 8)) || "0"}`);
        await requireSignature(key, rest.subarray(8), utf8(`cosignature/v1\ntime ${time}\n${note.body}`), "proof");
        times.set(key.kid, times.has(key.kid) && times.get(key.kid) < time ? times.get(key.kid) : time);
      }
    }
  }
  if (!signed) {
    throw new Refused("proof", "log signature");
  }
  return { ...note, times };
}

function leafHash(entry) {
  return sha256(joined(Uint8Array.of(0), entry));
}

function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** Refuse a path that does not lead from the leaf at `index` to the root of a tree of `size` (RFC 9162, 2.1.3.2). */
async function checkInclusion(leaf, index, size, path, root) {
  let [place, last, node] = [BigInt(index), size - 1n, leaf];
  if (place > last) {
    throw new Refused("proof", "index");
  }
  for (const sibling of path) {
    if (last === 0n) {
      throw new Refused("proof", "path");
    }
    if (place & 1n || place === last) {
      node = await nodeHash(sibling, node);
      while (place && !(place & 1n)) {
        [place, last] = [place >> 1n, last >> 1n];
      }
    } else {
      node = await nodeHash(node, sibling);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  if (last || !sameBytes(node, root)) {
    throw new Refused("proof", "path");
  }
}
