// Sends what was scanned at one piece of work (a desk, a count, a return), says what became of it, and lets nothing be finished before.
//
// The box (macros scan_field and scan_rest in templates/ui/scan.html) has an address and words of its own, with a field in it or without:
// on the page of what is finished it only lists what did not arrive. Whatever ends the work stands in a data-scan-first.
import { keysOf, kept, Queue } from "./scan-kept.js";

const PATIENCE_MS = 15000;
const NOT_ITS_FAULT = [408, 429, 502, 503, 504]; // the house is busy or away: that passes
const TONES = {
  good: ["done", "check-circle-fill"],
  note: ["ready", "info-circle"],
  care: ["waiting", "tools"],
  problem: ["problem", "exclamation-triangle-fill"],
};

// A sentence in a notice, with the colour and the sign of its tone.
export function paint(notice, text, tone) {
  const [state, sign] = TONES[tone] ?? TONES.note;
  notice.className = `notice is-${state}`;
  notice.querySelector("p").textContent = text;
  notice.querySelector("use").setAttribute("href", `${notice.dataset.icons}#${sign}`);
  notice.hidden = false;
}

// Words for one and for many: data-…-one and data-…-many.
const counted = (words, name, count) => (count === 1 ? words[`${name}One`] : words[`${name}Many`]).replace("{count}", count);

export function scanBox(box, { isOpen = false, answered = () => {}, after = () => "", heard = () => {}, emptied = () => {} } = {}) {
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const words = box.dataset;
  const token = document.querySelector("meta[name=csrf-token]").content;

  const tell = (text, tone) => {
    paint(part("say"), text, tone);
    heard(text, tone);
  };

  // What the house has answered. Nobody may have read why a late scan was refused, so that it stays in the list; so does one that
  // came after the work was finished.
  const settle = (answer, entry) => {
    const tone = answer.tone ?? (answer.ok ? "good" : "problem");
    tell(answer.say, tone);
    answered(answer, entry.scan, tone);
    if (!answer.ok && (entry.late || answer.closed)) return { outcome: "refused", said: answer.say, closed: Boolean(answer.closed) };
    for (const other of queue.listed) if (answer.ok && other.said && other.scan.code === entry.scan.code) queue.drop(other.scan.id);
    return { outcome: "settled" };
  };

  const send = async (entry) => {
    const stopped = new AbortController();
    const timer = setTimeout(() => stopped.abort(), PATIENCE_MS);
    try {
      const response = await fetch(words.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ ...entry.scan, after: after() }),
        signal: stopped.signal,
      });
      if (response.headers.get("Content-Type")?.startsWith("application/json")) return settle(await response.json(), entry);
      if ([404, 413, 414, 422].includes(response.status)) { // it would be the same the next time
        return settle({ ok: false, say: words.notTaken.replace("{code}", entry.scan.code) }, entry);
      }
      if ([400, 401, 403].includes(response.status)) {
        tell(words.signedOut, "problem");
        return { outcome: "later", cause: "signedOut" };
      }
      return NOT_ITS_FAULT.includes(response.status) ? { outcome: "later", cause: "away" } : { outcome: "broken", cause: "away" };
    } catch {
      return { outcome: "later", cause: "away" }; // no network, or too slow
    } finally {
      clearTimeout(timer);
    }
  };

  // What did not arrive stands here until it does, or until somebody throws it away.
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
  const list = part("aside");
  const showListed = (listed) => {
    const row = list.querySelector("template").content.firstElementChild;
    list.hidden = !listed.length;
    if (!listed.length) return;
    list.querySelector("[data-scan-head]").textContent = counted(words, "aside", listed.length);
    const reopen = part("reopen");
    if (reopen) reopen.hidden = !listed.some((entry) => entry.closed);
    list.querySelector("ul").replaceChildren(...listed.map((entry) => {
      const { id } = entry.scan;
      const code = entry.scan.code.trim().replace(/^https?:.*\/g\//, ""); // a QR code of ours is an address
      const line = row.cloneNode(true);
      line.querySelector("b").textContent = code;
      line.querySelector("small").textContent = words.scanned.replace("{time}", clock.format(entry.at)).replace("{why}", entry.said || words.broken);
      line.querySelector("a").href = words.item.replace("CODE", encodeURIComponent(code));
      const [again, drop] = ["again", "drop"].map((name) => line.querySelector(`[data-scan-${name}]`));
      for (const one of [line.querySelector("a"), again, drop]) one.setAttribute("aria-label", `${one.textContent.trim()}: ${code}`);
      again.hidden = entry.closed;
      again.addEventListener("click", () => queue.again(id));
      drop.addEventListener("click", () => { // asked once
        if (drop.dataset.asked !== undefined) {
          queue.drop(id);
          return;
        }
        drop.dataset.asked = "";
        drop.classList.replace("btn-quiet", "btn-stop");
        drop.textContent = words.dropAsked;
        drop.setAttribute("aria-label", `${words.dropAsked} ${code}`);
      });
      return line;
    }));
  };

  // While scans wait, what ends the work says that they are sent first.
  const showFirst = (count) => {
    for (const one of document.querySelectorAll("[data-scan-first=''] :is(button, a.btn)")) {
      const text = one.lastChild;
      one.dataset.words ??= text.textContent;
      text.textContent = count ? counted(words, "first", count) : one.dataset.words;
    }
  };

  let shown = "";
  let before = 0;
  const changed = ({ waiting, unsent, tries, cause, listed }) => {
    const line = part("waiting");
    line.hidden = !(waiting.length && tries);
    if (!line.hidden) {
      const text = counted(words, cause === "signedOut" ? "signedOutWaits" : "waits", waiting.length);
      line.querySelector("p").textContent = text;
      heard(text, "note");
    }
    const now = JSON.stringify(listed);
    if (now !== shown) showListed(listed); // nothing moves under a finger for no reason
    shown = now;
    if (before && !unsent.length) emptied();
    before = unsent.length;
    showFirst(unsent.some((entry) => entry.late || entry.aside) ? unsent.length : 0);
  };

  const address = new URL(words.url, location.href).pathname;
  const about = { page: words.page, name: words.name };
  const queue = new Queue(keysOf(address), { send, changed, about, isOpen });

  // Nothing is finished over the head of a scan: it would be refused then, and what was scanned would count as missing.
  let isBusy = false;
  const sendFirst = async (event, ender) => {
    queue.adopt(); // another tab may have left some
    if (!ender?.closest("[data-scan-first]") || !queue.unsent.length) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    queue.told();
    await queue.wake();
    isBusy = false;
    queue.told();
    const left = queue.unsent.length;
    if (queue.waiting.length) tell(counted(words, queue.cause === "signedOut" ? "stuckSignedOut" : "stuck", left), "problem");
    else if (left) tell(words.stuckAside, "problem");
    else tell(queue.listed.length ? words.lookAside : words.lookAgain, queue.listed.length ? "problem" : "note");
    part("say").scrollIntoView({ block: "center" });
  };
  document.addEventListener("submit", (event) => sendFirst(event, event.submitter ?? event.target), true);
  document.addEventListener("click", (event) => sendFirst(event, event.target.closest?.("a.btn")), true);

  return { queue, tell, refresh: () => queue.told(), waits: () => kept(queue.prefix).length };
}
