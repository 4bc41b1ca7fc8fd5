// Asks the LMS for the height that the page needs (lti.frameResize; Canvas and Sakai answer it, others ignore it), and
// closes open menus when somebody looks elsewhere.
const origin = document.documentElement.dataset.platformOrigin;

if (window.parent !== window && origin) {
  let last = 0;
  const tell = () => {
    // The body's own height, not the window's: a page that has become shorter says so.
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    window.parent.postMessage({ subject: "lti.frameResize", height }, origin);
  };
  new ResizeObserver(tell).observe(document.body);
  window.addEventListener("pageshow", tell);
}

const close = (except) => {
  for (const open of document.querySelectorAll("details[data-closes][open]")) {
    if (!open.contains(except)) open.open = false;
  }
};
document.addEventListener("click", (event) => close(event.target));
document.addEventListener("focusin", (event) => close(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details[data-closes][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A live region speaks of what changes in it: what the server put there is put there once more, with a way to close it.
const toasts = document.querySelector("[data-toasts]");
if (toasts?.firstElementChild) {
  const said = [...toasts.children];
  toasts.replaceChildren();
  for (const toast of said) {
    const button = toasts.nextElementSibling.content.firstElementChild.cloneNode(true);
    button.addEventListener("click", () => toast.remove());
    toast.append(button);
  }
  setTimeout(() => toasts.append(...said), 150);
  // Whoever writes on has read it.
  document.addEventListener("input", () => toasts.replaceChildren(), { once: true });
}
document.querySelector("[data-focus]")?.focus();

// Where the tabs do not fit, the current one is in sight.
const tabs = document.querySelector(".tabs");
const current = tabs?.querySelector("[aria-current]");
if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;

// What scrolls sideways can be reached with the keyboard.
for (const table of document.querySelectorAll(".prose table, .table-wrap")) {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
}
