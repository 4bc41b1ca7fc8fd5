// What forms gain from scripts: no act is sent twice, Ctrl or Cmd with Enter sends, characters are counted, and text
// that was not sent is kept in this tab.
const number = new Intl.NumberFormat(document.documentElement.lang || undefined);

// --- sent once ---------------------------------------------------------------------------------------------------------
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[data-sending]")) {
    delete button.dataset.sending;
    button.disabled = false;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  markSent(form);
  // After the browser has read the form: a disabled button would be left out of it.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button], :disabled)")) {
      button.dataset.sending = "";
      button.disabled = true;
    }
  });
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.localName !== "textarea") return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});

// --- characters --------------------------------------------------------------------------------------------------------
// Says nothing until the last fifth: a counter that always moves is noise.
const count = (area) => {
  const output = document.getElementById(`${area.id}-count`);
  if (!output) return;
  const limit = Number(area.dataset.limit);
  const left = limit - [...area.value].length;
  output.hidden = left > limit / 5;
  output.classList.toggle("over", left < 0);
  output.textContent = (left < 0 ? output.dataset.over : output.dataset.left).replace("{n}", number.format(Math.abs(left)));
};
for (const area of document.querySelectorAll("textarea[data-limit]")) count(area);

// --- text not yet sent -------------------------------------------------------------------------------------------------
// Kept under the page's path and the form's name: {fields: {name: text}, base: the server's draft it grew from, sent: bool}.
// A form that keeps its draft on the server too (frontend/drafts.js) tells by "kring:saved" that there is a newer one.
const PREFIX = "kring-draft:";
const keyOf = (form) => `${PREFIX}${location.pathname}:${form.dataset.draft}`;
let storage = null;
try {
  storage = window.sessionStorage;
} catch {
  // refused in this frame: beforeunload asks instead
}
const read = (key) => JSON.parse(storage?.getItem(key) ?? "null");
const write = (key, draft) => {
  try {
    storage?.setItem(key, JSON.stringify(draft));
  } catch {
    storage = null;
  }
};
const texts = (form) => [...form.querySelectorAll("textarea[name], input[type=text][name], textarea[data-keep]")];
const nameOf = (text) => text.name || text.dataset.keep;
const changed = new Set();

function keep(form) {
  const fields = Object.fromEntries(texts(form).filter((text) => text.value !== text.defaultValue).map((text) => [nameOf(text), text.value]));
  if (Object.keys(fields).length) {
    changed.add(form);
    write(keyOf(form), { fields, base: form.dataset.revision, sent: false });
  } else {
    changed.delete(form);
    storage?.removeItem(keyOf(form));
  }
}

function markSent(form) {
  changed.delete(form);
  if (!form.dataset.draft) return;
  const draft = read(keyOf(form));
  if (draft) write(keyOf(form), { ...draft, sent: true });
}

// An act that succeeded was answered with a redirect; one that failed was not. So what was sent is forgotten only then.
const settle = () => {
  if (!storage) return;
  const wasRedirected = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  const hasFailed = document.documentElement.dataset.page === "error";
  for (const key of Object.keys(storage).filter((name) => name.startsWith(PREFIX))) {
    const draft = read(key);
    if (!draft?.sent) continue;
    if (wasRedirected && !hasFailed) storage.removeItem(key);
    else write(key, { ...draft, sent: false });
  }
};

const fill = (fields, draft) => {
  for (const text of fields) {
    text.value = draft[nameOf(text)];
    if (text.dataset.limit) count(text);
  }
};

// The copy in this tab is the newer one if it grew from what the server has; else both are shown to the person.
const reconcile = (form, draft) => {
  if (draft.base === form.dataset.revision) fill(texts(form).filter((text) => nameOf(text) in draft.fields), draft.fields);
  else form.dataset.kept = JSON.stringify(draft.fields);
};

const restore = (form) => {
  const draft = read(keyOf(form));
  if (!draft) return;
  if ("draftsUrl" in form.dataset) {
    reconcile(form, draft);
    return;
  }
  const empty = texts(form).filter((text) => text.value === "" && draft.fields[nameOf(text)]);
  if (!empty.length) return;
  fill(empty, draft.fields);
  changed.add(form);
  const note = document.createElement("p");
  note.className = "draft-kept";
  note.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button quiet";
  discard.textContent = form.dataset.draftDiscard;
  discard.addEventListener("click", () => {
    for (const text of empty) text.value = "";
    keep(form);
    note.remove();
    empty[0].focus();
  });
  note.append(form.dataset.draftKept, discard);
  empty[0].after(note);
};

settle();
document.addEventListener("kring:saved", ({ target }) => keep(target));
document.querySelectorAll("form[data-draft]").forEach(restore);

document.addEventListener("input", (event) => {
  const { target } = event;
  if (target.dataset.limit) count(target);
  if (target.form?.dataset.draft) keep(target.form);
});
window.addEventListener("beforeunload", (event) => {
  if (!storage && changed.size) event.preventDefault();
});
