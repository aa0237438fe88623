"""What the verbs print: tables to standard output, everything else to standard error."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

if TYPE_CHECKING:
    from territory.load import Loaded
    from territory.results import Row

UNUSABLE = 3
INTERRUPTED = 130

errors = Console(stderr=True, highlight=False, soft_wrap=True)


def note(line: str) -> None:
    """Print a line that is not data."""
    errors.print(line, markup=False)


def told(unusable: Sequence[str]) -> int:
    """List what could not be used, and return the exit code that says so."""
    for line in unusable:
        note(f"not used or not to be trusted: {line}")
    return UNUSABLE if unusable else 0


def columns_of(columns: tuple[str, ...], loaded: "Loaded") -> tuple[str, ...]:
    """Leave out what has one value only: the series, and the area unless several are named."""
    several = len(loaded.ensemble.base.area_names) > 1
    return tuple(c for c in columns if c != "series" and (c != "area" or several))


def print_table(columns: tuple[str, ...], rows: "Sequence[Row]", *, as_json: bool) -> None:
    """Print a table: JSON if asked for, a table on a terminal, else CSV."""
    from territory.write import csv_text, json_bytes

    chosen = [{column: row[column] for column in columns} for row in rows]
    if as_json:
        sys.stdout.write(json_bytes(chosen).decode())
    elif sys.stdout.isatty():
        table = Table(*columns, header_style="bold")
        for row in chosen:
            table.add_row(*(_shown(row[column]) for column in columns))
        Console().print(table, markup=False)
    else:
        sys.stdout.write(csv_text(columns, chosen))


def _shown(cell: object) -> str:
    from territory.write import cell_text

    if not isinstance(cell, float):
        return cell_text(cell)  # type: ignore[arg-type]
    return f"{cell:.2g}" if 0 < abs(cell) < 0.1 else f"{cell:,.1f}"  # noqa: PLR2004


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress; it shows nothing unless on a terminal."""
    tasks: dict[str, TaskID] = {}
    with Progress(console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show
