/** The shape of a film, as `Film.to_json` in Python writes it, and of what `mount` takes and gives. */

import type { Player, PlayerState } from "./panel";

/** Fixed decimals, or an exponent with so many decimals of the mantissa. */
export type Format = ["f" | "e", number];
export interface Picture {
  kind: "line" | "map";
  columns: number;
  rows: number;
}
/** Where a number, or a small or a large array, stands in a row of numbers. */
export interface Quantity {
  c: number;
  n: number;
  f: Format;
  role: string;
  complex?: boolean;
  /** Of larger arrays, whose first two columns are the ends of the range; the others, if any, its entries. */
  shape?: string;
  picture?: Picture;
  /** Whether its row shows all of its entries in cells. */
  grid?: boolean;
}
/** Step, state, quantity or -1, counter, progress; what is left out at the end is -1, "" and 0. */
export type Entry = [step: number, state: string, quantity?: number, counter?: string, progress?: number];
/** A part of a sentence: text, a formula, or a quantity. */
export type Fragment = string | { m: string; t: string } | { q: number };
export interface Stage {
  label: string;
  mathml: string;
}
export interface Step {
  kind: "evaluate" | "seed" | "local" | "accumulate" | "push" | "raise";
  node: number;
  edge: number[] | null;
  writes: string;
  reads: string[];
  /** For a beginner, as standard, and for an expert: numbers of the scene's `fragments`. */
  sentence: number[][];
  stages: Stage[];
  /** What a rule makes of which shapes. */
  shapes?: string;
  /** Line, column, end line, end column. */
  span: number[] | null;
}
/**
 * A node. `bar`: what its adjoint, or its tangent, is called; `what`: operation, shape and type; `site`: where it was
 * made, if that is not in the code pane.
 */
export interface Row {
  node: number;
  mathml: string;
  text: string;
  symbol: string;
  bar: string;
  latex: string;
  what: string;
  /** The arrays that its label is short for: what each is called, and its numbers. */
  constants?: [string, string][];
  site?: { place: string; text: string };
}
/** An edge. Formulas in MathML: the rule in general, the local gradient, the same with numbers, what is sent. */
export interface Edge {
  /** Child, argument number, parent. */
  at: number[];
  text: string;
  label?: string;
  cut?: boolean;
  rule?: string;
  gradient?: string;
  numbers?: string;
  sends?: string;
  latex?: string;
  /** Which use of its parent it is, from 1, where both operands of a node are that parent. */
  use?: number;
  /** The quantity that is sent. */
  c?: number;
  /** The local gradient, where its formula is a number. */
  factor?: number;
}
/** A wrong number that is known, what it is, and what is missing. */
export interface Slip {
  q: number;
  what: number[];
  so: number[];
}
/** What a learner is asked for at a step; sentences are numbers of the scene's `fragments`. */
export interface Question {
  step: number;
  /** The quantity that is asked for, and those that it is made of. */
  q: number;
  reads: number[];
  /** A number that is not 0 where more than one slope fits: there it is not asked. */
  several?: number;
  /** What is to be worked out, in MathML. */
  lead: string;
  text: number[];
  hint: number[];
  /** What is said of a number that is not known. */
  unknown: number[];
  slips: Slip[];
}
/**
 * How the entries of a node come from those of an operand: from the one at the same place, from one each (`places` by
 * entry of the node, -1 for none), added up (`places` by entry of the operand), or as a product of rows and columns.
 */
