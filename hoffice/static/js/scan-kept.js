// What was scanned stays in this browser until the house has taken it or somebody has thrown it away.
//
// Each scan has a key of its own, hoffice-scan:<account>:<address it is sent to>:<its number>: two tabs never overwrite what the
// other one keeps (both may send it, it counts once), and nobody is shown what another account has scanned here.

const PREFIX = "hoffice-scan:";
const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const MOST_BROKEN = 4; // so often something breaks over a scan before it is set aside

export const remember = (key, value) => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* a private window keeps nothing; all else works */ }
};
export const recall = (key) => {
  try { return localStorage.getItem(key); } catch { return null; }
};

export const keysWith = (prefix) => {
  try { return Object.keys(localStorage).filter((one) => one.startsWith(prefix)); } catch { return []; }
};

export const newNumber = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // without https
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, index) => ([4, 6, 8, 10].includes(index) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
};

// Of whoever is signed in on this page, as its frame says.
export const keysOf = (address = "", { account } = document.querySelector("[data-scans-left]").dataset) => `${PREFIX}${account}:${address && `${address}:`}`;

export const kept = (prefix) => {
  const found = [];
  for (const key of keysWith(prefix)) {
    try { found.push(JSON.parse(recall(key))); } catch { remember(key, null); } // nothing that we wrote
  }
  return found.sort((one, other) => one.at - other.at);
};

// The scans of one page, sent one after the other. An entry is {scan, at, about, late, broken, aside, said, closed}: `late` could not be
// sent at once, so that nobody may have read its answer; over an `aside` one the house breaks; of a refused one `said` tells why, and
// it is `closed` when that is because the work is finished. `send` gives one of "settled", "refused" (with said and closed), "later"
// (with the cause "away" or "signedOut") and "broken".
export class Queue {
  constructor(prefix, { send, changed, about, isOpen }) {
    Object.assign(this, { prefix, send, changed, about });
    this.running = null;
    this.cause = ""; // why what waits is still here
    this.tries = 0; // in a row, for whatever reason
    this.at = 0;
    this.entries = [];
    this.adopt();
    if (isOpen) for (const entry of this.entries.filter((one) => one.closed)) Object.assign(entry, { said: "", closed: false });
    addEventListener("online", () => this.wake());
    addEventListener("storage", ({ key, newValue }) => { // another tab has settled it, or been told why not
      if (!key?.startsWith(prefix)) return;
      const id = key.slice(prefix.length);
      if (newValue === null) this.forget(id);
      else {
        const mine = this.entries.find((one) => one.scan.id === id);
        if (mine) Object.assign(mine, JSON.parse(newValue));
        this.told();
      }
    });
    this.wake();
    this.told();
  }

  get waiting() { return this.entries.filter((entry) => !entry.aside && !entry.said); }

  get listed() { return this.entries.filter((entry) => entry.aside || entry.said); }

  // What the house has not heard of yet.
  get unsent() { return this.entries.filter((entry) => !entry.said); }

  told() { this.changed(this); }

  // What an earlier page or another tab has left.
  adopt() {
    const known = new Set(this.entries.map((entry) => entry.scan.id));
    for (const entry of kept(this.prefix)) if (!known.has(entry.scan.id)) this.entries.push({ ...entry, late: true });
  }

  keep(entry) { remember(this.prefix + entry.scan.id, JSON.stringify(entry)); }

  add(scan) {
    this.at = Math.max(Date.now(), this.at + 0.001); // in the order in which they came
    const entry = { scan, at: this.at, about: this.about, late: this.tries > 0, broken: 0, aside: false, said: "", closed: false };
    this.entries.push(entry);
    this.keep(entry);
    this.wake();
    this.told();
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
    Object.assign(entry, { broken: 0, aside: false, said: "", closed: false });
    this.keep(entry);
    this.wake();
    this.told();
  }

  // Try at once; done when nothing waits any more, or when what waits cannot be sent now.
  wake() {
    clearTimeout(this.timer);
    this.running ??= this.run();
    return this.running;
  }

  async run() {
    await null; // so that `running` is set before it is cleared
    while (this.waiting.length) {
      const [entry] = this.waiting;
      const { outcome, said = "", closed = false, cause = "" } = await this.send(entry);
      if (outcome === "settled" || outcome === "refused") {
        this.tries = 0;
        if (outcome === "settled") this.drop(entry.scan.id);
        else this.put(entry, { said, closed });
        continue;
      }
      for (const one of this.waiting) one.late = true;
      if (outcome === "broken") entry.broken += 1;
      if (entry.broken >= MOST_BROKEN) { // the others need not wait for it
        this.tries = 0;
        this.put(entry, { aside: true });
        continue;
      }
      this.cause = cause;
      this.timer = setTimeout(() => this.wake(), WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)]);
      this.tries += 1;
      this.told();
      break;
    }
    this.running = null;
  }

  put(entry, how) {
    Object.assign(entry, how);
    if (this.entries.includes(entry)) this.keep(entry); // not when somebody has thrown it away meanwhile
    this.told();
  }
}
