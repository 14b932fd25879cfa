// The ground below a map that asks nobody: Germany's outline, what was drawn by hand around Berlin and Potsdam,
// names of towns, stations, and postcodes where they lie. Drawn lines vanish when one looks nearer than they are true.
const L = window.L;
const REGION = L.latLngBounds([51.2, 11.1], [53.7, 15.1]);
const NEAR = 14.75; // from here on drawn lines would lie about doors
const STATIONS_FROM = 12.5;
const POSTCODES_FROM = 12;
const DRAWN = new Set(["germany", "land", "green", "water", "river", "river wide", "canal", "road", "rail", "edge"]);

async function read(url) {
  const answer = await fetch(url);
  return answer.ok ? answer.json() : null;
}

// Two rounds of cutting corners: what was drawn with few points flows.
function smooth(points, closed) {
  let line = points;
  for (let round = 0; round < 2; round += 1) {
    const cut = closed ? [] : [line[0]];
    for (let at = 0; at + 1 < line.length; at += 1) {
      const [[a, b], [c, d]] = [line[at], line[at + 1]];
      cut.push([0.75 * a + 0.25 * c, 0.75 * b + 0.25 * d], [0.25 * a + 0.75 * c, 0.25 * b + 0.75 * d]);
    }
    cut.push(closed ? cut[0] : line[line.length - 1]);
    line = cut;
  }
  return line;
}

const FLOWING = new Set(["green", "water", "river", "river wide", "canal", "road"]);
function flowing(feature) {
  const { type, coordinates } = feature.geometry;
  if (!FLOWING.has(feature.properties.kind)) return feature;
  const softer = type === "Polygon" ? coordinates.map((ring) => smooth(ring, true)) : smooth(coordinates, false);
  return { ...feature, geometry: { type, coordinates: softer } };
}

function drawLines(map, features) {
  map.createPane("ground").style.zIndex = 150;
  const order = [...DRAWN];
  const lines = features.filter((one) => DRAWN.has(one.properties.kind)).map(flowing);
  lines.sort((a, b) => order.indexOf(a.properties.kind) - order.indexOf(b.properties.kind));
  const of = (near) => L.geoJSON({ type: "FeatureCollection", features: lines.filter((one) => ["germany", "land"].includes(one.properties.kind) === near) }, {
    pane: "ground",
    interactive: false,
    style: (one) => ({ className: `ground ${one.properties.kind}` }),
  });
  of(true).addTo(map);
  return of(false);
}

function label(map, [name, lat, lon], className, pane) {
  const text = document.createElement("span");
  text.textContent = name;
  return L.marker([lat, lon], { icon: L.divIcon({ className: `ground-label ${className}`, html: text, iconSize: null }), interactive: false, keyboard: false, pane });
}

// What the names must leave free: pins, the buttons, the credit.
const FIRST = ".spot, .leaflet-control";
const SHARED = 8; // a name may touch the edge of a pin
function occupied(map) {
  const frame = map.getContainer().getBoundingClientRect();
  return [...map.getContainer().querySelectorAll(FIRST)].map((one) => {
    const at = one.getBoundingClientRect();
    const [left, top] = [at.left - frame.left, at.top - frame.top];
    const slack = one.classList.contains("spot") ? SHARED : 0;
    return [left + slack, top + slack, left + at.width - slack, top + at.height - slack];
  });
}

// Names of one kind: of those in the window, in their order, each that touches none before it.
function names(map, kinds) {
  const pane = map.createPane("names");
  pane.style.zIndex = 250;
  const shown = new Map();
  const arrange = () => {
    const zoom = map.getZoom();
    const window_ = map.getBounds().pad(0.1);
    const taken = occupied(map);
    const wanted = new Map();
    for (const kind of kinds) {
      for (const one of kind.places(zoom)) {
        if (!window_.contains([one[1], one[2]])) continue;
        const at = map.latLngToContainerPoint([one[1], one[2]]);
        const half = kind.wide(one) / 2;
        const box = [at.x - half, at.y - 7, at.x + half, at.y + 7];
        if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
        taken.push(box);
        wanted.set(`${kind.name} ${one[0]} ${one[1]}`, [one, kind]);
      }
    }
    for (const [key, marker] of shown) {
      if (wanted.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
    for (const [key, [one, kind]] of wanted) {
      if (!shown.has(key)) shown.set(key, label(map, one, kind.className(one), "names").addTo(map));
    }
  };
  map.on("moveend", arrange);
  return arrange;
}

// How large a town must be to have its name at a zoom; its rank is 1 (a city) to 5 (a village).
const rankAt = (zoom) => (zoom < 7 ? 1 : zoom < 9 ? 2 : zoom < 10.5 ? 3 : zoom < 11.75 ? 4 : 5);

async function ground(map, box) {
  const tiled = Boolean(box.dataset.tiles || box.dataset.pmtiles);
  const files = box.dataset;
  const [drawing, known] = await Promise.all([read(files.map), read(files.mapLines)]);
  const lines = drawLines(map, [...(known?.features ?? []), ...(drawing?.features ?? [])]);
  const far = () => (map.getZoom() < NEAR ? lines.addTo(map) : lines.remove());
  map.on("zoomend", far);
  far();
  if (tiled) return () => {}; // they bring their own names
  const [towns, stations] = await Promise.all([read(files.mapTowns), read(files.mapStations)]);
  const codes = { region: null, rest: null };
  const kinds = [
    { name: "town", places: (zoom) => (zoom > 15.5 ? [] : (towns ?? []).filter((one) => one[3] <= rankAt(zoom))), wide: (one) => 7 * one[0].length + 8, className: (one) => `town rank-${one[3]}` },
    { name: "station", places: (zoom) => (zoom < STATIONS_FROM ? [] : stations ?? []), wide: (one) => 6.5 * one[0].length + 24, className: () => "station" },
    { name: "postcode", places: (zoom) => (zoom < POSTCODES_FROM ? [] : [...(codes.region ?? []), ...(codes.rest ?? [])]), wide: () => 44, className: () => "postcode" },
  ];
  const arrange = names(map, kinds);
  const fetchCodes = async () => {
    if (map.getZoom() < POSTCODES_FROM) return;
    const part = REGION.contains(map.getCenter()) ? "region" : "rest";
    if (codes[part]) return;
    codes[part] = [];
    codes[part] = (await read(part === "region" ? files.mapPostcodes : files.mapPostcodesRest)) ?? [];
    arrange();
  };
  map.on("moveend", fetchCodes);
  await fetchCodes();
  return arrange;
}

export { ground };
