// Shapes: the schema as data. The tables are written by certificates/verifier_page/tables.py from the Python ones.

/** Refuse a value that does not fit its shape; `path` names the member. */
function checkShape(shape, value, path) {
  if (!SHAPE_CHECKS[shape.is](shape, value, path)) {
    throw new Refused("schema", path);
  }
}

const SHAPE_CHECKS = {
  anything: () => true,
  flag: (_, value) => typeof value === "boolean",
  whole: (shape, value) => Number.isSafeInteger(value) && shape.least <= value && value <= shape.most,
  word: (shape, value) => shape.words.includes(value),
  pattern: (shape, value) => typeof value === "string" && new RegExp(`^(?:${shape.form})$`, "u").test(value),
  wall: (_, value) => typeof value === "string" && isMoment(value),
  text: (shape, value) => typeof value === "string" && fitsText(shape, value),
  maybe(shape, value, path) {
    if (value !== null) {
      checkShape(shape.shape, value, path);
    }
    return true;
  },
  items(shape, value, path) {
    if (!Array.isArray(value) || value.length > shape.limit || (shape.exactly ?? value.length) !== value.length) {
      return false;
    }
    value.forEach((item, place) => checkShape(shape.shape, item, `${path}[${place}]`));
    return true;
  },
  record(shape, value, path) {
    if (!isRecord(value)) {
      return false;
    }
    const into = (name) => (path ? `${path}.${name}` : name);
    for (const name of Object.keys(shape.members)) {
      if (!(name in value)) {
        throw new Refused("schema", into(name));
      }
      checkShape(shape.members[name], value[name], into(name));
    }
    for (const name of Object.keys(value).filter((one) => !Object.hasOwn(shape.members, one))) {
      if (Object.hasOwn(shape.optional, name)) {
        checkShape(shape.optional[name], value[name], into(name));
      } else if (!shape.open) {
        throw new Refused("schema", into(name));
      }
    }
    return true;
  },
};

function fitsText(shape, value) {
  const length = Array.from(value).length;
  const barred = shape.ascii ? /[^ -~]/ : shape.lines ? /[\u0000-\u0009\u000b-\u001f]/ : /[\u0000-\u001f]/;
  return shape.least <= length && length <= shape.limit && !barred.test(value);
}

/** Whether "2026-11-21T10:00:00Z" exists in the calendar, from the year 1 on. */
function isMoment(value) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/.exec(value);
  if (!found) {
    return false;
  }
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year > 0 && day > 0 && day <= days && hour < 24 && minute < 60 && second < 60;
}
