// The tool may have sent only its frame here: show this page where the LMS was, not in a frame of it.
const back = document.getElementById("back");
if (window.top !== window) {
  window.top.location.replace(window.location.href);
} else if ("atOnce" in back.dataset) {
  window.location.replace(back.href);
}
