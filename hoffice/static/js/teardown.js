// The page at a desk: after each scan the places stand there anew, and one tap puts right what was guessed wrongly.
import { scanField } from "./scan.js";

const places = document.querySelector("#places");
const kinds = document.querySelector("#ask-kind");
const oddTag = document.querySelector("#ask-tag");
let asked = null;

// Several people may stand at one desk: what the others scan comes by itself. Of several questions only the last one counts.
const EVERY_MS = 4000;
const HIDDEN_MS = 20000;
const MOST_MS = 60000;
let asking = 0;
let pause = EVERY_MS;
let timer = null;
let seen = "";

const show = (told, isOurs) => {
  const bare = told.html.replaceAll(/name="csrf_token" value="[^"]*"/g, ""); // each answer has other ones
  const isTouched = places.contains(document.activeElement) || places.querySelector("details[open]");
  if (isOurs || (bare !== seen && !isTouched)) { // nothing moves under a finger
    places.innerHTML = told.html; // made by our own template
    seen = bare;
    const complete = places.querySelector("[data-desk-complete]") !== null;
    for (const [name, visible] of [["complete", complete], ["short", !complete]]) {
      const box = document.querySelector(`[data-when-${name}]`);
      if (box) box.hidden = !visible;
    }
    const empty = document.querySelector("[data-when-empty]");
    if (empty) empty.hidden = places.querySelector(".rows a.tag") !== null;
  }
  document.querySelector(".page-head h1 + p").textContent = told.note;
  document.querySelector("[data-desk-done]").hidden = !told.done;
  for (const part of document.querySelectorAll("form[data-scan], .action-bar")) part.hidden = told.done;
};

const refresh = async (isOurs = true) => {
  clearTimeout(timer);
  asking += 1;
  const mine = asking;
  try {
    const answer = await fetch(places.dataset.url, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(answer.status));
    const told = await answer.json();
    if (mine !== asking) return; // the later one goes on
    show(told, isOurs);
    pause = document.hidden ? HIDDEN_MS : EVERY_MS;
  } catch {
    pause = Math.min(pause * 2, MOST_MS); // no network, or signed out; the next scan brings them
  }
  if (mine === asking) timer = setTimeout(refresh, pause, false);
};
timer = setTimeout(refresh, EVERY_MS, false);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(false); });

const field = scanField(document.querySelector("form[data-scan]"), {
  answered(answer) {
    if (answer.ok || answer.closed) refresh();
    asked = answer.ask ? answer.code : null;
    kinds.hidden = answer.ask !== "kind";
    oddTag.hidden = answer.ask !== "tag";
  },
});

const sayWith = (more) => {
  if (asked === null) return;
  field.take(asked, more);
  asked = null;
  kinds.hidden = oddTag.hidden = true;
  field.focus();
};

kinds.addEventListener("click", (event) => {
  const button = event.target.closest("button[value]");
  if (button) sayWith({ kind: button.value });
});

oddTag.addEventListener("click", (event) => {
  if (event.target.closest("button")) sayWith({ means: "tag" });
});

// The small deeds on the list: sent beside the page, so that scanning goes on at once.
places.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-desk-form]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form, event.submitter),
    });
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(response.statusText);
    const answer = await response.json();
    field.tell(answer.say, answer.tone);
    if (answer.ok) refresh();
  } catch {
    field.tell(places.dataset.offline, "problem");
  }
  field.focus();
});

// After a press on a button of the page the field waits for the next scan again.
document.addEventListener("click", (event) => {
  if (!event.target.closest("input, select, textarea, summary, dialog, a, label, .menu-sheet")) field.focus();
});

// A photo is kept as soon as it is taken; photo.js, which hears of it first, makes it smaller before.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-desk-photo]") && event.target.files.length) event.target.form.requestSubmit();
});
