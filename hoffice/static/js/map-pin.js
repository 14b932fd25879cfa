// A pin that people move: two inputs hold the place. Drag it, click or tap the map, use the arrow keys (Shift: farther) or
// the buttons that name the map by data-pin-for. Around it stand the houses that the register knows.
const L = window.L;
const STEPS = { north: [0, -1], south: [0, 1], west: [-1, 0], east: [1, 0] };
const KEYS = { ArrowUp: "north", ArrowDown: "south", ArrowLeft: "west", ArrowRight: "east" };
const STEP_PX = 8;
const FAR_PX = 64;
const NEAR = 15.5;
const NUMBERS_FROM = 17;
const ASK_AGAIN_M = 150;
const SAID_FROM_M = 3;
const MANY = 30; // houses that show enough by themselves
const WAIT_MS = 350;

const degrees = (text) => Number(text.trim().replace(",", "."));

function placeIn(lat, lon) {
  if (!lat.value.trim() || !lon.value.trim()) return null;
  const [a, b] = [degrees(lat.value), degrees(lon.value)];
  return Number.isFinite(a) && Number.isFinite(b) && Math.abs(a) <= 90 && Math.abs(b) <= 180 ? L.latLng(a, b) : null;
}

function distance(metres) {
  const said = (number, digits) => number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
  return metres >= 1000 ? `${said(metres / 1000, 1)} km` : `${said(metres, 0)} m`;
}

function windOf(from, to) {
  const east = (to.lng - from.lng) * Math.cos((from.lat * Math.PI) / 180);
  const turn = (Math.atan2(east, to.lat - from.lat) * 4) / Math.PI;
  return ((Math.round(turn) % 8) + 8) % 8;
}

// The houses of the register near the middle of the map: dots from afar, numbers from near, and their streets.
function surroundings(map, box, { addKey, element }) {
  if (!box.dataset.pickNear) return;
  map.createPane("houses").style.zIndex = 300;
  const layer = L.layerGroup().addTo(map);
  let asked = null;
  let named = false;
  const text = ([name, lat, lon], className) => {
    const icon = L.divIcon({ className: `near-label ${className}`, html: element("span", "", name), iconSize: null });
    L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "houses" }).addTo(layer);
  };
  const draw = ({ houses, stops }) => {
    layer.clearLayers();
    const seen = new Set();
    for (const [, name, lat, lon] of houses.length > MANY ? [] : stops) {
      if (!seen.has(name)) text([name, lat, lon], "stop");
      seen.add(name);
    }
    const streets = new Map();
    for (const [street, number, lat, lon] of houses) {
      text([number, lat, lon], "house");
      streets.set(street, [...(streets.get(street) ?? []), [lat, lon]]);
    }
    for (const [street, doors] of streets) {
      const middle = L.latLngBounds(doors).getCenter();
      const [nearest] = [...doors].sort((a, b) => middle.distanceTo(a) - middle.distanceTo(b));
      text([street, ...nearest], "street");
    }
    if (houses.length && !named) addKey(box, "near-house", "", box.dataset.wordHouse);
    named ||= houses.length > 0;
  };
  const look = async () => {
    box.classList.toggle("shows-numbers", map.getZoom() >= NUMBERS_FROM);
    const middle = map.getCenter();
    if (map.getZoom() < NEAR || (asked && middle.distanceTo(asked) < ASK_AGAIN_M)) return;
    asked = middle;
    const answer = await fetch(`${box.dataset.pickNear}?lat=${middle.lat.toFixed(5)}&lon=${middle.lng.toFixed(5)}`, { headers: { Accept: "application/json" } });
    if (answer.ok && asked === middle) draw(await answer.json());
  };
  map.on("moveend", look);
  look();
}

// What was known before: its point with its radius, and a line to where the pin is now.
function before(map, box, { addKey, fill }) {
  if (!box.dataset.knownLat) return null;
  const known = L.latLng(Number(box.dataset.knownLat), Number(box.dataset.knownLon));
  const radius = Number(box.dataset.knownRadius);
  if (radius) L.circle(known, { radius, className: "halo", interactive: false }).addTo(map);
  L.circleMarker(known, { radius: 5, className: "known-dot", interactive: false }).addTo(map);
  addKey(box, "known-key", "", radius ? fill(box.dataset.wordKnown, { radius: distance(radius) }) : box.dataset.wordKnownPoint);
  return { known, radius, line: L.polyline([], { className: "known-line", interactive: false }).addTo(map) };
}

