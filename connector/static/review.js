// Keeps a review while it is written: sends what changed since the last time, field by field, so that two tabs or devices
// never overwrite what the other one wrote elsewhere in the form. Without this file the buttons do the same.
const form = document.querySelector("form[data-saves]");
const PAUSE = 1200; // ms after the last change
const RETRIES = [5, 10, 20, 60]; // s
const OVER = [401, 403, 404, 410];

if (form) {
  const status = form.querySelector("[data-status]");
  const token = form.elements.csrf_token.value;
  const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const read = () => Object.fromEntries([...new FormData(form)].filter(([name]) => /^(level-|comment-|passage-|summary)/.test(name)));
  let kept = read();
  // Where a group writes: fingerprints of what the fields were, so that of two people nobody writes over the other.
  const was = form.elements.was && JSON.parse(form.elements.was.value);
  let [timer, failures, isRunning, isOver] = [null, 0, false, false];

  const changed = () => {
    const now = read();
    return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== kept[name]));
  };

  const save = async () => {
    clearTimeout(timer);
    const fields = changed();
    if (isRunning || isOver || "sent" in form.dataset || !Object.keys(fields).length) return;
    isRunning = true;
    const body = JSON.stringify(was ? { fields, was: Object.fromEntries(Object.keys(fields).map((name) => [name, was[name] ?? ""])) } : { fields });
    try {
      const answer = await fetch(form.dataset.saves, {
        method: "POST",
        keepalive: body.length < 20_000, // the page may be gone before the answer is there
        headers: { "X-CSRF-Token": token, Accept: "application/json", "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(15_000),
      });
      if (OVER.includes(answer.status)) isOver = true;
      if (!answer.ok) throw new Error(answer.statusText);
      kept = { ...kept, ...fields };
      failures = 0;
      const { beside = [], was: now = {} } = await answer.json();
      if (was) form.elements.was.value = JSON.stringify(Object.assign(was, now));
      status.textContent = beside.length ? form.dataset.textBeside : form.dataset.textSaved.replace("{time}", clock.format(new Date()));
    } catch {
      failures++;
      status.textContent = form.dataset.textUnsaved;
      if (!isOver) timer = setTimeout(save, RETRIES[Math.min(failures, RETRIES.length) - 1] * 1000);
    }
    isRunning = false;
    if (!failures && Object.keys(changed()).length) later();
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  form.addEventListener("input", () => {
    if (!failures) later();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("pagehide", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
}
