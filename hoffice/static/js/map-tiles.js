// A ground of tiles, where the admin has chosen one: images from a server, or one PMTiles file of the house's own
// (images or vectors; what reads it is fetched only then).
const L = window.L;

function script(url) {
  return new Promise((resolve, reject) => {
    const made = document.createElement("script");
    made.src = url;
    made.addEventListener("load", resolve);
    made.addEventListener("error", () => reject(new Error(`${url} did not load`)));
    document.head.append(made);
  });
}

const VECTORS = 1;
const TYPES = { 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif" };

// Images out of a PMTiles file; beyond its deepest zoom they are stretched.
function images(file, header) {
  const layer = L.gridLayer({ maxZoom: 19, minNativeZoom: header.minZoom, maxNativeZoom: header.maxZoom });
  layer.createTile = (at, done) => {
    const image = document.createElement("img");
    image.alt = "";
    file.getZxy(at.z, at.x, at.y).then((tile) => {
      if (tile) {
        image.addEventListener("load", () => URL.revokeObjectURL(image.src));
        image.src = URL.createObjectURL(new Blob([tile.data], { type: TYPES[header.tileType] }));
      }
      done(null, image);
    }, (error) => done(error, image));
    return image;
  };
  return layer;
}

async function tiles(map, box) {
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { maxZoom: 19 }).addTo(map);
    return;
  }
  await script(box.dataset.libraryPmtiles);
  const url = new URL(box.dataset.pmtiles, window.location.href).href;
  const file = new window.protomapsL.PmtilesSource(url, true).p;
  const header = await file.getHeader();
  if (header.tileType !== VECTORS) {
    images(file, header).addTo(map);
    return;
  }
  const flavor = document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  window.protomapsL.leafletLayer({ url, flavor, lang: document.documentElement.lang, maxDataZoom: header.maxZoom, maxZoom: 19, attribution: "" }).addTo(map);
}

export { tiles };