export interface Way {
  /** Child, argument number, parent. */
  at: number[];
  kind: "same" | "picks" | "adds" | "product";
  places?: number[];
  /** The other factor of a product: a node, or an array of the code around it, packed. */
  other?: number;
  constant?: { name: string; shape: number[]; numbers: string };
}
export interface Scene {
  svg: string;
  width: number;
  height: number;
  parts: Record<string, { kind: string; timeline: Entry[] }>;
  quantities: Quantity[];
  /** In a page, the last columns of the numbers where they never change. */
  same?: number[];
  steps: Step[];
  questions?: Question[];
  fragments: Fragment[];
  rows: Row[];
  edges: Edge[];
  /** The quantity that is f; -1 where it raised. */
  output: number;
  gradients: number[];
  guard: string;
  /** Of a film of both modes: what is another while one of them is shown alone, and which of the steps it has. */
  views?: Record<"forward" | "reverse", View>;
  ways?: Way[];
  /** Of a scene that is another film's: what is its own besides. */
  own?: Film;
}
export interface View {
  steps: number[];
  parts: Record<string, { kind: string; timeline: Entry[] }>;
  rows: Row[];
  edges: Edge[];
  gradients: number[];
}
/** Which way it is differentiated; of a function that raised there are values alone. */
export type Mode = "reverse" | "forward" | "both" | "values";
/** What is said at a step besides its sentence, from one stop to another. */
export interface Remark {
  from: number;
  to: number;
  step: number;
  words: Fragment[];
  /** Whether they stand in the place of the step's own sentence, which does not hold there. */
  alone?: boolean;
}
/** A kink of f along the only slider. */
export interface Kink {
  kind: "corner" | "tie" | "jump" | "vertical" | "branch";
  /** The stop that it is at; -1 between two. */
  stop: number;
  /** Packed: x; then value and slope from the left, here and from the right, NaN where there is none. */
  at: string;
  /** The node that has it, or f. */
  of: { m: string; t: string };
  says: string;
  /** The slopes that PyTorch and JAX take, empty where that is not known. */
  others?: string[];
}
/** Stops, from one to another, at which f has no value, and why. */
export interface Gap {
  from: number;
  to: number;
  why: string;
  /** Whether f has a value there, and only its slope is none. */
  slope?: boolean;
}
/**
 * Level lines of f over two sliders, as paths in thousandths of both ranges, from the left and from above; `at`: where
 * the level is written. `seams`: where f goes another way.
 */
export interface Contours {
  levels: { of: number; d: string; at?: number[] }[];
  /** Which levels these are, in words; empty where there are none. */
  spacing: string;
  seams?: string;
}
/** Numbers in a row of cells; `lost` are those that are NaN. */
export interface Cells {
  cells: string[];
  lost: number[];
}
/** What was found to be wrong with a gradient, or to be known of it. */
export interface Side {
  called: Fragment[];
  cells: string[];
}
export interface Finding {
  /** Not finite; otherwise to blame; a fact that blames nobody. */
  tone: "alarm" | "blame" | "aside";
  /** What of its sign is filled, and what is a line, in a box of 20. */
  sign: [solid: string, line: string];
  title: Fragment[];
  says: Fragment[];
  facts: [label: string, parts: (Fragment | Cells)[]][];
  /** The step at which it happens, and what of the picture is to blame. */
  step: number;
  pick?: string;
  /** What nodes are called besides, for who does not see the picture. */
  gains: Record<string, string>;
  /** Of a shape that grew, the numbers that met and what came of them, with a level of the map for each. */
  pairing?: { across: Side; down: Side; cells: string[][]; levels: string };
  line?: number;
  span?: number[];
  /** What else was proved to cure it. */
  others?: Change[];
  /** How to say in the code that it is meant. */
  acceptance?: { line: number; after: string; needs: string };
  cure?: Change;
}
/** Lines of code as they are and as they should be, and what came of them. */
export interface Change {
  advice: string;
  line: number;
  before: string;
  after: string;
  proof: Fragment[];
  /** Which of the film's mended runs shows it. */
  mended?: number;
}
/** A run of the program with remedies in it. */
export interface Mended {
  film: Film;
  /** Where each step is in its story. */
  steps: number[];
  /** The lines of the code that are changed. */
  lines: number[];
}
/** What was recorded where f raised: as a film that stands still, if it can be drawn; at which place; and the stops
 * that raised alike. */
