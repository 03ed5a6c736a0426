// @ts-check
// Numbers as Python reads them.
import { exact } from "../numbers.js";

/** Write a number so that Python reads this very number: as NumPy does, as short as its type allows. */
export function repr(value = 0, dtype = "float64") {
  if (/int/.test(dtype)) return String(value);
  if (dtype === "bool") return value ? "True" : "False";
  for (let digits = 1; dtype === "float32" && digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Object.is(Math.fround(short), value)) return exact(short);
  }
  return exact(value);
}

/** Numbers as a NumPy literal; empty where these doubles do not hold all of the value. @param {number[]} numbers */
export function literal(numbers, dtype = "float64", scalar = true) {
  const real = /^float(16|32|64)$/.test(dtype);
  if (!real && !(/^(u?int\d+|bool)$/.test(dtype) && numbers.every(Number.isSafeInteger))) return "";
  const name = `np.${dtype === "bool" ? "bool_" : dtype}`;
  if (scalar) return `${name}(${literalOf(numbers[0], dtype)})`;
  const items = numbers.map((value) => literalOf(value, dtype).replace(/\.0$/, "."));
  return `np.array([${items.join(", ")}]${dtype === "float64" ? "" : `, dtype=${name}`})`;
}

/** One number, as NumPy code has it. */
function literalOf(value = 0, dtype = "float64") {
  if (Number.isFinite(value)) return repr(value, dtype);
  return Number.isNaN(value) ? "np.nan" : value < 0 ? "-np.inf" : "np.inf";
}
