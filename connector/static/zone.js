// The first page is written before the browser has told its time zone. As long as nobody has given a time, the form takes
// the browser's.
const form = document.querySelector("form[data-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const times = form ? [...form.querySelectorAll('input[type="datetime-local"]')] : [];
if (zone && times.every((time) => time.defaultValue === "")) {
  form.elements.zone.value = zone;
  for (const name of form.querySelectorAll("[data-zone-name]")) name.textContent = zone;
}
