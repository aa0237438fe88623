// Figures: sums of true group areas. Nothing here looks at a drawn outline.
"use strict";

const Figures = (() => {
  const { areas, rows, scopes, borders, bounds, holders, positionOf, days } = Data;
  const Z_95 = 1.959963984540054; // as in territory.estimate
  const CUT_DAYS = 0.25; // as in territory.measure.drawn
  const NEGLIGIBLE = 1e-9; // of the area looked at: the rounding of coordinates
  const byScope = new Map();
  const byNet = new Map();

  // km2 of every holder on a day.
  function held(day, scope) {
    const key = day * scopes.length + scope;
    if (!byScope.has(key)) {
      const total = new Float64Array(holders.length);
      const row = rows[day];
      for (const group of scopes[scope].members) total[row[group]] += areas[group];
      byScope.set(key, total.map((area) => area / 1e8));
    }
    return byScope.get(key);
  }

  // Who lost how much to whom between two days, the largest first.
  function moved(from, to, scope) {
    const [before, after] = [rows[from], rows[to]];
    const total = new Map();
    for (const group of scopes[scope].members) {
      if (before[group] === after[group]) continue;
      const key = before[group] * holders.length + after[group];
      total.set(key, (total.get(key) || 0) + areas[group]);
    }
    return [...total]
      .map(([key, area]) => ({
        giver: Math.floor(key / holders.length),
        taker: key % holders.length,
        km2: area / 1e8,
      }))
      .filter((each) => each.km2 > NEGLIGIBLE * scopes[scope].km2)
      .sort((a, b) => b.km2 - a.km2);
  }

  // Interval of what one holder has on a day, or null.
  function heldBounds(day, scope, holder) {
    const value = held(day, scope)[holder];
    const table = bounds.areas.get(scope);
    if (table && positionOf.has(day)) {
      const at = 2 * (positionOf.get(day) * holders.length + holder);
      return [table[at] / 1e6, table[at + 1] / 1e6];
    }
    const wantedOn = ([other]) => (group) => rows[other][group] === holder;
    return drawnBounds(wantedOn, scope, value, {
      beyond: holders[holder].nobody,
      ends: [day],
      hours: hoursOf(([other]) => held(other, scope)[holder], [day]),
    });
  }

  // As territory.measure.drawn.hour_of_cut: what six hours either way make of a figure.
  function hoursOf(figure, ends) {
    const value = figure(ends);
    let [less, more] = [0, 0];
    ends.forEach((day, end) => {
      const steps = [0];
      for (const other of beside(day)) {
        const apart = Math.abs(days[other].time - days[day].time) / 864e5;
        const moved = ends.map((each, n) => (n === end ? other : each));
        steps.push(Math.min(1, CUT_DAYS / apart) * (figure(moved) - value));
      }
      less += Math.min(...steps);
      more += Math.max(...steps);
    });
    return [less, more];
  }

  // The days before and after one, but for those that are doubted.
  function beside(day) {
    const found = [];
    for (const step of [-1, 1]) {
      let other = day + step;
      while (bounds.doubted.has(other)) other += step;
      if (other >= 0 && other < days.length) found.push(other);
    }
    return found;
  }

  function km2Moved(from, to, scope, giver, taker) {
    const [before, after] = [rows[from], rows[to]];
    let total = 0;
    for (const group of scopes[scope].members)
      if (before[group] === giver && after[group] === taker) total += areas[group];
    return total / 1e8;
  }

  // Interval of a transfer, or null.
  function movedBounds(from, to, scope, { giver, taker, km2 }) {
    const table = bounds.moved.get(scope);
    const found = table && table.get([from, to, giver, taker].join(","));
    if (found) return found;
    const ends = [from, to];
    const wantedOn = ([one, other]) => (group) => rows[one][group] === giver && rows[other][group] === taker;
    const hours = hoursOf(([one, other]) => km2Moved(one, other, scope, giver, taker), ends);
    return drawnBounds(wantedOn, scope, km2, { beyond: false, ends, hours });
  }

  // As territory.claims.net.net_of: gained less lost on all ground, and its interval. Where
  // that needs draws that the page has not for these days, it may be anything.
  function wholeNet(from, to, holder) {
    const key = [from, to, holder].join(",");
    if (!byNet.has(key)) {
      const value = held(to, 0)[holder] - held(from, 0)[holder];
      byNet.set(key, { value, bounds: netBounds(from, to, holder, value) });
    }
    return byNet.get(key);
  }

  function netBounds(from, to, holder, value) {
    if (bounds.nets) return bounds.nets.get([from, to, holder].join(",")) || [-Infinity, Infinity];
    const ends = [from, to];
    const wantedOn = ([one, other]) => (group) => (rows[other][group] === holder) - (rows[one][group] === holder);
    const hours = hoursOf(([one, other]) => held(other, 0)[holder] - held(one, 0)[holder], ends);
    const isSigned = true;
    return drawnBounds(wantedOn, 0, value, { beyond: false, ends, hours, isSigned }) || [value, value];
  }

  // As territory.claims.net.share_of_net: of a net change that may be none there is no share.
  function shareOfNet(part, from, to, holder) {
    const { value, bounds: [low, high] } = wholeNet(from, to, holder);
    const isNothing = Math.abs(value) <= NEGLIGIBLE * scopes[0].km2;
    return isNothing || (low <= 0 && high >= 0) ? null : part / value;
  }

  // As territory.boundary.reach: the lines that count, strung together where they meet.
  // The interval of the map as drawn, by the hour and by tracing, lies within that of the ground,
  // where late and early redrawing counts too.
  // `wantedOn` says how often ground counts: true is once, and a net change takes away as well.
  function drawnBounds(wantedOn, scope, value, { beyond, ends, hours, isSigned = false }) {
    if (!borders || !bounds.boundary) return null;
    const wanted = wantedOn(ends);
    const maps = ends.length > 1 ? ends.map((day) => rows[day]) : [];
    const [error, correlation, bias, together, traced] = bounds.boundary;
    const { km2, open } = scopes[scope];
    const within = borders.within.get(scope);
    const shared = maps.length ? shares(wanted, beyond, maps, error) : new Map();
    const lists = [[], [], []];
    let length = 0;
    for (let i = 0; i < borders.one.length; i++) {
      if (within && !within.has(i)) continue;
      if (borders.other[i] < 0 && !Data.raw.outside) continue;
      const step = Math.abs(counts(wanted, beyond, borders.one[i]) - counts(wanted, beyond, borders.other[i]));
      if (!step) continue;
      const { own, common } = shared.get(i) || { own: 1, common: 0 };
      const drawn = drawnOn(i, maps);
      if (own > 0) lists[drawn].push([i, own, step]);
      if (common > 0 && drawn < 2) lists[2].push([i, common, step]);
      length += borders.lengths[i] * step * (own + common);
    }
    const [first, last, both] = lists.map((lines) => spread(lines, correlation));
    const variance = first + last + both - 2 * together * Math.sqrt(first * last);
    const rim = rimVariance(scope, wanted);
    const lines = error * error * Math.max(variance, 0);
    const lag = RedrawLag.variance(wantedOn, ends, scope);
    const half = (Z_95 * Math.sqrt(lines + rim + lag) + bias * length) / 1e6;
    const drawn = (Z_95 * Math.sqrt(lines * traced * traced + rim)) / 1e6;
    const [less, more] = [hours[0] - drawn, hours[1] + drawn];
    const larger = (Z_95 * Math.sqrt(rimVariance(scope, () => true))) / 1e6;
    const most = open ? Infinity : Math.max(km2 + larger, value);
    const least = isSigned ? -Infinity : 0;
    return [Math.max(least, value + Math.min(-half, less)), Math.min(most, value + Math.max(half, more))];
  }

  // Of the rim of an area beside ground that counts, in m4: as of one line, which errs on the
  // wide side where that ground touches the rim in many short pieces.
  function rimVariance(scope, wanted) {
    const rim = borders.rims.get(scope);
    if (!rim) return 0;
    const metres = rim.lengths.reduce((sum, each, n) => sum + (wanted(rim.groups[n]) ? each : 0), 0);
    return 2 * (rim.error * rim.correlation) ** 2 * lessItsStart(metres / rim.correlation);
  }

  // x - (1 - exp(-x)), by its series where that would cancel.
  const lessItsStart = (x) =>
    x < 1e-3 ? x * x * (1 / 2 - x / 6 + (x * x) / 24) : x + Math.expm1(-x);

  const counts = (wanted, beyond, patch) => (patch < 0 ? beyond : wanted(borders.groups[patch]));
  const holds = (row, patch) => (patch < 0 ? 0 : row[borders.groups[patch]]);
  const apart = (row, i) => holds(row, borders.one[i]) !== holds(row, borders.other[i]);

  // Drawn on the first map (0), on the last one (1) or on both (2).
  function drawnOn(i, maps) {
    if (!maps.length || !apart(maps[1], i)) return 0;
    return apart(maps[0], i) ? 2 : 1;
  }

  // As territory.strips: what part of the error of each line is its own, and what part goes
  // with the line across the strip between an old and a new map and still counts.
  function shares(wanted, beyond, maps, error) {
    const found = new Map();
    const strips = stripsOf(maps);
    const same = Math.min(5, 0.1 * error);
    for (const { sides, metres, area } of strips.values()) {
      const around = metres[0] + metres[1]; // 0 of what is narrower than lengths are known here
      const width = around ? (2 * area) / around : Infinity;
      // What one map alone drew around shares nothing, unless it is a hairline.
      const scale = sides[0].length && sides[1].length ? error : same;
      const r = error ? Math.exp(-Math.max(width - same, 0) / scale) : Number(width <= 5);
      const steps = sides.map((side) =>
        side.map(([i, inner, outer]) => {
          const step = counts(wanted, beyond, inner) - counts(wanted, beyond, outer);
          return [i, step, borders.lengths[i] * step];
        }),
      );
      const mean = steps.map((side, n) => side.reduce((sum, each) => sum + each[2], 0) / (metres[n] || 1));
      steps.forEach((side, n) => {
        const across = sides[1 - n].length ? mean[1 - n] : mean[n];
        for (const [i, step] of side) {
          const [known, own] = [found.get(i), 1 - r];
          const common = step ? r * Math.max(1 - across / step, 0) : 0;
          // Of two strips the narrower one counts, of two as wide what errs on the wide side.
          const wider = known ? Math.round((own - known.own) * 1e9) : -1;
          if (wider > 0 || (wider === 0 && known.common >= common)) continue;
          found.set(i, { own, common });
        }
      });
    }
    return found;
  }

  // Ground that hangs together and passed from the same holder to the same holder, with the
  // lines along it that only the first or only the last map draws.
  function stripsOf([before, after]) {
    const root = new Map();
    const find = (patch) => {
      let at = patch;
      while (root.has(at)) at = root.get(at);
      if (at !== patch) root.set(patch, at);
      return at;
    };
    const changed = (patch) => patch >= 0 && holds(before, patch) !== holds(after, patch);
    const alike = (one, other) =>
      holds(before, one) === holds(before, other) && holds(after, one) === holds(after, other);
    for (let i = 0; i < borders.one.length; i++) {
      const [one, other] = [borders.one[i], borders.other[i]];
      if (!changed(one) || !changed(other) || !alike(one, other)) continue;
      const [a, b] = [find(one), find(other)];
      if (a !== b) root.set(a, b);
    }
    const found = new Map();
    const strip = (patch) => {
      const key = find(patch);
      if (!found.has(key)) found.set(key, { sides: [[], []], metres: [0, 0], area: 0 });
      return found.get(key);
    };
    for (let patch = 0; patch < borders.groups.length; patch++)
      if (changed(patch)) strip(patch).area += borders.areas[patch];
    for (let i = 0; i < borders.one.length; i++) {
      const [one, other] = [borders.one[i], borders.other[i]];
      if (apart(before, i) === apart(after, i)) continue;
      const side = apart(after, i) ? 1 : 0;
      for (const [inner, outer] of [[one, other], [other, one]]) {
        if (!changed(inner)) continue;
        const there = strip(inner);
        there.sides[side].push([i, inner, outer]);
        there.metres[side] += borders.lengths[i];
      }
    }
    return found;
  }

  // As territory.estimate.correlated_m2, added up over lines that hang together and across which
  // the figure changes alike, each with the part of its variance that counts.
  function spread(lines, correlation) {
    const root = new Map();
    const find = (point) => {
      let at = point;
      while (root.has(at)) at = root.get(at);
      if (at !== point) root.set(point, at);
      return at;
    };
    const ends = (i, step) => [borders.ends[2 * i], borders.ends[2 * i + 1]].map((point) => point + step * borders.points);
    const odd = new Set();
    for (const [i, , step] of lines) {
      const [one, other] = ends(i, step).map(find);
      if (one !== other) root.set(one, other);
      for (const point of ends(i, step)) if (!odd.delete(point)) odd.add(point);
    }
    const loose = new Set([...odd].map(find));
    const runs = new Map();
    for (const [i, part, step] of lines) {
      const run = find(ends(i, step)[0]);
      const [metres, counted] = runs.get(run) || [0, 0];
      runs.set(run, [metres + borders.lengths[i], counted + borders.lengths[i] * part * step * step]);
    }
    let total = 0;
    for (const [run, [metres, counted]] of runs) {
      const x = metres / correlation;
      const m2 = loose.has(run) ? lessItsStart(x) : -x * Math.expm1(-x / 2);
      total += (metres ? counted / metres : 0) * m2;
    }
    return 2 * correlation * correlation * total;
  }

  // First day of the unbroken tenure that a group is in on a day.
  function heldSince(group, day) {
    let since = day;
    while (since > 0 && rows[since - 1][group] === rows[day][group]) since--;
    return since;
  }

  // The maps that a change lies between, as numbers of days; one number for neighbouring days.
  function between(since) {
    const apart = since > 0 ? (days[since].time - days[since - 1].time) / 864e5 : 1;
    return apart > 1.5 ? [since - 1, since] : [since];
  }

  function timesChanged(group) {
    let count = 0;
    for (let day = 1; day < days.length; day++) count += rows[day][group] !== rows[day - 1][group];
    return count;
  }

  // The last day with data up to a time; the first day if there is none.
  function dayAt(time) {
    const found = Data.shown.filter((day) => days[day].time <= time);
    return found.length ? found[found.length - 1] : Data.shown[0];
  }

  // The smallest place that holds a group, or -1.
  function placeOf(group) {
    const found = scopes.filter((scope) => !scope.open && scope.inside[group]);
    return found.length ? found.reduce((a, b) => (b.km2 < a.km2 ? b : a)).number : -1;
  }

  return {
    held, moved, heldBounds, movedBounds, wholeNet, shareOfNet, heldSince, between, timesChanged, dayAt, placeOf,
  };
})();
