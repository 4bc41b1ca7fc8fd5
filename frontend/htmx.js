// htmx as the pages' policy wants it: nothing inline, nothing evaluated. Never use hx-on or a value that begins with js:.
const meta = document.createElement("meta");
meta.name = "htmx-config";
meta.content = JSON.stringify({ includeIndicatorCSS: false, history: "reload" });
document.head.append(meta);

// Every act carries the page's form token; attributes are not inherited, so it is put on here.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (token) ctx.request.headers["X-CSRF-Token"] = token;
});

await import("htmx.org");
