// What the board needs of the house around it: answers to its questions, the plan as it is now, a note on what has happened.
export async function post(url, body) {
  const token = document.querySelector("meta[name='csrf-token']").content;
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  return { status: answer.status, told };
}

// The page as it would be now, with its state; null when it cannot be had.
export async function newest() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const state = page.querySelector("[data-board-state]");
    return state ? { page, ...JSON.parse(state.textContent) } : null;
  } catch {
    return null;
  }
}

export function icon(sprite, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

// For the eye; who listens hears it from the board's voice.
export function toast(iconOf, text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.setAttribute("aria-hidden", "true");
  const line = document.createElement("span");
  line.textContent = text;
  note.append(iconOf("check-circle-fill"), line);
  document.querySelector(".toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}
