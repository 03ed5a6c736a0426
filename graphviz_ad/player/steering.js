// @ts-check
// Steering the view of the graph by hand: drag, pinch, the wheel with Ctrl, and the arrows with Shift.
/** @import { Player, Sight } from "./panel" */

/** So many px a press of an arrow moves the view; a pointer that moves less has pressed, not dragged. */
const STRIDE = 60;
const SLACK = 4;
/** How far the wheel turns for a zoom by e. */
const TURN = 300;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Drag with a mouse or a pen; a finger scrolls by itself. @param {any} pane */
function listenToDrags(pane) {
  /** @type {{ x: number, y: number, left: number, top: number } | null} */
  let held = null;
  let dragged = false;
  pane.addEventListener("pointerdown", (/** @type {any} */ { button, pointerType, clientX: x, clientY: y }) => {
    dragged = false;
    if (button || pointerType === "touch" || !pane.matches(".gad-beyond")) return;
    held = { x, y, left: pane.scrollLeft, top: pane.scrollTop };
  });
  pane.addEventListener("pointermove", (/** @type {any} */ { clientX, clientY, pointerId }) => {
    if (!held) return;
    const [across, down] = [clientX - held.x, clientY - held.y];
    if (!dragged && Math.hypot(across, down) < SLACK) return;
    if (!dragged) pane.setPointerCapture(pointerId);
    dragged = true;
    pane.classList.add("gad-held");
    pane.scrollTo({ left: held.left - across, top: held.top - down, behavior: "instant" });
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
    pane.addEventListener(kind, () => {
      held = null;
      pane.classList.remove("gad-held");
    });
  // What was dragged was not pressed.
  pane.addEventListener("click", (/** @type {any} */ event) => dragged && event.stopImmediatePropagation(), true);
}

/** Zoom with two fingers. @param {any} pane @param {Sight} sight */
function listenToPinches(pane, sight) {
  /** @param {any} event */
  const spread = ({ touches: [a, b] }) => ({
    wide: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
  });
  let from = { wide: 0, scale: 1 };
  pane.addEventListener(
    "touchstart",
    (/** @type {any} */ event) => {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      from = { wide: spread(event).wide, scale: sight.scale() };
    },
    { passive: false },
  );
  pane.addEventListener(
    "touchmove",
    (/** @type {any} */ event) => {
      if (event.touches.length !== 2 || !from.wide) return;
      event.preventDefault();
      const { wide, x, y } = spread(event);
      sight.zoom((from.scale * wide) / from.wide, x, y);
    },
    { passive: false },
  );
}

/** Let a pane be steered by hand. @param {Player} player @param {any} pane */
export function listenToHands({ sight }, pane) {
  listenToDrags(pane);
  listenToPinches(pane, sight);
  pane.addEventListener(
    "wheel",
    (/** @type {any} */ event) => {
      // Without Ctrl the wheel scrolls. With it, and for two fingers on a touch pad, it is not the page that zooms.
      if (!event.ctrlKey) return;
      event.preventDefault();
      const turned = event.deltaY * (event.deltaMode ? 16 : 1);
      sight.zoom(sight.scale() * Math.exp(-turned / TURN), event.clientX, event.clientY);
    },
    { passive: false },
  );
  pane.addEventListener("keydown", (/** @type {any} */ event) => {
    const way = ARROWS[event.key];
    if (!way || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    sight.pan(STRIDE * way[0], STRIDE * way[1]);
  });
}
