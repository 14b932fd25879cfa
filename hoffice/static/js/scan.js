// One field that takes codes from a hand scanner, from the camera or from fingers, and sends each of them until it has an answer.
//
//   import { scanField } from "./scan.js";
//   const field = scanField(document.querySelector("form[data-scan]"), { answered(answer, scan) { … }, more() { return {…}; } });
//
// The form (macro scan_field in templates/ui/scan.html) works without this script too. Every scan gets a number of its own and
// is kept in this browser until the house has answered; sent again it counts once. The house answers in JSON:
// {ok, say, tone: "good" | "note" | "care" | "problem", id, put_right}; more fields are the page's own.

const KEY_GAP_MS = 45; // fingers are slower, hand scanners faster
const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const PATIENCE_MS = 15000;
const MOST_REFUSED = 4; // so often something breaks over a scan before it is set aside
const NOT_ITS_FAULT = [408, 429, 502, 503, 504]; // the house is busy or away: that passes
const SAME_CODE_MS = 2500;
const LOOK_EVERY_MS = 120;
const FORMATS = ["code_128", "code_39", "ean_13", "ean_8", "upc_a", "qr_code", "data_matrix"];
const SWAPPED = "hoffice-scanner-american";
// What signs are typed into; ticking how something looks must not swallow the next scan.
const TYPED_INTO = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable], dialog";

const remember = (key, value) => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* a private window keeps nothing; all else works */ }
};
const recall = (key) => {
  try { return localStorage.getItem(key); } catch { return null; }
};

const newNumber = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // without https
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, index) => ([4, 6, 8, 10].includes(index) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
};

// ---- what was scanned waits here until the house has answered

// Each scan has a key of its own, so that two tabs never overwrite what the other one keeps. Both may send it: it counts once.
const kept = (prefix) => {
  const found = [];
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(prefix))) {
      try { found.push(JSON.parse(localStorage.getItem(key))); } catch { localStorage.removeItem(key); } // nothing that we wrote
    }
  } catch { /* a private window keeps nothing */ }
  return found.sort((one, other) => one.at - other.at);
};

class Queue {
  constructor(prefix, send, changed) {
    this.prefix = prefix;
    this.send = send;
    this.changed = changed;
    this.running = false;
    this.tries = 0; // in a row, for whatever reason
    this.at = 0;
    this.entries = kept(prefix);
    addEventListener("online", () => this.wake());
    addEventListener("storage", ({ key, newValue }) => { // another tab has settled it
      if (key?.startsWith(prefix) && newValue === null) this.forget(key.slice(prefix.length));
    });
    this.wake();
    this.told();
  }

  get waiting() { return this.entries.filter((entry) => !entry.aside); }

  get aside() { return this.entries.filter((entry) => entry.aside); }

  told() { this.changed(this.waiting.length, this.tries > 0, this.aside.map((entry) => entry.scan)); }

  keep(entry) { remember(this.prefix + entry.scan.id, JSON.stringify(entry)); }

  add(scan) {
    this.at = Math.max(Date.now(), this.at + 0.001); // in the order in which they came
    const entry = { scan, at: this.at, refused: 0, aside: false };
    this.entries.push(entry);
    this.keep(entry);
    this.wake();
  }

  forget(id) {
    this.entries = this.entries.filter((entry) => entry.scan.id !== id);
    this.told();
  }

  drop(id) {
    remember(this.prefix + id, null);
    this.forget(id);
  }

  again(id) {
    const entry = this.entries.find((one) => one.scan.id === id);
    if (!entry) return;
    Object.assign(entry, { refused: 0, aside: false });
    this.keep(entry);
    this.wake();
    this.told();
  }

  wake() {
    clearTimeout(this.timer);
    this.run();
  }

  async run() {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length) {
      const [entry] = this.waiting;
      const outcome = await this.send(entry.scan);
      if (outcome === "settled") {
        this.tries = 0;
        this.drop(entry.scan.id);
        continue;
      }
      if (outcome === "broken") entry.refused += 1;
      if (entry.refused >= MOST_REFUSED) { // the others need not wait for it
        this.tries = 0;
        entry.aside = true;
        this.keep(entry);
        this.told();
        continue;
      }
      this.timer = setTimeout(() => this.run(), WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)]);
      this.tries += 1;
      this.told();
      break;
    }
    this.running = false;
  }
}

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
  return { start, said: (text) => { if (dialog.open) hint.textContent = text; } };
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

