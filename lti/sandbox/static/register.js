// The tool says that it is done: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.6.
// This runs before the page has the frame: a quick tool would speak before a deferred script listens.
window.addEventListener("message", (event) => {
  const frame = document.getElementById("tool");
  if (event.source === frame?.contentWindow && event.data?.subject === "org.imsglobal.lti.close") {
    window.location.assign(frame.dataset.done);
  }
});
