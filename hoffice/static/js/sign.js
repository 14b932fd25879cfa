// A signature, drawn or typed. Drawing keeps the points as well as the picture; turning the phone keeps what was drawn.
import SignaturePad from "../vendor/signature_pad.min.js";

function prepare(box) {
  const part = (name) => box.querySelector(`[data-sign-${name}]`);
  const canvas = part("canvas");
  const frame = part("box");
  const typed = part("type").querySelector("input");
  const emptyLabel = canvas.getAttribute("aria-label");
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.6, penColor: "#16252b" });
  let width = 0;

  // The picture is always dark on light: papers are white, also when the page is dark.
  const fit = () => {
    const ratio = Math.max(devicePixelRatio || 1, 1);
    if (!canvas.offsetWidth || canvas.offsetWidth === width) return;
    const strokes = pad.toData();
    const scale = width ? canvas.offsetWidth / width : 1;
    width = canvas.offsetWidth;
    canvas.width = width * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    for (const stroke of strokes) {
      for (const point of stroke.points) point.x *= scale;
    }
    if (strokes.length) pad.fromData(strokes);
  };
  // Points between 0 and 1 of a pad three times as wide as high, so that the drawing keeps its shape on every screen and on paper.
  const lines = () => {
    const wide = Math.max(canvas.offsetWidth, 3 * canvas.offsetHeight);
    const place = (length, whole, most) => Math.round(Math.min(Math.max((length + (most - whole) / 2) / most, 0), 1) * 1e4) / 1e4;
    return pad.toData().map((stroke) => stroke.points.map((point) => [place(point.x, canvas.offsetWidth, wide), place(point.y, canvas.offsetHeight, wide / 3)]));
  };
  const isDrawing = () => !part("draw").hidden;
  const refresh = () => {
    const inked = !pad.isEmpty();
    frame.classList.toggle("has-ink", inked);
    part("hint").hidden = inked;
    canvas.setAttribute("aria-label", inked ? canvas.dataset.labelInk : emptyLabel);
    part("kind").value = isDrawing() ? "drawn" : "typed";
    part("png").value = isDrawing() && inked ? pad.toDataURL("image/png") : "";
    part("strokes").value = isDrawing() && inked ? JSON.stringify(lines()) : "";
    if (inked || typed.value.trim()) part("missing").hidden = true;
  };
  const choose = (drawing) => {
    part("draw").hidden = !drawing;
    part("type").hidden = drawing;
    part("to-draw").hidden = drawing;
    if (drawing) fit();
    refresh();
  };

  pad.addEventListener("endStroke", refresh);
  typed.addEventListener("input", refresh);
  part("clear").addEventListener("click", () => { pad.clear(); refresh(); });
  part("to-type").addEventListener("click", () => { choose(false); typed.focus(); });
  part("to-draw").addEventListener("click", () => { choose(true); part("clear").focus(); });
  new ResizeObserver(fit).observe(canvas);
  box.closest("form")?.addEventListener("submit", (event) => {
    refresh();
    const missing = isDrawing() ? pad.isEmpty() : !typed.value.trim();
    if (!missing || event.submitter?.formNoValidate) return;
    event.preventDefault();
    event.stopPropagation();
    part("missing").hidden = false;
    (isDrawing() ? part("to-type") : typed).focus();
  });
  choose(!typed.value);
}

for (const box of document.querySelectorAll("[data-sign]")) prepare(box);
