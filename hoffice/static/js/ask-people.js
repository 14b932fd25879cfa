// Asking people what they have: who ticks somebody means these people, and whatever was typed or
// ticked stays while she looks for more people, sorts the list or turns its pages.
const form = document.querySelector("form[data-ask]");
const OWN = ["name", "due_on", "who", "wants_photo", "ids"];

// Ticks in the list belong to the form by its id. They mean "these", and nobody ticked means nobody.
document.addEventListener("change", (event) => {
  const isTick = event.target.name === "ids" || event.target.dataset.bulkAll === form.id;
  if (isTick && event.target.checked) form.querySelector("[name=who][value=selected]").checked = true;
});

// Whoever goes back to everybody takes the ticks away: they would say something else.
form.addEventListener("change", (event) => {
  if (event.target.name !== "who" || event.target.value === "selected") return;
  for (const box of form.elements) {
    if (box.name !== "ids" || !box.checked) continue;
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

const typed = () => [...new FormData(form)].filter(([name]) => OWN.includes(name));

document.addEventListener("submit", (event) => {
  const list = event.target;
  if (!list.matches(".list-tools")) return;
  for (const field of list.querySelectorAll("input[type=hidden]")) if (OWN.includes(field.name)) field.remove();
  for (const [name, value] of typed()) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    list.append(field);
  }
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='?']");
  if (!link || link.hasAttribute("download")) return;
  const wanted = new URLSearchParams(link.getAttribute("href"));
  for (const name of OWN) wanted.delete(name);
  for (const [name, value] of typed()) wanted.append(name, value);
  link.setAttribute("href", `?${wanted}`);
});