export interface Raised {
  film: Film | null;
  values: number[];
  stops: number[];
}
/** A line of a backward pass written by hand. */
export interface Verdict {
  verdict: "right" | "wrong" | "inherits" | "unknown" | "again";
  /** What it is called for who does not see the table. */
  says: string;
  /** The step at which what it computes is complete, and the card of that. */
  step?: number;
  pick?: string;
  /** Of a wrong line: its sign. */
  tone?: "blame";
  sign?: [solid: string, line: string];
}
/** A path of a gradient: what of the picture and of the code belongs to it, and how much it carries. */
export interface Route {
  /** Of the widest, as its table has it. */
  letter: string;
  /** From the output to the input. */
  edges: string[];
  spans: number[][];
  share: number;
  /** Whether it adds to the gradient, at least in some entries. */
  adds: boolean;
}
/** A call that a step is under: the function, the line that runs there, which call it is, and which run over it. */
export interface DebugPlace {
  of: string;
  line: number | null;
  call: number;
  visit: number;
  /** Whether the code pane has the line. */
  shown?: boolean;
}
/** A breakpoint: what it is in words, the steps at which it is hit, and where it is drawn. */
export interface BreakPoint {
  words: string;
  steps: number[];
  line?: number;
  node?: number;
  operation?: string;
  condition?: boolean;
  /** Its condition as it was typed, and on which way it stops. */
  asked?: string;
  direction?: "forward" | "back";
  /** What its condition raised. */
  complaint?: string;
  on?: boolean;
}
/** A node that can be asked about: its value, packed, from a step on; its adjoint, by the steps at which it changes. */
export interface DebugNode {
  name: string;
  primitive: string;
  line: number | null;
  shape: number[];
  at: number;
  value?: string;
  adjoint: [step: number, numbers: string][];
  /** Why it has no numbers here. */
  lacks?: string;
}
/** What moves through a story as a debugger does. */
export interface Debug {
  places: DebugPlace[];
  /** By step the calls that it is under, the outermost first. */
  ways: number[][];
  /** What the file of the code is called; its lines on which something was recorded; the operations that there are. */
  file: string;
  lines: number[];
  operations: string[];
  nodes: DebugNode[];
  /** By step the node of which something is known from then on. */
  of: (number | null)[];
  /** What nodes are called, in letters that can be typed. */
  names: Record<string, number>;
  /** What variables of the person are, and by step which of these it is; null for what is not known there. */
  scopes: Record<string, number | null>[];
  scoped: number[];
  /** Those that came with the page, their conditions asked in Python. */
  points: BreakPoint[];
  /** What was watched: from which steps on it is what, as text and, where it is one, as a number. */
  watches: { text: string; course: [step: number, text: string, number: number | null][]; why?: string }[];
}
export interface Slider {
  name: string;
  mathml: string;
  values: string;
  start: number;
  format: Format;
}
export interface Film {
  version: number;
  name: string;
  /** Back with adjoints, which is meant where nothing is said, forward with tangents, or both. */
  mode?: Mode;
  /** What is meant where nothing is said is "all". */
  reveal?: "all" | "steps";
  /** Large type, for a room. */
  presentation?: boolean;
  /** Whether a learner is asked. */
  quiz?: boolean;
  title: { mathml: string; text: string };
  sliders: Slider[];
  /**
   * Per stop its scene, -1 where f raised; the rows of numbers are counted up in each scene.
   * A film that lacks stops says in `of` which it has, ascending.
   */
  stops: { of?: number[]; scene: number[] };
  /** Whether it has the stops only at which all sliders but one are at their start. */
  lines?: boolean;
  errors: Record<string, string>;
  numbers: string[];
  pictures: Record<string, string | string[]>[];
  /** What there is to say of places. Where kinks were not looked for, stops of one smooth piece have one number. */
  remarks?: Remark[];
  kinks?: Kink[];
  gaps?: Gap[];
  contours?: Contours;
  pieces?: number[];
  code: { lines: string[]; first: number } | null;
  scenes: Scene[];
  /** Where something was looked for: what was found, and what was not. */
  findings?: Finding[];
  sought?: string[];
  mended?: Mended[];
  /** Of a mended run: what remedies have written in its code. */
  boxed?: number[][];
  /** What is to be known of all findings. */
  provisos?: string[];
  /** The lines of a backward pass: as a table of HTML with its style, and how each belongs to the story. */
  verdicts?: { rows: Verdict[]; table: string; style: string };
  /** The paths of a gradient: each, and what is told of all of them, as HTML with its style. */
  paths?: { rows: Route[]; section: string; style: string };
  debug?: Debug;
  /** In a film that grows each under the number by which batches and points call it. */
  raised?: Raised[];
  /** The words and the signs that its steps use, each with the sentence that explains it. */
  key?: { words: Record<string, string>; signs: Record<string, string> };
  /** The words of the style sheet that its pictures need; a page has the rules instead. */
  styles?: string[];
  /** The scene that is shown first, and where its sliders are, in words; the player finds both by itself. */
  start: number;
  where: string;
}

