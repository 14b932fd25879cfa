// The check at home: a photo is sent as soon as it was taken, so that one hand is enough. photo.js, loaded before, makes it smaller.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches?.("input[type=file][data-send-at-once]") && field.files.length) field.form.requestSubmit();
});
