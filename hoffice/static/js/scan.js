// One field that takes codes from a hand scanner, from the camera or from fingers, and sends each of them until it has an answer.
//
//   import { scanField } from "./scan.js";
//   const field = scanField(document.querySelector("form[data-scan]"), { answered(answer, scan) { … }, more() { return {…}; } });
//
// The form (macro scan_field in templates/ui/scan.html) works without this script too. Every scan gets a number of its own and
// is kept in this browser until the house has answered; sent again it counts once. The house answers in JSON:
// {ok, say, tone: "good" | "note" | "care" | "problem", id, put_right, closed}; `closed` when the work it belongs to is finished.
// More fields are the page's own.
import { newNumber, recall, remember } from "./scan-kept.js";
import { paint, scanBox } from "./scan-send.js";

const KEY_GAP_MS = 45; // fingers are slower, hand scanners faster
const BURST_GAP_MS = 5000; // longer pauses no scanner makes, however busy the machine
const BURST_SIGNS = 3;
const SAME_CODE_MS = 2500;
const LOOK_EVERY_MS = 120;
const FORMATS = ["code_128", "code_39", "ean_13", "ean_8", "upc_a", "qr_code", "data_matrix"];
const SWAPPED = "hoffice-scanner-american";
const HELD_ALONG = ["Shift", "AltGraph", "Alt", "Control", "CapsLock"];
// What signs are typed into; ticking how something looks must not swallow the next scan.
const WRITTEN_INTO = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
const TYPED_INTO = `${WRITTEN_INTO}, dialog`;

// ---- the camera

let reader = null;

async function codeReader() {
  if ("BarcodeDetector" in window) {
    const has = await window.BarcodeDetector.getSupportedFormats();
    if (FORMATS.every((format) => has.includes(format))) return new window.BarcodeDetector({ formats: FORMATS });
  }
  const library = await import("../vendor/barcode-detector/ponyfill.js");
  library.prepareZXingModule({ overrides: { locateFile: (name) => new URL(`../vendor/barcode-detector/${name}`, import.meta.url).href } });
  return new library.BarcodeDetector({ formats: FORMATS });
}

function camera(dialog, found) {
  const video = dialog.querySelector("video");
  const hint = dialog.querySelector("[data-scan-hint]");
  const words = dialog.dataset;
  let stream = null;
  let seen = "";
  let seenAt = 0;

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  };
  const look = async () => {
    if (!stream || !dialog.open) return;
    if (video.readyState >= 2) {
      for (const { rawValue } of (await reader.detect(video).catch(() => [])).slice(0, 1)) {
        const now = performance.now();
        if (rawValue !== seen || now - seenAt > SAME_CODE_MS) found(rawValue);
        seen = rawValue;
        seenAt = now;
      }
    }
    setTimeout(look, LOOK_EVERY_MS);
  };
  const start = async () => {
    hint.textContent = words.starts;
    dialog.showModal();
    if (!navigator.mediaDevices?.getUserMedia) {
      hint.textContent = words.insecure;
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } }, audio: false });
    } catch (error) {
      hint.textContent = error.name === "NotAllowedError" ? words.denied : words.none;
      return;
    }
    try {
      reader ??= await codeReader();
    } catch {
      stop();
      hint.textContent = words.broken;
      return;
    }
    if (!dialog.open) { stop(); return; } // closed while it started
    video.srcObject = stream;
    await video.play().catch(() => {});
    hint.textContent = words.looks;
    look();
  };
  dialog.addEventListener("close", stop);
  dialog.querySelector("[data-scan-close]").addEventListener("click", () => dialog.close());
  const answer = dialog.querySelector("[data-scan-answer]");
  dialog.addEventListener("close", () => { answer.hidden = true; });
  return { start, said: (text, tone) => { if (dialog.open) paint(answer, text, tone); } };
}

// ---- sound and vibration, when somebody has switched them on

let voice = null;

function signal(tone) {
  const good = tone !== "problem" && tone !== "care"; // whoever looks at the next device should hear it
  if (recall("hoffice-scan-vibration") === "1") navigator.vibrate?.(good ? 60 : [120, 80, 120]);
  if (recall("hoffice-scan-sound") !== "1") return;
  voice ??= new AudioContext();
  const sounder = voice.createOscillator();
  const level = voice.createGain();
  sounder.frequency.value = good ? 880 : 220;
  level.gain.setValueAtTime(0.15, voice.currentTime);
  level.gain.exponentialRampToValueAtTime(0.001, voice.currentTime + (good ? 0.12 : 0.35));
  sounder.connect(level).connect(voice.destination);
  sounder.start();
  sounder.stop(voice.currentTime + 0.4);
}

