// What Python packed, unpacked: numbers, lines on the grid, who held which group on which day.
"use strict";

const Data = (() => {
  const raw = JSON.parse(document.getElementById("data").textContent);

  // Whole numbers of any length (LEB128 in base64). Products, not shifts: areas need 53 bits.
  function numbers(text) {
    const bytes = atob(text);
    const found = [];
    let value = 0;
    let scale = 1;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.charCodeAt(i);
      value += (byte & 127) * scale;
      if (byte & 128) {
        scale *= 128;
      } else {
        found.push(value);
        value = 0;
        scale = 1;
      }
    }
    return found;
  }

  const signed = (n) => (n % 2 ? -(n + 1) / 2 : n / 2);

  function summed(steps) {
    let total = 0;
    return steps.map((step) => (total += step));
  }

  // Lines as flat arrays x, y, x, y, ...
  function lines(text) {
    const flat = numbers(text);
    const found = [];
    for (let i = 0; i < flat.length; ) {
      const count = flat[i++];
      const points = new Float64Array(2 * count);
      let x = 0;
      let y = 0;
      for (let p = 0; p < count; p++) {
        x += signed(flat[i++]);
        y += signed(flat[i++]);
        points[2 * p] = x;
        points[2 * p + 1] = y;
      }
      found.push(points);
    }
    return found;
  }

  // Before the year 1 a script wants six digits of a year.
  function timeOf(text) {
    return Date.parse(String(text).replace(/^-(\d{4,5})-/, (_, year) => `-${year.padStart(6, "0")}-`) + "T00:00:00Z");
  }

  const days = raw.days.map((text) => ({ text, time: timeOf(text) }));
  const shown = raw.shown;
  const positionOf = new Map(shown.map((day, position) => [day, position]));

  const count = raw.groups.count;
  const areas = Float64Array.from(numbers(raw.groups.areas)); // square centimetres / 100
  const rows = (() => {
    const Row = raw.holders.length > 255 ? Uint16Array : Uint8Array;
    const found = [Row.from(numbers(raw.groups.start))];
    const changes = numbers(raw.groups.changes);
    for (let day = 1, i = 0; day < days.length; day++) {
      const row = found[day - 1].slice();
      const moved = changes[i++];
      const which = summed(changes.slice(i, i + moved));
      for (let n = 0; n < moved; n++) row[which[n]] = changes[i + moved + n];
      i += 2 * moved;
      found.push(row);
    }
    return found;
  })();

  const scopes = raw.scopes.map((scope, number) => {
    const inside = new Uint8Array(count);
    const members = summed(numbers(scope.groups));
    let size = 0;
    for (const group of members) {
      inside[group] = 1;
      size += areas[group];
    }
    // Drawn zones without a named area have no rim: what nobody holds has no meaningful size.
    const open = raw.outside && !scope.rimmed;
    return { ...scope, number, inside, members, km2: size / 1e8, open };
  });

  const arcs = (() => {
    const left = summed(numbers(raw.arcs.left).map(signed));
    const right = summed(numbers(raw.arcs.right).map(signed));
    const points = lines(raw.arcs.lines);
    const nodes = new Map();
    const node = (x, y) => {
      const key = x * 4194304 + y;
      if (!nodes.has(key)) nodes.set(key, nodes.size);
      return nodes.get(key);
    };
    const all = points.map((line, i) => {
      let [west, east, north, south] = [Infinity, -Infinity, Infinity, -Infinity];
      for (let p = 0; p < line.length; p += 2) {
        west = Math.min(west, line[p]);
        east = Math.max(east, line[p]);
        north = Math.min(north, line[p + 1]);
        south = Math.max(south, line[p + 1]);
      }
      const start = node(line[0], line[1]);
      const end = node(line[line.length - 2], line[line.length - 1]);
      return { left: left[i], right: right[i], line, start, end, west, east, north, south };
    });
    return { all, nodes: nodes.size };
  })();

  // Lines between patches: ground that hangs together and always goes together, as it was drawn.
  const borders = raw.borders && {
    one: summed(numbers(raw.borders.one).map(signed)),
    other: numbers(raw.borders.other).map((n) => n - 1),
    ends: summed(numbers(raw.borders.ends).map(signed)),
    points: raw.borders.points,
    lengths: numbers(raw.borders.lengths).map((n) => n / 100),
    groups: summed(numbers(raw.borders.groups).map(signed)),
    areas: numbers(raw.borders.areas).map((n) => n / 100),
    within: new Map(
      Object.entries(raw.borders.within).map(([n, text]) => [
        Number(n),
        new Set(summed(numbers(text))),
      ]),
    ),
    rims: new Map(
      Object.entries(raw.borders.rims).map(([n, [error, correlation, groups, lengths]]) => [
        Number(n),
        {
          error,
          correlation,
          groups: summed(numbers(groups)),
          lengths: numbers(lengths).map((cm) => cm / 100),
        },
      ]),
    ),
  };

  // How many days sections of the front are redrawn late or early, and the pieces of groups in
  // them: group, section, square metres. The last piece of a group is what the others leave.
  const redrawn = raw.redrawn && (() => {
    const groups = summed(numbers(raw.redrawn.groups));
    const sections = summed(numbers(raw.redrawn.sections).map(signed));
    const written = numbers(raw.redrawn.areas);
    let [next, rest] = [0, 0];
    const pieces = groups.map((group, n) => {
      if (group !== groups[n - 1]) rest = areas[group];
      const area = group === groups[n + 1] ? written[next++] : rest;
      rest -= area;
      return [group, sections[n], area / 100];
    });
    return { days: raw.redrawn.days, pieces };
  })();

  const bounds = {
    boundary: raw.bounds.boundary,
    doubted: new Set(raw.bounds.doubted),
    areas: new Map(Object.entries(raw.bounds.areas).map(([n, text]) => [Number(n), numbers(text)])),
    nets: raw.bounds.nets && new Map(raw.bounds.nets.map((n) => [n.slice(0, 3).join(","), [n[3] / 1e6, n[4] / 1e6]])),
    moved: new Map(
      Object.entries(raw.bounds.moved).map(([n, list]) => [
        Number(n),
        new Map(list.map((m) => [m.slice(0, 4).join(","), [m[4] / 1e6, m[5] / 1e6]])),
      ]),
    ),
  };

  const shapes = (list) => list.map((each) => ({ ...each, lines: lines(each.lines) }));
  const around = {
    ...raw.around,
    countries: shapes(raw.around.countries),
    regions: shapes(raw.around.regions),
    graticule: shapes(raw.around.graticule),
  };

  return {
    raw, days, timeOf, shown, positionOf, count, areas, rows, scopes, arcs, borders, redrawn, bounds,
    around, holders: raw.holders,
  };
})();
