// @ts-check
// Nodes and edges by name: "n3", and "e3_0" for the first operand of that node.
/** @import { Scene, Step } from "./film" */

/** @param {{at: number[]}} edge */
export const edgeName = ({ at: [child, argument] }) => `e${child}_${argument}`;

/** Nodes and edges in the order of the graph: each node, then what it reads. @param {Scene} scene */
export const graphOrder = ({ rows, edges }) =>
  rows.flatMap(({ node }) => ["n" + node, ...edges.filter(({ at }) => at[0] === node).map(edgeName)]);

/** What a node or an edge is called, for who does not see the picture. @param {Scene} scene */
export function pickName({ rows, edges }, pick = "") {
  const edge = edges.find((one) => edgeName(one) === pick);
  const called = (node = 0) => rows[node].text.split(" = ")[0];
  return edge
    ? `edge from ${called(edge.at[2])} to ${called(edge.at[0])}, ${edge.text}`
    : (rows.find(({ node }) => "n" + node === pick)?.text ?? "");
}

/** The formula of a node and its derivatives, or of an edge, in LaTeX. @param {Scene} scene */
export function latexOf({ rows, edges }, pick = "") {
  const own = edges.filter((edge) => [edgeName(edge), "n" + edge.at[0]].includes(pick)).map(({ latex }) => latex ?? "");
  return [...new Set([rows.find(({ node }) => "n" + node === pick)?.latex ?? "", ...own])]
    .filter(Boolean)
    .join(", \\quad ");
}

/** The step to run to: where the value, then where the derivative is final; past both, the first of them again.
 * @param {Step[]} steps */
export function goal(steps, pick = "", now = 0) {
  const node = parseInt(pick.slice(1));
  const last = steps.findLastIndex(({ writes }) => writes === pick + "_a" || writes === pick + "_t");
  const value = steps.findIndex((step) => step.kind === "evaluate" && step.node === node);
  const along = (/** @type {Step} */ { kind, node, edge }) =>
    kind === "push" ? pick.startsWith(`e${node}_`) : kind === "local" && edge && `e${edge.join("_")}` === pick;
  const local = steps.findIndex(along);
  const stops = (pick[0] === "n" ? [value, last] : [local]).filter((at) => at >= 0);
  return stops.find((at) => at > now) ?? stops[0] ?? -1;
}

/** The same node or edge in another scene, where there is one of that name. @param {Scene} from @param {Scene} to */
export function carryPick(from, to, pick = "") {
  return graphOrder(to).find((one) => one[0] === pick[0] && pickName(to, one) === pickName(from, pick)) ?? "";
}
