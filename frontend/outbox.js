// What is sent without a connection waits on the page, and goes when there is one again. The form's key stays the same:
// what did arrive, while the answer to it was lost, is not made a second time.
import { grow } from "./texts.js";

const PATIENCE = 4000; // ms
const PAUSES = [3, 5, 10, 20]; // s

export function keepSending({ form, area, draft }) {
  if (!form.querySelector('template[data-part="waiting"]')) return null;
  const url = form.dataset.draftsUrl ?? location.href;
  let [note, timer, tries, submitter, isKnownToReach] = [null, null, 0, null, false];

  // Any answer of the application will do; that of a proxy in front of one that is away will not.
  const reaches = () =>
    fetch(url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then(
      (answer) => answer.status < 500,
      () => false,
    );

  const stop = () => {
    clearTimeout(timer);
    note?.remove();
    note = null;
    area.readOnly = false;
  };

  const wait = () => {
    if (!note) {
      note = grow(form, "waiting");
      note.querySelector("button").addEventListener("click", () => {
        stop();
        area.focus();
      });
      form.querySelector("[data-notes]").append(note);
      area.readOnly = true; // what goes is what stood there when it was sent
    }
    timer = setTimeout(attempt, PAUSES[Math.min(tries++, PAUSES.length - 1)] * 1000);
  };

  const attempt = async () => {
    clearTimeout(timer);
    const isWaiting = note !== null;
    const isReached = navigator.onLine && (await reaches());
    if (isWaiting && !note) return; // taken back meanwhile
    if (!isReached) {
      wait();
      return;
    }
    stop();
    tries = 0;
    isKnownToReach = true;
    form.requestSubmit(submitter);
  };

  window.addEventListener("online", () => {
    if (note) attempt();
  });
  window.addEventListener("beforeunload", (event) => {
    if (note) event.preventDefault();
  });

  return {
    // Asks first only where something has failed already: nobody else shall wait for that.
    holdsBack(button) {
      if (isKnownToReach || (navigator.onLine && !draft?.isFailing())) {
        isKnownToReach = false;
        return false;
      }
      submitter = button;
      if (!note) attempt();
      return true;
    },
  };
}
