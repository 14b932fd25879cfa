// The scanning page of a stock-take: several people scan at once, and all see how far it is.
// <div data-count="/…/stand"> holds the figures, what was seen last, and the field of scan.js.
import { scanField } from "./scan.js";

const EVERY_MS = 4000;
const HIDDEN_MS = 20000;
const MOST_MS = 60000;

const box = document.querySelector("[data-count]");
const part = (name) => box.querySelector(`[data-count-${name}]`);
const row = part("row");
const form = box.querySelector("form[data-scan]");
const bare = (html) => html.replaceAll(/name="csrf_token" value="[^"]*"/g, ""); // each answer has other ones
let unknown = null;
let timer = null;
let pause = EVERY_MS;

function show(told) {
  for (const figure of box.querySelectorAll("[data-count-figure]")) figure.textContent = told[figure.dataset.countFigure];
  part("closed").hidden = !told.closed;
  if (form) form.hidden = told.closed;
  if (bare(told.unknown) !== unknown && !part("unknown").contains(document.activeElement)) {
    part("unknown").innerHTML = told.unknown; // made by our own template
    unknown = bare(told.unknown);
  }
  if (!told.last.length || part("last").contains(document.activeElement)) return; // nothing moves under a finger
  part("last").replaceChildren(...told.last.map((one) => {
    const line = row.content.firstElementChild.cloneNode(true);
    line.classList.toggle("is-problem", !one.is_expected);
    line.querySelector("b").textContent = one.tag;
    line.querySelector(".what span").textContent = one.what;
    line.querySelector("small").textContent = one.seen;
    const field = line.querySelector("[name=items]");
    if (field) field.value = one.item;
    return line;
  }));
}

async function look() {
  clearTimeout(timer);
  try {
    const answer = await fetch(box.dataset.count, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(answer.status));
    const told = await answer.json();
    show(told);
    pause = document.hidden ? HIDDEN_MS : EVERY_MS;
    if (told.closed) return;
  } catch {
    pause = Math.min(pause * 2, MOST_MS); // no network, or signed out
  }
  timer = setTimeout(look, pause);
}

function answered(answer) {
  const back = part("back");
  const takeIn = part("take-in");
  back.hidden = !answer.undo?.length;
  part("items").replaceChildren(...(answer.undo ?? []).map((id) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "items", value: id });
    return field;
  }));
  takeIn.hidden = !answer.take_in;
  if (answer.take_in) takeIn.href = answer.take_in;
  part("deeds").hidden = back.hidden && takeIn.hidden;
  look();
}

if (form) scanField(form, { answered });
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
timer = setTimeout(look, EVERY_MS);