/** More numbers for a film that is being shown; its columns are those of the scenes. */
export interface Batch {
  scenes?: Scene[];
  /** Stops, and the scene of each: -1 where f raised. */
  of: number[];
  scene: number[];
  /** By scene: the rows of its stops, in their order; the strings of its pictures; the formats of its quantities. */
  numbers: Record<string, string>;
  pictures?: Record<string, Record<string, string[]>>;
  formats?: Record<string, Format[]>;
  errors?: Record<string, string>;
  /** By number: a new one whole, of one that is known more stops. */
  raised?: Record<string, Raised | Pick<Raised, "stops">>;
  remarks?: Remark[];
  /** Of the whole film, once all of its stops are known. */
  kinks?: Kink[];
  gaps?: Gap[];
  contours?: Contours;
  /** By scene, where a new scene has changed what tells them apart. */
  guards?: string[];
}
/** A place off the grid. */
export interface Point {
  values: number[];
  scenes?: Scene[];
  guards?: string[];
  scene: number;
  numbers?: string;
  pictures?: Record<string, string>;
  remarks?: Remark[];
  error?: string;
  /** Where f raised: which of the film's `raised` it is, or -1. */
  failure?: number;
}
/** Where the numbers of a place along the sliders are: from `base` on in `table`; no scene (-1) where f raised. */
export interface Place {
  stop: number;
  scene: number;
  values: number[];
  error: string;
  /** What was recorded where f raised. */
  own?: Raised;
  remarks: Remark[];
  table: ArrayLike<number>;
  base: number;
  drawn(quantity: number): string;
}
export interface Reel {
  readonly scenes: Scene[];
  readonly grids: number[][];
  readonly strides: number[];
  /** How many stops there are, and how many of them are known. */
  readonly total: number;
  readonly size: number;
  readonly several: boolean;
  stops(): number[];
  values(stop: number): number[];
  find(stop: number): Place | undefined;
  /** The value at a place, or a derivative: NaN where f has no value. */
  read(place: Place | undefined, gradient?: number): number;
  extent(gradient?: number): [number, number];
  nearest(values: number[]): { stop: number; exact: boolean };
  point(told: Point): Place;
  add(batch: Batch): void;
  /** Take over the first scene of a film that stands still; returns its place. */
  join(film: Film): Place;
  on(callback: () => void): () => void;
}

/** How far the sampling is; "full" where no more stops are kept. */
export interface Sampling {
  done: number;
  total: number;
  state: "running" | "done" | "stopped" | "full" | "interrupted" | "lost";
  note?: string;
}
/** How much the steps say: in full words, with names and reasons, or as equations. */
export type Detail = "beginner" | "standard" | "expert";
export interface Settings {
  theme?: string;
  /** 0 is the first; null is after the last: everything known, nothing in progress. */
  step?: number | null;
  /** Flat index of the stop: the last slider counts fastest. */
  stop?: number;
  /** A place off the grid, until the next stop. */
  point?: Point;
  playing?: boolean;
  /** Another player does the playing: this one shows that it plays, and is set step by step. */
  led?: boolean;
  speed?: number;
  loop?: boolean;
  /** Out of graph, curve, formula, code and steps; the sliders always stay. */
  panels?: string[];
  /** Large type, for a room. */
  presentation?: boolean;
  /** Whether f and its derivative are shown at once, or each from the step on that finds it. */
  reveal?: "all" | "steps";
  /** How much the steps say. */
  detail?: Detail;
  /** Whether a figure of the step on screen is printed, or a strip of all steps. */
  print?: "step" | "strip";
  /** Which of the mended runs is shown; -1 for the run that went wrong. */
  mended?: number;
  /** What else is to be said above the graph. */
  remark?: string;
  sampling?: Sampling;
}
export interface Options extends Settings {
  /** Whether a reader who has done nothing yet is asked to begin. */
  invites?: boolean;
  /** Keys that reach this target while nothing has the focus also steer the player. */
  keys?: EventTarget;
  /** The film's numbers, where several players share them. */
  reel?: Reel;
  /** Called with a stop that is not known, and the slider in focus; the reel is given it when it comes. */
  ask?(stop: number, slider: number): void;
  /** Show another mode of a film of both. */
  turn?(to: Mode, player: Player): void;
  /** Where a player that was turned goes on. */
  state?: Partial<PlayerState>;
  /** Called when the player stands in the page. */
  opened?(player: Player): void;
  /** Whether nobody answers. */
  alone?(): boolean;
  /** Called when the reader stops the sampling, or lets it go on. */
  steer?(what: "stop" | "go on"): void;
}
export interface State {
  stop: number;
  values: number[];
  step: number;
  playing: boolean;
  speed: number;
  loop: boolean;
  presentation: boolean;
  detail: Detail;
}
export interface Controller {
  readonly state: State;
  set(settings: Settings): void;
  /** Call back after every change that was not made by `set`; returns how to stop that. */
  on(event: "change", callback: (state: State) => void): () => void;
  /** Of a film of both modes: which step of the story of both a shown one is, and which is shown for one of that. */
  steps?: { whole(step: number): number; shown(step: number): number };
  destroy(): void;
}
