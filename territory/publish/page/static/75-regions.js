// The first table: what everyone gained and lost in each region between the two days.
"use strict";

const Regions = (() => {
  const { element } = Panel;
  const $ = (id) => document.getElementById(id);
  const numbers = Data.raw.scopes.flatMap((scope, number) => (scope.region ? [number] : []));

  // Gained, lost and net of every holder in a region, the largest first.
  function rowsOf(from, to, scope) {
    const found = new Map();
    const of = (holder) => found.get(holder) || found.set(holder, { holder, scope, gained: 0, lost: 0 }).get(holder);
    for (const { giver, taker, km2 } of Figures.moved(from, to, scope)) {
      of(giver).lost += km2;
      of(taker).gained += km2;
    }
    return [...found.values()]
      .filter((row) => !(Data.scopes[scope].open && row.holder === Paint.NOBODY) && !Data.holders[row.holder].nobody)
      .map((row) => ({ ...row, net: row.gained - row.lost }))
      .sort((a, b) => b.gained + b.lost - (a.gained + a.lost));
  }

  function rows(from, to) {
    const size = ([row]) => (row ? row.gained + row.lost : 0);
    const found = numbers.map((scope) => rowsOf(from, to, scope)).sort((a, b) => size(b) - size(a)).flat();
    return found.map((row) => ({ ...row, share: Figures.shareOfNet(row.net, from, to, row.holder) }));
  }

  function draw(state, changed) {
    if (changed && !["day", "from", "language", "scope"].some((name) => changed.has(name))) return;
    const [from, to] = State.pair();
    const found = rows(from, to);
    $("regions-box").hidden = !found.length;
    if (!found.length) return;
    $("regions-title").textContent = Say.text("regions_changed");
    $("regions-note").textContent = Say.text("no_share");
    $("regions-note").hidden = found.every((row) => row.share !== null);
    $("regions-caption").textContent = Say.text("transfers_between", { start: Say.day(from), end: Say.day(to) });
    $("regions").tHead.replaceChildren(element("tr", {}, ...["province", "gained", "lost", "net", "share"].map((key) =>
      element("th", { scope: "col", text: Say.words[key] }))));
    const share = (part) => Say.percent(part && Say.fixed(part, 0) === "0" ? "<1" : Say.fixed(part, 0));
    $("regions").tBodies[0].replaceChildren(...found.flatMap((row, at) => {
      const like = Math.max(row.gained, row.lost);
      const first = !at || found[at - 1].scope !== row.scope;
      const who = Say.holder(row.holder);
      const cells = element("tr", { "data-region": Data.scopes[row.scope].key, "data-actor": Data.holders[row.holder].actor, "data-net": row.net },
        element("th", { scope: "row" }, element("span", { class: "silent", text: Say.scope(row.scope) }),
          element("div", { class: "name" }, Paint.swatch((pen) => Paint.holderFill(pen, row.holder)), element("span", { class: "clamped", text: who, title: who }))),
        element("td", { text: Say.number(row.gained, like) }),
        element("td", { text: Say.number(row.lost, like) }),
        element("td", {}, element("bdi", { dir: "ltr", text: Say.change(row.net, like) })),
        element("td", {}, element("bdi", { text: row.share === null ? "–" : share(100 * row.share) })));
      return first ? [heading(row.scope), cells] : [cells];
    }));
  }

  // A region's name has a row of its own: beside four columns of figures a telephone has no room.
  function heading(scope) {
    const open = element("button", { type: "button", class: "link", text: Say.scope(scope) });
    open.addEventListener("click", () => State.set({ scope }));
    const { code } = Data.raw.scopes[scope];
    const coded = code ? element("small", {}, element("bdi", { dir: "ltr", text: code })) : null;
    return element("tr", { class: "heading" }, element("th", { colspan: 5, scope: "colgroup" }, open, coded));
  }

  return { draw, rows };
})();
