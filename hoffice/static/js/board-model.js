// Which stop stands where on the board, what was changed, and the way back. Knows nothing of the page.
// An arrangement is {shift id: [[stop ids of trip 1], [of trip 2] …]}; a stop in none of them is without a run.
// A place is {shift, trip, index}, {shift, fresh: true} for a new trip at the end, or null for "without a run".
const copy = (days) => structuredClone(days);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const STEPS = 100;

export function whereIs(days, stop) {
  for (const [shift, trips] of Object.entries(days)) {
    for (const [trip, stops] of trips.entries()) {
      const index = stops.indexOf(stop);
      if (index >= 0) return { shift, trip, index };
    }
  }
  return null;
}

// The arrangement with this stop taken out; a trip that is empty now keeps its place in the count.
export function without(days, stop) {
  const left = copy(days);
  for (const trips of Object.values(left)) for (const stops of trips) if (stops.includes(stop)) stops.splice(stops.indexOf(stop), 1);
  return left;
}

export function moved(days, stop, place) {
  const next = without(days, stop);
  if (place) {
    const trips = (next[place.shift] ??= []);
    if (place.fresh || !trips[place.trip]) trips.push([stop]);
    else trips[place.trip].splice(place.index, 0, stop);
  }
  for (const shift of Object.keys(next)) next[shift] = next[shift].filter((stops) => stops.length);
  return next;
}

// My moves once more on a plan that somebody else has changed: each stop I touched goes behind the same neighbour.
export function repeated(mine, touched, theirs, isThere) {
  let next = copy(theirs);
  const wanted = new Set(touched.filter((stop) => isThere(stop)));
  for (const stop of wanted) next = moved(next, stop, null);
  for (const [shift, trips] of Object.entries(mine)) {
    if (!(shift in theirs)) continue;
    for (const stops of trips) {
      for (const [position, stop] of stops.entries()) {
        if (!wanted.has(stop)) continue;
        const kept = (one) => whereIs(next, one)?.shift === shift;
        const before = stops.slice(0, position).reverse().find(kept);
        const after = stops.slice(position + 1).find(kept);
        const found = whereIs(next, before ?? after);
        next = moved(next, stop, found ? { shift, trip: found.trip, index: found.index + (before === undefined ? 0 : 1) } : { shift, fresh: true });
      }
    }
  }
  return next;
}

export function makeModel(state, key) {
  const model = { version: state.version, saved: copy(state.arrangement), days: copy(state.arrangement), back: [], forth: [], touched: [] };

  model.isChanged = () => !same(model.days, model.saved);
  model.differs = () => Object.fromEntries(Object.entries(model.days).filter(([shift, trips]) => !same(trips, model.saved[shift])));
  model.keep = () => {
    const kept = { version: model.version, saved: model.saved, days: model.days, back: model.back, forth: model.forth, touched: model.touched };
    if (model.isChanged()) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  };
  model.change = (days, stops) => {
    if (same(days, model.days)) return false;
    model.back = [...model.back, model.days].slice(-STEPS);
    model.forth = [];
    model.days = days;
    model.touched = [...new Set([...model.touched, ...stops])];
    model.keep();
    return true;
  };
  model.undo = () => {
    if (!model.back.length) return false;
    model.forth.push(model.days);
    model.days = model.back.pop();
    model.keep();
    return true;
  };
  model.redo = () => {
    if (!model.forth.length) return false;
    model.back.push(model.days);
    model.days = model.forth.pop();
    model.keep();
    return true;
  };
  // What the server holds now; with `days` something of ours stays on top of it.
  model.rest = (version, saved, days = saved) => {
    Object.assign(model, { version, saved: copy(saved), days: copy(days), back: [], forth: [] });
    if (same(days, saved)) model.touched = [];
    model.keep();
  };
  model.kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");
  return model;
}
