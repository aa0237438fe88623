// Tables beside the map: who held what, what changed hands, claims, notes.
"use strict";

const Panel = (() => {
  const $ = (id) => document.getElementById(id);
  const KEYS = 6; // entries of the key on the map
  const NONE = 1e-9; // of a place: less is the rounding of coordinates

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") made.textContent = value;
      else if (value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  // ---- Who held what -----------------------------------------------------------------------

  function holderRows(state) {
    const scope = Data.scopes[state.scope];
    const now = Figures.held(state.day, state.scope);
    const then = Figures.held(state.from, state.scope);
    return Data.holders
      .map((_, holder) => ({ holder, km2: now[holder], before: then[holder] }))
      .filter((row) => Math.max(row.km2, row.before) > NONE * scope.km2)
      .filter((row) => !(scope.open && row.holder === Paint.NOBODY))
      .sort((a, b) => (a.holder === Paint.NOBODY) - (b.holder === Paint.NOBODY) || b.km2 - a.km2 || b.before - a.before);
  }

  function holders(state) {
    const scope = Data.scopes[state.scope];
    const rows = holderRows(state);
    const shares = !scope.open && scope.km2 > 0;
    const compared = Data.shown.length > 1;
    const head = ["holder", "km2", ...(shares ? ["share"] : []), ...(compared ? ["change"] : [])];
    const title = Say.text("change_since", { day: Say.day(state.from) });
    $("holders").tHead.replaceChildren(
      element("tr", {}, ...head.map((key) =>
        element("th", { scope: "col", text: Say.words[key], title: key === "change" ? title : undefined }))),
    );
    $("holders").tBodies[0].replaceChildren(...rows.map((row) => {
      const bounds = row.km2 > 0 ? Figures.heldBounds(state.day, state.scope, row.holder) : null;
      const cells = [
        element("th", { scope: "row" }, element("div", { class: "name" },
          Paint.swatch((pen) => Paint.holderFill(pen, row.holder)),
          element("span", { text: Say.holder(row.holder), class: "clamped", title: Say.holder(row.holder) }))),
        element("td", {}, element("b", { text: row.km2 > 0 ? Say.number(row.km2) : Say.text("none") }),
          row.km2 > 0 ? element("small", { text: bounds ? Say.span(bounds, row.km2) : Say.text("no_interval") }) : null),
      ];
      if (shares) cells.push(element("td", { text: Say.share(row.km2 / scope.km2) }));
      const change = row.km2 - row.before;
      if (compared) cells.push(element("td", { class: "change" }, element("bdi", { dir: "ltr", text: Say.change(change, Math.max(row.km2, row.before)) })));
      return element("tr", { "data-actor": Data.holders[row.holder].actor, "data-status": Data.holders[row.holder].status,
        "data-km2": row.km2, "data-low": bounds ? bounds[0] : "", "data-high": bounds ? bounds[1] : "" }, ...cells);
    }));
    place(state, scope, rows);
  }

  function place(state, scope, rows) {
    $("place-name").textContent = Say.scope(state.scope);
    $("place-close").hidden = state.scope === state.home;
    const note = $("place-note");
    if (!rows.length && !(scope.km2 > 0)) note.textContent = Say.text("nothing_here");
    else if (scope.share < 0.999) note.textContent = Say.text("covered", { value: Say.number(100 * scope.share) });
    else note.textContent = "";
    note.hidden = !note.textContent;
    $("holders").hidden = !rows.length;
  }

  // ---- What changed hands ------------------------------------------------------------------

  function moved(state) {
    const [from, to] = State.pair();
    const rows = Figures.moved(from, to, state.scope);
    const note = $("moved-note");
    const days = { start: Say.day(from), end: Say.day(to) };
    const same = Data.shown.length > 1 ? "same_day" : "only_day";
    note.textContent = from === to ? Say.text(same) : rows.length ? "" : Say.text("same_ground");
    $("choose").hidden = Data.shown.length === 1;
    note.hidden = !note.textContent;
    $("moved-caption").textContent = Say.text("transfers_between", days);
    const largest = rows.length ? rows[0].km2 : 1;
    $("moved").hidden = !rows.length;
    $("moved").tBodies[0].replaceChildren(...rows.map((row) => {
      const bounds = Figures.movedBounds(from, to, state.scope, row);
      const pair = { giver: Say.isolated(Say.holder(row.giver)), taker: Say.isolated(Say.holder(row.taker)) };
      const name = Say.text("pair", pair);
      const bar = element("i", { class: "bar", "aria-hidden": "true" });
      bar.style.inlineSize = `${(100 * row.km2) / largest}%`;
      bar.style.background = Paint.colour(row.taker === Paint.NOBODY ? row.giver : row.taker);
      return element("tr", { "data-giver": Data.holders[row.giver].actor, "data-taker": Data.holders[row.taker].actor,
        "data-km2": row.km2, "data-low": bounds ? bounds[0] : "", "data-high": bounds ? bounds[1] : "" },
        element("th", { scope: "row" }, element("div", { class: "name" },
          Paint.swatch((pen) => Paint.movedFill(pen, row.giver, row.taker)),
          element("span", { text: name, class: "clamped", title: name })), bar),
        element("td", {}, element("b", { text: Say.area(row.km2) }),
          element("small", { text: bounds ? Say.span(bounds, row.km2) : Say.text("no_interval") })));
    }));
    $("from").value = Data.days[state.from].text;
    $("day").value = Data.days[state.day].text;
  }

  function quick(state) {
    const day = 864e5;
    const first = Data.shown[0];
    const now = Data.days[state.day].time;
    const offers = [["first_day", first], ["month_before", Figures.dayAt(now - 30 * day)], ["year_before", Figures.dayAt(now - 365 * day)]];
    const span = now - Data.days[first].time;
    const wanted = offers.filter(([key]) => key === "first_day" || span > (key === "month_before" ? 30 : 365) * day);
    $("quick").replaceChildren(...(Data.shown.length > 1 ? wanted : []).map(([key, from]) => {
      const button = element("button", { type: "button", class: "chip", text: Say.words[key], "aria-pressed": String(from === state.from) });
      button.addEventListener("click", () => State.set({ from }));
      return button;
    }));
  }

  // ---- Claims ------------------------------------------------------------------------------

  const MARKS = { yes: "✓", loose: "≈", partly: "◐", no: "✕", open: "?" };
  const isLimited = (each) => each.kind === "yes" && Boolean(each.weak || each.far);
  const mark = (each) => (each.fit === "loose" ? MARKS.loose : isLimited(each) ? MARKS.partly : MARKS[each.kind]);
  const look = (each) => (each.fit === "loose" || isLimited(each) ? "partly" : each.kind);
  const VERDICTS = { yes: "consistent", partly: "consistent_only_as", no: "inconsistent", open: "not_checkable" };

  // A figure with its unit. The figure is text: published ones keep the digits they came with.
  // Units that the claim has a name for are called so, in its language.
  function figure(said, unit, called = []) {
    if (unit === "percent") return Say.percent(said);
    if (called.length) return `${said}\u00a0${Say.isolated(called[said === "1" ? 0 : 1])}`;
    return `${said}\u00a0${Say.unit(unit, said)}`;
  }

  function whole(claim) {
    if (claim.fault) return ["no", "cannot_be_true"];
    const checked = claim.readings.filter((each) => each.kind !== "open" && each.computed);
    const fitting = checked.filter((each) => each.kind === "yes" || each.kind === "partly");
    if (!checked.length) return ["open", "none_checked"];
    const open = checked.length < claim.readings.length; // others could not be measured
    if (!fitting.length) return open ? ["open", "none_measured_fit"] : ["no", "none_fit"];
    if (fitting.length < checked.length) return ["partly", "some_fit"];
    const loose = fitting.every((each) => each.fit === "loose");
    if (open) return [loose ? "loose" : "yes", "all_measured_fit"];
    if (loose) return ["loose", "all_loose"];
    if (fitting.every((each) => each.weak)) return ["partly", "all_weak"];
    return fitting.every((each) => each.far) ? ["partly", "all_far"] : ["yes", "all_fit"];
  }

  function claims() {
    $("claims-box").hidden = !Data.raw.claims.length;
    $("claims").replaceChildren(...Data.raw.claims.map((claim) => {
      const [kind, key] = whole(claim);
      const [low, high] = claim.figures.map(Say.localised);
      const value = figure(high === undefined ? low : Say.text("to", { low, high }), claim.unit, claim.called);
      const said = Say.words[claim.precision] ? Say.text(claim.precision, { value }) : value;
      const by = Say.text("published_by", { publisher: Say.isolated(claim.publisher), day: Say.date(claim.published) });
      const source = claim.url
        ? element("a", { href: claim.url, rel: "noreferrer noopener", target: "_blank", text: by })
        : element("span", { text: by });
      return element("details", { class: "claim", id: `claim-${claim.id}` },
        element("summary", {},
          element("span", { class: `verdict ${kind}` }, element("i", { "aria-hidden": "true", text: MARKS[kind] }),
            element("span", { text: Say.text(key) })),
          element("b", { text: said }), element("span", { class: "by", text: by })),
        element("blockquote", { dir: "auto", text: claim.text }),
        element("p", { class: "note" }, source),
        ...claim.readings.map((each) => reading(each, claim)),
        claim.lack ? element("p", { class: "note limit", dir: "auto", text: claim.lack }) : null);
    }));
  }

  function later({ day, hour }) {
    const said = Say.text("later_map", { day: Say.date(day) });
    return hour ? `${said} ${Say.text("later_map_hour", { hour })}` : said;
  }

  // A drawing of straight shapes on a scale of 0 to 100; what it says stands in words beside it.
  function shapes(...each) {
    const svg = (tag, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      return made;
    };
    const box = svg("svg", { viewBox: "0 0 100 16", preserveAspectRatio: "none", "aria-hidden": "true" });
    box.append(...each.map(([tag, attributes]) => svg(tag, attributes)));
    return box;
  }

  // One line a map and a diamond for all of them, over the band of what was published.
  function forest(each, claim) {
    if (!each.maps.length) return null;
    const all = { ...each, name: Say.text("all_maps"), pooled: true };
    const lines = [...each.maps, ...(each.pooled ? [all] : [])];
    const ends = [...claim.bounds, ...lines.flatMap((line) => line.computed || [])];
    const [least, most] = d3.extent(ends);
    const margin = (most - least || Math.abs(most) || 1) * 0.04;
    const x = d3.scaleLinear([least - margin, most + margin], [0, 100]);
    const [from, to] = claim.bounds.map(x);
    const band = ["rect", { class: "said", x: from, width: Math.max(to - from, 0.6), y: 0, height: 16 }];
    const row = (line) => {
      const [value, low, high] = line.computed || [];
      const marks = !line.computed ? [] : line.pooled
        ? [["polygon", { class: "pooled", points: `${x(low)},8 ${x(value)},2 ${x(high)},8 ${x(value)},14` }]]
        : [["rect", { class: "interval", x: x(low), width: Math.max(x(high) - x(low), 0.4), y: 5, height: 6 }],
          ["rect", { class: "value", x: x(value) - 0.6, width: 1.2, y: 2, height: 12 }]];
      const digits = (number) => Say.fixed(number, line.digits);
      const interval = low < high ? ` (${Say.text("to", { low: digits(low), high: digits(high) })})` : "";
      const text = line.computed ? `${figure(digits(value), each.unit, claim.called)}${interval}` : Say.text("not_checkable");
      return element("li", { class: line.pooled ? "sum" : undefined },
        element("span", { class: `verdict ${look(line)}` },
          element("i", { "aria-hidden": "true", text: mark(line) }), element("bdi", { text: line.name }),
          line.computed ? element("span", { class: "silent", text: `: ${Say.text(VERDICTS[line.kind])}` }) : null),
        element("small", { text }), line.computed ? shapes(band, ...marks) : null);
    };
    return element("div", { class: "forest" },
      element("small", { text: Say.text("map_by_map") }), element("ul", {}, ...lines.map(row)));
  }

  function reading(each, claim) {
    const digits = (value) => Say.fixed(value, each.digits);
    const computed = each.computed && figure(digits(each.computed[0]), each.unit, claim.called);
    const least = computed && each.least ? Say.text("lower_bound", { value: computed }) : computed;
    const span = each.computed && each.computed[1] < each.computed[2]
      ? Say.text("to", { low: digits(each.computed[1]), high: digits(each.computed[2]) }) : "";
    const box = element("div", { class: "reading" },
      element("p", { class: "reading-name" },
        element("span", { class: `verdict ${look(each)}` },
          element("i", { "aria-hidden": "true", text: mark(each) }),
          element("span", { text: Say.text(VERDICTS[each.kind]) })),
        element("bdi", { text: each.name })),
      least ? element("p", {}, element("b", { text: least }), " ", element("small", { text: span })) : null,
      forest(each, claim),
      element("p", { class: "note", dir: "ltr", lang: "en", text: each.reason.replace(/\bkm2\b/g, "km²") }),
      each.interval ? element("p", { class: "note", text: Say.text(`judged_${each.interval}`) }) : null,
      each.fit ? element("p", { class: "note limit", text: Say.text(`fit_${each.fit}`) }) : null,
      each.weak ? element("p", { class: "note limit", text: Say.text("weak_test") }) : null,
      each.far ? element("p", { class: "note limit", text: Say.text("far_beyond") }) : null,
      each.later ? element("p", { class: "note limit", text: later(each.later) }) : null);
    if (each.days.length) {
      const button = element("button", { type: "button", class: "chip", text: Say.text("show_days") });
      button.addEventListener("click", () => {
        const [from, to] = [each.days[0], each.days[each.days.length - 1]];
        State.set({ scope: each.scope, day: to, playing: false,
          ...(from === to ? { view: "held" } : { from, view: "moved" }) });
        document.getElementById("stage").scrollIntoView({ block: "nearest" });
      });
      box.append(button);
    }
    return box;
  }

  function notes() {
    const lines = [...Data.raw.notes[Say.language], Say.text("interval_covers"), Say.text("geometry"), Say.text("made_with")];
    $("notes").replaceChildren(...lines.map((text) => element("p", { text, dir: "auto" })));
  }

  // ---- Headline and key on the map ---------------------------------------------------------

  function finding(state) {
    const scope = Data.scopes[state.scope];
    const named = scope.name[Say.language] || "";
    const rows = holderRows(state).filter((row) => row.holder !== Paint.NOBODY);
    const parts = [];
    const largest = d3.greatest(rows, (row) => row.km2);
    if (!largest || !(largest.km2 > 0)) parts.push(Say.text("finding_none"));
    else {
      const amount = scope.open ? Say.area(largest.km2) : Say.share(largest.km2 / scope.km2);
      const text = Say.text(named ? "finding_held_named" : "finding_held", { actor: Say.isolated(Say.holder(largest.holder)), share: amount });
      parts.push(scope.open ? `${Say.isolated(Say.holder(largest.holder))}: ${amount}` : text);
    }
    const most = d3.greatest(rows, (row) => Math.abs(row.km2 - row.before));
    if (most && state.from < state.day && Say.change(most.km2 - most.before, most.km2) !== "0") {
      parts.push(changed(state, most));
    }
    const place = !named ? "" : `${Say.rtl ? "، " : ", "}${Say.isolated(Say.scope(state.scope))}`;
    $("finding").textContent = `${Say.day(state.day)}${place} — ${parts.join(Say.rtl ? "؛ " : "; ")}`;
  }

  // Who took most from whom since the day compared with; else whose ground changed most.
  function changed(state, most) {
    const day = Say.day(state.from);
    const [row] = Figures.moved(state.from, state.day, state.scope);
    if (row && row.taker !== Paint.NOBODY) {
      const names = { taker: Say.isolated(Say.holder(row.taker)), giver: Say.isolated(Say.holder(row.giver)) };
      const key = row.giver === Paint.NOBODY ? "finding_took_from_nobody" : "finding_took";
      return Say.text(key, { ...names, area: Say.area(row.km2), day });
    }
    const change = most.km2 - most.before;
    return Say.text(change > 0 ? "finding_gained" : "finding_lost", {
      actor: Say.isolated(Say.holder(most.holder)), area: Say.area(Math.abs(change)), day });
  }

  function stretch(low, high) {
    if (low !== high) return Say.counted("stretch", high, { low, high });
    return low ? Say.counted("stretch_one", low, { low }) : Say.text("today");
  }

  function key(state) {
    const box = $("key");
    const entry = (fill, text) => element("li", {}, Paint.swatch(fill), element("span", { text, class: "clamped" }));
    if (state.view === "since" && !state.swipe) {
      const found = [...Paint.ages(state.day)].sort(([one], [other]) => one - other);
      const words = [...found.map(([n, span]) => [n, stretch(...span)]), [Paint.OLDEST, Say.text("start_of_data")]];
      box.replaceChildren(...words.map(([n, text]) => entry(() => Paint.theme.ages[n], text)));
      return;
    }
    if (state.view === "moved" && !state.swipe) {
      const [from, to] = State.pair();
      const pairs = Figures.moved(from, to, state.scope).slice(0, KEYS);
      box.replaceChildren(...pairs.map(({ giver, taker }) => entry((pen) => Paint.movedFill(pen, giver, taker),
        Say.text("pair", { giver: Say.isolated(Say.holder(giver)), taker: Say.isolated(Say.holder(taker)) }))));
      return;
    }
    const rows = holderRows(state);
    const few = rows.slice(0, KEYS);
    const takers = state.swipe || state.from >= state.day ? []
      : [...new Set(Figures.moved(state.from, state.day, state.scope).map(({ taker }) => taker))]
        .filter((taker) => taker !== Paint.NOBODY).slice(0, KEYS);
    box.replaceChildren(...few.map((row) => entry((pen) => Paint.holderFill(pen, row.holder), Say.holder(row.holder))));
    if (rows.length > few.length) {
      box.append(element("li", { text: Say.counted("others", rows.length - few.length) }));
    }
    if (takers.length) {
      box.append(element("li", { class: "gained" },
        ...takers.map((holder) => Paint.swatch((pen) => Paint.holderFill(pen, holder, Paint.tone(holder)))),
        element("span", { text: Say.text("gained_since", { day: Say.day(state.from) }) })));
    }
  }

  function draw(state, changed) {
    const has = (...keys) => !changed || keys.some((name) => changed.has(name));
    if (has("day", "from", "scope", "language", "theme")) {
      holders(state);
      moved(state);
      quick(state);
      finding(state);
    }
    if (has("day", "from", "scope", "language", "theme", "view", "swipe")) key(state);
    if (has("language")) {
      claims();
      notes();
    }
  }

  return { draw, element };
})();
