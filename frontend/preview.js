// Shows the text as it will look; the server makes it, as it will when the text is sent.
export function addPreview({ form, area, token }) {
  const button = form.querySelector("button[data-preview]");
  if (!button) return;
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  const written = [form.querySelector("markdown-toolbar"), form.querySelector("[data-writing]")];

  const show = async () => {
    if (!area.value.trim()) return button.dataset.empty;
    const body = new URLSearchParams(new FormData(form));
    for (const name of ["csrf_token", "idempotency_key", "files"]) body.delete(name);
    body.set("body", area.value);
    try {
      const answer = await fetch(button.dataset.preview, { method: "POST", body, headers: { "X-CSRF-Token": token, Accept: "text/html" } });
      if (answer.ok) return { html: await answer.text() };
    } catch {
      // no network: said below
    }
    return button.dataset.failed;
  };

  button.addEventListener("click", async () => {
    const isOn = button.getAttribute("aria-pressed") === "false";
    const height = area.offsetHeight;
    button.setAttribute("aria-pressed", String(isOn));
    for (const part of written) if (part) part.hidden = isOn;
    panel.hidden = !isOn;
    if (!isOn) return;
    panel.style.minBlockSize = `${height}px`;
    panel.lang = area.lang;
    panel.setAttribute("aria-busy", "true");
    panel.replaceChildren();
    const shown = await show();
    if (shown.html) {
      panel.innerHTML = shown.html; // sanitised by the server, as every post is
    } else {
      const sentence = document.createElement("p");
      sentence.className = "hint";
      sentence.textContent = shown;
      panel.append(sentence);
    }
    panel.removeAttribute("aria-busy");
  });
}
