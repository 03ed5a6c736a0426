/** What the modules of the player share: one state, what is shown at a moment, and the one shape of all panels. */
import type { Controller, Detail, Entry, Film, Options, Place, Question, Reel, Sampling, Scene, Step } from "./film";

/** All that changes while a film is shown. */
export interface PlayerState {
  /** Where each slider is: the number of a stop along it. */
  index: number[];
  /** A place off the grid, where Python has put the sliders. */
  exactly: Place | null;
  /** The place whose numbers are shown: the last one where f gave any. */
  here: Place;
  /** The scene of that place, and the one that stands in the page: -1 before there is one. */
  scene: number;
  shown: number;
  /** From 0; the number of steps stands for "after the last". */
  step: number;
  /** What a learner is asked at this step, whose number is not shown yet. */
  asked: Question | null;
  /** The slider in focus. */
  active: number;
  playing: boolean;
  /** Another player does the playing. */
  led: boolean;
  speed: number;
  loop: boolean;
  /** The step at which playing ends: -1 for the last. */
  until: number;
  /** The part whose number is still on its way to it. */
  hold: string;
  /** What is inspected, what is pointed at, and what stays lit while nothing is: "n3", "e3_0", a line of code: "7". */
  picked: string;
  pointed: string;
  stuck: string;
  /** Whether the graph is another one since the last step, and since the last move of a slider. */
  switched: boolean;
  moved: boolean;
  /** Whether an answer of Python is overdue. */
  late: boolean;
  /** How far the sampling is, where it goes on. */
  sampling: Sampling | null;
  /** Large type, for a room. */
  presentation: boolean;
  /** Whether f and its derivative are shown at once, or each from the step on that finds it. */
  reveal: "all" | "steps";
  /** How much the steps say. */
  detail: Detail;
  /** Whether the step on screen is printed, or all of them. */
  print: "step" | "strip";
  /** What is turned on, where that was chosen. */
  groups: string[] | null;
  /** What else is to be said above the graph. */
  remark: string;
  /** The size of the box that all was last made to fit. */
  measured: string;
  /** How large the graph is drawn: whole, as far as it can be read; whole; or a scale that was chosen. */
  zoom: number | "readable" | "whole";
  /** Whether the view of the graph follows the step. */
  follows: boolean;
}

/** What is shown at a moment: the state, and what follows from it. */
export interface Now extends Omit<PlayerState, "scene"> {
  scene: Scene;
  /** Which of the scenes that is. */
  number: number;
  /** The place of the sliders, where it is known; its number; and its values, or those of the last good place. */
  at: Place | undefined;
  stop: number;
  values: number[];
  /** Whether f raised there. */
  raised: boolean;
  /** The step that is told, and the last one there is, both from 0: people read `step + 1` of `last + 1`. */
  step: number;
  last: number;
  current: Step;
  /** The names of what is lit by what is pointed at. */
  lit: string[];
  /** What of the code is marked besides: how, and where. */
  operands?: [tone: string, span: number[] | null][];
  /** Whether the step is another one since the last painting; whether the graph is. */
  fresh: boolean;
  entered: boolean;
  /** The entry of a part that is in force. */
  entry(id: string): Entry;
  /** A quantity in one line; and whether it is zero, or not finite, as classes. */
  text(quantity: number): string;
  flags(quantity: number): string;
}

/** What has become of a question: answered, with so many digits or by which slips, or shown. */
export interface Answered {
  mark: "right" | "wrong" | "shown";
  value: number;
  digits: number;
  slips: number[];
  near: boolean;
}
/** Who asks a learner. */
export interface Quiz {
  /** What is asked at the step that is shown; how far one may go; what of the picture waits for the answer. */
  asked(): Question | null;
  gate(to: number): number;
  withheld(step: Step): string[];
  /** Say what an answer is; show the answer; what has become of a question. */
  judge(question: Question, value: number): Answered;
  give(step: number): Answered;
  at(step: number): Answered | undefined;
  /** How many questions have a mark; how many are still to be answered here. */
  score(mark: string): number;
  left(): number;
  /** Why a question is not asked here, or an empty text; whether the number in the socket would give its answer. */
  unasked(question: Question): string;
  bare(question: Question): boolean;
  /** What stands above the sentence of a step that was asked, or in its place. */
  tell(now: Now): Node[];
}

