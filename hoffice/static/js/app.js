// Small manners every page has. Nothing here is needed to get work done: without script all links and forms work.

// Ctrl+K (or Cmd+K) and "/" go to the search field.
const find = document.querySelector("[data-find]");
document.addEventListener("keydown", (event) => {
  if (!find || find.offsetParent === null) return;
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const asked = (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing);
  if (!asked) return;
  event.preventDefault();
  find.focus();
  find.select();
});

// Menus made of <details data-menu>: one open at a time, Escape and a click outside close.
const menus = [...document.querySelectorAll("details[data-menu]")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Toasts leave after six seconds unless somebody is with them.
for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = toast.querySelector("[data-toast-close]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, 6000);
}

// One question before something that is hard to take back: <button data-confirm="…" data-confirm-yes="…">.
// The words of the way back come from <body data-cancel> or the button itself (data-confirm-no).
const ask = (text, yes, no, stop) => new Promise((resolve) => {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  const form = document.createElement("form");
  form.method = "dialog";
  const words = document.createElement("p");
  words.className = "lg mb-0";
  words.id = "ask-text";
  words.textContent = text;
  dialog.setAttribute("aria-labelledby", words.id);
  const row = document.createElement("div");
  row.className = "row-flex";
  for (const [label, value, look] of [[no, "no", "btn btn-quiet"], [yes, "yes", stop ? "btn btn-stop" : "btn btn-primary"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = look;
    button.textContent = label;
    row.append(button);
  }
  form.append(words, row);
  dialog.append(form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    resolve(dialog.returnValue === "yes");
    dialog.remove();
  });
  dialog.showModal();
});

const noWord = document.body.dataset.no || "No";
const confirmed = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (event.defaultPrevented) { // it is not sent now, and will be asked about again
    confirmed.delete(form);
    return;
  }
  const text = button?.dataset.confirm || form.dataset.confirm;
  if (text && !confirmed.has(form)) {
    event.preventDefault();
    const yes = button?.dataset.confirmYes || button?.textContent.trim() || "OK";
    if (await ask(text, yes, button?.dataset.confirmNo || noWord, button?.classList.contains("btn-stop"))) {
      confirmed.add(form);
      form.requestSubmit(button);
    }
    return;
  }
  confirmed.delete(form);
  // A second click while the first is on its way does nothing. Downloads free the form again.
  if (form.method === "post") {
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    setTimeout(() => form.removeAttribute("aria-busy"), 4000);
  }
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// Filters that apply themselves: <select data-autosubmit>. The button beside it may hide.
for (const field of document.querySelectorAll("[data-autosubmit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

// <button data-print>, <button data-copy="#id of a field or text">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-print], [data-copy]");
  if (!button) return;
  if (button.dataset.print !== undefined) window.print();
  if (button.dataset.copy) {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    if (button.dataset.copied) button.textContent = button.dataset.copied;
  }
});

// Many at once: <div data-bulk="form id"> shows how many checkboxes with form="form id" are ticked.
for (const bar of document.querySelectorAll("[data-bulk]")) {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][form="${bar.dataset.bulk}"][name]`)];
  const all = document.querySelector(`[data-bulk-all="${bar.dataset.bulk}"]`);
  const count = bar.querySelector("[data-bulk-count]");
  const refresh = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    bar.hidden = ticked === 0;
    if (count) count.textContent = ticked;
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    for (const box of boxes) box.closest("tr")?.classList.toggle("picked", box.checked);
  };
  for (const box of boxes) box.addEventListener("change", refresh);
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    refresh();
  });
  addEventListener("pageshow", refresh);
  refresh();
}

// What only works with script shows itself now; a form that came back with errors gets the focus.
for (const button of document.querySelectorAll("[data-print], [data-copy]")) button.hidden = false;
document.querySelector("[data-focus]")?.focus();
