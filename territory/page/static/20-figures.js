// Figures: sums of true group areas. Nothing here looks at a drawn outline.
"use strict";

const Figures = (() => {
  const { areas, rows, scopes, borders, bounds, holders, positionOf, days } = Data;
  const Z_95 = 1.959963984540054; // as in territory.estimate
  const NEGLIGIBLE = 1e-9; // of the area looked at: the rounding of coordinates
  const byScope = new Map();

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
    const row = rows[day];
    return drawnBounds((group) => row[group] === holder, scope, value, {
      beyond: holders[holder].nobody,
      map: () => 0,
    });
  }

  // Interval of a transfer, or null.
  function movedBounds(from, to, scope, { giver, taker, km2 }) {
    const table = bounds.moved.get(scope);
    const found = table && table.get([from, to, giver, taker].join(","));
    if (found) return found;
    const [before, after] = [rows[from], rows[to]];
    const faces = (group) => before[group] === giver && after[group] === taker;
    const apart = (row, one, other) => row[one] !== (other < 0 ? 0 : row[other]);
    // Drawn on the first day's map (0), on the last's (1) or on both (2).
    const map = (one, other) =>
      !apart(after, one, other) ? 0 : apart(before, one, other) ? 2 : 1;
    return drawnBounds(faces, scope, km2, { beyond: false, map });
  }

  // As territory.boundary.reach: the lines that count, strung together where they meet.
  function drawnBounds(wanted, scope, value, { beyond, map }) {
    if (!borders || !bounds.boundary) return null;
    const [error, correlation, bias, together] = bounds.boundary;
    const { inside, km2, rimmed, open } = scopes[scope];
    const maps = [[], [], []];
    let length = 0;
    for (let i = 0; i < borders.one.length; i++) {
      const [one, other] = [borders.one[i], borders.other[i]];
      if (other < 0 ? rimmed || !Data.raw.outside : rimmed && !(inside[one] && inside[other])) continue;
      const there = other < 0 ? beyond : wanted(other);
      if (wanted(one) === there) continue;
      maps[map(one, other)].push(i);
      length += borders.lengths[i];
    }
    const [first, last, both] = maps.map((lines) => spread(lines, correlation));
    const variance = first + last + both - 2 * together * Math.sqrt(first * last);
    const half = (Z_95 * error * Math.sqrt(Math.max(variance, 0)) + bias * length) / 1e6;
    const most = open ? Infinity : Math.max(km2, value);
    return [Math.max(0, value - half), Math.min(most, value + half)];
  }

  // As territory.estimate.correlated_m2, added up over lines that hang together.
  function spread(lines, correlation) {
    const root = new Map();
    const find = (point) => {
      let at = point;
      while (root.has(at)) at = root.get(at);
      if (at !== point) root.set(point, at);
      return at;
    };
    const ends = (i) => [borders.ends[2 * i], borders.ends[2 * i + 1]];
    const odd = new Set();
    for (const i of lines) {
      const [one, other] = ends(i).map(find);
      if (one !== other) root.set(one, other);
      for (const point of ends(i)) if (!odd.delete(point)) odd.add(point);
    }
    const loose = new Set([...odd].map(find));
    const runs = new Map();
    for (const i of lines) {
      const run = find(ends(i)[0]);
      runs.set(run, (runs.get(run) || 0) + borders.lengths[i]);
    }
    let total = 0;
    for (const [run, metres] of runs) {
      const x = metres / correlation;
      if (loose.has(run)) total += x < 1e-3 ? x * x * (1 / 2 - x / 6 + (x * x) / 24) : x + Math.expm1(-x);
      else total -= x * Math.expm1(-x / 2);
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

  return { held, moved, heldBounds, movedBounds, heldSince, between, timesChanged, dayAt, placeOf };
})();
