// On every page of the staff: what this account has scanned here and nobody has sent yet, and the way there. On the page of something
// finished, where there is no field any more, what did not arrive is sent or listed.
import { keysOf, kept } from "./scan-kept.js";

const strip = document.querySelector("[data-scans-left]");
const boxes = [...document.querySelectorAll("[data-scan-box]")];

function show() {
  const here = new Set(boxes.map((box) => box.dataset.page));
  const waiting = new Map();
  for (const { about } of kept(keysOf())) {
    if (about && !here.has(about.page)) waiting.set(about.page, { name: about.name, count: (waiting.get(about.page)?.count ?? 0) + 1 });
  }
  strip.hidden = !waiting.size;
  strip.querySelector("ul").replaceChildren(...[...waiting].map(([page, { name, count }]) => {
    const line = strip.querySelector("template").content.firstElementChild.cloneNode(true);
    const words = count === 1 ? strip.dataset.one : strip.dataset.many;
    line.querySelector("span").textContent = words.replace("{count}", count).replace("{name}", name);
    const way = line.querySelector("a");
    way.href = page;
    way.setAttribute("aria-label", `${way.textContent.trim()}: ${name}`);
    return line;
  }));
}

if (strip) {
  show();
  addEventListener("storage", show);
  addEventListener("pageshow", show);
}

for (const box of boxes.filter((one) => !one.querySelector("form[data-scan]"))) {
  const { scanBox } = await import("./scan-send.js");
  scanBox(box, { emptied: () => location.reload() }); // the figures of this page were those before
}
