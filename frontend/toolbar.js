// What the toolbar does beyond GitHub's: maths, and the keys that everybody knows.
import { type } from "./texts.js";

const wrap = (area, mark) => {
  const { selectionStart: from, selectionEnd: to } = area;
  const selected = area.value.slice(from, to);
  if (selected.includes("\n")) {
    type(area, `${mark}${mark}\n${selected}\n${mark}${mark}`);
    return;
  }
  type(area, `${mark}${selected}${mark}`);
  area.setSelectionRange(from + mark.length, to + mark.length);
};

export function addToolbar({ form, area }) {
  const toolbar = form.querySelector("markdown-toolbar");
  if (!toolbar) return;
  toolbar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-wrap]");
    if (button) wrap(area, button.dataset.wrap);
  });
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const button = toolbar.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
