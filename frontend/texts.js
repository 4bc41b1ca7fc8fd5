// The texts of a form, and how they are changed so that undoing still works.

const named = (text) => text.name || text.dataset.keep;

// What a person typed into the form, by the fields' names; form.js keeps the same ones in this tab.
export const textsOf = (form) =>
  [...form.querySelectorAll("textarea[name], input[type=text][name], textarea[data-keep]")];

export const fieldsOf = (form) => Object.fromEntries(textsOf(form).map((text) => [named(text), text.value]));

// The same, as the page came with them.
export const defaultsOf = (form) => Object.fromEntries(textsOf(form).map((text) => [named(text), text.defaultValue]));

export const setFields = (form, fields) => {
  for (const text of textsOf(form)) {
    const value = fields[named(text)] ?? "";
    if (text.value === value) continue;
    text.value = value;
    tell(text);
  }
};

// The same fields in one order and without empty ones: two texts that say the same are the same.
export const canonical = (fields) =>
  JSON.stringify(Object.entries(fields).filter(([, value]) => value.trim()).sort(([one], [other]) => (one < other ? -1 : 1)));

export const tell = (text) => text.dispatchEvent(new Event("input", { bubbles: true }));

// Replaces what is selected, as if it had been typed.
export const type = (area, text) => {
  area.focus({ preventScroll: true });
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  tell(area);
};

// Replaces a part of the text wherever the caret is; it stays where it was.
export const replace = (area, from, to, text) => {
  area.setRangeText(text, from, to, "preserve");
  tell(area);
};

const locale = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// A time of today by its hour, another one with its day.
export const inWords = (moment) =>
  (moment.toDateString() === new Date().toDateString() ? clock : calendar).format(moment);

// The first element of one of the form's templates.
export const grow = (form, name) => form.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
