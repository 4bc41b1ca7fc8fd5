// Makes the tool's frame as high as the tool asks for: {subject: "lti.frameResize", height: 1234}.
const SMALLEST = 700;
const LARGEST = 20000;
const frame = document.getElementById("tool");

window.addEventListener("message", (event) => {
  // Other frames and sites can post to this window too; a number from them would move the page under the reader.
  if (!frame.dataset.origins.split(" ").includes(event.origin) || event.source !== frame.contentWindow) {
    return;
  }
  const message = parsed(event.data);
  if (message?.subject === "lti.frameResize" && Number.isFinite(Number(message.height))) {
    frame.style.height = `${Math.min(LARGEST, Math.max(SMALLEST, Math.ceil(Number(message.height))))}px`;
  }
});

// Tools written for Canvas post JSON as text.
function parsed(data) {
  if (typeof data !== "string") {
    return data;
  }
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
