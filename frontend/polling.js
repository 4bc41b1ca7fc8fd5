// Asks now and then what is new: <div role="status" data-poll="address" data-poll-every="25"></div>. What comes back, say a
// link "3 new replies", is put into the element, which floats above the page: nothing moves. A tab that nobody sees rests.
const LONGEST = 300; // s
const GONE = [401, 403, 404, 410];

const poll = (place) => {
  const every = Number(place.dataset.pollEvery) || 25;
  let pause = every;
  let tag = null;
  let timer;
  let due = Date.now() + every * 1000;

  const wait = () => {
    // Not all at once: a course of three hundred comes back from the same break.
    const seconds = pause * (0.9 + 0.2 * Math.random());
    due = Date.now() + seconds * 1000;
    timer = setTimeout(ask, seconds * 1000);
  };
  const ask = async () => {
    if (document.hidden || !place.isConnected) return;
    try {
      const answer = await fetch(place.dataset.poll, { headers: { Accept: "text/html", ...(tag && { "If-None-Match": tag }) } });
      if (GONE.includes(answer.status)) return;
      if (answer.status >= 400) throw new Error(answer.statusText);
      pause = every;
      if (answer.status === 200) {
        tag = answer.headers.get("ETag");
        const found = await answer.text();
        if (found !== place.innerHTML) place.innerHTML = found;
      }
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
    wait();
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (due <= Date.now()) ask();
    else timer = setTimeout(ask, due - Date.now());
  });
  wait();
};
document.querySelectorAll("[data-poll]").forEach(poll);
