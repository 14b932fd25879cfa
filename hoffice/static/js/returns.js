// A return: every scan goes to the house at once, and the list shows what it said.

import { scanField } from "./scan.js";

const form = document.querySelector("form[data-scan]");
const anyway = document.querySelector("[data-return-anyway]");
const ways = document.querySelector("[data-return-ways]");

// Where what was not taken back can be seen to: its own page, and the return that asks for it.
function showWays(answer) {
  for (const link of ways.children) {
    const address = answer[link.dataset.way];
    link.hidden = !address;
    if (address) link.href = address;
  }
  ways.hidden = ![...ways.children].some((link) => !link.hidden);
}

async function refresh() {
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-return-part]")) {
    const now = fresh.querySelector(`[data-return-part="${part.dataset.returnPart}"]`);
    if (now) part.replaceWith(now);
  }
  field.refresh(); // what waits stands on the new button, too
}

let field = null;
if (form) {
  field = scanField(form, {
    more: () => ({ condition: form.elements.condition.value }),
    answered: (answer) => {
      showWays(answer);
      anyway.hidden = !answer.anyway;
      anyway.querySelector("[name=code]").value = answer.anyway || "";
      anyway.querySelector("[name=condition]").value = form.elements.condition.value;
      if (answer.ok) refresh().catch(() => {}); // the next scan shows it
    },
  });
}
