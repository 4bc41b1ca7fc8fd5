// Single keys for those who know them. An element says its own with data-shortcut="r"; j and k step through what the page
// lists, n goes to the next unread, ? tells which there are. They can be switched off, as WCAG 2.1.4 asks.
const root = document.documentElement;
const dialog = document.getElementById("shortcuts");
const KEY = "kring-shortcuts";

let isOff = root.dataset.shortcuts === "off";
try {
  isOff ||= localStorage.getItem(KEY) === "off";
} catch {
  // refused in this frame: what the page says holds
}

const isShown = (element) => element.checkVisibility();
const steps = () => [...document.querySelectorAll(".post, .row")].filter(isShown);
const go = (element) => {
  if (!element) return;
  const target = element.matches("[tabindex]") ? element : element.querySelector("a[href]");
  target?.focus();
  element.scrollIntoView({ block: "nearest" });
};
const step = (by, among = steps()) => {
  const here = document.activeElement?.closest(".post, .row");
  const next = here
    ? among.filter((each) => here.compareDocumentPosition(each) & (by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING))
    : among;
  go(by > 0 || !here ? next[0] : next.at(-1));
};
const acts = {
  j: () => step(1),
  k: () => step(-1),
  n: () => step(1, steps().filter((each) => each.matches(".unread"))),
};

// The one nearest to what has the focus: "r" answers the post that somebody reads.
const elementFor = (key) => {
  const selector = `[data-shortcut="${CSS.escape(key)}"]`;
  const near = document.activeElement?.closest(".post, .row")?.querySelector(selector);
  return near ?? [...document.querySelectorAll(selector)].find(isShown);
};

const isTyping = (target) =>
  target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

document.addEventListener("keydown", (event) => {
  if (isOff || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const element = elementFor(event.key);
  if (event.key === "?" && dialog) open();
  else if (element) element.matches("input, textarea, select") ? element.focus() : element.click();
  else if (acts[event.key] && steps().length) acts[event.key]();
  else return;
  event.preventDefault();
});

// --- what there is -----------------------------------------------------------------------------------------------------
const line = (key, label) => {
  const row = document.createElement("div");
  const [term, told] = [document.createElement("dt"), document.createElement("dd")];
  const sign = document.createElement("kbd");
  sign.textContent = key;
  term.append(sign);
  told.textContent = label;
  row.append(term, told);
  row.dataset.own = "";
  return row;
};

const nameOf = (element) =>
  element.dataset.shortcutLabel ?? element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+/g, " ");

function open() {
  for (const old of dialog.querySelectorAll("[data-own]")) old.remove();
  const found = new Map([...document.querySelectorAll("[data-shortcut]")].reverse().map((each) => [each.dataset.shortcut, nameOf(each)]));
  dialog.querySelector("[data-fixed]").before(...[...found].map(([key, label]) => line(key, label)));
  for (const part of dialog.querySelectorAll("[data-steps]")) part.hidden = !steps().length;
  dialog.querySelector("input[type=checkbox]").checked = !isOff;
  dialog.showModal();
}

dialog?.querySelector("input[type=checkbox]").addEventListener("change", ({ target }) => {
  isOff = !target.checked;
  try {
    localStorage.setItem(KEY, isOff ? "off" : "on");
  } catch {
    // for this page only
  }
});
document.querySelector("[data-opens-shortcuts]")?.addEventListener("click", open);