function picker(map, box, tools) {
  const [lat, lon] = [box.dataset.pickLat, box.dataset.pickLon].map((id) => document.getElementById(id));
  const said = document.querySelector(`[data-pin-said="${box.id}"]`);
  const buttons = [...document.querySelectorAll(`[data-pin-for="${box.id}"]`)];
  const old = before(map, box, tools);
  const start = placeIn(lat, lon) ?? old?.known ?? null; // what is no place stays typed, beside its sentence
  const pin = L.marker(start ?? map.getCenter(), { icon: tools.spot("tour-1 moves", tools.icon(box.dataset.icons, "geo-alt")), draggable: true, keyboard: true, autoPan: true, riseOnHover: true, zIndexOffset: 1000 });
  const past = [];
  let last = start;
  let timer = 0;

  const tell = () => {
    const place = pin.getLatLng();
    const metres = old && last ? Math.round(old.known.distanceTo(place)) : 0;
    old?.line.setLatLngs(metres >= SAID_FROM_M ? [old.known, place] : []);
    for (const button of buttons) if (button.dataset.pinDo === "undo") button.disabled = past.length === 0;
    if (!said || !old) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      said.textContent = metres < SAID_FROM_M ? box.dataset.wordThere : tools.fill(box.dataset.wordMoved, { far: distance(metres), wind: box.dataset.words.split("|")[windOf(old.known, place)] });
    }, WAIT_MS);
  };
  const put = (place) => {
    lat.value = place ? place.lat.toFixed(6) : "";
    lon.value = place ? place.lng.toFixed(6) : "";
    pin.setLatLng(place ?? map.getCenter());
    pin.getElement().classList.toggle("unset", !place);
    tell();
    if (place) box.dispatchEvent(new CustomEvent("ho:pin", { bubbles: true, detail: { lat: place.lat, lon: place.lng } }));
  };
  const keep = (place) => {
    past.push(last);
    last = place;
    put(place);
  };
  const step = (way, far) => {
    const size = far ? FAR_PX : STEP_PX;
    const [x, y] = STEPS[way];
    keep(map.layerPointToLatLng(map.latLngToLayerPoint(pin.getLatLng()).add([x * size, y * size])));
    map.panInside(pin.getLatLng(), { padding: [70, 70], animate: false });
  };
  const deeds = {
    undo: () => {
      if (!past.length) return;
      last = past.pop();
      put(last);
      if (last) map.panInside(last, { padding: [70, 70], animate: false });
    },
    ...Object.fromEntries(Object.keys(STEPS).map((way) => [way, () => step(way, false)])),
  };

  pin.addTo(map);
  const handle = pin.getElement();
  handle.setAttribute("aria-label", box.dataset.wordPin);
  handle.classList.toggle("unset", !start); // stands in the middle, and for nothing yet
  handle.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (!way && !undo) return;
    event.preventDefault();
    event.stopPropagation();
    if (undo) deeds.undo();
    else step(way, event.shiftKey);
  });
  pin.on("dragend", () => keep(pin.getLatLng()));
  map.on("click", (event) => {
    keep(event.latlng);
    if (map.getZoom() < NEAR) map.setView(event.latlng, Math.min(map.getZoom() + 3, 17)); // from afar nobody hits a door
  });
  for (const input of [lat, lon]) {
    input.addEventListener("change", () => {
      const typed = placeIn(lat, lon);
      if (!typed) return;
      past.push(last);
      last = typed;
      pin.setLatLng(typed);
      handle.classList.remove("unset");
      map.panInside(typed, { padding: [70, 70], animate: false });
      tell();
    });
  }
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => deeds[button.dataset.pinDo]());
  }
  for (const part of document.querySelectorAll(`[data-pin-tools="${box.id}"]`)) part.hidden = false;

  const overview = () => {
    const place = last;
    if (old && place) {
      const around = old.radius > 60 ? old.known.toBounds(2.2 * old.radius) : L.latLngBounds([old.known]);
      map.fitBounds(around.extend(place), { maxZoom: 16.75, padding: [50, 50] });
    } else if (place) map.setView(place, 16.75);
    else map.setView(map.getCenter(), 11);
  };
  overview();
  if (!start) pin.setLatLng(map.getCenter());
  surroundings(map, box, tools);
  tell();
  return overview;
}

export { picker };
