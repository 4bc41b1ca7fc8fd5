// The entry of the bundle: what every page may use, and the way to what only some need.
import "./polling.js";
import "./shortcuts.js";

const when = (selector, load) => {
  if (document.querySelector(selector)) load();
};
when("form.composer", () => import("./composer.js"));
when("relative-time", () => import("@github/relative-time-element"));
when("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete], [hx-boost]", () => import("./htmx.js"));
