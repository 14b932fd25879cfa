// Dragging by mouse, pen and finger. A finger lifts a card after a moment, so that the page still scrolls; at the number it lifts at once.
const FAR_PX = 5;
const WAIT_MS = 380;
const EDGE_PX = 64;
const SPEED = 14;

export function makeDrag(board) {
  const { box, view } = board;
  const lanes = box.querySelector("[data-lanes]");
  let held = null; // a card under the finger that is not lifted yet
  let drag = null;

  const placeAt = (x, y) => {
    const under = document.elementFromPoint(x, y);
    if (!under || !box.contains(under)) return undefined;
    const card = under.closest("li[data-stop]");
    if (card && view.id(card) === drag.stop) return board.where(drag.stop);
    if (under.closest("[data-loose]")) return null;
    const lane = under.closest("[data-lane]");
    if (!lane || !("open" in lane.dataset)) return undefined;
    if (under.closest("[data-new-trip]")) return { shift: lane.dataset.lane, fresh: true };
    return slotIn(lane, y);
  };

  // The first card whose middle lies below the hand; a way back to the depot in between divides two trips.
  const slotIn = (lane, y) => {
    const slots = view.slots(lane, drag.stop);
    const rows = [...lane.querySelectorAll("li[data-stop], li[data-reload]")].filter((row) => row.dataset.stop === undefined || view.id(row) !== drag.stop);
    const below = (row) => row.getBoundingClientRect().top + row.getBoundingClientRect().height / 2 > y;
    const next = rows.find(below);
    const id = (row) => (row?.dataset.stop === undefined ? null : view.id(row));
    if (id(next) !== null) return board.before(id(next), drag.stop);
    const last = rows.slice(0, next ? rows.indexOf(next) : rows.length).reverse().find((row) => id(row) !== null);
    return last ? board.after(id(last), drag.stop) : slots[0];
  };

  const aim = () => {
    const place = placeAt(drag.x, drag.y);
    drag.place = place;
    view.aim(drag.stop, place);
  };

  const follow = () => {
    if (!drag) return;
    const top = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const bottom = document.querySelector(".cost")?.getBoundingClientRect().top ?? innerHeight;
    const pull = (at, from, to) => (at < from + EDGE_PX ? (at - from - EDGE_PX) / EDGE_PX : at > to - EDGE_PX ? (at - to + EDGE_PX) / EDGE_PX : 0);
    const limit = (share) => Math.max(-1, Math.min(1, share)) * SPEED;
    const list = document.elementFromPoint(drag.x, drag.y)?.closest(".loose .rows");
    if (list) {
      const frame = list.getBoundingClientRect();
      list.scrollTop += limit(pull(drag.y, frame.top, frame.bottom));
    }
    const sideways = lanes.getBoundingClientRect();
    if (drag.x > sideways.left && drag.x < sideways.right) lanes.scrollLeft += limit(pull(drag.x, sideways.left, Math.min(sideways.right, innerWidth)));
    scrollBy(0, limit(pull(drag.y, top, bottom)));
    aim();
    drag.frame = requestAnimationFrame(follow);
  };

  const lift = ({ card, x, y, pointer }) => {
    const shown = card.querySelector(".stop") ?? card.querySelector(".who");
    const frame = shown.getBoundingClientRect();
    const ghost = document.createElement("div");
    ghost.className = `board-ghost board ${card.closest("[data-lane]")?.className.match(/tour-\d/)?.[0] ?? "row"}`;
    ghost.setAttribute("aria-hidden", "true");
    ghost.inert = true;
    ghost.append(shown.cloneNode(true));
    ghost.style.width = `${card.querySelector(".stop") ? frame.width : Math.min(frame.width + 24, 240)}px`;
    document.body.append(ghost);
    drag = { card, stop: view.id(card), ghost, pointer, x, y, dx: x - frame.left, dy: y - frame.top, place: undefined };
    card.classList.add("is-lifted");
    box.classList.add("is-moving");
    document.documentElement.classList.add("is-dragging");
    view.turnTo(card, { focus: false });
    if (pointer.type === "touch") navigator.vibrate?.(12);
    carry(x, y);
    follow();
  };
  const carry = (x, y) => {
    Object.assign(drag, { x, y });
    drag.ghost.style.transform = `translate(${Math.round(x - drag.dx)}px, ${Math.round(y - drag.dy)}px) rotate(1deg)`;
  };
  const end = (isDropped) => {
    clearTimeout(held?.timer);
    held = null;
    if (!drag) return;
    const { stop, place, card, ghost, frame } = drag;
    cancelAnimationFrame(frame);
    drag = null;
    ghost.remove();
    card.classList.remove("is-lifted");
    box.classList.remove("is-moving");
    document.documentElement.classList.remove("is-dragging");
    view.aimless();
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    if (isDropped && place !== undefined && !view.isHere(stop, place)) board.move(stop, place);
    else board.say("back", { name: card.dataset.name });
  };
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };

  box.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("li[data-stop]");
    if (!card || drag || event.button !== 0 || !event.isPrimary || event.target.closest("a, .tool, .btn")) return;
    if (!view.isMovable(card)) return;
    const isGrip = Boolean(event.target.closest(".no, .s-icon"));
    held = { card, x: event.clientX, y: event.clientY, pointer: { id: event.pointerId, type: event.pointerType } };
    if (event.pointerType === "touch") held.timer = setTimeout(() => held && lift(held), isGrip ? 60 : WAIT_MS);
  });
  addEventListener("pointermove", (event) => {
    if (drag?.pointer.id === event.pointerId) {
      event.preventDefault();
      carry(event.clientX, event.clientY);
      return;
    }
    if (held?.pointer.id !== event.pointerId) return;
    const far = Math.hypot(event.clientX - held.x, event.clientY - held.y);
    if (held.pointer.type !== "touch" && far > FAR_PX) lift({ ...held, x: event.clientX, y: event.clientY });
    else if (held.pointer.type === "touch" && far > 2 * FAR_PX) end(false); // the finger scrolls
  });
  addEventListener("pointerup", (event) => {
    if (drag?.pointer.id === event.pointerId) {
      carry(event.clientX, event.clientY);
      aim();
    }
    end(true);
  });
  addEventListener("pointercancel", () => end(false));
  addEventListener("blur", () => end(false));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopImmediatePropagation();
    end(false);
  }, { capture: true });
  box.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false });
  box.addEventListener("contextmenu", (event) => { if (drag || held?.pointer.type === "touch") event.preventDefault(); });
  box.addEventListener("dragstart", (event) => event.preventDefault());
  return { isOn: () => drag !== null };
}
