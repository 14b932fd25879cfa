// The page at a desk: after each scan the places stand there anew, and one tap puts right what was guessed wrongly.
import { scanField } from "./scan.js";

const places = document.querySelector("#places");
const kinds = document.querySelector("#ask-kind");
const oddTag = document.querySelector("#ask-tag");
let asked = null;

// The places come in an answer of their own; of several scans in a row only the last one asks for them.
let wanted = 0;
const refresh = async () => {
  wanted += 1;
  const mine = wanted;
  let html;
  try {
    const response = await fetch(places.dataset.url, { headers: { Accept: "application/json" } });
    ({ html } = await response.json());
  } catch {
    return; // the next scan brings them
  }
  if (mine !== wanted) return;
  places.innerHTML = html; // made by our own template
  const complete = places.querySelector("[data-desk-complete]") !== null;
  for (const [name, visible] of [["complete", complete], ["short", !complete]]) {
    const box = document.querySelector(`[data-when-${name}]`);
    if (box) box.hidden = !visible;
  }
  document.querySelector("[data-when-empty]")?.remove();
};

const field = scanField(document.querySelector("form[data-scan]"), {
  answered(answer) {
    if (answer.ok) refresh();
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
