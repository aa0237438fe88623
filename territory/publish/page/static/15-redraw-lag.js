// As territory.measure.redraw_lag: maps are redrawn sooner or later than ground changes hands.
"use strict";

const RedrawLag = (() => {
  const { days, scopes, bounds, redrawn } = Data;
  const FORGOTTEN = 5; // lags, as there
  const WAYS = [-1, 1];
  const ordinal = (day) => days[day].time / 864e5;
  const believed = days.map((_, day) => day).filter((day) => !bounds.doubted.has(day));
  const byScope = new Map();

  // The variance, in m4, of an area that is told by its days: `wantedOn(ends)` tells how often
  // groups count in it.
  function variance(wantedOn, ends, scope) {
    if (!redrawn) return 0;
    const ways = ends.map(shownOff);
    const own = remembered((each) => bySection(wantedOn(each), scope));
    const value = own(ends);
    const off = (shown) => {
      const found = value.map((m2) => -m2);
      for (const each of product(shown)) {
        const weight = each.reduce((part, [, share]) => part * share, 1);
        own(each.map(([day]) => day)).forEach((m2, section) => (found[section] += weight * m2));
      }
      return found.reduce((sum, m2) => sum + m2 * m2, 0);
    };
    const still = ends.map((day) => [[day, 1]]);
    const alone = ways.reduce((sum, found, end) => {
      const squares = [...found.values()].map((each) => off(still.map((is, n) => (n === end ? each : is))));
      return sum + mean(squares);
    }, 0);
    const both = WAYS.filter((way) => ways.every((found) => found.has(way)));
    const part = both.length ? common(ends) : 0;
    if (!part) return alone;
    return part * mean(both.map((way) => off(ways.map((found) => found.get(way))))) + (1 - part) * alone;
  }

  // What part of its lag a section still has at the other end of a period.
  function common(ends) {
    const apart = Math.abs(ordinal(ends[ends.length - 1]) - ordinal(ends[0])) / redrawn.days;
    return ends.length > 1 && apart < FORGOTTEN ? Math.exp(-apart) : 0;
  }

  // Which maps together show a day that much sooner (-1) and later (1), with their weights.
  function shownOff(day) {
    const found = new Map();
    for (const way of WAYS) {
      const maps = between(ordinal(day) + way * redrawn.days);
      if (maps) found.set(way, maps);
    }
    if (found.size || !believed.length) return found;
    for (const [way, end] of [[-1, believed[0]], [1, believed[believed.length - 1]]]) {
      const apart = way * (ordinal(end) - ordinal(day));
      const share = redrawn.days / apart;
      if (apart > 0) found.set(way, [[end, share], [day, 1 - share]]);
    }
    return found;
  }

  // The maps before and after a moment; null beyond the series.
  function between(moment) {
    const after = believed.findIndex((day) => ordinal(day) >= moment);
    if (after < 0 || (after === 0 && ordinal(believed[0]) > moment)) return null;
    const last = believed[after];
    if (ordinal(last) === moment) return [[last, 1]];
    const first = believed[after - 1];
    const share = (moment - ordinal(first)) / (ordinal(last) - ordinal(first));
    return [[first, 1 - share], [last, share]];
  }

  // How many square metres of the groups that count lie in each section; true counts once.
  function bySection(wanted, scope) {
    const { pieces, count } = piecesIn(scope);
    const found = new Float64Array(count);
    for (const [group, section, m2] of pieces) found[section] += m2 * wanted(group);
    return found;
  }

  // The pieces of groups in a scope, its sections numbered from zero.
  function piecesIn(scope) {
    if (!byScope.has(scope)) {
      const number = new Map();
      const pieces = redrawn.pieces.filter(([group]) => scopes[scope].inside[group]);
      for (const [, section] of pieces) if (!number.has(section)) number.set(section, number.size);
      const own = pieces.map(([group, section, m2]) => [group, number.get(section), m2]);
      byScope.set(scope, { pieces: own, count: number.size });
    }
    return byScope.get(scope);
  }

  const mean = (squares) => squares.reduce((sum, each) => sum + each, 0) / (squares.length || 1);

  const product = (lists) =>
    lists.reduce((found, list) => found.flatMap((each) => list.map((next) => [...each, next])), [[]]);

  function remembered(figure) {
    const known = new Map();
    return (ends) => {
      const key = ends.join(",");
      if (!known.has(key)) known.set(key, figure(ends));
      return known.get(key);
    };
  }

  return { variance };
})();
