"""What the verbs print: tables to standard output, everything else to standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from territory.streams import discard, write_out

if TYPE_CHECKING:
    from rich.progress import TaskID
    from rich.table import Table

    from territory.findings import Finding
    from territory.job.series import Loaded
    from territory.measure.rows import Row

UNUSABLE = 3
INTERRUPTED = 130
_FOLDED = 1.3  # how much wider than the terminal a table may be whose words are folded to fit

_CONTROLS = dict.fromkeys(map(ord, "\a\b\v\f\r"))  # they move the cursor, or ring


def note(line: str) -> None:
    """Print a line that is not data.

    Parameters
    ----------
    line : str
        Without a line feed; it is printed as it is.
    """
    try:
        # Not by rich, which says nothing where COLUMNS is 0, and makes pictures of :words:.
        sys.stderr.write(f"{line.translate(_CONTROLS)}\n")
        sys.stderr.flush()
    except OSError:  # nobody can be told
        discard(2)


def tell(findings: "Iterable[Finding]", unusable: Sequence[str] = (), *, all_in: str = "") -> int:
    """Print warnings and errors, and what else could not be used; return the exit code.

    Parameters
    ----------
    findings : iterable of Finding
        About the days that are used, and those without a day.
    unusable : sequence of str
        What else could not be used.
    all_in : str
        Where all findings are listed; ``territory inspect`` does it by default.
    """
    from territory.findings import UNTRUSTED, Severity, finding_lines

    found = tuple(findings)
    for line in finding_lines(found, all_in=all_in or "territory inspect"):
        note(line)
    for line in unusable:
        note(f"{UNTRUSTED}: {line}")
    return UNUSABLE if unusable or any(f.severity is Severity.ERROR for f in found) else 0


def columns_of(columns: tuple[str, ...], loaded: "Loaded") -> tuple[str, ...]:
    """Leave out what has one value only: the series, and the area unless several are named.

    Parameters
    ----------
    columns : tuple of str
        Of the table, in their order.
    loaded : Loaded
        The series, with its named areas.
    """
    several = len(loaded.ensemble.base.area_names) > 1
    return tuple(c for c in columns if c != "series" and (c != "area" or several))


def print_table(columns: tuple[str, ...], rows: "Sequence[Row]", *, as_json: bool) -> None:
    """Print a table: JSON if asked for, a table on a terminal, else CSV.

    Parameters
    ----------
    columns : tuple of str
        In their order.
    rows : sequence of Row
        Each with a cell for every column; others are left out.
    as_json : bool
        Whether JSON is asked for.
    """
    from territory.publish.write import csv_text, json_bytes

    chosen = [{column: row[column] for column in columns} for row in rows]
    if as_json:
        write_out(json_bytes(chosen).decode())
    elif sys.stdout.isatty():
        from rich.console import Console  # slow to load
        from rich.table import Table

        table = Table(*columns, header_style="bold")
        for row in chosen:
            table.add_row(*(_cell_text(row[column]) for column in columns))
        console = Console(emoji=False)  # of ":a:" rich makes a letter in a box
        unbounded = console.options.update(max_width=sys.maxsize)
        is_narrow = console.measure(table, options=unbounded).minimum > _FOLDED * console.width
        console.print(_cards(columns, chosen) if is_narrow else table, markup=False)
    else:
        write_out(csv_text(columns, chosen))


def _cards(columns: tuple[str, ...], rows: "Sequence[Row]") -> "Table":
    """Return one line for each cell that says anything, for a table wider than the terminal."""
    from rich.box import HORIZONTALS
    from rich.table import Table

    grid = Table(show_header=False, box=HORIZONTALS, show_edge=False)
    grid.add_column(style="bold")
    grid.add_column()
    for row in rows:
        said = {column: _cell_text(row[column]) for column in columns}
        for column, text in said.items():
            if text:
                grid.add_row(column, text)
        grid.add_section()
    return grid


def _cell_text(cell: object) -> str:
    from territory.numbers import MOST_DECIMALS, figure
    from territory.publish.write import cell_text

    if not isinstance(cell, float):
        return cell_text(cell)  # type: ignore[arg-type]
    is_chance = 0 < abs(cell) < 10**-MOST_DECIMALS  # such as one in a billion, which is not none
    return f"{cell:.2g}" if is_chance else figure(cell)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress; it shows nothing unless on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    tasks: dict[str, TaskID] = {}
    errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    with Progress(console=errors, transient=True) as bar:

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show
