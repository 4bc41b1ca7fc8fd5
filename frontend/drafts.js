// Keeps the text on the server while it is written: PUT {fields, base} -> {revision}, or 409 with what is stored there
// because it was changed elsewhere; then the person chooses. form.js keeps a copy in this tab besides, which also holds
// when the network does not; it notes the revision that it grew from in `base`.
import { canonical, defaultsOf, fieldsOf, grow, inWords, setFields, textsOf } from "./texts.js";

const PAUSE = 1000; // ms after the last key
const LONGEST = 2500; // ms after the first
const PATIENCE = 15_000; // ms
const RETRIES = [5, 10, 20, 60]; // s
const KEEPALIVE_LIMIT = 60_000; // bytes; browsers refuse 65,536
const OVER = [401, 403, 404, 410];

export function keepDraft({ form, area, token, status }) {
  const url = form.dataset.draftsUrl;
  if (!url) return null;
  const say = (text) => {
    if (status && status.textContent !== text) status.textContent = text;
  };
  const saved = form.dataset.saved ? JSON.parse(form.dataset.saved) : null;
  // What the page came with is nobody's typing, and nothing to keep, unless the form came back with it.
  let stored = saved?.fields ?? ("retyped" in form.dataset ? {} : defaultsOf(form));
  let revision = Number(form.dataset.revision ?? 0);
  const ours = new Set(); // what was sent from here: found again on the server, it is no conflict
  let [timer, first, failures, running, conflict, isOver, isWaited] = [null, 0, 0, null, null, false, false];

  const adopt = (next, fields) => {
    revision = next;
    stored = fields;
    form.dataset.revision = next;
    form.dispatchEvent(new CustomEvent("kring:saved", { bubbles: true }));
  };
  const isStored = () => canonical(fieldsOf(form)) === canonical(stored);

  const request = (method, body) =>
    fetch(url, {
      method,
      keepalive: (body?.length ?? 0) * 3 < KEEPALIVE_LIMIT, // the page may be gone before the answer is there
      headers: { "X-CSRF-Token": token, Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });

  const send = async (fields) => {
    const isEmpty = canonical(fields) === "[]";
    const body = isEmpty ? undefined : JSON.stringify({ fields, base: revision });
    ours.add(canonical(fields));
    const answer = await request(isEmpty ? "DELETE" : "PUT", body);
    if (answer.status === 409) return settle(await answer.json());
    if (OVER.includes(answer.status)) isOver = true;
    if (!answer.ok) throw new Error(answer.statusText);
    failures = 0;
    adopt(isEmpty ? 0 : (await answer.json()).revision, fields);
    say(isEmpty ? "" : form.dataset.textSaved.replace("{time}", inWords(new Date())));
    return undefined;
  };

  const settle = (theirs) => {
    // What this page sent itself, or nothing at all: the draft was sent or thrown away elsewhere, and this text goes on.
    if (ours.has(canonical(theirs.fields)) || canonical(theirs.fields) === "[]") {
      adopt(theirs.revision, theirs.fields);
      failures = 0;
      return;
    }
    say("");
    conflict = ask(form, fieldsOf(form), theirs, async (chosen) => {
      setFields(form, chosen);
      form.dispatchEvent(new CustomEvent("kring:restored"));
      area.focus();
      // The server keeps all texts until one is chosen: what was chosen begins the draft anew.
      const isForgotten = await request("DELETE").then((answer) => answer.ok, () => false);
      adopt(isForgotten ? 0 : theirs.revision, isForgotten ? {} : theirs.fields);
      conflict = null;
      later();
    });
  };

  // One at a time, also when the page goes away: a second one could not know the revision that the first one makes.
  const save = async () => {
    clearTimeout(timer);
    timer = null;
    first = 0;
    if (running || conflict || isOver || "sent" in form.dataset || isStored()) return;
    running = send(fieldsOf(form)).catch(() => {
      failures++;
      say(form.dataset.textUnsaved);
      if (!isOver) timer = setTimeout(save, RETRIES[Math.min(failures, RETRIES.length) - 1] * 1000);
    });
    await running;
    running = null;
    if (!failures && !isStored()) later();
  };

  const later = () => {
    const now = Date.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, first + LONGEST - now)));
  };

  form.addEventListener("input", () => {
    if (!failures) later();
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
  window.addEventListener("pagehide", () => save());

  if (saved) tellOf(form, saved, async () => {
    setFields(form, {});
    form.dispatchEvent(new CustomEvent("kring:restored"));
    area.focus();
    await save();
  });
  // What this tab kept grew from another revision than the one that is on the server now.
  if (form.dataset.kept) {
    const kept = JSON.parse(form.dataset.kept);
    delete form.dataset.kept;
    const mine = { ...fieldsOf(form), ...kept };
    if (canonical(mine) !== canonical(fieldsOf(form))) {
      const theirs = { fields: fieldsOf(form), revision, updated_at: saved?.updated_at };
      setFields(form, mine);
      settle(theirs);
    }
  } else if (saved?.others?.length) {
    // A tab was closed before anybody chose.
    const late = saved.others.map(({ fields }) => fields).reduce((one, other) => join(form, one, other));
    if (canonical(late) !== canonical(stored)) settle({ fields: late, revision, updated_at: saved.others.at(-1).at });
  } else if (!isStored()) later();

  return {
    isFailing: () => failures > 0,
    // Sending throws the draft away; a save that arrived after it would bring it back.
    holdsBack(again) {
      clearTimeout(timer);
      if (!running) return false;
      if (isWaited) return false;
      isWaited = true;
      Promise.race([running, new Promise((resolve) => setTimeout(resolve, 3000))]).then(again);
      return true;
    },
  };
}

// The draft that the page came with, perhaps from another device: says so, and fills the fields that the server left empty.
function tellOf(form, saved, discard) {
  for (const text of textsOf(form)) {
    const value = saved.fields[text.name || text.dataset.keep];
    if (!text.value && value) text.value = value;
  }
  const note = grow(form, "draft");
  note.querySelector("[data-text]").textContent = form.dataset.textFound.replace("{time}", inWords(new Date(saved.updated_at)));
  note.querySelector("button").addEventListener("click", () => {
    note.remove();
    discard();
  });
  form.querySelector("[data-notes]").append(note);
}

// Two texts, and three ways on. Nothing is saved until one is chosen; sending sends what stands in the form.
function ask(form, mine, theirs, choose) {
  const box = grow(form, "conflict");
  const time = theirs.updated_at ? inWords(new Date(theirs.updated_at)) : inWords(new Date());
  const sentence = box.querySelector("[data-text]");
  sentence.textContent = sentence.textContent.replace("{time}", time);
  const differing = textsOf(form).map((text) => text.name).filter((name) => name && (mine[name] ?? "") !== (theirs.fields[name] ?? ""));
  const show = (fields) => differing.map((name) => fields[name] ?? "").join("\n\n").trim();
  box.querySelector("[data-mine]").value = show(mine);
  box.querySelector("[data-theirs]").value = show(theirs.fields);
  const answers = {
    mine: () => fieldsOf(form),
    theirs: () => theirs.fields,
    both: () => join(form, fieldsOf(form), theirs.fields),
  };
  box.addEventListener("click", ({ target }) => {
    const choice = target.closest("button[data-choice]")?.dataset.choice;
    if (!choice) return;
    box.remove();
    choose(answers[choice]());
  });
  form.querySelector("[data-notes]").append(box);
  box.scrollIntoView({ block: "nearest" });
  return box;
}

// Long texts one below the other; a title can be only one; files of both.
function join(form, mine, theirs) {
  const both = { ...theirs, ...mine };
  for (const text of textsOf(form)) {
    const [one, other] = [mine[text.name] ?? "", theirs[text.name] ?? ""];
    if (text.dataset.keep) {
      const files = [mine, theirs].flatMap((fields) => JSON.parse(fields[text.dataset.keep] || "[]"));
      both[text.dataset.keep] = JSON.stringify([...new Map(files.map((file) => [file.id, file])).values()]);
    } else if (one.trim() && other.trim() && one !== other && text.localName === "textarea") both[text.name] = `${one}\n\n${other}`;
    else both[text.name] = one.trim() ? one : other;
  }
  return both;
}