// ---- the field

export function scanField(form, { answered = () => {}, more = () => ({}) } = {}) {
  const input = form.elements.code;
  const box = form.closest("[data-scan-box]");
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const say = part("say");
  const words = form.dataset;
  const token = document.querySelector("meta[name=csrf-token]").content;
  let lastKey = 0;
  let keys = 0;
  let slow = 0;
  let lens = null;

  const tell = (text, tone) => {
    say.className = `notice is-${{ good: "done", note: "ready", care: "waiting", problem: "problem" }[tone] ?? "ready"}`;
    say.querySelector("p").textContent = text;
    say.querySelector("use")?.setAttribute("href", say.dataset.icons + `#${{ good: "check-circle-fill", note: "info-circle", care: "tools", problem: "exclamation-triangle-fill" }[tone] ?? "info-circle"}`);
    say.hidden = false;
    lens?.said(text);
  };

  const settle = (answer, scan) => {
    const tone = answer.tone ?? (answer.ok ? "good" : "problem");
    if (answer.put_right && scan.wedge) remember(SWAPPED, "1");
    else if (answer.ok && scan.swapped && /[yzß/:-]/i.test(scan.code)) remember(SWAPPED, null); // it was set right meanwhile
    tell(answer.say, tone);
    signal(tone);
    if (answer.ok) form.elements.after.value = answer.id;
    answered(answer, scan);
  };

  // "settled", whatever the answer; "later" when it has to be sent again; "broken" when something broke over it.
  const send = async (scan) => {
    const stopped = new AbortController();
    const timer = setTimeout(() => stopped.abort(), PATIENCE_MS);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ ...scan, after: form.elements.after.value }),
        signal: stopped.signal,
      });
      const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
      if (isOurs) {
        settle(await response.json(), scan);
        return "settled";
      }
      if ([404, 413, 414, 422].includes(response.status)) {
        settle({ ok: false, say: words.notTaken.replace("{code}", scan.code) }, scan);
        return "settled"; // it would be the same the next time
      }
      if ([400, 401, 403].includes(response.status)) {
        tell(words.signedOut, "problem");
        return "later";
      }
      return NOT_ITS_FAULT.includes(response.status) ? "later" : "broken";
    } catch {
      return "later"; // no network, or too slow
    } finally {
      clearTimeout(timer);
    }
  };

  // What the house cannot take stands here until somebody tries it again or throws it away.
  const showAside = (scans) => {
    const list = part("aside");
    const row = list.querySelector("template").content.firstElementChild;
    list.hidden = !scans.length;
    list.querySelector("ul").replaceChildren(...scans.map((scan) => {
      const line = row.cloneNode(true);
      line.querySelector("b").textContent = scan.code;
      for (const [name, deed] of [["again", () => queue.again(scan.id)], ["drop", () => queue.drop(scan.id)]]) {
        const button = line.querySelector(`[data-scan-${name}]`);
        button.setAttribute("aria-label", `${button.textContent.trim()}: ${scan.code}`);
        button.addEventListener("click", deed);
      }
      return line;
    }));
  };

  const queue = new Queue(`hoffice-scan:${new URL(form.action).pathname}:`, send, (count, late, aside) => {
    const line = part("waiting");
    line.hidden = !(count && late);
    line.querySelector("p").textContent = words.waiting.replace("{count}", count);
    showAside(aside);
  });

  const take = (code, kind = {}) => {
    if (code.trim()) queue.add({ id: newNumber(), code, ...kind, ...more() });
  };

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
    take(input.value, wedge ? { wedge: true, ...(recall(SWAPPED) ? { swapped: true } : {}) } : {});
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
  switches(document.querySelector("[data-scan-switches]"));
  focus();
  form.dataset.ready = "";
  return { take, tell, focus };
}
