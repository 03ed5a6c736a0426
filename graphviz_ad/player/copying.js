// @ts-check
// Copying text: pages opened from a file, and sandboxed frames, may have no clipboard of their own.
import { make } from "./elements.js";

/** Copy a text; false where the browser does not allow it.
 * @param {HTMLElement} within where the text may be selected @returns {Promise<boolean>} */
export function copyText(text = "", within) {
  return (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
    () => true,
    () => {
      const root = /** @type {any} */ (within.getRootNode());
      const before = root.activeElement;
      const field = make("textarea", { class: "gad-live", "aria-hidden": "true", readonly: "" });
      field.value = text;
      within.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      before?.focus({ preventScroll: true });
      return done;
    },
  );
}
