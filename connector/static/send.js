// Sends the form that a page is for, once: a page that comes back from the browser's memory waits for its button. Without an
// event, so that the button stays alive for whoever sees nothing happen.
const form = document.querySelector("form[data-send]");
if (form && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") form.submit();
