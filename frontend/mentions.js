// Suggests people and groups after an @; the server knows who may be named here.
import { tell } from "./texts.js";

const PAUSE = 120; // ms
const LONGEST = 60;

export function suggestMentions({ area }) {
  const expander = area.closest("text-expander");
  if (!expander) return;
  let latest = 0;
  let fruitless = null;

  const find = async (query) => {
    const nothing = { matched: false };
    if (query.length > LONGEST || (fruitless !== null && query.startsWith(fruitless))) return nothing;
    const mine = ++latest;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    // Somebody types on: this answer never comes, so that the list which is open stays open.
    if (mine !== latest) return new Promise(() => {});
    try {
      const address = new URL(expander.dataset.url, location.href);
      address.searchParams.set("q", query);
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const list = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=listbox]");
      if (mine !== latest) return new Promise(() => {});
      const options = list ? [...list.querySelectorAll("[role=option]")] : [];
      if (!options.length) {
        fruitless = query;
        return nothing;
      }
      list.classList.add("mentions");
      list.setAttribute("aria-label", expander.dataset.label);
      options.forEach((option, index) => {
        option.id ||= `${area.id}-mention-${index}`;
      });
      return { matched: true, fragment: list };
    } catch {
      return nothing;
    }
  };

  // It does not bubble: GitHub's element sends it to whoever listens to the element itself.
  expander.addEventListener("text-expander-change", ({ detail }) => detail.provide(find(detail.text)));
  expander.addEventListener("text-expander-value", ({ detail }) => {
    detail.value = detail.item.dataset.value;
  });
  expander.addEventListener("text-expander-committed", () => {
    latest++;
    tell(area);
  });
  area.addEventListener("input", () => {
    if (fruitless !== null && !area.value.slice(0, area.selectionEnd).includes(`@${fruitless}`)) fruitless = null;
  });
}
