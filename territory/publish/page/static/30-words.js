// Texts, figures and days in the language of the page.
"use strict";

const Say = (() => {
  let language = Data.raw.language;
  const words = () => Data.raw.words[language];
  const isolated = (text) => `\u2068${text}\u2069`; // keeps a name of either direction in its place

  const turned = (text) => (words().rtl ? `\u2067${text}\u2069` : text); // inside left-to-right

  function text(key, values = {}) {
    return filled(words()[key], values);
  }
  const filled = (form, values) => form.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // The form of a text that goes with a number; the browser knows the rules of the CLDR too.
  function counted(key, number, values = {}) {
    return filled(formOf(words()[key], number), { count: localised(String(number)), ...values });
  }
  function formOf(forms, number, decimals = 0) { // "1.0" takes another form than "1" in most
    const rules = new Intl.PluralRules(language, { minimumFractionDigits: decimals });
    return forms[decimals ? "" : number] ?? forms[rules.select(number)] ?? forms.other;
  }

  // The name of a unit behind a figure as it is written here, with the form that its digits take;
  // behind "from 2 to 3" that of the last, but languages that decline say it as with many.
  function unit(key, figure) {
    const forms = words()[key] ?? key;
    if (typeof forms !== "object") return forms;
    const plain = figure.replaceAll(words().thousands, "").replaceAll(words().point, ".");
    const numbers = plain.match(/\d+(\.\d+)?/g) ?? ["2"];
    if (numbers.length > 1 && forms.many && !forms.two) return forms.many;
    const last = numbers[numbers.length - 1];
    return formOf(forms, Number(last), (last.split(".")[1] ?? "").length);
  }

  // A figure, written with commas and a point, with the marks of the language.
  const localised = (figure) => String(figure).replace(/\d[\d,.]*/g, (found) =>
    found.replace(/[,.]/g, (mark) => (mark === "," ? words().thousands : words().point)));

  // Figures as the library writes them (territory/numbers.py), to the last digit.
  const MOST_DECIMALS = 6; // of a km2: a square metre
  const UNKNOWN = "–";
  // What is no number has no digits, least of all a nought. The reader sees a dash in its place
  // and the rest of the page; who tests the page hears of it.
  function unknown(value) {
    console.error(`not a figure: ${value}`);
    return UNKNOWN;
  }
  function fixed(value, digits) { // exact halves go to the even digit; what rounds to zero has no sign
    if (!Number.isFinite(value) || !Number.isFinite(digits)) return unknown(value);
    const size = Math.abs(value);
    let plain = size.toFixed(digits);
    const half = Number.isInteger(size * 2 ** (digits + 1)) && !Number.isInteger(size * 2 ** digits);
    if (half && /[13579]$/.test(plain)) plain = (plain - 10 ** -digits).toFixed(digits);
    if (!/[1-9]/.test(plain)) return "0";
    const grouped = plain.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
    return (value < 0 ? "−" : "") + localised(grouped);
  }
  function digitsFor(like) {
    if (!Number.isFinite(like)) return NaN;
    const exponent = Number(like.toExponential(1).split("e")[1]);
    return Math.abs(like) >= 99.95 ? 0 : Math.min(Math.max(1, 1 - exponent), MOST_DECIMALS);
  }
  const number = (value, like = value) => fixed(value, digitsFor(like));
  const round = (value) => (Number.isFinite(value)
    ? localised(value.toLocaleString("en", { maximumFractionDigits: MOST_DECIMALS })) : unknown(value));
  const area = (km2) => `${number(km2)}\u00a0${words().km2}`;
  const percent = (said) => text("percent", { value: said });
  const share = (ratio) => percent(number(100 * ratio));
  function span([low, high], like) { // with more digits where the ends would be written alike
    const least = Number(number(like) !== "0"); // beside "0" a wide interval has none at all
    let digits = digitsFor(like);
    if (high - low > 1e-9 * Math.abs(high)) digits = Math.min(digits, Math.max(least, digitsFor(high - low)));
    while (high - low > 1e-6 && digits < 7 && fixed(low, digits) === fixed(high, digits)) digits += 1;
    return text("to", { low: fixed(low, digits), high: fixed(high, digits) });
  }

  function change(value, like) {
    const shown = number(value, like);
    return value > 0 && shown !== "0" && shown !== UNKNOWN ? `+${shown}` : shown;
  }

  function date(iso) {
    const [before, year, month, day] = /^(-?)(\d+)-(\d+)-(\d+)$/.exec(iso).slice(1);
    const number = Number(day) === 1 ? words().first_of_month : Number(day);
    const named = inEra(before ? -Number(year) : Number(year));
    return text("day", { day: number, month: words().months[month - 1], year: named });
  }
  const inEra = (year) => (year > 0 ? year : `${1 - year} ${words().before_era}`); // 0 is 1 BC
  const day = (index) => date(Data.days[index].text);

  const month = (number, short = true) => (short ? words().months_short : words().months_alone)[number];

  const holder = (number) => Data.holders[number].name[language];
  const scope = (number) => Data.scopes[number].name[language] || words().whole;

  return {
    text, counted, unit, localised, number, area, percent, share, span, change, date, day, inEra, month, holder, scope, isolated, turned,
    fixed, round,
    get language() { return language; },
    get rtl() { return words().rtl; },
    get words() { return words(); },
    use(next) { language = next; },
  };
})();
