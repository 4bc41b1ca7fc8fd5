// Runs before the first paint (a plain script in <head>): says that scripts run, that the page stands in a frame, and
// which theme the person chose. Later it moves the little menu in the bar. Without it the system's theme applies.
(() => {
  const root = document.documentElement;
  const KEY = "kring-theme";
  const choices = ["light", "dark", "system"];

  // A browser that refuses storage inside a frame may still keep a cookie for this frame in this LMS.
  const COOKIE = "__Host-kring-theme=";
  const read = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return document.cookie.split("; ").find((cookie) => cookie.startsWith(COOKIE))?.slice(COOKIE.length) ?? null;
    }
  };
  const keep = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      document.cookie = `${COOKIE}${choice}; Path=/; Max-Age=31536000; Secure; SameSite=None; Partitioned`;
    }
  };
  const apply = (choice) => {
    if (choices.includes(choice)) root.dataset.theme = choice;
  };

  root.dataset.js = "";
  if (window.self !== window.top) root.dataset.framed = "";
  apply(read());

  // Times are written by the server; the next page is in this browser's zone.
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  document.cookie = `__Host-kring-zone=${zone}; Path=/; Max-Age=31536000; Secure; SameSite=None; Partitioned`;

  document.addEventListener("DOMContentLoaded", () => {
    const current = root.dataset.theme ?? ("framed" in root.dataset ? "light" : "system");
    for (const input of document.querySelectorAll('input[name="theme"]')) {
      input.checked = input.value === current;
      input.addEventListener("change", () => {
        apply(input.value);
        keep(input.value);
      });
    }
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue);
  });
})();
