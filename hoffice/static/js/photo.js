// Makes photos smaller before they are sent: <input type="file" data-shrink>. A phone's photo of 12 MB becomes 1 MB,
// which also goes through where the network is poor. What cannot be read here is sent as it is; the house looks at it.
const EDGE = 2000; // as in hoffice/files/pictures.py
const QUALITY = 0.85;
const SMALL = 1_000_000;

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= SMALL) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const content = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!content || content.size >= file.size) return file;
    return new File([content], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

async function shrink(field) {
  const chosen = [...field.files];
  const files = [];
  for (const file of chosen) files.push(await smaller(file)); // one after the other: phones have little memory
  const same = chosen.length === field.files.length && chosen.every((file, index) => file === field.files[index]);
  if (!same || files.every((file, index) => file === chosen[index])) return;
  const basket = new DataTransfer();
  for (const file of files) basket.items.add(file);
  field.files = basket.files;
}

const working = new WeakMap();

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("input[type=file][data-shrink]")) return;
  const work = shrink(field).finally(() => {
    if (working.get(field) === work) working.delete(field);
  });
  working.set(field, work);
});

// A form that is sent while a photo is still being made smaller waits for it. It is sent in a task of its own: a form
// whose submit event is still on its way cannot be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const waiting = [...form.querySelectorAll("input[type=file][data-shrink]")].filter((field) => working.has(field));
  if (!waiting.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const sender = event.submitter;
  Promise.allSettled(waiting.map((field) => working.get(field))).then(() => setTimeout(() => form.requestSubmit(sender)));
}, true);
