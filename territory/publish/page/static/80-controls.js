// Buttons, the slider, play, keys, languages, theme, the address of a view.
"use strict";

const Controls = (() => {
  const $ = (id) => document.getElementById(id);
  const slider = $("slider");
  const DAY = 864e5;
  const SECONDS = 24; // that the whole series takes at single speed, if it has many days
  const { days, shown, positionOf } = Data;
  let clock = 0;
  let told = 0;

  const position = () => positionOf.get(State.get().day) ?? 0;
  const goTo = (place) => State.set({ day: shown[Math.max(0, Math.min(shown.length - 1, place))] });
  const offset = (day) => Math.round((days[day].time - days[shown[0]].time) / DAY);

  // ---- Slider and player -------------------------------------------------------------------

  slider.max = Math.max(1, offset(shown[shown.length - 1]));
  slider.addEventListener("input", () => {
    const time = days[shown[0]].time + Number(slider.value) * DAY;
    State.set({ day: d3.least(shown, (day) => Math.abs(days[day].time - time)), playing: false });
    slider.value = offset(State.get().day);
  });
  slider.addEventListener("keydown", (event) => {
    // Time runs from left to right in every language, as in the chart.
    const step = {
      ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
      Home: -shown.length, End: shown.length,
    }[event.key];
    if (!step) return;
    event.preventDefault();
    State.set({ playing: false });
    goTo(position() + step);
  });
  $("previous").addEventListener("click", () => (State.set({ playing: false }), goTo(position() - 1)));
  $("next").addEventListener("click", () => (State.set({ playing: false }), goTo(position() + 1)));
  $("play").addEventListener("click", () => {
    const { playing } = State.get();
    if (!playing && position() === shown.length - 1) goTo(0);
    State.set({ playing: !playing });
  });
  $("speed").addEventListener("change", (event) => State.set({ speed: Number(event.target.value) }));

  function run() {
    clearTimeout(clock);
    const { playing, speed } = State.get();
    if (!playing) return;
    const rate = Math.max(1.2, shown.length / SECONDS) * speed; // days a second
    clock = setTimeout(() => {
      if (!State.get().playing) return;
      if (position() >= shown.length - 1) return State.set({ playing: false });
      goTo(position() + 1);
      requestAnimationFrame(run);
    }, 1000 / rate);
  }

  // ---- Choices -----------------------------------------------------------------------------

  function chooseDay(name) {
    const input = $(name);
    input.min = days[shown[0]].text;
    input.max = days[shown[shown.length - 1]].text;
    input.addEventListener("change", () => {
      const time = Data.timeOf(input.value);
      const ends = { start: Say.day(shown[0]), end: Say.day(shown[shown.length - 1]) };
      if (Number.isNaN(time) || time < days[shown[0]].time || time > days[shown[shown.length - 1]].time) {
        notice(Say.text("outside_days", ends));
        input.value = days[State.get()[name]].text;
        return;
      }
      const found = Figures.dayAt(time);
      if (days[found].time !== time) notice(Say.text("no_day", { day: input.value }));
      State.set({ [name]: found, playing: false });
      input.value = days[found].text;
    });
  }

  function notice(text) {
    clearTimeout(told);
    $("notice").textContent = text;
    $("notice").hidden = false;
    told = setTimeout(() => ($("notice").hidden = true), 6000);
  }

  const VIEWS = ["held", "moved", "since"];
  function views() {
    $("views").replaceChildren(...VIEWS.map((view) => {
      const button = Panel.element("button", { type: "button", role: "radio", text: Say.text(`view_${view}`), "data-view": view });
      button.addEventListener("click", () => State.set({ view, swipe: false }));
      return button;
    }));
    $("views").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = (VIEWS.indexOf(State.get().view) + step * (Say.rtl ? -1 : 1) + VIEWS.length) % VIEWS.length;
      State.set({ view: VIEWS[at], swipe: false });
      $("views").children[at].focus();
    });
  }

  function lookAt(scope) {
    State.set({ scope });
    if (scope === State.get().home) WarMap.zoomAll();
    else WarMap.zoomTo(scope);
  }

  function scopes() {
    $("scope").replaceChildren(...Data.scopes.map((scope) =>
      Panel.element("option", { value: scope.number, text: Say.scope(scope.number).slice(0, 60) })));
    $("scope-field").hidden = Data.scopes.length < 2;
  }
  $("scope").addEventListener("change", (event) => lookAt(Number(event.target.value)));
  $("place-close").addEventListener("click", () => lookAt(State.get().home));
  $("swipe").addEventListener("click", () => State.set({ swipe: !State.get().swipe, view: "held" }));
  $("zoom-in").addEventListener("click", () => WarMap.zoomBy(1.7));
  $("zoom-out").addEventListener("click", () => WarMap.zoomBy(1 / 1.7));
  $("zoom-all").addEventListener("click", () => WarMap.zoomOut());
  const LANGUAGES = Data.raw.languages;
  $("language").append(...LANGUAGES.map((code) =>
    Panel.element("option", { value: code, lang: code, text: Data.raw.words[code].language_name })));
  $("language").addEventListener("change", (event) => State.set({ language: event.target.value }));
  $("theme").addEventListener("click", () => State.set({ theme: Paint.theme.dark ? "light" : "dark" }));

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY|A)$/.test(event.target.tagName);
    if (event.key === " " && !typing) {
      event.preventDefault();
      $("play").click();
    }
  });

  // ---- What follows from the state ---------------------------------------------------------

  function words() {
    const root = document.documentElement;
    root.lang = Say.language;
    root.dir = Say.rtl ? "rtl" : "ltr";
    for (const each of document.querySelectorAll("[data-word]")) each.textContent = Say.text(each.dataset.word);
    for (const each of document.querySelectorAll("[data-label]")) {
      each.setAttribute("aria-label", Say.text(each.dataset.label));
      if (each.tagName === "BUTTON") each.title = Say.text(each.dataset.label);
    }
    $("title").textContent = Data.raw.titles[Say.language] || Data.raw.title || Say.text("explore");
    $("map").setAttribute("aria-label", Say.text("map_label"));
    $("swipe-handle").setAttribute("aria-label", Say.text("swipe_handle"));
    $("swipe").title = Say.text("swipe_on");
    $("language").value = Say.language;
    views();
    scopes();
  }

  function follow(state, changed) {
    const has = (...keys) => !changed || keys.some((key) => changed.has(key));
    if (has("theme")) {
      if (state.theme) document.documentElement.dataset.theme = state.theme;
      Paint.readTheme();
      if (changed) Chart.redraw();
    }
    if (has("language")) {
      Say.use(state.language);
      words();
    }
    if (has("day", "language")) {
      slider.value = offset(state.day);
      slider.setAttribute("aria-valuetext", Say.day(state.day));
      $("day-text").textContent = Say.day(state.day);
    }
    if (has("playing", "language")) {
      const label = Say.text(state.playing ? "pause" : "play");
      $("play").setAttribute("aria-label", label);
      $("play").title = label;
      $("play").classList.toggle("on", state.playing);
    }
    if (has("playing") && state.playing) run();
    $("scope").value = state.scope;
    for (const button of $("views").children) {
      const on = !state.swipe && button.dataset.view === state.view;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = button.dataset.view === state.view ? 0 : -1;
    }
    $("swipe").setAttribute("aria-pressed", String(state.swipe));
    $("swipe-handle").hidden = !state.swipe;
    $("map-day").textContent = caption(state);
    $("map-day-before").hidden = !state.swipe;
    $("map-day-before").textContent = Say.day(state.from);
    document.body.classList.toggle("swiping", state.swipe);
  }

  function caption(state) {
    if (state.view !== "moved" || state.swipe) return Say.day(state.day);
    const [from, to] = State.pair();
    return Say.text("transfers_between", { start: Say.day(from), end: Say.day(to) });
  }

  // ---- The address: #day=2018-02-05&from=2017-11-05 ----------------------------------------

  function readAddress() {
    const asked = new URLSearchParams(window.location.hash.slice(1));
    const changes = {};
    for (const name of ["from", "day"]) {
      const time = Data.timeOf(asked.get(name));
      if (!Number.isNaN(time)) changes[name] = Figures.dayAt(time);
    }
    const scope = Data.scopes.findIndex((each) => each.key === asked.get("area"));
    if (scope >= 0) changes.scope = scope;
    if (VIEWS.includes(asked.get("view"))) changes.view = asked.get("view");
    if (asked.get("swipe")) changes.swipe = true;
    if (LANGUAGES.includes(asked.get("language"))) changes.language = asked.get("language");
    if (["light", "dark"].includes(asked.get("theme"))) changes.theme = asked.get("theme");
    return changes;
  }

  chooseDay("from");
  chooseDay("day");
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (State.get().theme) return;
    Paint.readTheme();
    Chart.redraw();
    WarMap.request();
    Panel.draw(State.get());
  });
  return { follow, readAddress, notice };
})();
