/** The shape of a film, as `Film.to_json` in Python writes it, and of what `mount` takes and gives. */

/** Fixed decimals, or an exponent with so many decimals of the mantissa. */
export type Format = ["f" | "e", number];
export interface Picture { kind: "line" | "map"; columns: number; rows: number }
/** Where a number, or a small or a large array, stands in a row of numbers. */
export interface Quantity { c: number; n: number; f: Format; role: string; shape?: string | null; picture?: Picture | null }
/** Step, state, quantity or -1, counter, progress; what is left out at the end is -1, "" and 0. */
export type Entry = [step: number, state: string, quantity?: number, counter?: string, progress?: number];
export type Fragment = string | { m: string; t: string } | { q: number };
export interface Stage { label: string; mathml: string; text?: string }
export interface Step {
  kind: "evaluate" | "seed" | "local" | "accumulate";
  node: number;
  edge: number[] | null;
  writes: string;
  reads: string[];
  sentence: Fragment[];
  stages: Stage[];
  /** Line, column, end line, end column. */
  span: number[] | null;
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
  rows: { node: number; mathml: string; text: string }[];
  output: number;
  gradients: number[];
  guard: string;
}
export interface Slider { name: string; mathml: string; values: string; start: number; format: Format }
export interface Film {
  version: number;
  name: string;
  title: { mathml: string; text: string };
  sliders: Slider[];
  /** Per stop: its scene (-1 where f raised) and its row of numbers (counted up in each scene where left out). */
  stops: { scene: number[]; row?: number[] };
  errors: Record<string, string>;
  numbers: string[];
  pictures: Record<string, string | string[]>[];
  code: { lines: string[]; first: number } | null;
  scenes: Scene[];
}

export interface Settings {
  theme?: string;
  /** 0 is the first; null is after the last: everything known, nothing in progress. */
  step?: number | null;
  /** Flat index of the stop: the last slider counts fastest. */
  stop?: number;
  playing?: boolean;
  speed?: number;
}
export interface Options extends Settings {
  /** Keys that reach this target while nothing has the focus also steer the player. */
  keys?: EventTarget;
}
export interface State { stop: number; step: number; playing: boolean; speed: number }
export interface Controller extends Readonly<State> {
  set(settings: Settings): void;
  /** Call back after every change; returns how to stop that. */
  on(event: "change", callback: (state: State) => void): () => void;
  destroy(): void;
}
