// What an LMS does with the messages of LTI: it keeps data for tools, and gives the frame the height it asks for.
// With #silent it answers nothing, as some LMSs do.
const kept = new Map([["s-1234", "secret"]]);
window.heard = [];
window.addEventListener("message", ({ data, origin, source }) => {
  window.heard.push({ ...data, origin });
  if (location.hash === "#silent") return;
  const answer = (more) => source.postMessage({ subject: `${data.subject}.response`, message_id: data.message_id, ...more }, origin);
  if (data.subject === "lti.frameResize") document.querySelector("iframe").height = data.height;
  if (data.subject === "lti.put_data") {
    kept.set(data.key, data.value);
    answer({ key: data.key, value: data.value });
  }
  if (data.subject === "lti.get_data") answer({ key: data.key, value: kept.get(data.key) });
});
