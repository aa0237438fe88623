// The chart: the area of each party by day, tied to the slider; click or drag to choose a day.
"use strict";

const Chart = (() => {
  const svg = d3.select("#chart");
  const element = svg.node();
  const EDGE = 9; // half the slider's thumb: the chart ends where the thumb can go
  const TOP = 26;
  const BOTTOM = 18;
  const MANY = 6; // parties that are drawn strongly
  let x = d3.scaleLinear();
  let dragging = "";
  let drawn = "";

  const times = () => Data.shown.map((day) => Data.days[day].time);

  function series(scope) {
    const open = Data.scopes[scope].open;
    return Data.holders
      .map((_, holder) => ({
        holder,
        points: Data.shown.map((day) => ({
          time: Data.days[day].time,
          km2: Figures.held(day, scope)[holder],
          bounds: bands(scope) ? Figures.heldBounds(day, scope, holder) : null,
        })),
      }))
      .filter((each) => each.holder !== Paint.NOBODY && each.points.some((point) => point.km2 > 0))
      .filter((each) => !(open && each.holder === Paint.NOBODY))
      .sort((a, b) => d3.max(b.points, (p) => p.km2) - d3.max(a.points, (p) => p.km2));
  }

  // Intervals of every day are drawn where they are at hand; others would take too long.
  const bands = (scope) => Data.bounds.areas.has(scope);

  function draw() {
    const state = State.get();
    const box = element.getBoundingClientRect();
    if (!box.width) return;
    const key = [state.scope, box.width, box.height, state.language, Paint.theme.dark].join("|");
    if (key !== drawn) frame(state, box);
    drawn = key;
    marks(state, box);
  }

  function frame(state, box) {
    const all = series(state.scope);
    const [first, last] = [times()[0], times()[times().length - 1]];
    x = d3.scaleLinear([first, Math.max(last, first + 1)], [EDGE, box.width - EDGE]);
    const values = all.flatMap((each) => each.points.flatMap((p) => (p.bounds ? [p.km2, ...p.bounds] : [p.km2])));
    const y = d3.scaleLinear(domain(values), [box.height - BOTTOM, TOP]).nice(4);
    svg.selectAll("*").remove();
    svg.attr("viewBox", `0 0 ${box.width} ${box.height}`).attr("aria-label", Say.text("chart_label"));

    const grid = svg.append("g").attr("class", "grid");
    const ticks = box.height < 90 ? y.domain() : y.ticks(3); // above the topmost line runs nothing
    for (const tick of ticks) {
      grid.append("line").attr("x1", EDGE).attr("x2", box.width - EDGE).attr("y1", y(tick)).attr("y2", y(tick));
    }
    dates(box, first, last);
    const line = d3.line((p) => x(p.time), (p) => y(p.km2)).curve(d3.curveStepAfter);
    const band = d3.area((p) => x(p.time), (p) => y(p.bounds[0]), (p) => y(p.bounds[1])).curve(d3.curveStepAfter);
    for (const [rank, { holder, points }] of [...all.entries()].reverse()) {
      const colour = Paint.colour(holder);
      if (points.every((p) => p.bounds)) {
        svg.append("path").attr("class", "band").attr("d", band(points)).attr("fill", colour);
      }
      const strong = rank < MANY;
      svg.append("path").attr("class", "casing").attr("d", line(points));
      svg.append("path").attr("class", "line").attr("d", line(points)).attr("stroke", colour)
        .attr("stroke-width", strong ? 2.2 : 1).attr("opacity", strong ? 1 : 0.6);
    }
    const labels = svg.append("g").attr("class", "grid");
    const taken = []; // heights of labels
    for (const tick of ticks) {
      const text = tick === ticks.at(-1) ? Say.turned(`${Say.round(tick)}\u00a0${Say.words.km2}`) : Say.round(tick);
      const label = labels.append("text").text(text);
      const [left, at] = place(all, y, tick, label.node().getBBox().width, box, taken);
      label.attr("x", left).attr("y", at);
      taken.push([left, at]);
    }
    svg.append("g").attr("class", "marks");
  }

  // Where the label of a level stands: above or below it, at one end or the other, off all lines
  // if it can be, and off other labels.
  function place(all, y, tick, width, box, taken) {
    const free = ([left, at]) => !taken.some(([x, y]) => Math.abs(at - y) < 12 && (left === EDGE) === (x === EDGE));
    const places = [y(tick) - 4, y(tick) + 11]
      .flatMap((at) => [[EDGE, at], [box.width - EDGE - width, at]])
      .filter(([, at]) => at < box.height - BOTTOM + 2);
    const open = places.filter(free);
    return open.find(([left, at]) => !crossed(all, y, [left - 2, left + width + 2], [at - 10, at + 3]))
      || open[0] || places[0];
  }

  // Whether the steps of any party run through a box of the chart.
  function crossed(all, y, [left, right], [top, bottom]) {
    return all.some(({ points }) => points.some((point, n) => {
      const [from, to] = [x(point.time), n + 1 < points.length ? x(points[n + 1].time) : x.range()[1]];
      if (to < left || from > right) return false;
      const here = y(point.km2);
      const next = n + 1 < points.length && to <= right ? y(points[n + 1].km2) : here;
      return Math.max(here, next) >= top && Math.min(here, next) <= bottom;
    }));
  }

  // From zero, unless all figures lie far above it: then the change would not be seen.
  function domain(values) {
    const [low, high] = [d3.min(values) ?? 0, d3.max(values) ?? 1];
    return low > 0.6 * high ? [low, Math.max(high, low * 1.0001)] : [0, Math.max(high, 1e-6)];
  }

  function dates(box, first, last) {
    const axis = svg.append("g").attr("class", "dates");
    const room = Math.max(2, Math.floor(box.width / 90));
    const scale = d3.scaleUtc([first, Math.max(last, first + 1)], x.range());
    const ticks = scale.ticks(room).filter((tick) => tick.getUTCHours() === 0);
    let year = null;
    let taken = 0; // where the label before ends
    for (const tick of ticks) {
      const at = scale(tick);
      const single = tick.getUTCDate() === 1;
      const name = single ? Say.month(tick.getUTCMonth()) : `${tick.getUTCDate()} ${Say.month(tick.getUTCMonth())}`;
      const text = tick.getUTCFullYear() === year ? name : `${name} ${Say.inEra(tick.getUTCFullYear())}`;
      const half = 3.6 * text.length; // of its width, about
      if (at - half < taken || at + half > box.width) continue;
      taken = at + half + 8;
      year = tick.getUTCFullYear();
      axis.append("line").attr("x1", at).attr("x2", at).attr("y1", box.height - BOTTOM).attr("y2", box.height - BOTTOM + 4);
      axis.append("text").attr("x", at).attr("y", box.height - 3).text(text);
    }
  }

  function marks(state, box) {
    const layer = svg.select(".marks");
    layer.selectAll("*").remove();
    const bottom = box.height - BOTTOM;
    const from = x(Data.days[state.from].time);
    const day = x(Data.days[state.day].time);
    layer.append("rect").attr("class", "between")
      .attr("x", Math.min(from, day)).attr("width", Math.abs(day - from)).attr("y", TOP).attr("height", bottom - TOP);
    layer.append("line").attr("class", "from").attr("x1", from).attr("x2", from).attr("y1", 4).attr("y2", bottom);
    layer.append("path").attr("class", "flag").attr("d", `M${from},3 l11,5 -11,5z`)
      .append("title").text(`${Say.text("chart_compare")}: ${Say.day(state.from)}`);
    layer.append("line").attr("class", "day").attr("x1", day).attr("x2", day).attr("y1", 4).attr("y2", bottom);
  }

  const nearest = (event) => {
    const time = x.invert(event.clientX - element.getBoundingClientRect().left);
    return d3.least(Data.shown, (day) => Math.abs(Data.days[day].time - time));
  };

  element.addEventListener("pointerdown", (event) => {
    const px = event.clientX - element.getBoundingClientRect().left;
    const flag = x(Data.days[State.get().from].time);
    const high = event.clientY - element.getBoundingClientRect().top < TOP;
    dragging = high && Math.abs(px - flag - 4) < 14 ? "from" : "day";
    element.setPointerCapture(event.pointerId);
    State.set({ [dragging]: nearest(event), playing: false });
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) State.set({ [dragging]: nearest(event) });
  });

  new ResizeObserver(draw).observe(element);

  return { draw, redraw() { drawn = ""; draw(); }, at: (day) => x(Data.days[day].time) };
})();
