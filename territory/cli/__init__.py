"""The command line: every verb reads, calls one function of the library, and prints.

Data goes to standard output, messages and progress to standard error. What a verb needs of
the library is imported inside it, so that ``--help`` and ``--version`` answer at once.

========  ======================================================
module    holds
========  ======================================================
options   options that several verbs share, and groups of them
arguments what stands on the command line, as the library takes it
output    tables, messages, progress
overwrite whether a call would write over what it reads
tables    the verbs areas, change, inspect, compare
figures   check, explain
calibrate calibrate
work      run, init, fetch, convert
pictures  page, map, animate
trace     trace
========  ======================================================
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from inspect import cleandoc
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperOption
from typer.exceptions import Abort, Exit, TyperException

from territory.cli import calibrate, figures, options, pictures, tables, trace, work
from territory.cli.output import INTERRUPTED, note
from territory.cli.overwrite import refuse_overwriting
from territory.errors import TerritoryError, is_short_of_memory
from territory.little_memory import have_room
from territory.name_clash import clash
from territory.streams import OUTPUT, discard
from territory.version import __version__

VERBS: dict[str, Callable[..., int]] = {
    "run": work.run,
    "init": work.init,
    "areas": tables.areas,
    "change": tables.change,
    "check": figures.check,
    "inspect": tables.inspect,
    "convert": work.convert,
    "compare": tables.compare,
    "calibrate": calibrate.calibrate,
    "fetch": work.fetch,
    "page": pictures.page,
    "map": pictures.draw,
    "animate": pictures.animate,
    "explain": figures.explain,
    "trace": trace.trace,
}

TRACEBACK = "TERRITORY_TRACEBACK"  # environment variable

LEFT_BEHIND = {"fetch": "what was fetched until then stays, and the same command goes on"}

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Recompute published figures about who held what territory, and when.",
)


class _Verb(TyperCommand):
    """A verb: of an option that takes one value, none is passed over for a later one."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Refuse an option that is given twice, then read the words as ever.

        Parameters
        ----------
        ctx : typer.Context
            Of the call.
        args : list of str
            The words behind the verb.
        """
        _, _, given = self.make_parser(ctx).parse_args(args=[*args])
        wants_help = any(each.is_eager for each in given)  # which answers whatever else is said
        for each, times in Counter([] if wants_help else given).items():
            if isinstance(each, TyperOption) and times > 1 and not (each.multiple or each.is_flag):
                ctx.fail(f"{each.opts[0]} is given {times} times, and only the last would count")
        return super().parse_args(ctx, args)


def _help(verb: Callable[..., int]) -> str:
    """Return what a verb says of itself, a line for each paragraph: the terminal breaks it."""
    paragraphs = cleandoc(verb.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


for _name, _verb in VERBS.items():
    app.command(_name, cls=_Verb, help=_help(_verb))(options.with_groups(_verb))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"territory {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with its code.

    0 done; 1 the input is wrong; 2 wrong usage; 3 something could not be used; 130 interrupted.
    """
    if line := clash():
        sys.exit(f"territory: {line}")
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """Run one command; whatever nobody foresaw is one line too.

    Tests call `_code`, so that a fault of the program stays one.

    Parameters
    ----------
    arguments : list of str
        The words of the call, without the name of the program.

    Returns
    -------
    int
        The exit code.
    """
    try:
        return _code(arguments)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        # Libraries say that memory is short in words of their own, or say something untrue.
        is_short = is_short_of_memory(error) or not have_room(1)
        # Not by `note`: memory may be too short for the library that colours terminals.
        sys.stderr.write(f"territory: {_unforeseen(error, is_short=is_short)}\n")
        if is_short:
            _end_at_once()
        return 1


