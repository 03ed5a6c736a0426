// @ts-check
// Expressions, computed from what is known at a step, as NumPy computes them.
/** @import { Block, Moment, Named } from "./knowing.js" */
/** @import { Tree } from "./grammar.js" */
import { Complaint } from "./grammar.js";
import { single } from "./knowing.js";

/** @type {Record<string, (a: number, b: number) => number>} */
const BINARY = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => floorQuotient(a, b),
  "%": (a, b) => remainder(a, b),
  "**": (a, b) => (a === 1 ? 1 : a ** b),
  maximum: Math.max,
  minimum: Math.min,
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
};
/** What is left, with the sign of the divisor. */
const remainder = (a = 0, b = 0) => (a % b && a % b < 0 !== b < 0 ? (a % b) + b : a % b);

/** How often one goes into another, made whole as NumPy makes it. */
function floorQuotient(a = 0, b = 0) {
  const quotient = (a - (a % b)) / b - Number(!!(a % b) && a % b < 0 !== b < 0);
  return Math.floor(quotient) + Number(quotient - Math.floor(quotient) > 0.5);
}

/** @type {Record<string, (a: number) => number>} */
const UNARY = {
  ...Object.fromEntries(
    ["abs", "sqrt", "cbrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "sinh", "cosh"].map(
      (name) => [name, /** @type {any} */ (Math)[name]],
    ),
  ),
  ...{ tanh: Math.tanh, sign: Math.sign, floor: Math.floor, ceil: Math.ceil, absolute: Math.abs },
  square: (a) => a * a,
  isnan: (a) => Number(Number.isNaN(a)),
  isfinite: (a) => Number(Number.isFinite(a)),
  isinf: (a) => Number(Math.abs(a) === Infinity),
};
const total = (/** @type {number[]} */ numbers) => numbers.reduce((sum, one) => sum + one, 0);
/** @type {Record<string, (numbers: number[]) => number>} */
const REDUCING = {
  max: (numbers) => numbers.reduce((a, b) => Math.max(a, b)),
  min: (numbers) => numbers.reduce((a, b) => Math.min(a, b)),
  sum: total,
  mean: (numbers) => total(numbers) / numbers.length,
  any: (numbers) => Number(numbers.some(Boolean)),
  all: (numbers) => Number(numbers.every(Boolean)),
};
/** Python's own, of a row of numbers: where one is NaN, the order decides. @type {typeof REDUCING} */
const BARE = {
  ...{ sum: total, any: REDUCING.any, all: REDUCING.all },
  max: (numbers) => numbers.reduce((a, b) => (b > a ? b : a)),
  min: (numbers) => numbers.reduce((a, b) => (b < a ? b : a)),
};

/** @param {number[]} numbers */
const entryCount = (numbers) => numbers.reduce((all, one) => all * one, 1);

/** The shape that two come to, as NumPy stretches them. @param {number[]} a @param {number[]} b */
function sharedShape(a, b) {
  const most = Math.max(a.length, b.length);
  const [long, other] = [a, b].map((shape) => [...Array(most - shape.length).fill(1), ...shape]);
  return long.map((size, k) => {
    if (size !== other[k] && size !== 1 && other[k] !== 1)
      throw new Complaint(`the shapes ${a.join("×")} and ${b.join("×")} do not fit.`);
    return size === 1 ? other[k] : size;
  });
}

/** Entry by entry. @param {(a: number, b: number) => number} act @param {Block} a @param {Block} b @returns {Block} */
function entrywise(act, a, b) {
  const shape = sharedShape(a.shape, b.shape);
  const at = (/** @type {Block} */ block, flat = 0) => {
    let [place, stride] = [0, 1];
    for (let k = 1; k <= block.shape.length; k++) {
      const size = shape[shape.length - k];
      if (block.shape[block.shape.length - k] > 1) place += (flat % size) * stride;
      stride *= block.shape[block.shape.length - k];
      flat = Math.floor(flat / size);
    }
    return block.data[place];
  };
  return { shape, data: Array.from({ length: entryCount(shape) }, (_, i) => act(at(a, i), at(b, i))) };
}

/** Whether one of its entries is true. @param {Block | string} block */
export const isTrue = (block) => (typeof block === "string" ? !!block : Array.from(block.data).some(Boolean));

