// The editor of texts: says what it finds after a pause, puts fields where the cursor stands, shows a preview, and asks before what was typed is lost.
// Without script the same buttons send the form and the page comes back with the answer.
const PAUSE = 700;

const box = document.querySelector("[data-writing]");
const form = box.closest("form");
const area = form.elements.source;
const part = (name) => form.querySelector(`[data-writing-${name}]`);
const said = part("said");
const findings = part("findings");
const preview = part("preview");
let saved = area.value;
let timer = 0;
let asked = 0;

// What the form holds now, sent to one of the house's addresses.
async function ask(url) {
  const answer = await fetch(url, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function fill(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...page.body.childNodes);
}

function showLines() {
  for (const button of findings.querySelectorAll("[data-line]")) button.hidden = false;
}

async function check() {
  const number = ++asked;
  try {
    const told = await ask(box.dataset.check);
    if (number !== asked) return; // an older answer that comes late
    fill(findings, told.html);
    showLines();
    const words = findings.querySelector("p")?.textContent.trim() ?? "";
    if (said.textContent !== words) said.textContent = words;
  } catch {
    said.textContent = box.dataset.offline;
  }
}

area.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});
form.elements.form?.addEventListener("change", check);

// To a line: the cursor stands at its beginning, and it is in view.
findings.addEventListener("click", (event) => {
  const button = event.target.closest("[data-line]");
  if (!button) return;
  const lines = area.value.split("\n");
  const line = Math.min(Number(button.dataset.line), lines.length);
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + lines[line - 1].length);
  area.scrollTop = Math.max(0, (area.scrollHeight / lines.length) * (line - 1) - area.clientHeight / 3);
});

// A field where the cursor stands; the browser's own undo takes it back.
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  area.focus();
  if (!document.execCommand("insertText", false, button.dataset.insert)) {
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
  }
});

part("show").addEventListener("click", async (event) => {
  event.preventDefault();
  const page = part("page");
  preview.hidden = false;
  page.textContent = box.dataset.busy;
  try {
    const told = await ask(box.dataset.show);
    if (told.error) page.textContent = told.error;
    else fill(page, told.html);
  } catch {
    page.textContent = box.dataset.offline;
  }
  preview.querySelector("h2").focus();
});

// The PDF opens beside the editor, so this form goes on.
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget === "_blank") setTimeout(() => form.removeAttribute("aria-busy"));
  else if (!event.defaultPrevented) saved = area.value;
});
addEventListener("beforeunload", (event) => {
  if (area.value !== saved) event.preventDefault();
});
for (const button of form.querySelectorAll("[data-insert]")) button.disabled = false;
showLines();
