// The check at home. Forms go their own way; before, it is asked whether the house can be reached, so that nobody lands on the browser's
// error page: what cannot be sent now waits. An answer is kept in this browser until the page shows it; sent twice it is the same one.
import { keysWith, recall, remember } from "./scan-kept.js";

const REACH_MS = 8000;
const AGAIN_MS = [1000, 2000, 4000, 8000, 15000];
const main = document.querySelector("main");
const said = document.querySelector("[data-check-say]");
const prefix = said.dataset.checkSay;
const waiting = []; // what is to be sent when the house can be reached: {url, data, key}
let through = null; // the form that goes its own way now
let tries = 0;
let timer = null;
let isSending = false;

// While an answer is on its way, the page takes nothing that the next one would lose, such as a photo just taken.
const rest = (isSent) => main.toggleAttribute("inert", isSent);

const within = async (url, how) => {
  const stopped = new AbortController();
  const end = setTimeout(() => stopped.abort(), REACH_MS);
  try {
    return await fetch(url, { ...how, cache: "no-store", signal: stopped.signal });
  } finally {
    clearTimeout(end);
  }
};
const isReached = async () => {
  try {
    return (await within(document.querySelector("link[rel=icon]").href, { method: "HEAD" })).ok;
  } catch {
    return false;
  }
};

// It stands where the finger is.
const tell = (text, form) => {
  form?.after(said);
  said.hidden = false;
  said.querySelector("p").textContent = text;
};

const isAnswer = (form) => form.querySelector("button[name=answer]") !== null;
const keyOf = (form) => prefix + new URL(form.action).pathname;
const press = (form, answer) => {
  for (const button of form.querySelectorAll("button[name=answer]")) button.setAttribute("aria-pressed", String(button.value === answer));
};

// Words that were typed and not saved yet go along with whatever is sent.
const notes = (form) => [...document.querySelectorAll("input[data-note]")].filter((one) => one.form !== form && one.value !== one.defaultValue);

const packed = (form, button) => {
  const data = new FormData(form, button);
  for (const field of notes(form)) data.append(field.name, field.value);
  return { url: button?.hasAttribute("formaction") ? button.formAction : form.action, data, key: isAnswer(form) ? keyOf(form) : null };
};

// Send what waits; then the page is as the house has it.
async function send() {
  clearTimeout(timer);
  if (isSending || !waiting.length) return;
  isSending = true;
  try {
    while (waiting.length) {
      const [{ url, data, key }] = waiting;
      const answer = await within(url, { method: "POST", body: data });
      if ([408, 429].includes(answer.status) || answer.status >= 500) throw new Error(String(answer.status));
      if (!answer.ok && answer.status !== 422) { // signed out: the answer stays here until the link is opened again
        tell(said.dataset.signedOut);
        return;
      }
      waiting.shift();
      if (key) remember(key, null);
    }
    location.reload();
  } catch {
    timer = setTimeout(send, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
    tries += 1;
  } finally {
    isSending = false;
  }
}
addEventListener("online", send);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.closest("main")) return;
  if (through === form) {
    through = null;
    for (const { name, value } of notes(form)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    rest(true);
    return;
  }
  event.preventDefault();
  if (isAnswer(form) && button) remember(keyOf(form), button.value);
  rest(true);
  if (!waiting.length && await isReached()) {
    rest(false);
    through = form;
    form.requestSubmit(button);
    return;
  }
  rest(false);
  button?.focus();
  if (form.id === "senden" && !button?.hasAttribute("formaction")) tell(said.dataset.notSent, button.closest(".action-bar") ? main.lastElementChild : form);
  else {
    const one = packed(form, button);
    const old = one.key ? waiting.findIndex(({ key }) => key === one.key) : -1;
    if (old > 0 || (old === 0 && !isSending)) waiting.splice(old, 1); // the last answer counts
    waiting.push(one);
    if (one.key) press(form, button.value);
    tell(one.key ? said.dataset.answerKept : said.dataset.kept, form);
  }
  send();
}, true);

// A photo is sent as soon as it was taken, so that one hand is enough. photo.js, loaded before, makes it smaller.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches?.("input[type=file][data-send-at-once]") && field.files.length) field.form.requestSubmit();
});
addEventListener("pageshow", () => rest(false)); // also when the browser brings an old page back

// Answers that an earlier page could not send; one that the house already shows, or that nobody asks for any more, is done with.
for (const key of keysWith(prefix)) {
  const form = [...main.querySelectorAll("form")].find((one) => isAnswer(one) && keyOf(one) === key);
  const answer = recall(key);
  const button = form?.querySelector(`button[name=answer][value="${CSS.escape(answer)}"]`);
  if (!button || button.getAttribute("aria-pressed") === "true") {
    remember(key, null);
    continue;
  }
  waiting.push(packed(form, button));
  press(form, answer);
  tell(said.dataset.answerKept, form);
}
send();
