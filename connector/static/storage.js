// LTI Platform Storage: the LMS keeps the login's secret where our own cookie is refused.
// Source: https://www.imsglobal.org/spec/lti-pm-s/v0p1 and https://www.imsglobal.org/spec/lti-cs-oidc/v0p1
// All parameters stand in the data attributes of one element; see templates/launch/.
const PATIENCE = 2000; // ms; Canvas's mobile apps announce storage and never answer

const place = document.querySelector("[data-storage]");
const { storageTarget, platformOrigin, key } = place.dataset;

// The window that answers: the parent (or opener), or the frame in it that the LMS named; null if there is none.
const targetWindow = () => {
  const above = window.parent !== window ? window.parent : window.opener;
  if (!above || !platformOrigin) return null;
  if (!storageTarget || storageTarget === "_parent") return above;
  try {
    return above.frames[storageTarget] ?? null;
  } catch {
    return null;
  }
};

// Sends one message and returns the answer; rejects when the LMS refuses or stays silent.
const ask = (subject, message) =>
  new Promise((resolve, reject) => {
    const target = targetWindow();
    if (!target) {
      reject(new Error("no window to ask"));
      return;
    }
    const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const timer = setTimeout(() => finish(reject, new Error("no answer")), PATIENCE);
    const finish = (settle, value) => {
      clearTimeout(timer);
      window.removeEventListener("message", listen);
      settle(value);
    };
    const listen = ({ origin, data }) => {
      if (origin !== platformOrigin || data?.message_id !== id || data.subject !== `${subject}.response`) return;
      if (data.error) finish(reject, new Error(data.error.code));
      else finish(resolve, data);
    };
    window.addEventListener("message", listen);
    target.postMessage({ subject, message_id: id, ...message }, platformOrigin);
  });

const isWeb = (url) => ["http:", "https:"].includes(new URL(url, location.href).protocol);

const put = async () => {
  const { next, value } = place.dataset;
  try {
    // In a tab of its own the first-party cookie serves, and Canvas's storage does not answer.
    if (window.top !== window) await ask("lti.put_data", { key, value });
  } catch {
    // the launch tries the cookie, then a new tab
  }
  if (isWeb(next)) location.replace(next);
};

const get = async () => {
  const waiting = place.querySelector("[data-waiting]");
  const fallback = place.querySelector("[data-fallback]");
  try {
    if (window.top === window) throw new Error("not in a frame");
    const { value } = await ask("lti.get_data", { key });
    if (!value) throw new Error("nothing kept");
    targetWindow()?.postMessage({ subject: "lti.put_data", message_id: `${key}-forget`, key, value: null }, platformOrigin);
    const form = place.querySelector("form");
    form.elements.secret.value = value;
    form.submit();
  } catch {
    waiting.hidden = true;
    fallback.dataset.shown = "";
  }
};

await (place.dataset.storage === "put" ? put() : get());
