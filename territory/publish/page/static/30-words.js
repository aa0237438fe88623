// Texts, figures and days in the language of the page.
"use strict";

const Say = (() => {
  let language = Data.raw.language;
  const words = () => Data.raw.words[language];
  const isolated = (text) => `\u2068${text}\u2069`; // keeps a name of either direction in its place

  const turned = (text) => (language === "ar" ? `\u2067${text}\u2069` : text); // inside left-to-right

  function text(key, values = {}) {
    return words()[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  function grouped(value, digits) {
    const [whole, part] = Math.abs(value).toFixed(digits).split(".");
    const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return part ? `${spaced}.${part}` : spaced;
  }

  const digitsFor = (like) => (Math.abs(like) >= 100 ? 0 : Math.abs(like) >= 0.1 || !like ? 1 : 3);
  function fixed(value, digits) { // what rounds to zero has no sign
    const shown = grouped(value, digits);
    return value < 0 && /[1-9]/.test(shown) ? `−${shown}` : shown;
  }
  const number = (value, like = value) => fixed(value, digitsFor(like));
  const area = (km2, like = km2) => `${number(km2, like)}\u00a0${words().km2}`;
  const percent = (said) => (language === "ar" ? `${said}%` : `${said}\u00a0%`);
  const share = (ratio) => percent((100 * ratio).toFixed(1));
  function span([low, high], like) { // with more digits where the ends would be written alike
    let digits = digitsFor(like);
    while (high - low > 1e-3 && digits < 4 && fixed(low, digits) === fixed(high, digits)) digits += 1;
    return text("to", { low: fixed(low, digits), high: fixed(high, digits) });
  }

  function change(value, like) {
    const shown = grouped(value, digitsFor(like));
    if (!/[1-9]/.test(shown)) return "0";
    return `${value > 0 ? "+" : "−"}${shown}`;
  }

  function date(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    return text("day", { day, month: words().months[month - 1], year });
  }
  const day = (index) => date(Data.days[index].text);

  // Short names of months; those of the Levant have a second name after a stroke.
  function month(number, short = true) {
    const name = words().months[number].split("/")[0];
    return short && language === "en" ? name.slice(0, 3) : name;
  }

  const holder = (number) => Data.holders[number].name[language];
  const scope = (number) => Data.scopes[number].name[language] || words().whole;

  return {
    text, number, area, percent, share, span, change, date, day, month, holder, scope, isolated, turned,
    fixed,
    get language() { return language; },
    get rtl() { return language === "ar"; },
    get words() { return words(); },
    use(next) { language = next; },
  };
})();
