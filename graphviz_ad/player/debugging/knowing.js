// @ts-check
// What is known at a step, as Python's Moment knows it: values that were computed, adjoints as far as they have come.
/** @import { Debug } from "../film" */
/** @import { Tree } from "./grammar.js" */
import { decode } from "../numbers.js";
import { Complaint } from "./grammar.js";

/** A number that is not known yet at this step. */
export class NotYet extends Error {}

/** Numbers in a shape; a number has none. @typedef {{shape: number[], data: ArrayLike<number>}} Block */
/** A node, whose value is meant where it stands alone. @typedef {{node: number}} Named */

/** @param {number} number @returns {Block} */
export const single = (number) => ({ shape: [], data: [number] });

const ASKED_OF_NODES = ["value", "adjoint", "name", "primitive", "index", "line"];
/** What is meant where a word stands alone: that of the node of the step. */
export const WORDS_OF_NODES = ["node", ...ASKED_OF_NODES];
/** @type {Record<string, number>} */
const CONSTANTS = { pi: Math.PI, inf: Infinity, nan: NaN };

/** Whether a node is called so anywhere. @param {Debug} debug */
export const isCalled = ({ names, scopes }, name = "") =>
  name in names || scopes.some((scope) => Object.hasOwn(scope, name));

/** What is known of the nodes at a step. @param {Debug} debug */
export function momentOf(debug, step = 0) {
  const { names, nodes, scopes, scoped, of } = debug;

  /** The node of a name, or a word about the node of the step. @returns {Block | Named | string} */
  function called(name = "") {
    const node = Object.hasOwn(names, name) ? names[name] : scopes[scoped[step]][name];
    if (node !== undefined && node !== null) return { node };
    if (isCalled(debug, name)) throw new NotYet(`${name} is not known yet`);
    const own = of[step];
    if (WORDS_OF_NODES.includes(name)) {
      if (own === null) throw new NotYet("no node gets a number at this step");
      return name === "node" ? { node: own } : part(own, name);
    }
    if (Object.hasOwn(CONSTANTS, name)) return single(CONSTANTS[name]);
    const known = Object.keys(names);
    const more = known.length > 8 ? ", …" : "";
    throw new Complaint(`No node is called “${name}”; there are ${known.slice(0, 8).join(", ")}${more}.`);
  }

  /** How many contributions to an adjoint have come in, and of how many. */
  function arrived(node = 0) {
    const steps = nodes[node].adjoint.map(([at]) => at);
    return [steps.filter((at) => at <= step).length, steps.length];
  }

  /** What there is to know of a node. @returns {Block | string} */
  function part(node = 0, what = "") {
    const { name, primitive, line, shape, lacks, at, value, adjoint } = nodes[node];
    if (what === "name") return name;
    if (what === "primitive" && primitive) return primitive;
    if (what === "index") return single(node);
    if (what === "line" && line) return single(line);
    if (what !== "value" && what !== "adjoint") throw new NotYet(`${name} has no ${what}`);
    const text = what === "value" ? (at <= step ? value : undefined) : adjoint.findLast(([from]) => from <= step)?.[1];
    if (text === undefined) throw new NotYet(`${name}.${what} is not known yet`);
    if (lacks)
      throw new Complaint(`${name} ${lacks}: a page cannot ask for it. Python can, with breakpoints or watches.`);
    return { shape, data: decode(text) };
  }
  return { called, part, arrived };
}
/** @typedef {ReturnType<typeof momentOf>} Moment */

/** Whether it is about the node of the step. @param {Debug} debug @param {string[]} names */
export const isOfStep = (debug, names) => names.some((name) => WORDS_OF_NODES.includes(name) && !isCalled(debug, name));

/** Which node an expression is the adjoint of, if it is nothing else. @param {Debug} debug @param {Tree} tree */
export const adjointOf = ({ names }, tree) =>
  tree.kind === "part" && tree.of === "adjoint" && tree.tree.kind === "name" ? (names[tree.tree.of] ?? -1) : -1;
