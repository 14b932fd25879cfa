// The board by keys: one card has the focus; arrows lead on, Space lifts it, arrows choose the place, Space drops, Escape puts back.
const TYPING = "input, textarea, select, [contenteditable]";

export function makeKeys(board) {
  const { box, view } = board;
  const help = document.querySelector("[data-board-help]");
  let lifted = null; // {stop, lane, slots, at}: lane is null where the place is "without a run"

  const laneOf = (card) => card.closest("[data-lane]") ?? view.loose();
  const step = (list, from, by) => list[Math.max(0, Math.min(list.length - 1, from + by))];

  // ---- from card to card
  const walk = (card, key) => {
    const part = laneOf(card);
    const cards = view.cards(part);
    const at = cards.indexOf(card);
    if (key === "ArrowUp" || key === "ArrowDown") return step(cards, at, key === "ArrowUp" ? -1 : 1);
    if (key === "Home") return cards[0];
    if (key === "End") return cards.at(-1);
    const parts = view.parts().filter((one) => one === part || (view.cards(one).length && one.offsetParent !== null));
    const next = step(parts, parts.indexOf(part), key === "ArrowLeft" ? -1 : 1);
    return next === part ? card : (view.cards(next)[at] ?? view.cards(next).at(-1));
  };

  // ---- a lifted card
  const show = () => {
    const place = lifted.slots[lifted.at];
    view.aim(lifted.stop, place);
    (place === null ? view.loose() : place.fresh ? view.lane(place.shift).querySelector("[data-new-trip]") : view.mark.isConnected ? view.mark : view.card(lifted.stop)).scrollIntoView({ block: "nearest", inline: "nearest" });
    board.say(null, {}, board.placeText(place, lifted.stop));
  };
  const turnTo = (part, at) => {
    const isLane = "lane" in part.dataset;
    lifted.lane = part;
    lifted.slots = isLane ? view.slots(part, lifted.stop) : [null];
    lifted.at = Math.max(0, Math.min(lifted.slots.length - 1, at));
    show();
  };
  const lift = (card) => {
    if (!view.isMovable(card)) return board.say("cannot", { name: card.dataset.name });
    const stop = view.id(card);
    const part = laneOf(card);
    lifted = { stop, card, lane: part, slots: "lane" in part.dataset ? view.slots(part, stop) : [null], at: 0 };
    lifted.at = Math.max(0, lifted.slots.findIndex((place) => view.isHere(stop, place)));
    card.classList.add("is-lifted");
    box.classList.add("is-moving");
    return board.say("lifted", { name: card.dataset.name });
  };
  const end = (isDropped) => {
    if (!lifted) return;
    const { stop, card, slots, at } = lifted;
    lifted = null;
    card.classList.remove("is-lifted");
    box.classList.remove("is-moving");
    view.aimless();
    if (isDropped && !view.isHere(stop, slots[at])) board.move(stop, slots[at]);
    else board.say("back", { name: card.dataset.name });
  };
  const steer = (key) => {
    if (key === "ArrowUp" || key === "ArrowDown") return turnTo(lifted.lane, lifted.at + (key === "ArrowUp" ? -1 : 1));
    if (key === "Home" || key === "End") return turnTo(lifted.lane, key === "Home" ? 0 : Infinity);
    const parts = [...view.open(), view.loose()];
    const from = parts.indexOf(lifted.lane);
    const next = step(parts, from < 0 ? 0 : from, key === "ArrowLeft" ? -1 : 1);
    return next === lifted.lane ? undefined : turnTo(next, lifted.at);
  };

  box.addEventListener("keydown", (event) => {
    const card = event.target.closest("li[data-stop]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const isName = event.target.matches("[data-card]");
    const { key } = event;
    if (/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key)) {
      event.preventDefault();
      if (lifted) steer(key);
      else view.turnTo(walk(card, key));
    } else if (key === " " && isName) {
      event.preventDefault();
      if (lifted) end(true);
      else lift(card);
    } else if (key === "Enter" && isName) {
      event.preventDefault();
      if (lifted) end(true);
      else board.menu(card);
    } else if (key === "Escape" && lifted) {
      event.stopPropagation();
      end(false);
    } else if (key.toLowerCase() === "l" && !lifted) {
      event.preventDefault();
      board.lock("stop", view.id(card), !("fixed" in card.dataset));
    }
  });
  box.addEventListener("keyup", (event) => { if (event.key === " " && event.target.matches("[data-card]")) event.preventDefault(); });
  box.addEventListener("focusout", (event) => { if (lifted && !event.relatedTarget?.closest?.("li.is-lifted")) end(false); });

  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (document.querySelector("dialog[open]")) return;
    if (control && key === "s") {
      event.preventDefault();
      board.save();
      return;
    }
    if (event.target.closest(TYPING)) return;
    const deed = control ? { z: event.shiftKey ? board.redo : board.undo, y: board.redo }[key] : event.altKey ? null : { u: board.undo, f: board.find, "?": () => help.showModal() }[key];
    if (!deed) return;
    event.preventDefault();
    if (lifted) end(false);
    deed();
  });
  document.querySelector("[data-help]").addEventListener("click", (event) => {
    event.target.closest("details").open = false;
    help.showModal();
  });
}
