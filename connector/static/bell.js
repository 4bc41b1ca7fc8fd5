// Keeps the bell's count up to date while somebody looks at the page: a question now and then that is answered with
// nothing as long as nothing has changed.
const EVERY = 30_000;
const bell = document.querySelector("[data-bell]");
const count = bell?.querySelector(".bell-count");

const show = ({ unread, more }) => {
  const figure = `${unread}${more ? "+" : ""}`;
  count.textContent = figure;
  count.hidden = unread === 0;
  bell.setAttribute("aria-label", unread ? bell.dataset.unread.replace("{n}", figure) : bell.dataset.label);
};

const ask = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
    else clearInterval(timer); // the visit has ended
  } catch {
    // no network just now
  }
};
const timer = bell ? setInterval(ask, EVERY) : null;
