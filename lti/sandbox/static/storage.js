// LTI Platform Storage: keeps small texts for tools whose cookies the browser keeps back.
// https://www.imsglobal.org/spec/lti-cs-pm/v0p1 and https://www.imsglobal.org/spec/lti-pm-s/v0p1; limits and counting as in Canvas.
// The page that frames the tool and the frame named in `target` both run this; only the one that was announced keeps data.
const CHARACTERS = 4096;
const KEYS = 500;
const { target, place, silent } = document.currentScript.dataset;
const keeps = target === "_parent" ? place === "page" : place === "frame";

window.addEventListener("message", (event) => {
  const { subject, message_id: id } = event.data ?? {};
  if (silent || typeof subject !== "string" || !subject.startsWith("lti.") || subject.endsWith(".response")) {
    return;
  }
  const answer = answers[subject];
  if (!answer && !keeps) {
    return; // such as lti.frameResize, which another script of the page hears
  }
  const reply = { subject: `${subject}.response`, message_id: id };
  try {
    if (!answer) {
      throw fault("unsupported_subject", `There is no ${subject} here`);
    }
    if (!id) {
      throw fault("bad_request", "message_id is missing");
    }
    Object.assign(reply, answer(event.data, event.origin));
  } catch (error) {
    reply.error = { code: error.code ?? "unknown", message: error.message };
  }
  event.source.postMessage(reply, event.origin);
});

const answers = { "lti.capabilities": capabilities };
if (keeps) {
  Object.assign(answers, { "lti.put_data": put, "lti.get_data": get });
}

function capabilities() {
  const frame = target === "_parent" ? {} : { frame: target };
  return {
    supported_messages: [
      { subject: "lti.capabilities" },
      { subject: "lti.frameResize" },
      { subject: "lti.put_data", ...frame },
      { subject: "lti.get_data", ...frame },
    ],
  };
}

function put({ key, value }, origin) {
  demandKey(key);
  const limits = read(origin, "limits") ?? { keys: 0, characters: 0 };
  if (value === null || value === undefined) {
    const old = read(origin, `data|${key}`);
    if (old !== null) {
      localStorage.removeItem(name(origin, `data|${key}`));
      write(origin, "limits", { keys: limits.keys - 1, characters: limits.characters - key.length - old.length });
    }
    return { key };
  }
  if (typeof value !== "string") {
    throw fault("bad_request", "value must be a text");
  }
  // Writing over what is there counts as one more: only clearing gives room back.
  const characters = limits.characters + key.length + value.length;
  if (limits.keys >= KEYS) {
    throw fault("storage_exhaustion", "Reached key limit for tool");
  }
  if (characters > CHARACTERS) {
    throw fault("storage_exhaustion", "Reached byte limit for tool");
  }
  write(origin, `data|${key}`, value);
  write(origin, "limits", { keys: limits.keys + 1, characters });
  return { key, value };
}

function get({ key }, origin) {
  demandKey(key);
  return { key, value: read(origin, `data|${key}`) };
}

function demandKey(key) {
  if (typeof key !== "string" || !key) {
    throw fault("bad_request", "key is missing");
  }
}

function fault(code, message) {
  return Object.assign(new Error(message), { code });
}

function name(origin, what) {
  return `lti|platform_storage|${origin}|${what}`;
}

function read(origin, what) {
  return JSON.parse(localStorage.getItem(name(origin, what)));
}

function write(origin, what, value) {
  localStorage.setItem(name(origin, what), JSON.stringify(value));
}
