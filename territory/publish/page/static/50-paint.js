// Colours of the theme, hatches, and zones as paths.
"use strict";

const Paint = (() => {
  const { arcs, holders, rows, count } = Data;
  const NOBODY = holders.findIndex((holder) => holder.nobody);
  const AGES = [7, 30, 90, 365]; // days: ends of the classes of "held since"
  const OLDEST = AGES.length + 1; // class of ground that was held before the data begin
  let theme = {};

  function readTheme() {
    const style = getComputedStyle(document.documentElement);
    const names = ["sea", "land", "elsewhere", "ink", "paper", "muted", "border", "front", "nobody"];
    theme = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    theme.dark = style.getPropertyValue("--dark").trim() === "1";
    theme.ages = [0, 1, 2, 3, 4, 5].map((n) => style.getPropertyValue(`--age-${n}`).trim());
  }

  const colour = (holder) => {
    if (holder === NOBODY) return theme.nobody;
    return theme.dark ? holders[holder].dark : holders[holder].colour;
  };
  const mixed = (one, other, share) => d3.interpolateRgb(one, other)(share);

  // A hatch as a small picture that repeats; the marks are those of the static maps.
  function hatched(context, ground, hatch, line, width = 1.3) {
    const size = 8;
    const scale = window.devicePixelRatio || 1;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size * scale;
    const pen = tile.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = ground;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = pen.fillStyle = line;
    pen.lineWidth = width;
    const strokes = {
      "/": [[-2, 2, 2, -2], [0, 8, 8, 0], [6, 10, 10, 6]],
      "\\": [[-2, 6, 2, 10], [0, 0, 8, 8], [6, -2, 10, 2]],
      "-": [[0, 4, 8, 4]],
      "|": [[4, 0, 4, 8]],
    };
    strokes.x = strokes.X = [...strokes["/"], ...strokes["\\"]];
    strokes["+"] = [...strokes["-"], ...strokes["|"]];
    for (const mark of new Set(hatch)) {
      pen.beginPath();
      for (const [x0, y0, x1, y1] of strokes[mark] || []) {
        pen.moveTo(x0, y0);
        pen.lineTo(x1, y1);
      }
      pen.stroke();
      if (".*".includes(mark)) pen.fillRect(3, 3, 2, 2);
      if ("oO".includes(mark)) {
        pen.beginPath();
        pen.arc(4, 4, 2, 0, 7);
        pen.stroke();
      }
    }
    const pattern = context.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
  }

  const contrast = (ground) => (d3.lab(ground).l > 55 ? "rgba(20,22,26,.55)" : "rgba(255,255,255,.6)");

  const tone = (holder) => (theme.dark ? holders[holder].dark_tone : holders[holder].tone);

  function holderFill(context, holder, ground = colour(holder)) {
    const { hatch } = holders[holder];
    return hatch ? hatched(context, ground, hatch, contrast(ground)) : ground;
  }

  // Ground that changed hands: the taker's colour, hatched in the giver's.
  function movedFill(context, giver, taker) {
    const [line, ground] = [giver === NOBODY ? theme.paper : colour(giver), colour(taker)];
    return hatched(context, ground, "/", line === ground ? contrast(ground) : line, 2.4);
  }

  // What each class of groups is, for a view of a day: [class of every group, how to fill it].
  function classes(view, day, from) {
    const now = rows[day];
    const size = holders.length;
    const outside = Data.raw.outside ? NOBODY : -1; // drawn zones: nobody is what lies around them
    const drawn = (holder) => !(Data.raw.outside && holder === NOBODY);
    if (view === "moved") {
      const then = rows[from];
      return {
        of: Int32Array.from(now, (holder, g) => (holder === then[g] ? holder : size + then[g] * size + holder)),
        outside,
        fill: (context, each) => {
          if (each >= size) {
            const pair = each - size;
            return movedFill(context, Math.floor(pair / size), pair % size);
          }
          return drawn(each) && each !== NOBODY ? mixed(colour(each), theme.land, 0.72) : null;
        },
      };
    }
    if (view === "since") {
      return {
        of: Int32Array.from(now, (holder, g) => (holder === NOBODY ? holder : size * age(g, day) + holder)),
        outside,
        fill: (_context, each) => {
          const holder = each % size;
          if (holder === NOBODY) return drawn(holder) ? theme.nobody : null;
          return theme.ages[Math.floor(each / size)];
        },
      };
    }
    // Who holds what; what was gained since the day compared with has a second tone.
    const then = view === "held" && from < day ? rows[from] : now;
    const gained = (holder, g) => holder !== NOBODY && then[g] !== holder;
    return {
      of: Int32Array.from(now, (holder, g) => (gained(holder, g) ? size + holder : holder)),
      lines: now,
      outside,
      fill: (context, each) => {
        if (each >= size) return holderFill(context, each - size, tone(each - size));
        return drawn(each) ? holderFill(context, each) : null;
      },
    };
  }

  // How long ago a group changed hands: a class from 0 (this week) to OLDEST.
  function age(group, day) {
    const since = Figures.heldSince(group, day);
    return since === 0 ? OLDEST : ageOf(since, day);
  }

  const past = (number, day) => Math.round((Data.days[day].time - Data.days[number].time) / 864e5);

  function ageOf(since, day) {
    const found = AGES.findIndex((end) => past(since, day) <= end);
    return found < 0 ? AGES.length : found;
  }

  // Days since a change that each class has, from the fewest to the most. A change lies between
  // two maps, so where days have no map a class reaches to the day after the one before.
  function ages(day) {
    const found = new Map();
    for (let since = day; since > 0; since--) {
      const each = ageOf(since, day);
      const low = found.has(each) ? found.get(each)[0] : past(since, day);
      found.set(each, [low, past(since - 1, day) - 1]);
    }
    return found;
  }

  // One closed path per class, and the lines between classes. Arcs with a class on one side
  // only are strung together; at every node as many end as begin, so walking never gets stuck.
  function zones(of, outside = -1, lines = of) {
    const begin = new Map();
    const front = new Path2D();
    const sideOf = (group) => (group < 0 ? outside : of[group]);
    const heldOf = (group) => (group < 0 ? outside : lines[group]);
    const add = (each, number, reversed) => {
      if (!begin.has(each)) begin.set(each, new Map());
      const node = reversed ? arcs.all[number].end : arcs.all[number].start;
      const list = begin.get(each).get(node);
      const way = 2 * number + (reversed ? 1 : 0);
      if (list) list.push(way);
      else begin.get(each).set(node, [way]);
    };
    arcs.all.forEach((arc, number) => {
      const [left, right] = [sideOf(arc.left), sideOf(arc.right)];
      if (left === right) return;
      if (left >= 0 && left !== outside) add(left, number, false);
      if (right >= 0 && right !== outside) add(right, number, true);
      if (heldOf(arc.left) !== heldOf(arc.right) && (arc.left >= 0 || Data.raw.outside)) trace(front, arc.line, false, true);
    });
    const paths = new Map();
    for (const [each, nodes] of begin) paths.set(each, strung(nodes));
    return { paths, front };
  }

  function strung(nodes) {
    const path = new Path2D();
    for (const [start, list] of nodes) {
      while (list.length) {
        let node = start;
        let first = true;
        while (nodes.get(node) && nodes.get(node).length) {
          const way = nodes.get(node).pop();
          const arc = arcs.all[way >> 1];
          trace(path, arc.line, (way & 1) === 1, first);
          node = way & 1 ? arc.start : arc.end;
          first = false;
        }
        path.closePath();
      }
    }
    return path;
  }

  function trace(path, line, reversed, first) {
    const last = line.length - 2;
    for (let i = 0; i <= last; i += 2) {
      const at = reversed ? last - i : i;
      if (i === 0 && first) path.moveTo(line[at], line[at + 1]);
      else if (i > 0) path.lineTo(line[at], line[at + 1]);
    }
  }

  // The rim of a place as a closed path.
  const rims = new Map();
  function rim(scope) {
    if (!rims.has(scope)) {
      const { inside } = Data.scopes[scope];
      rims.set(scope, zones(Int32Array.from(inside, (is) => (is ? 1 : -1))).paths.get(1) || new Path2D());
    }
    return rims.get(scope);
  }

  function linesPath(list, closed) {
    const path = new Path2D();
    for (const line of list) {
      trace(path, line, false, true);
      if (closed) path.closePath();
    }
    return path;
  }

  // The group of faces at a point of the grid, or -1: an odd number of its arcs to the east.
  function groupAt(x, y) {
    const odd = new Set();
    const toggle = (group) => group >= 0 && (odd.delete(group) || odd.add(group));
    for (const arc of arcs.all) {
      if (y < arc.north || y > arc.south || x > arc.east) continue;
      const { line } = arc;
      let crossings = 0;
      for (let i = 2; i < line.length; i += 2) {
        const [x0, y0, x1, y1] = [line[i - 2], line[i - 1], line[i], line[i + 1]];
        if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) crossings++;
      }
      if (crossings % 2) {
        toggle(arc.left);
        toggle(arc.right);
      }
    }
    return odd.size ? odd.values().next().value : -1;
  }

  // Swatch for legends: a small canvas painted like the map.
  function swatch(fill) {
    const canvas = document.createElement("canvas");
    const scale = window.devicePixelRatio || 1;
    canvas.width = 22 * scale;
    canvas.height = 14 * scale;
    canvas.className = "swatch";
    canvas.setAttribute("aria-hidden", "true");
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = fill(context) || theme.land;
    context.fillRect(0, 0, 22, 14);
    return canvas;
  }

  return {
    OLDEST, NOBODY, ages, readTheme, colour, tone, holderFill, movedFill, classes, zones, rim, linesPath, groupAt,
    swatch, mixed,
    get theme() { return theme; },
  };
})();