def _end_at_once() -> None:
    """End without tidying up; files and processes are seen to by now.

    Libraries whose threads had no memory to begin wait for them for ever, or end this process
    with a code of their own.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


def _unforeseen(error: Exception, *, is_short: bool) -> str:
    """Say what failed while doing what, and how to see where."""
    doing = "".join(f"{note}: " for note in reversed(getattr(error, "__notes__", [])))
    detail = "".join(f": {line}" for line in str(error).strip().splitlines()[:1])
    if is_short:
        return f"{doing}not enough memory{detail}; is it limited (ulimit -v)?"
    return (
        f"{doing}failed unexpectedly ({type(error).__name__}{detail}); this is a fault of"
        f" territory. {TRACEBACK}=1 in the environment shows where it came from"
    )


def _usage(error: TyperException) -> int:
    """Show what is wrong with the call, as typer words it."""
    show = getattr(error, "show", None)  # of the usage errors among them
    if callable(show):
        show()
    return getattr(error, "exit_code", 2)


def _problem(error: TerritoryError | OSError) -> int:
    """Say what is wrong with the input, or with the disk that is read or written."""
    if is_short_of_memory(error):
        raise error
    if isinstance(error, BrokenPipeError):  # whoever reads the table has seen enough
        discard(1)
        return 1
    if isinstance(error, OSError):  # such as a full disk
        if error.filename == OUTPUT:
            discard(1)
        where = f"{error.filename}: " if error.filename else ""
        note(f"territory: {where}{error.strerror or error}")
    else:
        note(f"territory: {error}")
    return 1


# Words that meant something else once, by verb ("" is any), and what to write instead.
_OLD_WORDS = {
    "--until": "--to DAY (the last day)",
    "--since": "--from DAY (the first day)",
}
_DAY_LIKE = re.compile(  # before the year 1 with a minus
    r"(-?\d{4}([-./]?)\d{1,2}\2\d{1,2}|\d{1,2}([-./])\d{1,2}\3\d{4})(T\d.*)?"  # also a time
)


def misused(arguments: Sequence[str]) -> str:
    """Say which word of a call no longer means what it is used for; nothing if none does.

    A period is --from and --to in every verb, and what is written goes to --out.

    Parameters
    ----------
    arguments : sequence of str
        The words of the call, the verb first.

    Examples
    --------
    >>> misused(["page", "files", "--to", "page.html"])
    "--to takes a day, and 'page.html' is none; what is written goes to --out"
    >>> misused(["map", "files", "--from", "2024-01-01", "--to", "2024-02-01"])
    ''
    """
    if not arguments:
        return ""
    words = [part for each in arguments for part in each.split("=", 1)[: 1 + each.startswith("-")]]
    for word, value in zip(words, [*words[1:], ""], strict=True):
        if word in _OLD_WORDS:
            return f"there is no {word}; say {_OLD_WORDS[word]}"
        if word == "--map" and arguments[0] == "compare":
            return "there is no --map; what is written goes to --out FILE.png"
        if word == "--to" and not _DAY_LIKE.fullmatch(value):
            return f"--to takes a day, and '{value}' is none; what is written goes to --out"
        if word == "--out" and _DAY_LIKE.fullmatch(value):
            return (
                f"--out takes a file or folder, and '{value}' looks like a day; the last day of"
                f" a period is --to (write ./{value} if that is its name)"
            )
    return ""


def _code(arguments: list[str]) -> int:
    if wrong := "" if "--help" in arguments else misused(arguments):
        note(f"territory: {wrong}")
        return 2
    try:
        refuse_overwriting(arguments)
        result = app(arguments, prog_name="territory", standalone_mode=False)
    except (TerritoryError, OSError) as error:
        return _problem(error)
    except TyperException as error:
        return _usage(error)
    except Exit as stop:
        return stop.exit_code
    except (Abort, KeyboardInterrupt):
        result = INTERRUPTED
    if result == INTERRUPTED:  # which typer makes of an interruption
        stays = LEFT_BEHIND.get(arguments[0] if arguments else "", "nothing was written")
        note(f"interrupted; {stays}")
    return result if isinstance(result, int) else 0
