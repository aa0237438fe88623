"""Which features of zones count: those that a filter keeps, and of one level alone."""

from collections.abc import Sequence
from dataclasses import replace

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.read.formats.layer import Layer
from territory.read.sql_filter import rows_where

_FEW = 6  # values that a message lists


def chosen(layers: Sequence[Layer], where: str) -> tuple[tuple[Layer, ...], tuple[Finding, ...]]:
    """Return layers with the features that a filter keeps, and how many it leaves out.

    Parameters
    ----------
    layers : sequence of Layer
        Of one file; one of which nothing is kept is left out.
    where : str
        As `territory.read.sql_filter.rows_where` has it; empty keeps all.

    Raises
    ------
    InputError
        If it is no condition.
    """
    if not where:
        return tuple(layers), ()
    kept = tuple(_with_rows(each, rows_where(each, where)) for each in layers)
    some = tuple(each for each in kept if each.properties)
    all_of, of_some = (sum(len(each.properties) for each in few) for few in (layers, some))
    if of_some == all_of:
        return some, ()
    file = layers[0].file
    if not some:
        detail = f"{file}: left aside; it has no feature where {where}"
        return some, (Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING),)
    detail = f"{file}: {all_of - of_some} of {all_of} features left out; the others have {where}"
    return some, (Finding(FindingKind.LEFT_OUT, detail),)


def _with_rows(layer: Layer, rows: Sequence[int]) -> Layer:
    properties = tuple(layer.properties[row] for row in rows)
    return replace(layer, properties=properties, geometry=layer.geometry[list(rows)])


def refuse_levels(layers: Sequence[Layer], levels: str) -> None:
    """Refuse features that lie on top of one another, as a state and its provinces do.

    Parameters
    ----------
    layers : sequence of Layer
        Of all files.
    levels : str
        The property that says what a feature is one of; empty where there is none.

    Raises
    ------
    InputError
        If it has several values, with the option that reads those of one.
    """
    found = {row[levels] for layer in layers for row in layer.properties if row.get(levels)}
    values = sorted(map(_literal, found), key=lambda text: (len(text), text))
    if not levels or len(values) < 2:  # noqa: PLR2004 - one level is none
        return
    more = ", ..." if len(values) > _FEW else ""
    problem = (
        f"the features have several values of '{levels}' ({', '.join(values[:_FEW])}{more}), and"
        f" those of one lie on top of those of another; read one of them:"
        f' --where "{levels} = {values[0]}"'
    )
    raise InputError(problem, file=layers[0].file)


def _literal(value: object) -> str:
    """Return a value as SQL has it."""
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