function switches(box) {
  if (!box) return;
  box.hidden = false;
  for (const field of box.querySelectorAll("input[data-scan-switch]")) {
    const key = `hoffice-scan-${field.dataset.scanSwitch}`;
    field.checked = recall(key) === "1";
    field.addEventListener("change", () => {
      remember(key, field.checked ? "1" : null);
      signal("good");
    });
  }
}

// ---- a hand scanner while a question is open

// It types as if nobody had asked: what it types is a scan, and its Enter presses no button. Nobody else types words on buttons.
function hearBursts(take) {
  let signs = "";
  let at = 0;
  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog[open]");
    if (!dialog || event.target.closest?.(WRITTEN_INTO)) {
      signs = "";
      return;
    }
    if (event.timeStamp - at > BURST_GAP_MS) signs = "";
    at = event.timeStamp;
    const isSign = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
    if (isSign && (signs || event.key !== " ")) {
      signs += event.key;
      event.preventDefault();
    } else if (event.key === "Enter" && signs.length >= BURST_SIGNS) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!dialog.matches("[data-scan-camera]")) dialog.close(); // what was asked may be true no longer
      take(signs);
      signs = "";
    } else if (!HELD_ALONG.includes(event.key)) signs = "";
  }, true);
}

// ---- the field

export function scanField(form, { answered = () => {}, more = () => ({}) } = {}) {
  const input = form.elements.code;
  const box = form.closest("[data-scan-box]");
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  let lastKey = 0;
  let keys = 0;
  let slow = 0;
  let lens = null;

  const { queue, tell, refresh, waits } = scanBox(box, {
    isOpen: true,
    after: () => form.elements.after.value,
    heard: (text, tone) => lens?.said(text, tone),
    answered: (answer, scan, tone) => {
      if (answer.put_right && scan.wedge) remember(SWAPPED, "1");
      else if (answer.ok && scan.swapped && /[yzß/:-]/i.test(scan.code)) remember(SWAPPED, null); // it was set right meanwhile
      signal(tone);
      if (answer.ok) form.elements.after.value = answer.id;
      answered(answer, scan);
    },
  });

  const take = (code, kind = {}) => {
    if (code.trim()) queue.add({ id: newNumber(), code, ...kind, ...more() });
  };
  const byWedge = () => ({ wedge: true, ...(recall(SWAPPED) ? { swapped: true } : {}) });

  // The keyboard of the phone stays away until somebody taps the field: scanners type without it.
  const quiet = () => { input.inputMode = "none"; };
  const focus = () => { quiet(); input.focus({ preventScroll: true }); };
  input.addEventListener("click", () => {
    if (input.inputMode !== "none") return;
    input.inputMode = "text";
    input.blur();
    input.focus();
  });
  input.addEventListener("blur", () => { if (input.inputMode !== "text") quiet(); });

  document.addEventListener("keydown", (event) => {
    const isSign = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const elsewhere = event.target.closest?.(TYPED_INTO);
    if (isSign && event.key !== " " && event.target !== input && !elsewhere) input.focus({ preventScroll: true });
    if (!isSign || (elsewhere && event.target !== input)) return;
    const now = performance.now();
    if (!input.value) keys = slow = 0;
    else if (now - lastKey > KEY_GAP_MS) slow += 1;
    keys += 1;
    lastKey = now;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const wedge = keys >= 3 && slow === 0;
    take(input.value, wedge ? byWedge() : {});
    input.value = "";
    keys = slow = 0;
    if (wedge) focus();
  }, true);

  const open = part("open");
  const dialog = part("camera");
  if (open && dialog) {
    lens = camera(dialog, (code) => take(code, { camera: true }));
    open.hidden = false;
    open.addEventListener("click", () => lens.start());
    dialog.addEventListener("close", focus);
  }
  hearBursts((code) => {
    take(code, byWedge());
    if (!part("camera")?.open) focus();
  });
  switches(document.querySelector("[data-scan-switches]"));
  focus();
  form.dataset.ready = "";
  return { take, tell, focus, refresh, waits };
}
