"""A profile for files that nobody described: what names the holder, what says the day.

It is a proposal in TOML that reads the files it was made from; whoever knows what the labels
mean renames the actors in it. Where a choice was made, a comment says so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from colorsys import rgb_to_hls
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from territory.read.column import PAIRS, bare
from territory.read.day_in_name import SINCE_YEAR, YEAR, instants_in
from territory.read.sight import USUAL, ColumnSeen, Sight, name_pattern
from territory.read.unread_spans import begin_and_end, words_of

# What names a holder wherever it stands, the likeliest first, and what may name one.
_SURE = (
    *("actor", "holder", "controller", "controlledby", "control", "heldby", "occupier"),
    *("side", "party", "faction", "belligerent", "owner", "controlby", "layertype"),
    *("sovereign", "sovereignty", "sovereignt"),  # the last as a Shapefile cuts it
)
_NAMES = ("cntryname", "country", "layer", "folder", "name", "nameen", "title", "label", "admin")
_PERHAPS = (*_NAMES, "type", "class", "category", "status", "fill", "zone")
_STATUS = frozenset({"held", "claimed", "contested"})
_MOST_LABELS = 60  # more are names of features and not of holders, but for a sure name
_MOST_RULES = 40
_MOST_LETTERS = 40
_MOST_OF = 0.6  # of the features of a colour have the name that it is given


@dataclass(frozen=True)
class Proposal:
    """How files nobody described may be read.

    Attributes
    ----------
    keys : dict of str to object
        Keys of the profile, but for its days and rules.
    day : dict of str to object
        Those below ``[day]``.
    rules : tuple of (str, str, str)
        A label as a pattern, the actor, and a remark.
    remarks : tuple of str
        What was chosen, a line each.
    units : dict of str to object
        Those below ``[units]``.
    """

    keys: dict[str, object]
    day: dict[str, object] = field(default_factory=dict)
    rules: tuple[tuple[str, str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    units: dict[str, object] = field(default_factory=dict)

    def toml(self, title: str) -> str:
        """Return it as the text of a profile.

        Parameters
        ----------
        title : str
            The first line of its comment, without the mark.
        """
        return "\n".join([*_lines(self, title), ""])


def _lines(found: Proposal, title: str) -> Iterator[str]:
    yield f"# {_one_line(title)}"
    yield from (f"# {_one_line(each)}" for each in found.remarks)
    yield from (f"{key} = {_toml(value)}" for key, value in found.keys.items())
    for section, keys in (("day", found.day), ("units", found.units)):
        if keys:
            yield f"\n[{section}]"
            yield from (f"{key} = {_toml(value)}" for key, value in keys.items())
    for label, actor, remark in found.rules:
        yield f"\n[[rule]]\nlabel = {_toml(label)}    # {_one_line(remark)}"
        yield f"actor = {_toml(actor)}"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)


def proposed(
    sight: Sight, *, day_field: str = "", day_format: str = "", contested: bool = False
) -> Proposal:
    """Return a profile that reads the files.

    Parameters
    ----------
    sight : Sight
        What stands in them.
    day_field : str
        The property that says the day, if that is known.
    day_format : str
        How days are written, if that is known.
    contested : bool
        Whether zones of different holders overlap, so that somebody must say whose ground
        that is; it is shown as contested.
    """
    labels, rules, of_labels = _labels(sight)
    day, of_days = _days(sight, day_field)
    if day_format:
        day, of_days = _in_format(day, of_days, day_format)
    keys: dict[str, object] = {
        "name": _title(sight.files),
        "about": f"Proposed from {sight.size}; the actors are called as in the files.",
        **({"inside": sight.inside} if sight.inside else {}),
        **labels,
        **_status(sight),
    }
    if _several_a_day(sight, day) or (len(sight.files) > 1 and labels["label"] == "layer"):
        keys["several"] = "merge"
    overlaps: tuple[str, ...] = ()
    if contested:
        keys["overlap"] = "contested"
        overlaps = (
            "overlap: zones of different holders overlap; that ground is shown as contested until"
            ' you say overlap = "first" and priority = ["strongest", ...]',
        )
    return Proposal(keys, day, rules, (*of_labels, *of_days, *overlaps))


# ---- Who ---------------------------------------------------------------------------------

_Rules = tuple[tuple[str, str, str], ...]


def _labels(sight: Sight) -> tuple[dict[str, object], _Rules, tuple[str, ...]]:
    """Return the keys that say what names a holder, the rules, and remarks."""
    column = likely_actor(sight)
    if column is not None:
        return _by_column(column, sight)
    if (pattern := _layer_pattern(sight)) is not None:
        remark = "label: the layer, folder or part of the file name before the day names the holder"
        return {"label": "layer", **pattern}, (), (remark,)
    actor = _title(sight.files)
    remark = "label: nothing in the files names a holder, so all ground is of one; name it below"
    if not sight.features:
        remark = (
            "label: there is no polygon in the files; front lines need the ground that they cut"
            " (--ground) and who is on which side (--sides)"
        )
    return {"label": "constant"}, ((".*", actor, "name the holder"),), (remark,)


def likely_actor(sight: Sight) -> ColumnSeen | None:
    """Return the column that names the holders, None where no column does.

    Parameters
    ----------
    sight : Sight
        What stands in the files.
    """
    usable = [each for each in sight.full() if not each.are_days and _is_short(each)]
    sure = [each for name in _SURE for each in usable if bare(each.name) == name]
    if sure:
        return sure[0]
    few = [each for each in usable if len(each.counts) <= _MOST_LABELS and not _is_file(each)]
    few = [each for each in few if not _is_numbered(each)]
    several = [each for each in few if len(each.counts) > 1 or _layer_pattern(sight) is None]
    known = [each for each in several if bare(each.name) in _PERHAPS]
    best = min(known or several, key=lambda each: _rank(each, sight), default=None)
    apart = best is not None and _is_each_its_own(best, sight)
    return None if apart and _layer_pattern(sight) is not None else best


def _rank(column: ColumnSeen, sight: Sight) -> tuple[bool, bool, int, int]:
    """Order columns: those whose values come again, with few of them, and readable names.

    Of features that hold over spans, names that come again are those of whoever holds them.
    """
    place = _PERHAPS.index(bare(column.name)) if bare(column.name) in _PERHAPS else len(_PERHAPS)
    one = len(column.counts) == 1  # says the same of everything
    comes_again = 2 * len(column.counts) <= sight.features
    names = comes_again and bare(column.name) in _NAMES and _span(sight) is not None
    return _is_each_its_own(column, sight) or one, not names, len(column.counts), place


def _is_each_its_own(column: ColumnSeen, sight: Sight) -> bool:
    return len(column.counts) == sight.features > 1


def _is_short(column: ColumnSeen) -> bool:
    return all(len(each) <= _MOST_LETTERS * 5 and each.isprintable() for each in column.counts)


def _is_numbered(column: ColumnSeen) -> bool:
    """Return whether a column only counts its features, as "Polygon 7" does."""
    return len(column.counts) > 1 and all(re.fullmatch(r"\D*\d+", each) for each in column.counts)


def _is_file(column: ColumnSeen) -> bool:
    """Return whether a column holds paths, addresses or styles and no names."""
    return any(mark in each for each in column.counts for mark in ("/", "\\", "://")) or bare(
        column.name
    ).startswith(("style", "stroke", "marker", "path", "url", "icon", "globalid", "uuid"))


def _by_column(
    column: ColumnSeen, sight: Sight
) -> tuple[dict[str, object], _Rules, tuple[str, ...]]:
    keys: dict[str, object] = {"label": "property", "label_properties": [column.name, *column.also]}
    values = ", ".join(f"{text} ({n})" for text, n in column.counts.most_common(_MOST_RULES))
    remarks = (f"label: '{column.name}' names the holder: {values}",)
    rules: _Rules = ()
    if bare(column.name) == "fill" and len(column.counts) <= _MOST_RULES:
        called = _names_of(column.counts, sight)
        rules = tuple(
            (re.escape(text), called[text], f"{n} features") for text, n in column.counts.items()
        )
    return keys, rules, remarks


def _names_of(colours: Iterable[str], sight: Sight) -> dict[str, str]:
    """Return what to call every colour: as most of its features, by its word, else as it is."""
    said = {
        colour: _most(sight.named_by_colour.get(colour, Counter())) or colour_word(colour)
        for colour in colours
    }
    once = Counter(said.values())
    return {colour: name if name and once[name] == 1 else colour for colour, name in said.items()}


# Where on the circle of hues, in degrees, each word ends.
_HUES = (
    *((15, "red"), (40, "orange"), (68, "yellow"), (165, "green"), (195, "turquoise")),
    *((255, "blue"), (290, "purple"), (340, "pink"), (360, "red")),
)
_BLACK, _WHITE, _GREY = 0.12, 0.93, 0.15  # lightness, lightness, saturation


def colour_word(colour: str) -> str:
    """Return the English word for a colour, empty for what is none.

    Parameters
    ----------
    colour : str
        Such as ``#a52714``, with or without the mark.

    Examples
    --------
    >>> colour_word("#a52714"), colour_word("0f9d58"), colour_word("#bdbdbd"), colour_word("red")
    ('red', 'green', 'grey', '')
    """
    if not re.fullmatch(r"#?[0-9a-fA-F]{6}", colour):
        return ""
    digits = colour.removeprefix("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if lightness < _BLACK or lightness > _WHITE:
        return "black" if lightness < _BLACK else "white"
    if saturation < _GREY:
        return "grey"
    return next(word for end, word in _HUES if hue * 360 <= end)


def _most(names: Counter[str]) -> str:
    name, count = names.most_common(1)[0] if names else ("", 0)
    is_given = not any(mark.isdigit() for mark in name)  # and not "Polygon 7"
    is_usable = is_given and len(name) <= _MOST_LETTERS and name.isprintable() and name != "nobody"
    return name if is_usable and count > _MOST_OF * names.total() else ""


def _layer_pattern(sight: Sight) -> dict[str, object] | None:
    """Return what of layers, folders or file names tells holders apart; None if none does."""
    layers = {name for names in sight.layers for name in names}
    stems = {PurePosixPath(file).stem for file in sight.files}
    undated = not any(re.search(r"\d", stem) for stem in stems)
    if len(layers) > 1 and (undated or not layers & stems):
        return {}  # a layer's own name is the label, or that of a file without a day in it
    paths = [PurePosixPath(file) for file in sight.files]
    if len({path.parent.name for path in paths}) > 1:
        return {"label_pattern": r"(?P<label>[^/\\]+)[/\\][^/\\]+$"}
    found = [_BEFORE_DAY.match(path.name) for path in paths]
    if len({each["label"] for each in found if each}) > 1 and all(found):
        return {"label_pattern": r"(?P<label>[^/\\\d]*[^/\\\d_. -])[_. -]*\d[^/\\]*$"}
    return None


_BEFORE_DAY = re.compile(r"(?P<label>\D*[^\W\d_])[_. -]*\d")


def _status(sight: Sight) -> dict[str, object]:
    column = next((each for each in sight.columns.values() if bare(each.name) == "status"), None)
    known = column is not None and column.counts and set(column.counts) <= _STATUS
    return {"status_property": column.name} if column is not None and known else {}


def _title(files: Sequence[str]) -> str:
    """Return a name made from that of the first file, without its day."""
    stem = PurePosixPath(files[0]).name.split(".")[0]
    words = re.sub(r"[\W_]+", "-", re.split(r"\d", stem)[0]).strip("-").lower()
    return words if words and words != "nobody" else "zone"


# ---- When --------------------------------------------------------------------------------


def _days(sight: Sight, day_field: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the keys that say when, and remarks."""
    if day_field:
        return {"properties": [day_field]}, (f"day: '{day_field}'",)
    if (span := _span(sight)) is not None:
        if span in PAIRS:
            return {}, (f"day: '{span[0]}' and '{span[1]}' are a span of days",)
        keys: dict[str, object] = {"properties": [span[0]], "until_properties": [span[1]]}
        return keys, (f"day: since '{span[0]}' until '{span[1]}', both included",)
    for column in _ranked(sight):
        if (form := _format(column)) is not None:
            keys = {"properties": [column.name], **({"format": form} if form else {})}
            return keys, (f"day: '{column.name}'",)
    return _of_names(sight)


