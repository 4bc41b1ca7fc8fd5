// Files that are chosen, pasted or dropped are uploaded at once and linked in the text; a picture is asked for its
// description where it stands in the list, and what is typed there goes into the text: ![description](attachment:id), or ![](attachment:id "decorative").
import { grow, replace, tell } from "./texts.js";

const locale = document.documentElement.lang || undefined;
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const STEPS = [["kilobyte", 1e3], ["megabyte", 1e6]];

const sizeInWords = (bytes) => {
  const [unit, size] = STEPS[bytes < 1e6 ? 0 : 1];
  const format = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "megabyte" ? 1 : 0 });
  return format.format(Math.max(bytes / size, unit === "kilobyte" ? 1 : 0));
};

const escapeAlt = (text) => text.replace(/[\\[\]]/g, "\\$&").replace(/\s+/g, " ");
const unescapeAlt = (text) => text.replace(/\\([\\[\]])/g, "$1");

export function addUploads(parts) {
  const { form, area, token, status } = parts;
  const list = form.querySelector("[data-files]");
  if (!list) return null;
  form.querySelector(".plain-alt")?.remove();
  const store = form.querySelector("textarea[data-keep=attachments]");
  const url = list.dataset.files;
  const say = (text, name, figure = "") => {
    status.textContent = text.replace("{name}", name).replace("{percent}", figure);
  };
  const running = new Set();

  // --- the list --------------------------------------------------------------------------------------------------------
  const kept = () => JSON.parse(store.value || "[]");
  const keep = (files) => {
    store.value = files.length ? JSON.stringify(files) : "";
    tell(store);
  };
  const markOf = (id) => {
    const found = new RegExp(`(!?)\\[((?:\\\\.|[^\\]\\\\])*)\\]\\(attachment:${id}(?: "decorative")?\\)`).exec(area.value);
    return found && { from: found.index, to: found.index + found[0].length, alt: unescapeAlt(found[2]) };
  };

  const draw = (name, size) => {
    const item = grow(form, "file");
    item.querySelector("[data-name]").textContent = name;
    item.querySelector("[data-size]").textContent = size ? sizeInWords(size) : "";
    const remove = item.querySelector("button[data-remove]");
    remove.setAttribute("aria-label", remove.dataset.remove.replace("{name}", name));
    list.append(item);
    list.hidden = false;
    return item;
  };
  const drop = (item) => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    list.hidden = !list.childElementCount;
    (next?.querySelector("button[data-remove]") ?? area).focus();
  };
  const fail = (item, sentence) => {
    item.querySelector("progress")?.remove();
    const error = item.querySelector("[data-error]");
    error.lastElementChild.textContent = sentence;
    error.hidden = false;
    item.dataset.failed = "";
  };

  // The file is on the server: the form names it, and its description can be given.
  const finish = (item, file) => {
    item.querySelector("progress")?.remove();
    const id = document.createElement("input");
    Object.assign(id, { type: "hidden", name: "attachment", value: file.id });
    item.append(id);
    item.dataset.id = file.id;
    item.querySelector("button[data-remove]").addEventListener("click", () => {
      const mark = markOf(file.id);
      keep(kept().filter((each) => each.id !== file.id));
      if (mark) replace(area, mark.from, mark.to, "");
      drop(item);
    });
    if (file.media_type.startsWith("image/")) describe(item, file);
  };

  const describe = (item, file) => {
    const picture = document.createElement("img");
    Object.assign(picture, { src: `${url}/${file.id}/${encodeURIComponent(file.name)}`, alt: "" });
    item.querySelector("[data-thumb]").replaceChildren(picture);
    const field = item.querySelector("[data-alt]");
    const [text, isDecorative] = [field.querySelector("input[type=text]"), field.querySelector("input[type=checkbox]")];
    field.hidden = false;
    text.value = markOf(file.id)?.alt ?? "";
    isDecorative.checked = kept().some((each) => each.id === file.id && each.is_decorative);
    text.disabled = isDecorative.checked;
    // The server keeps it with the file too; should that fail, the text still has it.
    const tellServer = () => {
      const body = JSON.stringify({ alt: text.value.trim(), is_decorative: isDecorative.checked });
      const headers = { "X-CSRF-Token": token, "Content-Type": "application/json", Accept: "application/json" };
      if (text.value.trim() || isDecorative.checked) fetch(`${url}/${file.id}`, { method: "POST", body, headers, keepalive: true }).catch(() => {});
    };
    text.addEventListener("change", tellServer);
    isDecorative.addEventListener("change", tellServer);
    const write = () => {
      const mark = markOf(file.id);
      const alt = isDecorative.checked ? "" : escapeAlt(text.value.trim());
      if (mark) replace(area, mark.from, mark.to, `![${alt}](attachment:${file.id}${isDecorative.checked ? ' "decorative"' : ""})`);
      field.querySelector("[data-error]").hidden = true;
      text.removeAttribute("aria-invalid");
    };
    text.addEventListener("input", write);
    isDecorative.addEventListener("change", () => {
      text.disabled = isDecorative.checked;
      keep(kept().map((each) => (each.id === file.id ? { ...each, is_decorative: isDecorative.checked } : each)));
      write();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would send the form
      area.focus();
    });
    // Who mends the description in the text sees it here.
    area.addEventListener("input", () => {
      const mark = markOf(file.id);
      if (mark && document.activeElement === area && !isDecorative.checked) text.value = mark.alt;
    });
  };

  const redraw = () => {
    list.replaceChildren();
    list.hidden = true;
    for (const file of kept()) finish(draw(file.name, file.size), file);
  };

  // --- the way there -----------------------------------------------------------------------------------------------------
  const link = (file) => {
    const isPicture = file.media_type.startsWith("image/");
    const at = area.selectionEnd;
    const [before, after] = [area.value.slice(0, at), area.value.slice(at)];
    const gap = isPicture ? /(^|\n)$/.test(before) ? "" : "\n" : /(^|\s)$/.test(before) ? "" : " ";
    const end = isPicture && !after.startsWith("\n") ? "\n" : "";
    area.setRangeText(`${gap}${file.markdown}${end}`, at, at, "end");
    tell(area);
  };

  const upload = (file) => {
    const item = draw(file.name, file.size);
    const bar = item.querySelector("progress");
    const request = new XMLHttpRequest(); // fetch tells nothing about what is on its way up
    const cancel = () => {
      request.abort();
      drop(item);
    };
    const remove = item.querySelector("button[data-remove]");
    remove.addEventListener("click", cancel);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = loaded / total;
      bar.textContent = percent.format(bar.value);
    });
    request.addEventListener("loadend", () => {
      running.delete(request);
      if (!item.isConnected) return;
      const answer = request.response;
      if (request.status !== 201 || !answer?.id) {
        fail(item, answer?.error?.message ?? list.dataset.failed);
        say(list.dataset.failed, file.name);
        return;
      }
      remove.removeEventListener("click", cancel);
      const { id, name, media_type, size } = answer;
      keep([...kept(), { id, name, media_type, size }]);
      link(answer);
      finish(item, answer);
      say(list.dataset.done, name);
    });
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("X-CSRF-Token", token);
    request.setRequestHeader("Accept", "application/json");
    const body = new FormData();
    body.append("file", file, file.name);
    running.add(request);
    say(list.dataset.begun, file.name);
    request.send(body);
  };

  form.addEventListener("file-attachment-accepted", ({ detail }) => detail.attachments.forEach(({ file }) => upload(file)));
  form.addEventListener("kring:restored", redraw);
  // Word and Excel put a picture of the text beside the text: the text is meant.
  form.addEventListener("paste", (event) => {
    if (event.clipboardData?.types.includes("text/plain")) event.stopPropagation();
  }, { capture: true });
  redraw();

  return {
    // Whether something has to be done or waited for before the form is sent.
    holdsBack() {
      if (running.size) {
        say(list.dataset.wait, "");
        return true;
      }
      for (const item of list.children) {
        const field = item.querySelector("[data-alt]");
        if (field.hidden || !item.dataset.id || !markOf(item.dataset.id)) continue;
        const text = field.querySelector("input[type=text]");
        if (text.value.trim() || field.querySelector("input[type=checkbox]").checked) continue;
        field.querySelector("[data-error]").hidden = false;
        text.setAttribute("aria-invalid", "true");
        text.focus();
        return true;
      }
      return false;
    },
  };
}
