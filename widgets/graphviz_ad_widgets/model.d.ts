/** What anywidget gives, and what the views of one model share. */
import type { Controller, Reel, Sampling } from "../../graphviz_ad/player/film";

/** The synced traits, and messages. */
export interface Model {
  get(name: string): any;
  set(name: string, value: any): void;
  save_changes(): void;
  send(message: object): void;
  on(event: string, callback: (message?: any) => void): void;
  off(event: string, callback: (message?: any) => void): void;
}

export interface Session {
  model: Model;
  /** The film's numbers, and the questions for those that are not there yet. */
  reel: Reel;
  asker: { ask(stop: number, slider: number): void; settle(seq: number): number | undefined; end(): void };
  /** The views, in the order in which they were opened; one of them leads while the story plays. */
  views: Set<Controller>;
  leader: Controller | null;
  /** Whether Python could not be reached: the notebook was opened without running it, or its kernel is gone. */
  lost: boolean;
  /** Send a message, if there is anybody; save what was set. */
  reach(message: object): void;
  save(): void;
  /** How far Python has come with sampling. */
  sampling(): Sampling;
}
