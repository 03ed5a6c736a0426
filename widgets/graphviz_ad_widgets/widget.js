// @ts-check
// The notebook widget: the player in each view, and between it and Python the model of anywidget.
/** @import { Model, Session } from "./model" */
import { listenToPython, makeSession } from "./session.js";
import { openView } from "./viewing.js";

/** Called once for each model; its views share the numbers and the questions. */
export default () => {
  /** @type {Session} */
  let session;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      session = makeSession(model);
      return listenToPython(session);
    },
    /** @param {{ model: Model, el: HTMLElement }} context */
    render: ({ el }) => openView(session, el),
  };
};