/** What an expression is at a moment. @param {Tree} tree @param {Moment} moment @returns {Block | string} */
export function reckon(tree, moment) {
  /** @param {Tree} one @returns {Block | Named | string} */
  function meant(one) {
    if (one.kind === "name") return moment.called(one.of);
    return reckoned(one);
  }
  /** @param {Tree} one @returns {Block | string} */
  function read(one) {
    const value = meant(one);
    return typeof value === "object" && "node" in value ? moment.part(value.node, "value") : value;
  }
  /** @param {Tree} one @returns {Block} */
  function numbers(one) {
    const value = read(one);
    if (typeof value === "string") throw new Complaint("texts are only compared.");
    return value;
  }
  /** What is true, where that is to be one thing. @param {Block | string} value */
  function certain(value) {
    if (typeof value === "string") return !!value;
    if (value.data.length === 1) return !!value.data[0];
    throw new Complaint("of several numbers some may be true and some not: write np.any(…) or np.all(…).");
  }
  /** @param {string[]} signs @param {Tree[]} args @returns {Block} */
  function compare(signs, args) {
    const values = args.map(read);
    const pairs = signs.map((sign, i) => {
      const [a, b] = [values[i], values[i + 1]];
      if (typeof a !== "string" && typeof b !== "string") return entrywise(BINARY[sign], a, b);
      if (sign !== "==" && sign !== "!=") throw new Complaint("texts are the same or not: compare them by == or !=.");
      return single(Number((a === b) === (sign === "==")));
    });
    return pairs.find((pair, i) => i < pairs.length - 1 && !certain(pair)) ?? pairs[pairs.length - 1];
  }
  /** @param {Block} block @param {Tree[]} args @returns {Block} */
  function entry({ shape, data }, args) {
    const places = args.map((one) => numbers(one).data[0]);
    if (
      places.length > shape.length ||
      places.some((at, k) => !(Number.isInteger(at) && at < shape[k] && at >= -shape[k]))
    )
      throw new Complaint(`[${places.join(", ")}] is no entry of ${shape.join("×") || "one number"}.`);
    const rest = shape.slice(places.length);
    const row = places.reduce((all, at, k) => all * shape[k] + (at < 0 ? at + shape[k] : at), 0);
    return { shape: rest, data: Array.from(data).slice(row * entryCount(rest), (row + 1) * entryCount(rest)) };
  }
  /** @param {Tree} callee @param {Tree[]} args @returns {Block} */
  function call(callee, args) {
    const values = args.map(numbers);
    const [first = single(0)] = values;
    const own = callee.kind === "part" ? callee.tree : null;
    const name = callee.kind === "name" || callee.kind === "part" ? callee.of : "";
    const module = own?.kind === "name" && /^(np|numpy)$/.test(own.of);
    if (own?.kind === "part" && own.of === "linalg" && name === "norm" && values.length === 1)
      return single(Math.hypot(...Array.from(first.data)));
    if (own && !module && name in REDUCING && !values.length) return reduced(name, numbers(own));
    if (callee.kind === "name" && name in BARE && values.length) {
      const row = values.length > 1 ? values.map(({ shape, data }) => (shape.length ? NaN : data[0])) : first.data;
      const fits = values.length > 1 ? values.every(({ shape }) => !shape.length) : first.shape.length === 1;
      if (fits && row.length) return single(BARE[name](Array.from(row)));
      throw new Complaint(`${name}(…) takes one row of numbers, or several numbers: write np.${name}(…).`);
    }
    if (module && name in REDUCING && values.length === 1) return reduced(name, first);
    if (module && name in BINARY && values.length === 2) return entrywise(BINARY[name], first, values[1]);
    if (values.length === 1 && (module ? name in UNARY : callee.kind === "name" && name === "abs"))
      return { shape: first.shape, data: Array.from(first.data, UNARY[name]) };
    const known = `np.max, np.abs, np.isnan, np.sum, np.linalg.norm and ${Object.keys(UNARY).length} more`;
    throw new Complaint(`“${name}” cannot be asked of this in a page; ${known} can. Python knows all of NumPy.`);
  }
  /** @param {string} name @param {Block} block @returns {Block} */
  function reduced(name, { data }) {
    if (data.length || !/max|min|mean/.test(name)) return single(REDUCING[name](Array.from(data)));
    throw new Complaint(`there is no ${name} of an array without entries.`);
  }
  /** @param {Tree} one @returns {Block | string} */
  function reckoned(one) {
    if (one.kind === "number") return single(one.of);
    if (one.kind === "text") return one.of;
    if (one.kind === "sum") return entrywise(BINARY[one.of], numbers(one.args[0]), numbers(one.args[1]));
    if (one.kind === "compare") return compare(one.signs, one.args);
    if (one.kind === "entry") return entry(numbers(one.tree), one.args);
    if (one.kind === "call") return call(one.tree, one.args);
    if (one.kind === "sign") {
      if (one.of === "not") return single(Number(!certain(read(one.tree))));
      const { shape, data } = numbers(one.tree);
      return { shape, data: Array.from(data, (a) => (one.of === "-" ? -a : a)) };
    }
    if (one.kind === "logic") {
      let value = read(one.args[0]);
      for (const next of one.args.slice(1)) {
        if (certain(value) === (one.of === "or")) break;
        value = read(next);
      }
      return value;
    }
    if (one.kind !== "part") throw new Complaint("that is nothing to compute.");
    if (one.tree.kind === "name" && /^(np|numpy)$/.test(one.tree.of)) {
      if (one.of === "e") return single(Math.E);
      if (/^(pi|inf|nan)$/.test(one.of)) return read({ kind: "name", of: one.of });
      throw new Complaint(`np.${one.of} is a function: write np.${one.of}(x).`);
    }
    const owner = meant(one.tree);
    if (typeof owner === "object" && "node" in owner && /^(value|adjoint|name|primitive|index|line)$/.test(one.of))
      return moment.part(owner.node, one.of);
    const { shape, data } = numbers(one.tree);
    if (one.of === "size") return single(data.length);
    if (one.of === "ndim") return single(shape.length);
    throw new Complaint(`a node has .value, .adjoint, .name, .primitive, .index and .line, but no .${one.of} here.`);
  }
  return read(tree);
}
