// What the board shows: lanes from the server take the place of old ones, a card moves at once, a mark shows where it would go.
export function makeView(box, model, { whereIs, without }) {
  const map = document.querySelector("[data-map]");
  const loose = box.querySelector("[data-board-loose]");
  const view = { map };

  view.card = (stop) => box.querySelector(`li[data-stop="${stop}"]`);
  view.id = (card) => Number(card.dataset.stop);
  view.lane = (shift) => box.querySelector(`[data-lane="${shift}"]`);
  view.lanes = () => [...box.querySelectorAll("[data-lane]")];
  view.open = () => view.lanes().filter((lane) => "open" in lane.dataset);
  view.cards = (part) => [...part.querySelectorAll("li[data-stop]")];
  view.loose = () => loose.querySelector("[data-loose]");
  view.parts = () => [...view.lanes(), view.loose()];
  view.isMovable = (card) => Boolean(card) && "movable" in card.dataset;

  // ---- the one card that the Tab key reaches
  let current = null;
  view.current = () => view.card(current) ?? view.cards(box)[0] ?? null;
  view.turnTo = (card, { focus = true, quiet = false } = {}) => {
    if (!card) return;
    for (const one of box.querySelectorAll("li[data-stop] [tabindex='0']")) one.tabIndex = -1;
    for (const one of card.querySelectorAll("button")) one.tabIndex = 0;
    for (const one of box.querySelectorAll(".stop.picked")) one.classList.remove("picked");
    if (!quiet) card.querySelector(".stop")?.classList.add("picked");
    if (current !== view.id(card) && !quiet) map?.dispatchEvent(new CustomEvent("ho:select", { detail: { id: view.id(card) } }));
    current = view.id(card);
    if (!focus) return;
    card.querySelector("[data-card]").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // ---- new parts from the server, the focus and what was scrolled stay
  const held = () => {
    const active = document.activeElement;
    const card = active?.closest?.("li[data-stop]");
    if (!box.contains(active)) return () => {};
    const mark = ["data-card", "data-menu-of", "data-ask"].find((name) => active.hasAttribute(name));
    const selector = active.dataset.lock ? `[data-lock="${active.dataset.lock}"][data-id="${active.dataset.id}"]` : card && mark ? `li[data-stop="${card.dataset.stop}"] [${mark}]` : active.hasAttribute("data-place-all") ? "[data-place-all]" : null;
    return () => {
      if (document.activeElement === active || !selector) return;
      (box.querySelector(selector) ?? (card ? view.card(view.id(card))?.querySelector("[data-card]") : null))?.focus({ preventScroll: true });
    };
  };
  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };
  // Lanes that are named show what they are told; the others show again what is saved.
  const saved = new Map();
  view.isKnown = (shift) => saved.has(shift);
  view.forget = (shift) => saved.delete(shift);
  view.remember = (lanes) => { for (const [shift, html] of Object.entries(lanes)) saved.set(shift, html); };
  const shown = new Map(); // the mark-up behind each lane, unless a card was put there by hand since
  view.show = ({ lanes: named = {}, loose: looseHtml, totals, said, problems = [] }) => {
    const lanes = Object.fromEntries(view.lanes().map(({ dataset: { lane } }) => [lane, named[lane] ?? saved.get(lane)]));
    const refocus = held();
    const scrolled = loose.querySelector(".rows")?.scrollTop ?? 0;
    for (const [shift, html] of Object.entries(lanes)) {
      const old = view.lane(shift);
      if (!html || shown.get(shift) === html) continue;
      const fresh = made(html);
      shown.set(shift, html);
      fresh.classList.toggle("is-chosen", old.classList.contains("is-chosen"));
      old.replaceWith(fresh);
    }
    if (looseHtml !== undefined) {
      loose.innerHTML = looseHtml;
      const rows = loose.querySelector(".rows");
      if (rows) rows.scrollTop = scrolled;
    }
    if (totals !== undefined) document.querySelector("[data-board-totals]").innerHTML = totals;
    if (said !== undefined) document.querySelector("[data-board-said]").textContent = said;
    document.querySelector("[data-board-line]").classList.toggle("is-broken", problems.length > 0);
    const card = view.current();
    refocus();
    if (card) view.turnTo(card, { focus: false, quiet: !document.querySelector(".stop.picked") && !card.contains(document.activeElement) });
    box.dispatchEvent(new CustomEvent("board:shown"));
  };

  // ---- where a card could go: every place of a lane, in order
  view.slots = (lane, stop) => {
    const shift = lane.dataset.lane;
    const trips = without(model.days, stop)[shift] ?? [];
    const slots = trips.flatMap((stops, trip) => (stops.length ? [...stops.keys(), stops.length].map((index) => ({ shift, trip, index })) : []));
    const here = whereIs(model.days, stop);
    const isAlone = here?.shift === shift && trips[here.trip].length === 0;
    if (isAlone) slots.push({ ...here });
    slots.sort((one, other) => one.trip - other.trip || one.index - other.index);
    return isAlone && here.trip === trips.length - 1 ? slots : [...slots, { shift, fresh: true }];
  };
  view.isHere = (stop, place) => {
    const here = whereIs(model.days, stop);
    if (!here || !place) return !here && !place;
    return !place.fresh && here.shift === place.shift && here.trip === place.trip && here.index === place.index;
  };
  const neighbours = (stop, place) => {
    const stops = without(model.days, stop)[place.shift]?.[place.trip] ?? [];
    return [stops[place.index - 1], stops[place.index]].map((id) => (id === undefined ? null : view.card(id)));
  };
  const mark = document.createElement("li");
  mark.className = "drop-here";
  mark.setAttribute("aria-hidden", "true");
  view.aim = (stop, place) => {
    view.aimless();
    if (place === undefined || view.isHere(stop, place)) return;
    if (place === null) view.loose().classList.add("is-target");
    else if (place.fresh) view.lane(place.shift).querySelector("[data-new-trip]")?.classList.add("is-target");
    else {
      const [before, after] = neighbours(stop, place);
      if (after) after.before(mark);
      else before?.after(mark);
      if ((after ?? before)?.style.top) mark.style.top = after ? after.style.top : `calc(${before.style.top} + ${before.style.height})`;
    }
  };
  view.aimless = () => {
    mark.remove();
    for (const one of box.querySelectorAll(".is-target")) one.classList.remove("is-target");
  };
  view.mark = mark;

  // ---- at once, before the server has answered
  view.put = (stop, place) => {
    const card = view.card(stop);
    if (!card || view.isHere(stop, place)) return;
    shown.delete(card.closest("[data-lane]")?.dataset.lane);
    shown.delete(place?.shift);
    if (place === null) view.loose().querySelector(".rows").prepend(card);
    else if (place.fresh) view.lane(place.shift).querySelector("[data-new-trip]")?.before(card);
    else {
      const [before, after] = neighbours(stop, place);
      if (after) after.before(card);
      else before?.after(card);
    }
    card.classList.add("is-settling");
  };
  return view;
}
