// Where the page is narrow, the composer that somebody writes in sticks to the bottom as a sheet (kring.css says where).
export function openAsSheet({ form, area }) {
  const close = form.querySelector("button[data-close]");
  if (!close) return;
  const root = document.documentElement;
  const place = form.parentElement.matches(".card") ? form.parentElement : form;
  // What has the focus must not lie under the sheet.
  const measure = () => {
    const isSheet = "open" in form.dataset && getComputedStyle(place).position === "sticky";
    if (isSheet) root.style.setProperty("--sheet", `${place.offsetHeight}px`);
    else root.style.removeProperty("--sheet");
  };
  const shut = () => {
    delete form.dataset.open;
    measure();
    form.tabIndex = -1;
    form.focus({ preventScroll: true });
  };
  const open = () => {
    form.dataset.open = "";
    measure();
  };
  area.addEventListener("focus", open);
  if (document.activeElement === area) open();
  close.addEventListener("click", shut);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && getComputedStyle(place).position === "sticky") shut();
  });
  new ResizeObserver(measure).observe(place);
}
