// The check at home: a photo is sent as soon as it was taken, so that one hand is enough. photo.js, loaded before, makes it smaller.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches?.("input[type=file][data-send-at-once]") && field.files.length) field.form.requestSubmit();
});

// Words that were typed and not saved yet go along with whatever is sent.
document.addEventListener("submit", (event) => {
  for (const field of document.querySelectorAll("input[data-note]")) {
    if (field.form === event.target || field.value === field.defaultValue) continue;
    const along = document.createElement("input");
    Object.assign(along, { type: "hidden", name: field.name, value: field.value });
    event.target.append(along);
  }
}, true);

// While an answer is on its way, the page takes nothing that the next one would lose, such as a photo just taken.
const rest = (isSent) => document.querySelector("main").toggleAttribute("inert", isSent);
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) rest(true);
});
window.addEventListener("pageshow", () => rest(false)); // also when the browser brings an old page back
