// @ts-check
// The picture comes first, then the word to Python.

/** Make a task that is done once the next frame is on the screen, however often it is asked for before.
 * @param {() => void} task */
export function afterPaint(task) {
  let due = 0;
  const channel = new MessageChannel();
  function act() {
    if (!due) return;
    due = 0;
    task();
  }
  channel.port1.onmessage = act;
  return {
    ask: () => void (due ||= requestAnimationFrame(() => channel.port2.postMessage(0))),
    /** Do now what was asked for. */
    flush() {
      cancelAnimationFrame(due);
      act();
    },
    end: () => channel.port1.close(),
  };
}
