// @ts-check
// Echoes: the model goes back to what a view has said when its word comes back while the next is on its way.

/** Remember what was said of late. */
export function makeEchoes() {
  /** @type {Map<string, any[]>} */
  const words = new Map();
  return {
    /** @param {string} name @param {any} value */
    note(name, value) {
      words.set(name, [...(words.get(name) ?? []).slice(-50), value]);
    },
    /** Whether this was said here. @param {string} name @param {any} value */
    heard: (name, value) => words.get(name)?.includes(value) ?? false,
    forget: () => words.clear(),
  };
}
