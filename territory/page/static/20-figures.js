// Figures: sums of true group areas. Nothing here looks at a drawn outline.
"use strict";

const Figures = (() => {
  const { areas, rows, scopes, borders, bounds, holders, positionOf, days } = Data;
  const Z_95 = 1.959963984540054; // two-sided 95 % quantile of the normal distribution
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

  // 95 % interval of what one holder has on a day, or null.
  function heldBounds(day, scope, holder) {
    const value = held(day, scope)[holder];
    const table = bounds.areas.get(scope);
    if (table && positionOf.has(day)) {
      const at = 2 * (positionOf.get(day) * holders.length + holder);
      return [table[at] / 1e6, table[at + 1] / 1e6];
    }
    const row = rows[day];
    return drawnBounds((group) => row[group] === holder, scope, value);
  }

  // 95 % interval of a transfer, or null.
  function movedBounds(from, to, scope, { giver, taker, km2 }) {
    const table = bounds.moved.get(scope);
    const found = table && table.get([from, to, giver, taker].join(","));
    if (found) return found;
    const [before, after] = [rows[from], rows[to]];
    const faces = (group) => before[group] === giver && after[group] === taker;
    return drawnBounds(faces, scope, km2);
  }

  // As territory.uncertainty: the border that could lie elsewhere, and its position error.
  function drawnBounds(wanted, scope, value) {
    if (!borders || !bounds.boundary) return null;
    const [error, correlation] = bounds.boundary;
    const { inside, km2 } = scopes[scope];
    let length = 0;
    for (let i = 0; i < borders.one.length; i++) {
      const [one, other] = [borders.one[i], borders.other[i]];
      if (!inside[one] && !(other >= 0 && inside[other])) continue;
      const here = wanted(one);
      const there = other >= 0 ? wanted(other) : !Data.raw.outside && here;
      if (here !== there) length += borders.lengths[i];
    }
    const sd = (error * Math.min(Math.sqrt(2 * length * correlation), length)) / 1e6;
    return [Math.max(0, value - Z_95 * sd), Math.min(Math.max(km2, value), value + Z_95 * sd)];
  }

  // First day of the unbroken tenure that a group is in on a day.
  function heldSince(group, day) {
    let since = day;
    while (since > 0 && rows[since - 1][group] === rows[day][group]) since--;
    return since;
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

  return { held, moved, heldBounds, movedBounds, heldSince, timesChanged, dayAt, placeOf };
})();
