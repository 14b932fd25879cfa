// The planner's board: moves at once, asks the house for the effect, keeps a way back, and saves. Its parts are fetched by the addresses
// the page gives (templates/runs/board.html): board-model, -view, -house, -drag, -keys, -menu, -look.
const box = document.querySelector("[data-board]");
const PAUSE_MS = 80;
const PHONE = matchMedia("(max-width: 767.98px)");

const json = (name) => JSON.parse(document.querySelector(`[data-board-${name}]`).textContent);
const fill = (text, places) => text.replace(/\{(\w+)\}/g, (_all, key) => places[key] ?? "");

async function start() {
  const names = ["Model", "View", "House", "Drag", "Keys", "Menu", "Look"];
  const [modelPart, viewPart, house, drag, keys, menu, look] = await Promise.all(names.map((name) => import(box.dataset[`module${name}`])));
  const words = json("words");
  const voice = document.querySelector("[data-board-voice]");
  const saveButton = document.querySelector("[data-save-button]");
  const discardButton = document.querySelector("[data-discard]");
  const conflict = document.querySelector("[data-conflict]");
  const key = `ho-board:${location.pathname}${location.search}`;
  const first = json("state");
  const model = modelPart.makeModel(first, key);
  const { whereIs, without, moved, repeated } = modelPart;
  const { icon, newest, post, toast } = house;
  const view = viewPart.makeView(box, model, modelPart);
  const board = { box, view, words, fill };

  board.where = (stop) => whereIs(model.days, stop);
  board.without = (stop) => without(model.days, stop);
  board.before = (stop, moving) => whereIs(board.without(moving), stop);
  board.after = (stop, moving) => {
    const place = board.before(stop, moving);
    return { ...place, index: place.index + 1 };
  };
  board.icon = (name) => icon(box.dataset.icons, name);
  board.say = (word, places = {}, text = fill(words[word] ?? "", places)) => { voice.textContent = text; };
  board.placeText = (place, stop) => {
    if (place === null) return words.slotOut;
    const lane = view.lane(place.shift).dataset.name;
    if (place.fresh) return fill(words.slotNew, { lane });
    const trips = board.without(stop)[place.shift];
    const places = { lane, trip: place.trip + 1, place: place.index + 1, count: trips[place.trip].length + 1 };
    return fill(trips.length > 1 ? words.slot : words.slotOne, places);
  };

  // ---- asking the house; only the newest answer counts
  let asked = 0;
  let timer = 0;
  // Every lane that differs from what is saved, and those of which the page does not know how they are saved.
  const asks = (more = {}) => {
    const unknown = Object.entries(model.days).filter(([shift]) => !view.isKnown(shift));
    return { version: model.version, days: { ...Object.fromEntries(unknown), ...model.differs() }, ...more };
  };
  // What breaks is said at the button, and where it breaks.
  const why = document.querySelector("[data-save-why]");
  let broken = null;
  const toBroken = () => {
    const found = broken?.problems.find((one) => one.stop !== null && view.card(one.stop)) ?? broken?.problems[0];
    const card = found && view.card(found.stop);
    const lane = card?.closest("[data-lane]") ?? (found && view.lane(found.shift));
    board.chooseLane(lane?.dataset.lane);
    if (card) view.turnTo(card);
    else lane?.querySelector("a, button")?.focus({ preventScroll: true });
    (card ?? lane)?.scrollIntoView({ block: "center", inline: "nearest" });
  };
  const tellWhy = () => {
    why.querySelector("[data-save-why-text]").textContent = fill(words.unsaved, { what: broken.said });
    why.hidden = false;
  };
  const refuse = () => {
    tellWhy();
    toBroken();
  };
  const show = (told) => {
    if (told.can_save !== undefined) broken = told.can_save ? null : told;
    if (!broken) why.hidden = true;
    view.show(told);
    if (told.map) board.showMap(told.map);
    refresh();
    if (broken && PHONE.matches && model.isChanged()) tellWhy(); // the headline is far above the thumb
  };
  const headline = (text) => {
    board.say(null, {}, text);
    document.querySelector("[data-board-said]").textContent = text;
  };
  // A plan that somebody else has changed is one thing, a move that cannot be is another: that one goes back.
  const refused = async ({ status, told }, isMove) => {
    const text = told?.error ?? words.refused;
    if (status === 409 && (await newest())?.version !== model.version) {
      clash(text);
      return;
    }
    if (isMove && model.undo()) {
      model.forth.pop();
      effectSoon(text);
    }
    headline(text);
  };
  // Sends what stands on the board; gives the answer, or null when a newer question is on its way or nothing came of it.
  const exchange = async (url, more, accepts = [200]) => {
    clearTimeout(timer);
    const ticket = ++asked;
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await post(url, asks(more));
      if (ticket !== asked) return null;
      if (accepts.includes(answer.status) && answer.told) return answer;
      await refused(answer, url === box.dataset.effect);
    } catch {
      if (ticket === asked) headline(words.offline);
    } finally {
      if (ticket === asked) box.removeAttribute("aria-busy");
    }
    return null;
  };
  const effect = async (prefix = "") => {
    const answer = await exchange(box.dataset.effect);
    if (!answer) return;
    show(answer.told);
    board.say(null, {}, [prefix, answer.told.said].filter(Boolean).join(" "));
  };
  const effectSoon = (prefix) => {
    asked += 1; // whatever is on its way is old already
    box.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = setTimeout(effect, PAUSE_MS, prefix);
    refresh();
  };

  const refresh = () => {
    const isChanged = model.isChanged();
    document.querySelector("[data-undo]").disabled = !model.back.length;
    document.querySelector("[data-redo]").disabled = !model.forth.length;
    saveButton.disabled = !isChanged;
    if (!isChanged) why.hidden = true;
    saveButton.toggleAttribute("data-refused", Boolean(broken));
    if (broken) saveButton.setAttribute("aria-describedby", why.id);
    else saveButton.removeAttribute("aria-describedby");
    discardButton.hidden = !isChanged;
    document.querySelector("[data-dirty]").hidden = !isChanged;
  };

  // ---- deeds
  board.move = (stop, place, { focus = false } = {}) => {
    const card = view.card(stop);
    const hadFocus = focus || card.contains(document.activeElement);
    const days = moved(model.days, stop, place);
    view.put(stop, place);
    if (hadFocus) view.turnTo(view.card(stop));
    if (model.change(days, [stop])) effectSoon();
  };
  board.undo = () => { if (model.undo()) effectSoon(words.undone); };
  board.redo = () => { if (model.redo()) effectSoon(words.redone); };
  board.places = async (stop) => {
    try {
      const { status, told } = await post(box.dataset.places.replace(/\/0$/, `/${stop}`) + location.search, asks());
      return status === 200 ? told.places : [];
    } catch {
      return [];
    }
  };
  board.lock = async (kind, id, isFixed) => {
    const answer = await exchange(box.dataset.lock, { [kind]: id, is_fixed: isFixed });
    if (!answer) return;
    const { told } = answer;
    model.version = told.version;
    model.keep();
    const changed = model.differs();
    show(told);
    for (const shift of Object.keys(told.lanes)) view.forget(shift);
    view.remember(Object.fromEntries(Object.entries(told.lanes).filter(([shift]) => !(shift in changed))));
    const { name } = (kind === "stop" ? view.card(id) : view.lane(id)).dataset;
    board.say(isFixed ? "locked" : "unlocked", { name });
  };
  board.ask = async (stop) => {
    const card = view.card(stop);
    const answer = await exchange(box.dataset.ask, { stop, shift: Number(card.dataset.shift), start: Number(card.dataset.start) });
    if (!answer) return;
    const text = answer.told.said ?? fill(words.asked, { name: card.dataset.name });
    toast(board.icon, text);
    await reload(true, text); // a window or a whole run may be another one now
  };
  const placeAll = async () => {
    const answer = await exchange(box.dataset.fill);
    if (!answer) return;
    const { arrangement } = answer.told;
    const ids = Object.values(arrangement).flat(2);
    model.change(arrangement, ids.filter((stop) => !board.where(stop)));
    show(answer.told);
    board.say(null, {}, answer.told.said);
  };
  board.save = async () => {
    if (!model.isChanged()) return;
    if (broken && !box.hasAttribute("aria-busy")) {
      refuse();
      return;
    }
    saveButton.setAttribute("aria-busy", "true");
    const answer = await exchange(box.dataset.save, {}, [200, 422]);
    saveButton.removeAttribute("aria-busy");
    if (!answer) return;
    const { status, told } = answer;
    if (status === 200) model.rest(told.version, told.arrangement);
    show(told);
    if (status === 200) {
      view.remember(told.lanes);
      toast(board.icon, words.saved);
    }
    board.say(null, {}, status === 200 ? [words.saved, told.said].join(" ") : told.said);
    if (status === 422) refuse();
  };
  const discard = () => {
    model.change(structuredClone(model.saved), []);
    effectSoon(words.discarded);
  };

  // ---- somebody else was faster
  const clash = (text) => {
    conflict.querySelector("[data-conflict-text]").textContent = `${text} ${words.stale}`;
    conflict.hidden = false;
    conflict.querySelector("button:last-child").focus();
  };
  const reload = async (keeps, done = keeps ? words.repeated : words.loaded) => {
    box.setAttribute("aria-busy", "true");
    const state = await newest();
    box.removeAttribute("aria-busy");
    if (!state) {
      headline(words.offline);
      return;
    }
    const { page } = state;
    const movable = new Set([...page.querySelectorAll("li[data-stop][data-movable]")].map((one) => Number(one.dataset.stop)));
    const { days, touched } = model;
    model.rest(state.version, state.arrangement, keeps ? repeated(days, touched, state.arrangement, (stop) => movable.has(stop)) : state.arrangement);
    const lanes = Object.fromEntries([...page.querySelectorAll("[data-lane]")].map((lane) => [lane.dataset.lane, lane.outerHTML]));
    conflict.hidden = true;
    for (const shift of Object.keys(lanes)) view.forget(shift);
    show({ lanes, loose: page.querySelector("[data-board-loose]").innerHTML, totals: page.querySelector("[data-board-totals]").innerHTML, said: page.querySelector("[data-board-said]").textContent, map: JSON.parse(page.querySelector("[data-map-content]").textContent) });
    view.remember(lanes);
    if (model.isChanged()) effectSoon(done);
    else board.say(null, {}, done);
    view.turnTo(view.current(), { quiet: true });
  };

  // ---- wiring
  view.remember(Object.fromEntries(view.lanes().map((lane) => [lane.dataset.lane, lane.outerHTML])));
  board.menu = menu.makeMenu(board);
  look.makeLook(board, json2("[data-map-content]"));
  keys.makeKeys(board);
  drag.makeDrag(board);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-undo]")) board.undo();
    else if (button.matches("[data-redo]")) board.redo();
    else if (button.matches("[data-save-button]")) board.save();
    else if (button.matches("[data-discard]")) discard();
    else if (button.matches("[data-to-broken]")) toBroken();
    else if (button.matches("[data-place-all]")) placeAll();
    else if (button.matches("[data-reload]")) reload(button.dataset.reload === "keep");
    else if (button.matches("[data-lock]")) board.lock(button.dataset.lock, Number(button.dataset.id), button.getAttribute("aria-pressed") !== "true");
    else if (button.matches("[data-ask]")) board.ask(Number(button.dataset.ask));
    else if (button.matches("[data-card]")) view.turnTo(button.closest("li[data-stop]"));
  });
  box.addEventListener("focusin", (event) => { if (event.target.matches("[data-card]")) view.turnTo(event.target.closest("li[data-stop]"), { focus: false }); });
  addEventListener("beforeunload", (event) => { if (model.isChanged()) event.preventDefault(); });

  view.turnTo(view.current(), { focus: false, quiet: true });
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept) {
    const movable = (stop) => view.isMovable(view.card(stop));
    if (kept.version === model.version) Object.assign(model, kept);
    else model.rest(model.version, model.saved, repeated(kept.days, kept.touched, model.saved, movable));
    if (model.isChanged()) effectSoon(words.restored);
  }
  refresh();
  box.dataset.ready = "";
}

const json2 = (selector) => JSON.parse(document.querySelector(selector).textContent);

if (box) start();
