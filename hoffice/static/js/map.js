// The map on a page: a ground of our own by default, nobody else is asked. Needs Leaflet (window.L).
// Speaks with the page by events on the map's element: it sends "ho:stop" {id} when a stop is chosen,
// shows the stop of a "ho:select" {id} event, and draws the runs and stops of a "ho:content" event in place of those it has.
// See templates/ui/map.html for the content.
// Further parts (map-ground.js, map-tiles.js, map-pin.js) are fetched by the addresses the page gives.
const L = window.L;
const SHAPES = 8;
const APART = 30; // px: a pin is so wide and so high
const FARTHEST = 160; // px: before it is moved farther than this, a pin rather leaves the window
const GERMANY = [[47.2, 5.8], [55.1, 15.1]];

const fill = (text, places) => text.replace(/\{(\w+)\}/g, (_all, key) => places[key] ?? "");
const shapeOf = (run) => ((run - 1) % SHAPES) + 1;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(sprite, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

async function contentOf(box) {
  const block = document.querySelector(`[data-map-content="${box.id}"]`);
  if (block) return JSON.parse(block.textContent);
  if (!box.dataset.src) return {};
  const answer = await fetch(box.dataset.src, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : {};
}

function controls(map, box, everything) {
  L.control.zoom({ position: "topright", zoomInTitle: box.dataset.wordIn, zoomOutTitle: box.dataset.wordOut }).addTo(map);
  const all = L.control({ position: "topright" });
  all.onAdd = () => {
    const bar = element("div", "leaflet-bar leaflet-control leaflet-control-zoom");
    const link = element("a");
    link.href = "#";
    link.role = "button";
    link.title = box.dataset.wordAll;
    link.setAttribute("aria-label", box.dataset.wordAll);
    link.append(icon(box.dataset.icons, "arrows-fullscreen"));
    L.DomEvent.on(link, "click", L.DomEvent.stop).on(link, "click", everything);
    bar.append(link);
    return bar;
  };
  all.addTo(map);
  L.control.scale({ imperial: false, maxWidth: 90, position: "topleft" }).addTo(map);
}

function spot(kind, inner) {
  const pin = element("span", `pin ${kind}`);
  pin.append(inner);
  return L.divIcon({ className: `spot ${kind}`, html: pin, iconSize: null, popupAnchor: [0, -12] });
}

function popupOf(box, stop, label) {
  const content = element("div");
  content.append(element("b", "", label));
  if (stop.text) content.append(element("p", "", stop.text));
  if (stop.radius_m) content.append(element("p", "soft", fill(box.dataset.wordNear, { radius: stop.radius_m })));
  if (stop.url) {
    const link = element("a", "", box.dataset.wordOpen);
    link.href = stop.url;
    content.append(link);
  }
  return content;
}

function addStop(drawn, box, stop) {
  const kind = stop.run ? `tour-${shapeOf(stop.run)}` : stop.home ? "tour-1" : "loose";
  const label = stop.label ? stop.label : stop.home ? stop.name : fill(stop.run ? box.dataset.wordStop : box.dataset.wordLoose, stop);
  const inner = stop.home ? icon(box.dataset.icons, "house-check") : stop.run ? String(stop.n) : "?";
  if (stop.radius_m) L.circle([stop.lat, stop.lon], { radius: stop.radius_m, className: "halo", interactive: false }).addTo(drawn);
  const marker = L.marker([stop.lat, stop.lon], { icon: spot(kind, inner), keyboard: true, riseOnHover: true });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", label));
  marker.bindPopup(popupOf(box, stop, label)).addTo(drawn);
  marker.home = L.latLng(stop.lat, stop.lon);
  marker.on("click", () => box.dispatchEvent(new CustomEvent("ho:stop", { bubbles: true, detail: { id: stop.id } })));
  marker.pick = (on) => {
    const pin = marker.getElement();
    if (!pin) return; // shares a ring with its neighbours
    pin.classList.toggle("picked", on);
    pin.dataset.name = stop.name;
  };
  if (stop.selected) marker.pick(true);
  return marker;
}

function addRun(drawn, run, stops, depot) {
  const kind = `tour-${shapeOf(run.run)}`;
  const own = stops.filter((stop) => stop.run === run.run).sort((a, b) => a.n - b.n).map((stop) => [stop.lat, stop.lon]);
  const ends = depot ? [[depot.lat, depot.lon]] : [];
  const line = run.line?.length ? run.line : [...ends, ...own, ...ends];
  L.polyline(line, { className: `tour-halo ${kind}`, interactive: false, weight: 7 }).addTo(drawn);
  L.polyline(line, { className: `tour ${kind}`, interactive: false }).addTo(drawn);
}

// People without a run who live close together share one ring with their number; a click goes nearer.
function groupsOf(map, box, loose) {
  const near = 40;
  const left = new Map(loose.map((marker) => [marker, map.latLngToLayerPoint(marker.home)]));
  const groups = [];
  for (const [marker, here] of left) {
    const crowd = [...left].filter(([, there]) => here.distanceTo(there) < near).map(([one]) => one);
    for (const one of crowd) left.delete(one);
    for (const one of crowd) crowd.length > 1 ? one.remove() : one.addTo(map);
    if (crowd.length < 2) continue;
    const around = L.latLngBounds(crowd.map((one) => one.home));
    const ring = L.marker(around.getCenter(), { icon: spot("loose", String(crowd.length)), keyboard: true });
    ring.home = around.getCenter();
    ring.addTo(map).getElement().setAttribute("aria-label", fill(box.dataset.wordGroup, { count: crowd.length }));
    ring.on("click", () => map.fitBounds(around, { padding: [60, 60], maxZoom: Math.min(map.getZoom() + 3, 17) }));
    groups.push(ring);
  }
  return groups;
}

// Where pins stand already, by squares of the map: looked up often.
class Taken {
  #squares = new Map();

  add(at) {
    const key = this.#key(Math.floor(at.x / APART), Math.floor(at.y / APART));
    if (!this.#squares.has(key)) this.#squares.set(key, []);
    this.#squares.get(key).push(at);
  }

  isFree({ x, y }) {
    const [column, row] = [Math.floor(x / APART), Math.floor(y / APART)];
    for (let at = 0; at < 9; at += 1) {
      const here = this.#squares.get(this.#key(column - 1 + (at % 3), row - 1 + Math.floor(at / 3))) ?? [];
      if (here.some((other) => Math.max(Math.abs(other.x - x), Math.abs(other.y - y)) < APART)) return false;
    }
    return true;
  }

  #key(column, row) {
    return `${column} ${row}`;
  }
}

// What a pin should not be moved to: outside of the window, or below the buttons.
function roomIn(map) {
  const frame = map.getContainer().getBoundingClientRect();
  const half = APART / 2;
  const shut = [...map.getContainer().querySelectorAll(".leaflet-control")].map((one) => {
    const at = one.getBoundingClientRect();
    return [at.left - frame.left - half, at.top - frame.top - half, at.right - frame.left + half, at.bottom - frame.top + half];
  });
  return (spot) => {
    const { x, y } = map.layerPointToContainerPoint(spot);
    const isInside = x >= half && y >= half && x <= frame.width - half && y <= frame.height - half;
    return isInside && !shut.some(([left, top, right, bottom]) => x > left && x < right && y > top && y < bottom);
  };
}

// The free place nearest to a point, looked for on wider and wider rings.
function placeNear(home, taken, hasRoom) {
  for (let radius = 4; ; radius += 4) {
    const steps = Math.ceil(radius * 0.6);
    for (let step = 0; step < steps; step += 1) {
      const angle = (2 * Math.PI * step) / steps;
      const spot = home.add([radius * Math.cos(angle), radius * Math.sin(angle)]).round();
      if (taken.isFree(spot) && (radius > FARTHEST || hasRoom(spot))) return spot;
    }
  }
}

// Of markers that would lie on each other all but one step aside, each to the nearest free place:
// all can be touched for themselves (WCAG 2.5.8). A line leads from the pin to where it belongs.
function spread(map, markers, fixed, leaders) {
  const taken = new Taken();
  for (const place of fixed) taken.add(map.latLngToLayerPoint(place));
  const hasRoom = roomIn(map);
  const aside = [];
  for (const marker of markers) {
    const home = map.latLngToLayerPoint(marker.home);
    if (taken.isFree(home)) {
      taken.add(home);
      marker.setLatLng(marker.home);
    } else aside.push([marker, home]);
  }
  for (const [marker, home] of aside) {
    const spot = placeNear(home, taken, hasRoom);
    taken.add(spot);
    marker.setLatLng(map.layerPointToLatLng(spot));
    L.polyline([marker.home, marker.getLatLng()], { className: "leader", interactive: false }).addTo(leaders);
    L.circleMarker(marker.home, { className: "leader-end", radius: 3, interactive: false }).addTo(leaders);
  }
}

// One line of the legend below the map.
function addKey(box, kind, inner, text) {
  const list = document.querySelector(`[data-map-key="${box.id}"]`);
  if (!list) return;
  const item = element("li");
  const pin = element("span", `pin ${kind}`);
  pin.setAttribute("aria-hidden", "true");
  if (inner) pin.append(inner);
  item.append(pin, element("span", "", text));
  list.append(item);
}

function legend(box, runs, stops, depot) {
  for (const run of runs) addKey(box, `tour-${shapeOf(run.run)}`, "", run.name);
  if (stops.some((stop) => !stop.run && !stop.home)) addKey(box, "loose", "?", box.dataset.wordLooseKey);
  if (depot) addKey(box, "depot", icon(box.dataset.icons, "house-door"), depot.name || box.dataset.wordDepot);
}

function addDepot(map, box, depot) {
  const marker = L.marker([depot.lat, depot.lon], { icon: spot("depot", icon(box.dataset.icons, "house-door")), keyboard: false, interactive: false }).addTo(map);
  marker.getElement().setAttribute("role", "img");
  marker.getElement().setAttribute("aria-label", depot.name || box.dataset.wordDepot);
}

function arrangeStops(map, box, markers, stops, depot) {
  const planned = stops.filter((stop) => stop.run || stop.home).map((stop) => markers.get(String(stop.id)));
  const loose = stops.filter((stop) => !stop.run && !stop.home).map((stop) => markers.get(String(stop.id)));
  const leaders = L.layerGroup().addTo(map);
  let groups = [];
  const arrange = () => {
    for (const ring of groups) ring.remove();
    leaders.clearLayers();
    groups = map.getZoom() < 17 ? groupsOf(map, box, loose) : [];
    const shown = [...planned, ...loose, ...groups].filter((marker) => map.hasLayer(marker));
    spread(map, shown, depot ? [[depot.lat, depot.lon]] : [], leaders);
  };
  const scatter = () => {
    map.off("zoomend", arrange);
    for (const ring of groups) ring.remove();
    leaders.remove();
  };
  map.on("zoomend", arrange);
  arrange();
  return { arrange, scatter };
}

// Runs and stops, and how to take them off again.
function draw(map, box, { depot, runs = [], stops = [] }) {
  const drawn = L.layerGroup().addTo(map);
  for (const run of runs) addRun(drawn, run, stops, depot);
  const markers = new Map(stops.map((stop) => [String(stop.id), addStop(drawn, box, stop)]));
  const { arrange, scatter } = arrangeStops(map, box, markers, stops, depot);
  legend(box, runs, stops, depot);
  return {
    markers,
    arrange,
    clear() {
      scatter();
      for (const marker of markers.values()) marker.remove();
      drawn.remove();
      for (const item of document.querySelectorAll(`[data-map-key="${box.id}"] > li:not(.sources)`)) item.remove();
    },
  };
}

async function show(box) {
  const { depot, runs = [], stops = [] } = await contentOf(box);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, { zoomAnimation: !still, zoomControl: false, attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 6, maxZoom: 19, maxBounds: L.latLngBounds(GERMANY).pad(0.3), fadeAnimation: false });
  L.control.attribution({ prefix: false }).addAttribution(element("span", "", box.dataset.credit).outerHTML).addTo(map);
  const places = [...stops, ...(depot ? [depot] : [])].map((one) => [one.lat, one.lon]);
  const everything = (options = {}) => {
    if (places.length > 1) map.fitBounds(places, { ...options, paddingTopLeft: [36, 36], paddingBottomRight: [72, 36], maxZoom: 15 }); // no pin below the buttons on the right
    else if (stops[0]?.radius_m > 60) map.fitBounds(L.latLng(places[0]).toBounds(2.4 * stops[0].radius_m));
    else if (places.length) map.setView(places[0], stops[0]?.home ? 13.75 : 13);
    else map.fitBounds([[52.35, 12.93], [52.67, 13.74]]);
  };
  let overview = everything;
  everything();
  controls(map, box, () => overview());
  const ground = import(box.dataset.moduleGround).then((part) => part.ground(map, box));
  if (box.dataset.tiles || box.dataset.pmtiles) (await import(box.dataset.moduleTiles)).tiles(map, box);
  if (depot) addDepot(map, box, depot);
  let drawn = draw(map, box, { depot, runs, stops });
  let selected = null;
  if (box.dataset.pickLat) overview = (await import(box.dataset.modulePin)).picker(map, box, { addKey, element, fill, icon, spot });
  box.addEventListener("ho:select", (event) => {
    selected = String(event.detail.id);
    for (const [id, marker] of drawn.markers) marker.pick(id === selected);
    const chosen = drawn.markers.get(selected);
    if (chosen && !map.getBounds().contains(chosen.home)) map.panTo(chosen.home);
  });
  box.addEventListener("ho:content", (event) => {
    drawn.clear();
    drawn = draw(map, box, { depot, ...event.detail });
    drawn.markers.get(selected)?.pick(true);
  });
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  let isTouched = Boolean(box.dataset.pickLat) || places.length < 2;
  let isFitting = false;
  map.on("movestart zoomstart", () => { isTouched ||= !isFitting; });
  new ResizeObserver(() => {
    map.invalidateSize();
    if (isTouched) return; // where the reader has looked nearer, it stays
    isFitting = true;
    everything({ animate: false });
    drawn.arrange();
    isFitting = false;
  }).observe(box);
  (await ground)(); // the names, around everything that stands there now
  box.dataset.ready = "";
}

for (const box of document.querySelectorAll("[data-map]")) show(box);