/** The picture of a scene, taken apart. */
export interface View {
  svg: any;
  nodes: Map<string, any>;
  parts: { id: string; node: any; slots: any[]; note: any; bar: any; picture: any; cells: any[]; double: any }[];
  /** Where what travels is drawn, and what is wide enough to be hit. */
  pills: any;
  /** Its texts, each with the size of its type. */
  texts: { node: any; size: number }[];
  hits: any[];
  /** How wide the picture is where its smallest type has the size 1. */
  least: number;
}

/** What looks at the graph. */
export interface Sight {
  /** Draw it as large as was asked for, or as can be read. */
  fit(): void;
  /** Zoom to a scale, so that what is at a place of the window stays there. */
  zoom(to: number | "readable" | "whole", x?: number, y?: number): void;
  /** Move the view, in px. */
  pan(left: number, top: number): void;
  /** Bring graph and sentence back into the box, and what a step writes into the pane. */
  show(): void;
  follow(now: Now): void;
  /** Put the map where it covers no card. */
  makeWay(): void;
  scale(): number;
  percent(): number;
  /** Whether a part of the graph is outside its pane. */
  beyond(): boolean;
  /** What its buttons and keys do. */
  acts: Record<string, () => void>;
}

/** What a panel is built with: the film, the state, and what can be done. */
export interface Player {
  film: Film;
  /** What f is called. */
  name: string;
  reel: Reel;
  state: PlayerState;
  options: Options;
  root: HTMLElement;
  box: any;
  /** Play another film elsewhere. */
  mount(root: HTMLElement, film: Film, options?: Options): Controller;
  /** Bring the page to the state; `fresh` where the step changed. */
  render(fresh?: boolean): void;
  /** Paint what is shown already once more: something else is pointed at, or picked. */
  repaint(): void;
  /** Make all fit where the box has another size. */
  measure(): void;
  /** Tell those who listen that the state has changed. */
  tell(): void;
  now(fresh?: boolean, entered?: boolean): Now;
  view(): View;
  /** Say it to who does not see the page. */
  announce(words: string): void;
  /** What to say while Python does not answer. */
  missing(): string;
  /** Go to a step; end a motion; play, or play until a step; what the buttons and the keys do. */
  go(to: number, animated?: boolean): void;
  cut(): void;
  setPlaying(on: boolean, until?: number): void;
  runTo(step: number): void;
  acts: Record<string, () => void>;
  /** Show one of the mended runs, or with -1 none; where there are findings. */
  mend?: (run: number) => void;
  /** What words mean: mark them in a text; the name of the element that says it; the box that shows it. */
  words: {
    tip: any;
    hide(): void;
    mark(text: string, seen: Set<string>): (string | Node)[];
    named(word: string): string;
  };
  /** Who asks, in a quiz. */
  quiz: Quiz | null;
  /** The view of the graph. */
  sight: Sight;
  /** Inspect a node or an edge; close the inspector, false where it was closed; light what is pointed at. */
  inspect(pick: string, from?: any, keys?: boolean): void;
  unpick(returns?: boolean): boolean;
  point(at?: string): void;
}

/** What a panel has put into the page. */
export interface Part {
  nodes: any[];
  /** Write what is shown. This happens at each move of a slider: change what has changed, and ask for no layout. */
  paint?(now: Now): void;
  /** Make it fit: the box has another size, or another graph has come (`now.entered`). */
  resize?(now: Now): void;
  /** All panels are painted and the step is another one: bring into sight what it is about. */
  settle?(now: Now): void;
  destroy?(): void;
}
/** One thing that a player shows. */
export interface Panel {
  name: string;
  /** Its label, where its first element has a role that can bear one. */
  title?: string;
  /**
   * The region of the frame; panels of one region stand in the order of the list. Where the box is narrower than
   * 1040 px, the style sheet gives each panel an area of a grid: without one it stands below them.
   */
  place: "top" | "left" | "middle" | "right" | "bottom";
  /** The name by which a person turns it on: "curve", "code", "formula" or "steps". Without one it is always there. */
  group?: "curve" | "code" | "formula" | "steps";
  build(player: Player): Part;
}
