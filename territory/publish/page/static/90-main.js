// Start, and what tests and curious readers may ask of the page.
"use strict";

(() => {
  State.set(Controls.readAddress());
  document.getElementById("page").hidden = false;
  // Controls first: they set the language and the theme, which all others read.
  for (const follow of [Controls.follow, WarMap.follow, Chart.draw, Panel.draw, Regions.draw]) {
    State.listen(follow);
    follow(State.get());
  }
  WarMap.resize();
  performance.mark("territory-ready");

  window.territory = {
    days: Data.shown.map((day) => Data.days[day].text),
    holders: Data.holders.map(({ actor, status }) => ({ actor, status })),
    areas: Data.scopes.map((scope) => scope.key),
    state: () => ({ ...State.get() }),
    set: (changes) => State.set(changes),
    dayNumber: (text) => Data.days.findIndex((day) => day.text === text),
    held: (day, scope) => Array.from(Figures.held(day, scope)),
    heldBounds: (day, scope, holder) => Figures.heldBounds(day, scope, holder),
    moved: (from, to, scope) =>
      Figures.moved(from, to, scope).map((row) => ({ ...row, bounds: Figures.movedBounds(from, to, scope, row) })),
    groupAt: (x, y) => Paint.groupAt(...WarMap.toGrid([x, y])),
    heldSince: (group, day) => Figures.heldSince(group, day),
    timesChanged: (group) => Figures.timesChanged(group),
    holderOf: (group, day) => Data.rows[day][group],
    scale: () => ({ ...document.getElementById("scale").dataset, metresPerPixel: Data.raw.metres / WarMap.transform.k }),
  };
})();
