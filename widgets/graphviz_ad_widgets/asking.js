// @ts-check
// Asking Python for what the browser does not have: few questions at a time, and the newest first.

/** Make what asks for stops. At most `most` questions are on their way; of those that wait only the newest is kept.
 * @param {(question: {seq: number, stop: number, slider: number}) => void} send
 * @param {{most?: number, patience?: number, gaveUp?: () => void}} [limits]
 * `patience` in milliseconds, after which an answer is given up */
export function makeAsker(send, { most = 2, patience = 5000, gaveUp } = {}) {
  /** @type {Map<number, {stop: number, timer: any}>} */
  const flying = new Map();
  /** @type {{stop: number, slider: number} | null} */
  let next = null;
  let seq = 0;

  function flush() {
    if (!next || flying.size >= most) return;
    const { stop, slider } = next,
      number = ++seq;
    next = null;
    flying.set(number, { stop, timer: setTimeout(() => (settle(number), gaveUp?.()), patience) });
    send({ seq: number, stop, slider });
  }
  /** A question is answered, or given up: the stop that it asked for. */
  function settle(number = 0) {
    const asked = flying.get(number);
    clearTimeout(asked?.timer);
    flying.delete(number);
    flush();
    return asked?.stop;
  }

  return {
    /** Ask for a stop, and forget the one that was to be asked for next. */
    ask(stop = 0, slider = 0) {
      if ([...flying.values()].some((one) => one.stop === stop)) next = null;
      else ((next = { stop, slider }), flush());
    },
    settle,
    /** Ask no more. */
    end() {
      next = null;
      for (const { timer } of flying.values()) clearTimeout(timer);
      flying.clear();
    },
  };
}
