// The composer: a plain form of templates/components.html that gains a toolbar, a preview, uploads, suggestions and a draft
// on the server. Whatever of it the form does not offer stays away.
import "@github/file-attachment-element";
import "@github/markdown-toolbar-element";
import "@github/text-expander-element";
import { keepDraft } from "./drafts.js";
import { suggestMentions } from "./mentions.js";
import { keepSending } from "./outbox.js";
import { addPreview } from "./preview.js";
import { openAsSheet } from "./sheet.js";
import { addToolbar } from "./toolbar.js";
import { addUploads } from "./uploads.js";

for (const form of document.querySelectorAll("form.composer")) {
  const area = form.querySelector("textarea[name]");
  const parts = { form, area, token: form.elements.csrf_token?.value ?? "", status: form.querySelector("[data-status]") };
  const draft = keepDraft(parts);
  const uploads = addUploads(parts);
  const outbox = keepSending({ ...parts, draft });
  addToolbar(parts);
  addPreview(parts);
  suggestMentions(parts);
  openAsSheet(parts);
  if (location.hash === `#${area.id}`) area.focus(); // "Reply" led here

  form.querySelector("select[data-language]")?.addEventListener("change", ({ target }) => {
    area.lang = target.value;
  });
  // Before form.js marks the form as sent: what is under way is waited for, and what is missing is asked for.
  form.addEventListener("submit", (event) => {
    const isHeld = uploads?.holdsBack() || draft?.holdsBack(() => form.requestSubmit(event.submitter)) || outbox?.holdsBack(event.submitter);
    if (!isHeld) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}
