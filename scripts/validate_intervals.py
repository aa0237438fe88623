"""How often intervals hold the truth: places, publishers and lines, as one table.

Usage: ``python scripts/validate_intervals.py [--data FOLDER] [--cases N] [--out FILE.csv]``
with the Python that has territory's dependencies. Prints Markdown; progress goes to standard
error. Each part is described in its file under ``scripts/intervals``. An interval is called
one of 95 % only where this table shows 90 to 99.

The real polygons are daily maps of Ukraine by two publishers, in the folders that
``territory fetch`` makes; without them the parts "places" and "publishers" are left out, and
it is said so.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from intervals import lines, places, publishers

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "ukraine"
_MEASURED = ("coverage_pct", "overlap_pct", "bias_pct", "width_pct", "warned_pct")
COLUMNS = ("part", "design", "cases", *_MEASURED)
Row = dict[str, object]


def main() -> None:
    """Run every part and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real polygons")
    parser.add_argument("--cases", type=int, default=200, help="cases of each design")
    parser.add_argument("--seed", type=int, default=20180205)
    parser.add_argument("--out", type=Path, help="also write the table as CSV")
    parser.add_argument("--only", choices=("places", "publishers", "lines"), help="one part alone")
    options = parser.parse_args()
    found = list(_rows(options))
    print(f"Measured on {date.today()}, {options.cases} cases of each design.\n")
    print(markdown(found))
    if options.out:
        _write(options.out, found)


def _rows(options: argparse.Namespace) -> Iterator[Row]:
    parts: dict[str, Callable[[], list[Row]]] = {
        "lines": lambda: lines.rows(cases=options.cases, seed=options.seed),
        "places": lambda: _of_places(options),
        "publishers": lambda: publishers.rows(options.data),
    }
    for name, part in parts.items():
        if options.only not in (None, name):
            continue
        if name != "lines" and not options.data.is_dir():
            print(f"{name}: left out, {options.data} is not there", file=sys.stderr)
            continue
        print(f"{name} ...", file=sys.stderr)
        yield from part()


def _of_places(options: argparse.Namespace) -> list[Row]:
    """Return the rows about places, in the columns of the whole table."""
    found = places.rows(options.data / "deepstate_daily", cases=options.cases, seed=options.seed)
    with_or_without = {"yes": "with a gazetteer", "no": "without one"}
    return [
        {
            **row,
            "part": "places",
            "design": f"{row['design']}, {with_or_without[str(row['gazetteer'])]}",
        }
        for row in found
    ]


def markdown(rows: list[Row]) -> str:
    """Return rows as a Markdown table; a column that no row has is left out."""
    columns = [each for each in COLUMNS if any(each in row for row in rows)]
    lines_of = [columns, ["---"] * len(columns)]
    lines_of += [[_cell(row.get(each)) for each in columns] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines_of)


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else "" if value is None else str(value)


def _write(file: Path, rows: list[Row]) -> None:
    with file.open("w", newline="", encoding="utf-8") as target:
        table = csv.DictWriter(target, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow({name: _cell(row.get(name)) for name in COLUMNS})


if __name__ == "__main__":
    main()
