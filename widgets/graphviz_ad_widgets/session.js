// @ts-check
// What the views of one model share: the numbers, the questions, and whether Python answers.
/** @import { Model, Session } from "./model" */
import { makeReel } from "../../graphviz_ad/player/reel.js";
import { makeAsker } from "./asking.js";

/** Make it for a model. @param {Model} model @returns {Session} */
export function makeSession(model) {
  /** @type {Session} */
  const session = {
    model,
    reel: makeReel(model.get("_film")),
    asker: makeAsker((question) => session.reach({ kind: "want", ...question }), { gaveUp: miss }),
    views: new Set(),
    leader: null,
    lost: false,
    reach: (message) => attempt(() => model.send(message)),
    save: () => attempt(() => model.save_changes()),
    sampling() {
      const sampling = model.get("_sampling");
      // Where it is gone, Python samples no more.
      return session.lost && sampling.state === "running" ? { ...sampling, state: "lost" } : sampling;
    },
  };
  function miss() {
    session.lost = true;
    for (const view of session.views) view.set({ sampling: session.sampling() });
  }
  /** @param {() => void} act */
  function attempt(act) {
    try {
      act();
    } catch {
      miss();
    }
  }
  return session;
}

/** Hear what Python sends; returns how to stop. @param {Session} session */
export function listenToPython(session) {
  const { model, reel, asker } = session;
  // Where the kernel has gone nobody can be reached, which shows when it is tried.
  const knock = () => session.reach({ kind: "here" });
  model.on("comm_live_update", knock);
  // Whether somebody samples on is known to the one who does.
  if (model.get("_sampling").state === "running") knock();
  /** @param {any} message */
  function hear(message) {
    session.lost = false;
    if (message?.kind !== "batch" && message?.kind !== "failed") return;
    const stop = asker.settle(message.seq);
    if (message.kind === "batch") reel.add(message.batch);
    else if (stop !== undefined) reel.add({ of: [stop], scene: [-1], numbers: {}, errors: { [stop]: message.error } });
  }
  model.on("msg:custom", hear);
  return () => {
    model.off("msg:custom", hear);
    model.off("comm_live_update", knock);
    asker.end();
  };
}
