// The tool says that it is done: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.6.
const frame = document.getElementById("tool");

window.addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.subject === "org.imsglobal.lti.close") {
    window.location.assign(frame.dataset.done);
  }
});
