// The menu of a card: everything that dragging does, for those who neither drag nor know the keys.
const PLACES = 5;

export function makeMenu(board) {
  const { box, view, words, icon } = board;
  const menu = document.querySelector("[data-board-menu]");
  const part = (name) => menu.querySelector(`[data-menu-${name}]`);
  const deed = (name) => menu.querySelector(`[data-deed="${name}"]`);
  let card = null;
  let asked = 0;

  const choose = (place) => {
    const stop = view.id(card);
    menu.close();
    board.move(stop, place, { focus: true });
  };
  const line = (text, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "menu-item";
    button.append(icon("geo-alt"), document.createTextNode(text));
    button.addEventListener("click", () => choose(place));
    return button;
  };
  const tell = (text) => {
    const words_ = document.createElement("p");
    words_.textContent = text;
    part("places").replaceChildren(words_);
  };
  // A place counts in the plan as it stands on the board; the server answers for exactly that.
  const placeOf = (told, stop) => {
    const shift = String(told.shift);
    const trips = board.without(stop)[shift] ?? [];
    const driven = [...trips.keys()].filter((trip) => trips[trip].length); // the server leaves out a trip that nobody is on
    const trip = driven[told.trip];
    return trip === undefined ? { shift, fresh: true } : { shift, trip, index: Math.min(told.position, trips[trip].length) };
  };
  const places = async (stop) => {
    const ticket = ++asked;
    tell(words.looking);
    const found = await board.places(stop);
    if (ticket !== asked || !menu.open) return;
    if (!found?.length) tell(words.noPlaces);
    else part("places").replaceChildren(...found.slice(0, PLACES).map((one) => line(one.text, placeOf(one, stop))));
  };

  const fillLanes = (stop) => {
    const select = part("lane");
    const here = board.where(stop)?.shift;
    const option = (text, value) => new Option(text, value);
    const options = view.open().flatMap((lane) => {
      const shift = lane.dataset.lane;
      const slots = view.slots(lane, stop);
      const last = slots.filter((place) => !place.fresh).at(-1);
      const name = lane.dataset.name;
      return [
        ...(shift !== here && last ? [option(name, JSON.stringify(last))] : []),
        ...(slots.at(-1).fresh ? [option(last ? board.fill(words.newTrip, { lane: name }) : name, JSON.stringify({ shift, fresh: true }))] : []),
      ];
    });
    select.replaceChildren(option(words.toRun, ""), ...options);
  };
  const beside = (stop, by) => {
    const lane = card.closest("[data-lane]");
    if (!lane) return undefined;
    const slots = view.slots(lane, stop);
    return slots[slots.findIndex((place) => view.isHere(stop, place)) + by];
  };

  const open = (of) => {
    card = of;
    const stop = view.id(card);
    const isMovable = view.isMovable(card);
    const isFixed = "fixed" in card.dataset;
    part("name").textContent = card.dataset.name;
    for (const [name, by] of [["up", -1], ["down", 1]]) deed(name).disabled = !isMovable || !beside(stop, by);
    deed("out").disabled = !isMovable || !board.where(stop);
    deed("lock").hidden = !board.where(stop);
    part("lock").textContent = isFixed ? words.unlock : words.lock;
    deed("ask").hidden = !card.dataset.consent;
    part("person").hidden = !card.dataset.url;
    if (card.dataset.url) part("person").href = card.dataset.url;
    part("lane").disabled = !isMovable;
    fillLanes(stop);
    menu.showModal();
    stand(card);
    if (isMovable) places(stop);
    else tell(board.fill(words.cannot, { name: card.dataset.name }));
  };
  // Beside its card on a desk; at the lower edge on a phone, where the style sheet says so.
  const stand = (of) => {
    menu.style.left = menu.style.top = "";
    if (innerWidth < 768) return;
    const frame = of.getBoundingClientRect();
    const own = menu.getBoundingClientRect();
    const left = frame.right + 8 + own.width < innerWidth ? frame.right + 8 : Math.max(8, frame.left - own.width - 8);
    menu.style.left = `${left}px`;
    menu.style.top = `${Math.max(8, Math.min(frame.top, innerHeight - Math.min(own.height + 180, 544) - 8))}px`;
  };

  menu.addEventListener("click", (event) => {
    if (event.target === menu || event.target.closest("[data-menu-close]")) {
      menu.close();
      return;
    }
    const wanted = event.target.closest("[data-deed]")?.dataset.deed;
    if (!wanted) return;
    const stop = view.id(card);
    if (wanted === "up" || wanted === "down") choose(beside(stop, wanted === "up" ? -1 : 1));
    else if (wanted === "out") choose(null);
    else {
      menu.close();
      if (wanted === "lock") board.lock("stop", stop, !("fixed" in card.dataset));
      if (wanted === "ask") board.ask(stop);
    }
  });
  part("lane").addEventListener("change", (event) => { if (event.target.value) choose(JSON.parse(event.target.value)); });
  menu.addEventListener("close", () => {
    asked += 1;
    view.card(view.id(card))?.querySelector("[data-card]")?.focus({ preventScroll: true });
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu-of]");
    if (button) open(button.closest("li[data-stop]"));
  });
  return open;
}
