// The pages of registration: values are copied by one click, and the window that the LMS opened is closed when all is done.
// Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.7: org.imsglobal.lti.close
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    const said = button.firstChild;
    const before = said.data;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
      } catch {
        return; // refused in this frame: the value can be selected by hand
      }
      said.data = button.dataset.done;
      setTimeout(() => {
        said.data = before;
      }, 2000);
    });
  }
}

const PATIENCE = 1500; // ms; whoever opened us closes the window at once, or not at all
for (const button of document.querySelectorAll("[data-close-origin]")) {
  button.addEventListener("click", () => {
    const above = window.opener ?? (window.parent === window ? null : window.parent);
    above?.postMessage({ subject: "org.imsglobal.lti.close" }, button.dataset.closeOrigin);
    setTimeout(() => {
      const left = document.querySelector("[data-close-left]");
      left.textContent = left.dataset.closeLeft;
    }, PATIENCE);
  });
}