def _span(sight: Sight) -> tuple[str, str] | None:
    """Return the columns that say since and until when, None if none do."""
    names = {bare(name) for name in sight.columns}
    usual = (pair for pair in PAIRS if names.issuperset(map(bare, pair)))
    return next(usual, None) or begin_and_end(sight.day_columns)


def _in_format(
    day: dict[str, object], remarks: tuple[str, ...], day_format: str
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the same keys and remarks with how days are written."""
    where = remarks if day.get("properties") else ("day: in the name of the file",)
    of_columns = {key: value for key, value in day.items() if key != "file_name"}
    return {**of_columns, "format": day_format}, (*where, f"day: written as {day_format}")


def _of_names(sight: Sight) -> tuple[dict[str, object], tuple[str, ...]]:
    layers = sorted({name for names in sight.layers for name in names})
    of_files = name_pattern(sight.files)
    pattern = of_files or (name_pattern(layers) if len(layers) > 1 else "")
    years = next((each for each in sight.columns.values() if each.years == sight.features), None)
    if years is not None and pattern in ("", YEAR, SINCE_YEAR):
        remark = f"day: '{years.name}' is a year, whose first day counts"
        return {"properties": [years.name], "format": "YYYY"}, (remark,)
    if pattern:
        of_what = f"in the name of the {'file' if of_files else 'layer'}"
        remark = f"day: {of_what}"
        if pattern == YEAR:
            remark = f"day: the first day of the year {of_what}"
        if pattern == SINCE_YEAR:
            remark = f"day: the first of the years {of_what}; until when it held is not read"
        return ({} if pattern == USUAL else {"file_name": pattern}), (remark,)
    return {}, ("day: nothing says it; give --day YYYY-MM-DD, or put it into the file name",)


def _ranked(sight: Sight) -> list[ColumnSeen]:
    """Return columns of days that every feature has, what is called a day first."""
    columns = [
        sight.columns[name]
        for name in sight.day_columns
        if name in sight.columns
        and sight.columns[name].filled + sight.columns[name].others == sight.features
        and not sight.columns[name].years
    ]
    return sorted(columns, key=lambda each: not words_of(each.name) & {"day", "date", "datum"})


_NUMBERS = re.compile(r"(\d{1,2})([/-])(\d{1,2})[/-]\d{4}", re.ASCII)
_MONTHS = 12


def _format(column: ColumnSeen) -> str | None:
    """Return the format of days such as 13/02/2024; empty where none is needed, None if unclear."""
    found = [_NUMBERS.fullmatch(each) for each in column.counts]
    if not any(found):
        return ""
    pairs = [(int(each[1]), int(each[3])) for each in found if each]
    mark = next(each[2] for each in found if each)
    day_first = any(one > _MONTHS for one, _ in pairs)
    month_first = any(other > _MONTHS for _, other in pairs)
    if day_first == month_first or len(pairs) < len(found):
        return None
    return f"DD{mark}MM{mark}YYYY" if day_first else f"MM{mark}DD{mark}YYYY"


def _several_a_day(sight: Sight, day: dict[str, object]) -> bool:
    """Return whether files of one day are parts of one map: some name the same day.

    Files of one day at several hours are maps of their own and no parts.
    """
    if len(sight.files) < 2 or day.get("properties"):  # noqa: PLR2004 - one file is alone
        return False
    names = [file.rsplit("/", 1)[-1] for file in sight.files]
    named = Counter("".join(re.findall(r"\d", name)) for name in names)
    instants = {instant for name in names for instant in instants_in(name)}
    return max(named.values()) > 1 and len({each.first for each in instants}) == len(instants)
