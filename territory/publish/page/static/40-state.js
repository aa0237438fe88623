// One state, changed in one place; whoever draws is told what changed.
"use strict";

const State = (() => {
  const { open } = Data.raw;
  const state = {
    day: open.day, // number of the day shown
    from: open.from, // number of the day it is compared with
    home: open.scope, // the place the page opens with
    scope: open.scope, // the place whose figures are shown
    view: "held", // held, moved or since
    swipe: false,
    split: 0.5, // where the divider stands, from the left
    playing: false,
    speed: 1,
    theme: "", // empty: as the system says
    language: Data.raw.language,
  };
  const listeners = [];

  function set(changes) {
    const changed = new Set(Object.keys(changes).filter((key) => state[key] !== changes[key]));
    if (!changed.size) return;
    Object.assign(state, changes);
    for (const listener of listeners) listener(state, changed);
  }

  // The two days compared, the earlier first.
  const pair = () => [Math.min(state.from, state.day), Math.max(state.from, state.day)];

  return { get: () => state, set, pair, listen: (listener) => listeners.push(listener) };
})();
