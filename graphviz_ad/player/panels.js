// @ts-check
// The panels of a player. To add one, write a module of its own and put a row here.
/** @import { Panel } from "./panel" */
import { codePanel } from "./panels/code.js";
import { debuggingPanel } from "./panels/debugging.js";
import { contoursPanel } from "./panels/contours.js";
import { curvePanel } from "./panels/curve.js";
import { entriesPanel } from "./panels/entries.js";
import { findingsPanel } from "./panels/findings.js";
import { graphPanel } from "./panels/graph.js";
import { headPanel } from "./panels/head.js";
import { inspectorPanel } from "./panels/inspector.js";
import { invitationPanel } from "./panels/invitation.js";
import { keyPanel } from "./panels/key.js";
import { kinksPanel } from "./panels/kinks.js";
import { lensPanel } from "./panels/lens.js";
import { keepPanel } from "./panels/keep.js";
import { modesPanel } from "./panels/modes.js";
import { noticePanel } from "./panels/notice.js";
import { paperPanel } from "./panels/paper.js";
import { pathsPanel } from "./panels/paths.js";
import { progressPanel } from "./panels/progress.js";
import { quizPanel } from "./panels/quiz.js";
import { remainsPanel } from "./panels/remains.js";
import { slidersPanel } from "./panels/sliders.js";
import { stepPanel } from "./panels/step.js";
import { tablePanel } from "./panels/table.js";
import { tourPanel } from "./panels/tour.js";
import { transportPanel } from "./panels/transport.js";
import { veilPanel } from "./panels/veil.js";
import { verdictsPanel } from "./panels/verdicts.js";

/** In the order in which they stand in their regions, and are painted. The graph is fitted after all that stands around
 * it: it takes the height that they leave. @type {Panel[]} */
export const PANELS = [
  headPanel,
  progressPanel,
  slidersPanel,
  curvePanel,
  contoursPanel,
  kinksPanel,
  pathsPanel,
  codePanel,
  noticePanel,
  remainsPanel,
  findingsPanel,
  verdictsPanel,
  stepPanel,
  tablePanel,
  inspectorPanel,
  entriesPanel,
  modesPanel,
  graphPanel,
  invitationPanel,
  lensPanel,
  transportPanel,
  keepPanel,
  debuggingPanel,
  quizPanel,
  veilPanel,
  tourPanel,
  keyPanel,
  paperPanel,
];
