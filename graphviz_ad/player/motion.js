// @ts-check
// Motion: what travels along the lanes at a step.
/** @import { Step } from "./film" */
import { make } from "./elements.js";

/** How far a phase of a motion is, cubic in and out. */
function phase(t = 0, from = 0, to = 1) {
  const part = Math.min(1, Math.max(0, (t - from) / (to - from)));
  return part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
}

/** Put a pill on a polyline. @param {Element} pill @param {{x: number, y: number}[]} points */
function place(pill, points, part = 0) {
  const lengths = points.map((p, i) => (i ? Math.hypot(p.x - points[i - 1].x, p.y - points[i - 1].y) : 0));
  let left = part * lengths.reduce((a, b) => a + b, 0);
  let i = 1;
  while (i < points.length - 1 && left > lengths[i]) left -= lengths[i++];
  const share = lengths[i] ? Math.min(1, left / lengths[i]) : 1;
  const a = points[i - 1];
  const b = points[i];
  pill.setAttribute("transform", `translate(${a.x + (b.x - a.x) * share} ${a.y + (b.y - a.y) * share})`);
  pill.setAttribute("visibility", "visible");
}

/** What travels at a step: null where nothing does.
 * @param {Step} told @param {{svg: any, nodes: Map<string, any>, parts: any[], pills: any}} view
 * @param {(id: string) => string} read what a part holds at this step
 * @returns {{ms: number, draw: (t: number) => void} | null} */
export function choreograph({ kind, node, edge, reads: sources, writes }, { svg, nodes, parts, pills }, read) {
  const centre = (id = "") => {
    const shape = nodes.get(id)?.querySelector(".bg");
    if (!shape) return null;
    const { x, y, width: wide, height } = shape.getBBox();
    return { x: x + wide / 2, y: y + height / 2, top: y, bottom: y + height };
  };
  /** Points along a lane, downwards or upwards. @returns {DOMPoint[]} */
  const lane = (id = "", up = false) => {
    const path = nodes.get(id)?.querySelector(".line");
    const length = path?.getTotalLength() ?? 0;
    const points = Array.from({ length: length && 25 }, (_, i) => path.getPointAtLength((length * i) / 24));
    return points[0]?.y > points[24]?.y === up ? points : points.reverse();
  };
  /** A pill with what a part holds at this step. @returns {Element} */
  const pill = (id = "", hue = "adjoint", parent = pills) => {
    const words = read(id);
    const wide = 15 + 7.9 * words.length;
    return parent.appendChild(
      make(
        "s:g",
        { class: "gad-pill " + hue, visibility: "hidden" },
        make("s:rect", { x: -wide / 2, y: -10, width: wide, height: 20, rx: 10 }),
        make("s:text", { y: 4.5 }, words),
      ),
    );
  };
  if (kind === "evaluate" || kind === "push") {
    // Values fall to the node along their lanes, and tangents along theirs, but for those that are cut.
    const [way, hue] = kind === "push" ? ["_t", "tangent"] : ["_f", "value"];
    const lanes = parts
      .map(({ id }) => id)
      .filter((id) => id.startsWith(`e${node}_`) && id.endsWith(way) && !nodes.get(id)?.querySelector(".bars"))
      .sort((a, b) => parseInt(a.split("_")[1]) - parseInt(b.split("_")[1]));
    const flying = lanes
      .map((id, k) => ({ points: lane(id), one: pill(sources[k] ?? sources[0], hue) }))
      .filter(({ points }) => points.length);
    return flying.length
      ? { ms: 470, draw: (t) => flying.forEach(({ points, one }) => t > 60 && place(one, points, phase(t, 60, 460))) }
      : null;
  }
  const target = centre(writes);
  const name = edge ? `e${edge[0]}_${edge[1]}` : "";
  const from = centre(kind === "local" ? sources[0] : name + "_c");
  if (!target || !from || !edge) return null;
  if (kind === "accumulate") {
    const one = pill(name + "_c");
    return { ms: 180, draw: (t) => place(one, [from, target], phase(t, 0, 160)) };
  }
  const socket = centre(name + "_g");
  const points = lane(name + "_b", true);
  if (!socket || !points.length) return null;
  // Two windows, below and above the socket, hide the pill while it is inside.
  const { x, y, width: wide, height } = svg.viewBox.baseVal;
  const [below, above] = [
    [socket.bottom, y + height - socket.bottom],
    [y, socket.top - y],
  ].map(([top, tall]) =>
    pills.appendChild(
      make("s:svg", {
        x,
        y: top,
        width: wide,
        height: Math.max(0, tall),
        viewBox: `${x} ${top} ${wide} ${Math.max(1, tall)}`,
      }),
    ),
  );
  const adjoint = pill(sources[0], "adjoint", below);
  const product = pill(writes, "adjoint", above);
  const enter = [from, { x: socket.x, y: socket.bottom + 12 }, { x: socket.x, y: socket.bottom - 12 }];
  const leave = [{ x: points[0].x, y: socket.top + 3 }, ...points, target];
  return {
    ms: 900,
    draw: (t) => {
      // Still moving when it is inside: what enters the rule comes out of it.
      if (t > 150) place(adjoint, enter, phase(t, 150, 600));
      if (t > 540) (adjoint.setAttribute("visibility", "hidden"), place(product, leave, phase(t, 540, 880)));
    },
  };
}
