// @ts-check
// Conditions and expressions as they are typed in the page: the twin of debugging/stepping/expressions.py, for the part
// of it that is typed by hand. They are read into a tree; nothing is ever run as a program.

/** @typedef {{kind: "number", of: number} | {kind: "text", of: string} | {kind: "name", of: string}
 *   | {kind: "part", of: string, tree: Tree} | {kind: "call", tree: Tree, args: Tree[]}
 *   | {kind: "entry", tree: Tree, args: Tree[]} | {kind: "sign", of: string, tree: Tree}
 *   | {kind: "sum", of: string, args: [Tree, Tree]} | {kind: "logic", of: string, args: Tree[]}
 *   | {kind: "compare", signs: string[], args: Tree[]}} Tree */

/** What is wrong with what was typed. */
export class Complaint extends Error {}

const NUMBER = String.raw`\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?`;
const SIGN = String.raw`\*\*|//|[<>=!]=|\S`;
const TOKENS = new RegExp(
  String.raw`\s*(?:(${NUMBER})|([\p{L}_][\p{L}\p{N}_]*)|"([^"]*)"|'([^']*)'|(${SIGN}))`,
  "giuy",
);
const COMPARING = ["<", "<=", ">", ">=", "==", "!="];
/** @type {Record<string, string>} */
const SPOKEN = { above: ">", below: "<" };
/** From those that bind least. */
const BINDING = [
  ["+", "-"],
  ["*", "/", "//", "%"],
];

/** Cut a text into what it is made of.
 * @returns {{kind: string, of: string}[]} */
function tokensOf(text = "") {
  return [...text.trim().matchAll(TOKENS)].map(([, number, name, double, single, sign]) =>
    number !== undefined
      ? { kind: "number", of: number }
      : name !== undefined
        ? /^(and|or|not|if|else|in|is|lambda|for)$/.test(name)
          ? { kind: "sign", of: name }
          : name in SPOKEN
            ? { kind: "sign", of: SPOKEN[name] }
            : { kind: "name", of: name }
        : sign !== undefined
          ? { kind: "sign", of: sign.replace("\u2212", "-") }
          : { kind: "text", of: double ?? single },
  );
}

/** Read an expression, such as abs(adjoint) > 1e3. @returns {Tree} */
export function readExpression(text = "") {
  const tokens = tokensOf(text);
  let at = 0;
  const sees = (/** @type {string[]} */ ...signs) =>
    tokens[at]?.kind === "sign" && signs.includes(tokens[at].of) ? tokens[at].of : "";
  const takes = (/** @type {string[]} */ ...signs) => {
    const sign = sees(...signs);
    if (sign) at++;
    return sign;
  };
  /** @returns {never} */
  function stop() {
    const rest = tokens[at] ? `${tokens[at].of} cannot stand there` : "it has no end";
    throw new Complaint(`“${text.trim()}” cannot be read here (${rest}): write one such as x.adjoint > 1e3.`);
  }
  const demand = (sign = "") => takes(sign) || stop();

  /** @param {string} word @param {() => Tree} next @returns {Tree} */
  function joined(word, next) {
    const args = [next()];
    while (takes(word)) args.push(next());
    return args.length > 1 ? { kind: "logic", of: word, args } : args[0];
  }
  const whole = () => joined("or", () => joined("and", negated));
  /** @returns {Tree} */
  const negated = () => (takes("not") ? { kind: "sign", of: "not", tree: negated() } : compared());
  /** @returns {Tree} */
  function compared() {
    const args = [added(0)];
    const signs = [];
    for (let sign = takes(...COMPARING); sign; sign = takes(...COMPARING)) (signs.push(sign), args.push(added(0)));
    return signs.length ? { kind: "compare", signs, args } : args[0];
  }
  /** @returns {Tree} */
  function added(level = 0) {
    const next = () => (level + 1 < BINDING.length ? added(level + 1) : signed());
    let tree = next();
    for (let of = takes(...BINDING[level]); of; of = takes(...BINDING[level]))
      tree = { kind: "sum", of, args: [tree, next()] };
    return tree;
  }
  /** @returns {Tree} */
  function signed() {
    const of = takes("-", "+");
    return of ? { kind: "sign", of, tree: signed() } : raised();
  }
  /** @returns {Tree} */
  function raised() {
    const tree = reached();
    return takes("**") ? { kind: "sum", of: "**", args: [tree, signed()] } : tree;
  }
  /** @returns {Tree[]} */
  function listed(end = "") {
    /** @type {Tree[]} */
    const args = [];
    while (!sees(end) && (!args.length || demand(","))) args.push(whole());
    demand(end);
    return args;
  }
  /** @returns {Tree} */
  function reached() {
    let tree = atom();
    for (;;) {
      if (takes(".")) {
        if (tokens[at]?.kind !== "name") stop();
        tree = { kind: "part", of: tokens[at++].of, tree };
      } else if (takes("(")) tree = { kind: "call", tree, args: listed(")") };
      else if (takes("[")) tree = { kind: "entry", tree, args: listed("]") };
      else return tree;
    }
  }
  /** @returns {Tree} */
  function atom() {
    if (takes("(")) {
      const tree = whole();
      demand(")");
      return tree;
    }
    const token = tokens[at] ?? stop();
    if (token.kind === "sign") stop();
    at++;
    if (token.kind === "number") return { kind: "number", of: Number(token.of) };
    return token.kind === "text" ? { kind: "text", of: token.of } : { kind: "name", of: token.of };
  }
  const tree = whole();
  if (at < tokens.length) stop();
  return tree;
}

/** All names in it that stand alone. @param {Tree} tree @returns {string[]} */
export function namesIn(tree) {
  if (tree.kind === "name") return [tree.of];
  const parts = [...("tree" in tree ? [tree.tree] : []), ...("args" in tree ? tree.args : [])];
  return parts.flatMap(namesIn);
}
