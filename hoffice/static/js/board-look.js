// How the board is looked at: found people, wide or narrow lanes, one lane on the phone, one day on the map, to scale by the clock.
const PX_PER_MIN = 2.5;
const HOUR = 60;
const SIZES = ["narrow", "normal", "wide"];
const MANY = 8; // more runs than shapes are not told apart on one map
const KEPT = "ho-board-look";

export function makeLook(board, content) {
  const { box, view, words } = board;
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  const keep = (more) => localStorage.setItem(KEPT, JSON.stringify(Object.assign(kept, more)));

  // ---- find
  const field = document.querySelector("[data-board-find]");
  const found = document.querySelector("[data-board-found]");
  let hits = [];
  const find = () => {
    const wanted = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const cards = view.cards(box);
    hits = wanted.length ? cards.filter((card) => wanted.every((word) => card.textContent.toLowerCase().includes(word))) : [];
    box.classList.toggle("is-finding", wanted.length > 0);
    for (const card of cards) card.classList.toggle("is-found", hits.includes(card));
    const text = !wanted.length ? "" : hits.length ? board.fill(words.found, { count: hits.length }) : words.none;
    if (found.textContent !== text) found.textContent = text;
  };
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits.length) {
      event.preventDefault();
      chooseLane(hits[0].closest("[data-lane]")?.dataset.lane);
      view.turnTo(hits[0]);
    }
    if (event.key === "Escape" && field.value) {
      field.value = "";
      find();
    }
  });
  board.find = () => {
    field.focus();
    field.select();
  };

  // ---- how wide the lanes are
  const sizes = [...document.querySelectorAll("[data-size]")];
  const resize = (size) => {
    for (const one of SIZES) box.classList.toggle(`size-${one}`, one === size);
    for (const button of sizes) button.setAttribute("aria-pressed", String(button.dataset.size === size));
    keep({ size });
  };
  for (const button of sizes) button.addEventListener("click", () => resize(button.dataset.size));

  // ---- one lane at a time on the phone
  const chooser = document.querySelector("[data-lane-choose]");
  const chooseLane = (shift) => {
    if (!shift) return;
    chooser.value = shift;
    for (const lane of view.lanes()) lane.classList.toggle("is-chosen", lane.dataset.lane === shift);
  };
  board.chooseLane = chooseLane;
  chooser.append(...view.lanes().map((lane) => new Option(lane.dataset.name, lane.dataset.lane)));
  chooser.addEventListener("change", () => chooseLane(chooser.value));
  chooseLane((view.open().find((lane) => view.cards(lane).length) ?? view.lanes()[0])?.dataset.lane);

  // ---- the clock
  const timed = () => box.classList.contains("is-timed");
  const scale = () => {
    const lanes = view.lanes();
    const from = Math.floor(Math.min(...lanes.map((lane) => Number(lane.dataset.from))) / HOUR) * HOUR;
    const ends = lanes.flatMap((lane) => [Number(lane.dataset.until), ...[...lane.querySelectorAll("[data-at]")].map((row) => Number(row.dataset.at) + Number(row.dataset.min ?? 0))]);
    const until = Math.ceil((Math.max(...ends) + 10) / HOUR) * HOUR;
    for (const lane of lanes) measure(lane, from, until);
  };
  const measure = (lane, from, until) => {
    const list = lane.querySelector(".lane-stops");
    for (const old of list.querySelectorAll(".hour")) old.remove();
    list.style.height = timed() ? `${(until - from) * PX_PER_MIN}px` : "";
    list.style.setProperty("--hour", `${HOUR * PX_PER_MIN}px`);
    for (const row of list.querySelectorAll("[data-at]")) {
      row.style.top = timed() ? `${(Number(row.dataset.at) - from) * PX_PER_MIN}px` : "";
      row.style.height = timed() && row.dataset.min ? `${Math.max(1, Number(row.dataset.min)) * PX_PER_MIN}px` : "";
      row.classList.toggle("is-short", timed() && Number(row.dataset.min) * PX_PER_MIN < 38);
      row.hidden = timed() && row.dataset.stop === undefined && row.dataset.min !== undefined && Number(row.dataset.min) * PX_PER_MIN < 15 && !row.matches("[data-reload]");
    }
    if (!timed()) return;
    for (let hour = from; hour < until; hour += HOUR) {
      const mark = document.createElement("li");
      mark.className = "hour";
      mark.setAttribute("aria-hidden", "true");
      mark.textContent = `${hour / HOUR}:00`;
      mark.style.top = `${(hour - from) * PX_PER_MIN}px`;
      list.append(mark);
    }
  };
  const views = [...document.querySelectorAll("[data-view]")];
  const turn = (name) => {
    box.classList.toggle("is-timed", name === "time");
    for (const button of views) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    scale();
    keep({ view: name });
  };
  for (const button of views) button.addEventListener("click", () => turn(button.dataset.view));

  // ---- the map: all runs while they can be told apart, else one day
  const days = document.querySelector("[data-map-days]");
  let whole = content;
  let shownDay = "";
  const dayOf = (run) => view.lanes().find((lane) => lane.dataset.number === String(run))?.dataset.day;
  const drawMap = () => {
    const ofDay = (one) => !shownDay || one.run === undefined || one.run === null || dayOf(one.run) === shownDay;
    view.map?.dispatchEvent(new CustomEvent("ho:content", { detail: { ...whole, runs: whole.runs.filter(ofDay), stops: whole.stops.filter(ofDay) } }));
    press();
  };
  const press = () => { for (const button of days.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.day === shownDay)); };
  const offerDays = () => {
    const driven = [...new Set(whole.runs.map((run) => dayOf(run.run)))].filter(Boolean);
    const all = driven.length > 1 ? [...(whole.runs.length <= MANY ? [""] : []), ...driven] : [""];
    if (!all.includes(shownDay)) shownDay = all[0];
    days.hidden = all.length < 2;
    days.replaceChildren(...all.map((day) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.day = day;
      button.textContent = day ? new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", day: "numeric", month: "numeric" }).format(new Date(`${day}T12:00`)) : words.all;
      button.addEventListener("click", () => {
        shownDay = day;
        drawMap();
      });
      return button;
    }));
    press();
  };
  board.showMap = (fresh) => {
    whole = fresh;
    offerDays();
    drawMap();
  };
  box.addEventListener("focusin", (event) => {
    const day = event.target.closest("li[data-stop]") && event.target.closest("[data-lane]")?.dataset.day;
    if (!day || !shownDay || day === shownDay) return;
    shownDay = day;
    drawMap();
    view.map?.dispatchEvent(new CustomEvent("ho:select", { detail: { id: view.id(event.target.closest("li[data-stop]")) } }));
  });
  view.map?.addEventListener("ho:stop", (event) => {
    const card = view.card(event.detail.id);
    chooseLane(card?.closest("[data-lane]")?.dataset.lane);
    view.turnTo(card, { focus: false });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  box.addEventListener("board:shown", () => {
    scale();
    find();
  });
  resize(SIZES.includes(kept.size) ? kept.size : "normal");
  turn(kept.view === "time" ? "time" : "lanes");
  offerDays();
  if (shownDay) drawMap();
}
