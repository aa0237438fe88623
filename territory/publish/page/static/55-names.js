// Names of towns, provinces and countries on the map, none over another or under a button.
"use strict";

const Names = (() => {
  const TOWN_FROM = { 1: 0, 2: 1, 3: 2.2 }; // from which enlargement towns of a rank are shown

  // What lies over the map: no name belongs under it.
  function covered() {
    const frame = document.getElementById("stage").getBoundingClientRect();
    return ["map-day", "map-day-before", "key", "scale", "views", "swipe", "zoom-in", "zoom-out", "zoom-all"]
      .map((id) => document.getElementById(id).getBoundingClientRect())
      .filter((box) => box.width)
      .map((box) => [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]);
  }

  // The towns of the package name the width of the widest map that shows them, a file ranks alone.
  function visible(town, enlarged, wide) {
    return town.widest ? wide <= town.widest : enlarged >= (TOWN_FROM[town.rank] ?? 3);
  }

  function write(context, t, enlarged, size, toScreen) {
    const km = (Data.raw.metres * size[0]) / t.k / 1000;
    const taken = covered();
    const sans = getComputedStyle(document.body).getPropertyValue("--sans");
    const free = (box) => taken.every((o) => box[0] > o[2] || box[2] < o[0] || box[1] > o[3] || box[3] < o[1]);
    const onMap = ([x, y]) => x > 4 && y > 4 && x < size[0] - 4 && y < size[1] - 4;
    context.lineJoin = "round";
    context.direction = Say.rtl ? "rtl" : "ltr";
    context.textBaseline = "middle";

    function put(text, x, y, { font, align, colour, spacing = "0px", halo = 3 }) {
      context.font = font;
      context.letterSpacing = spacing;
      context.textAlign = align;
      const width = context.measureText(text).width;
      const height = parseFloat(font.match(/([\d.]+)px/)[1]);
      const left = align === "center" ? x - width / 2 : align === "left" ? x : x - width;
      const box = [left - 4, y - height * 0.65, left + width + 4, y + height * 0.65];
      if (!free(box) || box[0] < 0 || box[2] > size[0]) return false;
      taken.push(box);
      context.strokeStyle = Paint.theme.land;
      context.globalAlpha = 0.85;
      context.lineWidth = halo;
      context.strokeText(text, x, y);
      context.globalAlpha = 1;
      context.fillStyle = colour;
      context.fillText(text, x, y);
      return true;
    }

    for (const town of Data.around.towns) {
      const [x, y] = toScreen(town.at, t);
      if (!visible(town, enlarged, km) || !onMap([x, y])) continue;
      const small = town.rank > 1;
      context.beginPath();
      context.arc(x, y, small ? 2.2 : 3, 0, 7);
      context.fillStyle = Paint.theme.ink;
      context.strokeStyle = Paint.theme.land;
      context.lineWidth = 1.4;
      const font = `${small ? 500 : 650} ${small ? 11.5 : 13}px ${sans}`;
      const label = town.name[Say.language];
      const style = { font, colour: Paint.theme.ink };
      const placed =
        put(label, x + 6, y, { ...style, align: "left" }) ||
        put(label, x - 6, y, { ...style, align: "right" });
      if (!placed) continue;
      context.stroke();
      context.beginPath();
      context.arc(x, y, small ? 2.2 : 3, 0, 7);
      context.lineWidth = 1.4;
      context.strokeStyle = Paint.theme.land;
      context.stroke();
      context.fillStyle = Paint.theme.ink;
      context.fill();
    }
    const large = (list, font, colour, spacing) => {
      for (const each of list) {
        const [x, y] = toScreen(each.at, t);
        const label = each.name[Say.language];
        if (label && onMap([x, y])) put(label, x, y, { font, colour, spacing, align: "center" });
      }
    };
    const wide = Say.rtl ? "0px" : "0.09em";
    large(Data.around.regions, `italic 500 12px ${sans}`, Paint.theme.muted, "0px");
    const named = Data.around.countries.filter((country) => country.named);
    large(named, `600 12.5px ${sans}`, Paint.theme.muted, wide);
    context.letterSpacing = "0px";
  }

  return { write };
})();
