"""What a region is called: the usual properties, in English, Arabic or its own language."""

from collections.abc import Mapping, Sequence

from territory.errors import InputError, did_you_mean, hint_with_option
from territory.read.formats.layer import Layer

USUAL = "name"  # stands for all of the properties below
_LEVELS = (
    "shapename adm4_en adm4_name adm3_en adm3_name adm2_en adm2_name adm1_en adm1_name"
    " adm2name adm1name admin2name admin1name admin2name_en admin1name_en"
    " name_5 name_4 name_3 name_2 name_1 admin_name admin adm0_en adm0_name"
    " namelsad name_long region province governorate oblast district state title label"
)
_PLAIN = ("name", "name_en", "name:en", *_LEVELS.split())
_BY_LANGUAGE = {
    "en": ("name_en", "name:en", *_LEVELS.split()),
}


_CODES = (
    *(f"adm{level}_pcode" for level in (4, 3, 2, 1, 0)),
    *(f"admin{level}pcod" for level in (4, 3, 2, 1, 0)),  # cut to ten characters
    *(f"admin{level}pcode" for level in (4, 3, 2, 1, 0)),
    *("pcode", "shapeiso", "iso3166-2", "iso3166_2", "iso_3166_2", "katotth", "koatuu"),
    *(f"gid_{level}" for level in (5, 4, 3, 2, 1)),
    "hasc_1",
)


def region_codes(features: Sequence[Mapping[str, object]], names: Sequence[str]) -> list[str]:
    """Return the codes of regions: of the usual properties the first that tells all names apart.

    Parameters
    ----------
    features : sequence of mapping of str to object, length n
        The properties of each.
    names : sequence of str, length n
        What each is called.

    Returns
    -------
    list of str, length n
        Empty where no property holds codes.

    Examples
    --------
    >>> twins = [{"ADM2_PCODE": "S1", "ADM1_PCODE": "S"}, {"ADM2_PCODE": "S2", "ADM1_PCODE": "S"}]
    >>> region_codes(twins, ["Center", "Center"])
    ['S1', 'S2']
    """
    for field in _CODES:
        column = [_value(each, field) for each in features]
        if all(column) and len(set(column)) >= len(set(names)):
            return column
    return [""] * len(features)


def region_names(layer: Layer, rows: Sequence[int], field: str) -> list[str]:
    """Return the names of some features of a layer.

    Parameters
    ----------
    layer : Layer
        As read.
    rows : sequence of int
        Numbers of the features in it, from 0.
    field : str
        Property that holds them; the first of the usual ones that all features have if
        it is empty or ``name``.

    Raises
    ------
    InputError
        If a feature has no name; the message names the nearest property.
    """
    found = _column(layer, rows, (field,) if field not in ("", USUAL) else _PLAIN)
    for row, name in zip(rows, found, strict=True):
        if not name:
            raise _nameless(layer, row, field or USUAL)
    return found


def any_names(layer: Layer, rows: Sequence[int], language: str = "") -> list[str]:
    """Return the usual names of features, in a language; empty where there is none.

    Parameters
    ----------
    layer : Layer
        As read.
    rows : sequence of int
        Numbers of the features in it, from 0.
    language : str
        Such as ``en`` or ``ar``; the plain name if it is empty.

    Returns
    -------
    list of str
        One for each row.
    """
    return _column(layer, rows, _fields(language) if language else _PLAIN)


def _fields(language: str) -> tuple[str, ...]:
    """Return the properties that usually hold a name in a language."""
    levels = (f"adm{level}_{language}" for level in (4, 3, 2, 1, 0))
    usual = (f"name_{language}", f"name:{language}", *levels, f"nazva_{language}")
    return _BY_LANGUAGE.get(language, usual)


def usual_name(properties: Mapping[str, object]) -> str:
    """Return what one feature is called, for a message; empty if nothing usual says it.

    Parameters
    ----------
    properties : mapping of str to object
        Of one feature.
    """
    own = {key.casefold(): key for key in properties}
    return next((text for f in _PLAIN if (text := _text(properties.get(own.get(f, f))))), "")


def _column(layer: Layer, rows: Sequence[int], fields: Sequence[str]) -> list[str]:
    """Return the first of some properties that all features have, else one that any has."""
    best = [""] * len(rows)
    for field in fields:
        column = [_value(layer.properties[row], field) for row in rows]
        if all(column):
            return column
        best = column if not any(best) else best
    return best


def _value(properties: Mapping[str, object], field: str) -> str:
    if field in properties:
        return _text(properties[field])
    key = next((each for each in properties if each.casefold() == field.casefold()), field)
    return _text(properties.get(key))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _nameless(layer: Layer, row: int, field: str) -> InputError:
    properties = layer.properties[row]
    suggestion = did_you_mean(field, properties) if properties else "it has no properties"
    hint = "give it one, or name another property with --regions-name"
    if field not in properties:
        hint = hint_with_option(suggestion, "--regions-name")
    problem = f"a region without a name in '{field}'; {hint}"
    return InputError(problem, file=layer.file, feature=row + 1)
