// Ed25519 (RFC 8032), verification only, in whole numbers: one meaning in every browser.
//
// WebCrypto's own verify is not asked: browsers differ on points of low order and on encodings that are not canonical,
// and a verdict must not depend on the browser. Not constant time: everything here is public.

const FIELD = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const LOW_255 = 2n ** 255n - 1n;

function mod(value) {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base), left = exponent; left; left >>= 1n) {
    if (left & 1n) {
      result = (result * square) % FIELD;
    }
    square = (square * square) % FIELD;
  }
  return result;
}

const CURVE_D = mod(-121665n * power(121666n, FIELD - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (FIELD - 1n) / 4n);
const IDENTITY = [0n, 1n, 1n, 0n]; // extended coordinates: X, Y, Z, T
const BASE_POINT = decodePoint(joined(Uint8Array.of(0x58), new Uint8Array(31).fill(0x66)));

function littleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** The point of 32 bytes, or null: y must be below p, on the curve, and zero has no sign. */
function decodePoint(raw) {
  const number = littleEndian(raw);
  const y = number & LOW_255;
  const x = y < FIELD ? xOf(y, number >> 255n) : null;
  return x === null ? null : [x, y, 1n, mod(x * y)];
}

function xOf(y, sign) {
  const square = mod((y * y - 1n) * power(CURVE_D * y * y + 1n, FIELD - 2n));
  let x = power(square, (FIELD + 3n) / 8n);
  if (mod(x * x - square)) {
    x = mod(x * ROOT_OF_MINUS_ONE);
  }
  if (mod(x * x - square) || (x === 0n && sign)) {
    return null;
  }
  return (x & 1n) === sign ? x : FIELD - x;
}

function encodePoint([x, y, z]) {
  const inverse = power(z, FIELD - 2n);
  const number = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
  return unhex(number.toString(16).padStart(64, "0")).reverse();
}

function add(a, b) {
  const first = ((a[1] - a[0]) * (b[1] - b[0])) % FIELD;
  const second = ((a[1] + a[0]) * (b[1] + b[0])) % FIELD;
  const third = (2n * a[3] * b[3] * CURVE_D) % FIELD;
  const fourth = (2n * a[2] * b[2]) % FIELD;
  return product(second - first, fourth - third, fourth + third, second + first);
}

function double([x, y, z]) {
  const first = x * x;
  const second = y * y;
  const sum = first + second;
  const e = sum - (x + y) ** 2n;
  const g = first - second;
  return product(e, (2n * z * z + g) % FIELD, g, sum);
}

function product(e, f, g, h) {
  return [(e * f) % FIELD, (g * h) % FIELD, (f * g) % FIELD, (e * h) % FIELD];
}

function isIdentity([x, y, z]) {
  return mod(x) === 0n && mod(y - z) === 0n;
}

function multiples(point) {
  const table = [IDENTITY, point];
  while (table.length < 16) {
    table.push(add(table[table.length - 1], point));
  }
  return table;
}

/** Sum of scalar times point over pairs [scalar below 2^256, table of multiples], four bits at a time. */
function sumOfMultiples(pairs) {
  let total = IDENTITY;
  for (let shift = 252n; shift >= 0n; shift -= 4n) {
    for (let step = 0; step < 4; step += 1) {
      total = double(total);
    }
    for (const [scalar, table] of pairs) {
      total = add(total, table[Number((scalar >> shift) & 15n)]);
    }
  }
  return total;
}

const JUDGED_KEYS = new Map(); // of keys by their bytes in hex: judging one is slow, and trust files repeat them

/** Why 32 bytes are no usable public key, as a code; "" when they are one: of prime order, and spelled in the one way. */
function flawOfKey(raw) {
  const name = hex(raw);
  if (!JUDGED_KEYS.has(name)) {
    JUDGED_KEYS.set(name, judgedKey(raw));
  }
  return JUDGED_KEYS.get(name);
}

function judgedKey(raw) {
  if (raw.length !== 32) {
    return "length";
  }
  const point = decodePoint(raw);
  if (point === null) {
    return "not-a-point";
  }
  if (isIdentity(double(double(double(point))))) {
    return "low-order";
  }
  return isIdentity(sumOfMultiples([[ORDER, multiples(point)]])) ? "" : "mixed-order";
}

const BASE_MULTIPLES = multiples(BASE_POINT);

/** Whether 64 bytes sign the message: [S]B - [k]A must be spelled exactly as R, with S below the order. */
async function signatureHolds(key, signature, message) {
  const scalar = signature.length === 64 ? littleEndian(signature.subarray(32)) : ORDER;
  const point = decodePoint(key);
  if (scalar >= ORDER || point === null) {
    return false;
  }
  const R = signature.subarray(0, 32);
  const challenge = littleEndian(await digest("SHA-512", joined(R, key, message))) % ORDER;
  const minus = [mod(-point[0]), point[1], 1n, mod(-point[3])];
  const found = sumOfMultiples([[scalar, BASE_MULTIPLES], [challenge, multiples(minus)]]);
  return sameBytes(encodePoint(found), R);
}
