// The map: a canvas with land, zones, borders and names; pan, zoom, swipe, hover.
"use strict";

const WarMap = (() => {
  const canvas = document.getElementById("map");
  const stage = document.getElementById("stage");
  const handle = document.getElementById("swipe-handle");
  const tip = document.getElementById("tip");
  const context = canvas.getContext("2d", { alpha: false });
  const { around, raw } = Data;
  const kept = new Map(); // zones already strung together, by view and days
  const KEPT = 12;
  const WIDE = 1.5e6; // metres
  let size = [0, 0];
  let base = { k: 1, x: 0, y: 0 };
  let zoomed = d3.zoomIdentity;
  let due = 0;
  let least = 1; // enlargement at which all ground is seen; 1 unless the first view is closer

  const fixed = {
    countries: around.countries.map((each) => ({ ...each, path: Paint.linesPath(each.lines, true) })),
    regions: Paint.linesPath(around.regions.flatMap((each) => each.lines), false),
    borders: Paint.linesPath(around.countries.flatMap((each) => each.lines), false),
    graticule: Paint.linesPath(around.graticule.flatMap((each) => each.lines), false),
  };

  const zoom = d3
    .zoom()
    .scaleExtent([1, 80])
    .filter((event) => {
      // One finger scrolls the page until the map is enlarged; two fingers always enlarge it.
      if (event.type === "touchstart" && event.touches.length < 2) return zoomed.k > 1.02;
      return !event.button && (!event.ctrlKey || event.type === "wheel");
    })
    .on("zoom", (event) => {
      zoomed = event.transform;
      canvas.style.touchAction = zoomed.k > 1.02 ? "none" : "pan-y";
      hideTip();
      request();
    });

  // From the grid to the screen.
  function transform() {
    return { k: base.k * zoomed.k, x: base.x * zoomed.k + zoomed.x, y: base.y * zoomed.k + zoomed.y };
  }
  const toScreen = ([x, y], t = transform()) => [x * t.k + t.x, y * t.k + t.y];
  const toGrid = ([x, y], t = transform()) => [(x - t.x) / t.k, (y - t.y) / t.k];

  function resize() {
    const box = stage.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    size = [box.width, box.height];
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    const [west, north, east, south] = raw.view;
    // On a narrow map the date and the buttons would lie over the zones.
    const [top, bottom] = size[0] < 640 ? [46, 104] : [0, 0];
    const fit = ([w, n, e, s]) => Math.min(size[0] / (e - w), (size[1] - top - bottom) / (s - n));
    const k = fit(raw.view);
    least = Math.min(1, fit(raw.whole) / k);
    zoom.scaleExtent([least, 80]);
    base = {
      k,
      x: (size[0] - k * (east + west)) / 2,
      y: (size[1] + top - bottom - k * (south + north)) / 2,
    };
    const box4 = around.box;
    const [x0, y0] = toScreen([box4[0], box4[1]], base);
    const [x1, y1] = toScreen([box4[2], box4[3]], base);
    zoom.extent([[0, 0], size]).translateExtent([
      [Math.min(x0, 0), Math.min(y0, 0)],
      [Math.max(x1, size[0]), Math.max(y1, size[1])],
    ]);
    // A canvas is black from the moment it is given a size; drawn in the next frame, this one would show it.
    cancelAnimationFrame(due);
    draw();
  }

  function request() {
    if (!due) due = requestAnimationFrame(draw);
  }

  function zonesOf(view, day, from) {
    const key = `${view}|${day}|${view === "moved" || view === "held" ? from : ""}`;
    if (!kept.has(key)) {
      const classes = Paint.classes(view, day, from);
      kept.set(key, { ...Paint.zones(classes.of, classes.outside, classes.lines), fill: classes.fill });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(key);
  }

  function draw() {
    due = 0;
    const state = State.get();
    const t = transform();
    const scale = window.devicePixelRatio || 1;
    const onGrid = () => context.setTransform(t.k * scale, 0, 0, t.k * scale, t.x * scale, t.y * scale);
    const onScreen = () => context.setTransform(scale, 0, 0, scale, 0, 0);
    const { theme } = Paint;

    onScreen();
    context.fillStyle = around.water ? theme.sea : theme.land;
    context.fillRect(0, 0, ...size);
    onGrid();
    for (const country of fixed.countries) {
      context.fillStyle = country.home ? theme.land : theme.elsewhere;
      context.fill(country.path, "evenodd");
    }
    stroke(fixed.graticule, theme.border, 0.5, t, 0.5);

    const [from, to] = State.pair();
    if (state.swipe) {
      const x = state.split * size[0];
      const [left, right] = Say.rtl ? [state.day, state.from] : [state.from, state.day];
      inside(0, x, () => zones("plain", left, from, t, onGrid));
      inside(x, size[0], () => zones("plain", right, from, t, onGrid));
    } else {
      zones(state.view, state.view === "moved" ? to : state.day, from, t, onGrid);
    }
    onGrid();
    stroke(fixed.regions, theme.ink, 0.8, t, 0.45, [5, 3]);
    stroke(fixed.borders, theme.ink, 1.2, t, 0.6);
    scopeRim(state, t, onGrid);
    onScreen();
    Names.write(context, t, zoomed.k, size, toScreen);
    if (state.swipe) divider(state);
    scaleBar(t);
    canvas.dataset.drawn = `${state.view}|${state.day}|${state.from}|${state.swipe}`;
    if (!canvas.dataset.first) {
      canvas.dataset.first = "1";
      performance.mark("territory-map-drawn");
    }

    function inside(x0, x1, what) {
      context.save();
      onScreen();
      context.beginPath();
      context.rect(x0, 0, x1 - x0, size[1]);
      context.clip();
      what();
      context.restore();
    }
  }

  function zones(view, day, from, t, onGrid) {
    const found = zonesOf(view, day, from);
    const scale = window.devicePixelRatio || 1;
    onGrid();
    for (const [each, path] of found.paths) {
      const fill = found.fill(context, each);
      if (!fill) continue;
      if (fill instanceof CanvasPattern) {
        // Hatches keep their size on the screen and their place on the ground.
        fill.setTransform(new DOMMatrix().scale(1 / (t.k * scale)));
      }
      context.fillStyle = fill;
      context.fill(path, "nonzero");
    }
    stroke(found.front, Paint.theme.front, ["held", "plain"].includes(view) ? 1.1 : 0.8, t, 1);
  }

  function stroke(path, colour, width, t, alpha, dashes = []) {
    context.save();
    context.strokeStyle = colour;
    context.globalAlpha = alpha;
    context.lineWidth = width / t.k;
    context.lineJoin = "round";
    context.setLineDash(dashes.map((dash) => dash / t.k));
    context.stroke(path);
    context.restore();
  }

  // The rim of the place that the figures are about; what lies beyond it steps back.
  function scopeRim(state, t, onGrid) {
    const scope = Data.scopes[state.scope];
    if (scope.open) return;
    const path = Paint.rim(state.scope);
    onGrid();
    if (state.scope !== state.home) {
      const veil = new Path2D();
      const [x0, y0, x1, y1] = around.box;
      veil.rect(x0, y0, x1 - x0, y1 - y0);
      veil.addPath(path);
      context.save();
      context.globalAlpha = 0.62;
      context.fillStyle = Paint.theme.land;
      context.fill(veil, "evenodd");
      context.restore();
    }
    stroke(path, Paint.theme.ink, state.scope === state.home ? 1.3 : 2.2, t, 0.9);
  }

  // ---- Scale, divider ----------------------------------------------------------------------

  function scaleBar(t) {
    const metres = raw.metres / t.k; // of a pixel, at the middle of the first view
    const most = metres * Math.min(150, size[0] * 0.3);
    const power = 10 ** Math.floor(Math.log10(most));
    const length = power * [5, 2, 1].find((step) => step * power <= most);
    const bar = document.getElementById("scale");
    bar.style.setProperty("--length", `${length / metres}px`);
    bar.dataset.metres = length;
    bar.dataset.pixels = length / metres;
    const [key, value] = length >= 1000 ? ["scale_km", length / 1000] : ["scale_m", length];
    const said = Say.text(key, { value: Say.round(value) });
    // Over a continent one scale does not hold everywhere.
    const wide = raw.metres * (raw.view[2] - raw.view[0]) > WIDE;
    document.getElementById("scale-text").textContent = wide ? Say.text("at_centre", { length: said }) : said;
  }

  function divider(state) {
    const x = state.split * size[0];
    context.fillStyle = Paint.theme.paper;
    context.fillRect(x - 1.5, 0, 3, size[1]);
    context.fillStyle = Paint.theme.ink;
    context.fillRect(x - 0.5, 0, 1, size[1]);
    handle.style.left = `${x}px`;
    handle.setAttribute("aria-valuenow", Math.round(100 * state.split));
  }

  function moveDivider(x) {
    State.set({ split: Math.max(0.02, Math.min(0.98, x / size[0])) });
  }

  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) {
      moveDivider(event.clientX - stage.getBoundingClientRect().left);
    }
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 }[event.key];
    if (step) State.set({ split: Math.max(0.02, Math.min(0.98, State.get().split + step)) });
    else if (event.key === "Home") State.set({ split: 0.02 });
    else if (event.key === "End") State.set({ split: 0.98 });
    else return;
    event.preventDefault();
  });

  // ---- Hover and choice --------------------------------------------------------------------

  // The day that is seen at a point: with the swipe it depends on the side.
  function dayAtPoint(x) {
    const state = State.get();
    if (!state.swipe) return state.view === "moved" ? State.pair()[1] : state.day;
    const before = x < state.split * size[0] !== Say.rtl;
    return before ? state.from : state.day;
  }

  function showTip(x, y) {
    const group = Paint.groupAt(...toGrid([x, y]));
    if (group < 0) return hideTip();
    const day = dayAtPoint(x);
    const lines = describe(group, day);
    if (!lines) return hideTip();
    tip.replaceChildren(...lines);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = x + 16 + box.width > size[0] ? x - 16 - box.width : x + 16;
    const top = y + 16 + box.height > size[1] ? y - 12 - box.height : y + 16;
    tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
    return true;
  }

  function describe(group, day) {
    const holder = Data.rows[day][group];
    if (Data.raw.outside && holder === Paint.NOBODY && !Figures.timesChanged(group)) return null;
    const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    const head = line("strong", "");
    head.append(Paint.swatch((pen) => Paint.holderFill(pen, holder)), line("span", Say.holder(holder)));
    const since = Figures.heldSince(group, day);
    const maps = Figures.between(since).map((number) => Say.day(number));
    const tenure = maps.length > 1
      ? Say.text("held_between", { start: maps[0], end: maps[1] })
      : Say.text(since ? "held_since" : "held_since_start", { day: maps[0] });
    const times = Figures.timesChanged(group);
    const ends = { start: Say.day(0), end: Say.day(Data.days.length - 1) };
    const changed = times ? Say.counted("changed_times", times, ends) : Say.text("changed_never");
    const place = Figures.placeOf(group);
    const found = [
      head,
      line("span", tenure),
      line("span", changed),
    ];
    const { giver } = { giver: Data.rows[State.pair()[0]][group] };
    if (State.get().view === "moved" && !State.get().swipe && giver !== holder) {
      const pair = { giver: Say.isolated(Say.holder(giver)), taker: Say.isolated(Say.holder(holder)) };
      found.splice(1, 0, line("span", Say.text("pair", pair)));
    }
    if (place >= 0) found.push(line("em", Say.scope(place)));
    return found;
  }

  function hideTip() {
    tip.hidden = true;
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !event.buttons) showTip(...at(event));
  });
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hideTip());
  canvas.addEventListener("click", (event) => {
    const [x, y] = at(event);
    const group = Paint.groupAt(...toGrid([x, y]));
    const place = group < 0 ? -1 : Figures.placeOf(group);
    const { scope, home } = State.get();
    if (place >= 0 && Data.scopes.length > 1) State.set({ scope: place === scope ? home : place });
    showTip(x, y);
  });

  canvas.addEventListener("keydown", (event) => {
    const pan = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (pan) d3.select(canvas).call(zoom.translateBy, pan[0] / zoomed.k, pan[1] / zoomed.k);
    else if (event.key === "+" || event.key === "=") zoomBy(1.5);
    else if (event.key === "-") zoomBy(1 / 1.5);
    else if (event.key === "0") zoomOut();
    else if (event.key === "Escape") hideTip();
    else return;
    event.preventDefault();
  });

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const gently = () => (calm ? d3.select(canvas) : d3.select(canvas).transition().duration(220));
  const zoomBy = (factor) => gently().call(zoom.scaleBy, factor);

  // Show the whole of a place.
  function zoomTo(scope) {
    const { inside } = Data.scopes[scope];
    const rim = Data.arcs.all.filter((arc) => (inside[arc.left] || 0) !== (inside[arc.right] || 0));
    if (!rim.length) return;
    const ends = [d3.min(rim, (a) => a.west), d3.min(rim, (a) => a.north), d3.max(rim, (a) => a.east), d3.max(rim, (a) => a.south)];
    const [x0, y0] = toScreen([ends[0], ends[1]], base);
    const [x1, y1] = toScreen([ends[2], ends[3]], base);
    const k = Math.max(least, Math.min(40, 0.8 * Math.min(size[0] / (x1 - x0), size[1] / (y1 - y0))));
    const to = d3.zoomIdentity.translate(size[0] / 2 - (k * (x0 + x1)) / 2, size[1] / 2 - (k * (y0 + y1)) / 2).scale(k);
    gently().call(zoom.transform, to);
  }

  const zoomAll = () => gently().call(zoom.transform, d3.zoomIdentity);

  // All ground, where the first view is closer; from there, and from any other view, the first.
  function zoomOut() {
    const first = Math.abs(zoomed.k - 1) < 0.01 && Math.hypot(zoomed.x, zoomed.y) < 2;
    if (!first || least >= 1) return zoomAll();
    const [west, north, east, south] = raw.whole;
    const [x, y] = toScreen([(west + east) / 2, (north + south) / 2], base);
    const to = d3.zoomIdentity.translate(size[0] / 2 - least * x, size[1] / 2 - least * y).scale(least);
    return gently().call(zoom.transform, to);
  }

  d3.select(canvas).call(zoom);
  new ResizeObserver(resize).observe(stage);

  function follow() {
    hideTip();
    request();
  }

  return {
    resize, request, follow, zoomBy, zoomAll, zoomOut, zoomTo, showTip, hideTip, toScreen, toGrid,
    get transform() { return transform(); },
    get zoomed() { return zoomed; },
  };
})();
