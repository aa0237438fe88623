"""One class for all algorithms: it asks, runs the command, and hands over what it left."""

from __future__ import annotations

import shlex
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processing.core.ProcessingConfig import ProcessingConfig
from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterVectorDestination,
)
from qgis.PyQt.QtGui import QIcon

from .catalogue import Result, Task
from .command import (
    DONE,
    INTERRUPTED,
    UNUSABLE,
    CommandError,
    check_version,
    find,
    problem_of,
    run,
)
from .parameters import EXTRA, FILES, LAYER, Kind, Option, in_order, words_of
from .results import LAYERS, put, take_layer, write_types
from .settings import COMMAND
from .sources import file_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUTPUT = "OUTPUT"
_OURS = ("--out", "--json", "--help", "--version")  # what would leave no result where it is looked
_AT_THE_END = ("territory: ", "Error: ", "Usage: ", "Try 'territory ")  # raised then, not told
_WARNING, _UNTRUSTED = "warning: ", "not used or not to be trusted: "
_SHAPES = {
    Result.TABLE: QgsProcessing.TypeVector,
    Result.TRANSFERS: QgsProcessing.TypeVectorPolygon,
    Result.FRONTS: QgsProcessing.TypeVectorLine,
}
_SHAPE_OF_LAYER = {
    "spells": QgsProcessing.TypeVectorPolygon,
    "fronts": QgsProcessing.TypeVectorLine,
    "transfers": QgsProcessing.TypeVectorPolygon,
}
Values = dict[str, Any]


class TerritoryAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of the catalogue.

    Parameters
    ----------
    task : Task
        Which one.
    """

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._words: list[str] = []

    def createInstance(self) -> TerritoryAlgorithm:  # noqa: N802 - of QGIS
        """Return a new one for a run."""
        return TerritoryAlgorithm(self._task)

    def name(self) -> str:
        """Return its name after ``territory:``."""
        return self._task.name

    def displayName(self) -> str:  # noqa: N802 - of QGIS
        """Return its name in the toolbox."""
        return self._task.title

    def group(self) -> str:
        """Return the heading that it stands under."""
        return self._task.group

    def groupId(self) -> str:  # noqa: N802 - of QGIS
        """Return the heading without spaces."""
        return self._task.group.split()[0].lower()

    def icon(self) -> QIcon:
        """Return the icon of the provider."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802 - of QGIS
        """Return the icon as a file."""
        return str(Path(__file__).with_name("icon.svg"))

    def tags(self) -> list[str]:
        """Return further words that it is found by."""
        return ["territory", "front", "control", "km2", "conflict", self._task.verb]

    def shortDescription(self) -> str:  # noqa: N802 - of QGIS
        """Return what it does, in one sentence."""
        return self._task.about.split(". ")[0].rstrip(".") + "."

    def shortHelpString(self) -> str:  # noqa: N802 - of QGIS
        """Return what it does and what each parameter means."""
        lines = [
            f"<li><b>{escape(option.title)}</b>: {escape(option.help)}</li>"
            for option in in_order(self._task.options)
        ]
        return f"<p>{escape(self._task.about)}</p><ul>{''.join(lines)}</ul>"

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: N802 - of QGIS
        """Say what it asks for and what it leaves behind.

        Parameters
        ----------
        configuration : dict, optional
            Not used.
        """
        for option in in_order(self._task.options):
            self.addParameter(option.definition())
        title = self._task.output
        if self._task.result is Result.SERIES:
            kind = "GeoPackage (*.gpkg)"
            self.addParameter(QgsProcessingParameterFileDestination(_OUTPUT, title, kind))
            for name, shown in LAYERS.items():
                output = QgsProcessingOutputVectorLayer(name.upper(), shown, _SHAPE_OF_LAYER[name])
                self.addOutput(output)
            return
        shape = _SHAPES[self._task.result]
        self.addParameter(QgsProcessingParameterVectorDestination(_OUTPUT, title, shape))

    def checkParameterValues(  # noqa: N802 - of QGIS
        self, parameters: Values, context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse two inputs at once, and none where one is needed.

        Parameters
        ----------
        parameters : dict
            By name.
        context : QgsProcessingContext
            Of the run.
        """
        fine, message = super().checkParameterValues(parameters, context)
        if not fine:
            return fine, message
        given = [bool(parameters.get(option.name)) for option in (LAYER, FILES)]
        if all(given):
            return False, "Give the zones as a layer (INPUT) or as files (FILES), not as both."
        if self._task.needs_zones and not any(given):
            return False, "Give the zones: a layer (INPUT), or a folder, file or pattern (FILES)."
        for name in ("AREA", "REGIONS"):
            if parameters.get(name) and parameters.get(f"{name}_LAYER"):
                return False, f"Give {name} or {name}_LAYER, not both."
        return True, ""

    def prepareAlgorithm(  # noqa: N802 - of QGIS
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Find the command, and make all of its words while layers may be looked at.

        Parameters
        ----------
        parameters : dict
            By name.
        context : QgsProcessingContext
            Of the run.
        feedback : QgsProcessingFeedback
            Told the version of the command.
        """
        try:
            command = find(str(ProcessingConfig.getSetting(COMMAND) or ""))
            feedback.pushInfo(f"{check_version(command)}: {command}")
        except CommandError as error:
            raise QgsProcessingException(str(error)) from None
        self._scratch = tempfile.TemporaryDirectory(prefix="territory-qgis-")
        copies = Path(self._scratch.name)
        values = {
            option.name: self._value(option, parameters, context, copies)
            for option in self._task.options
        }
        options = [
            word for each in self._task.options for word in words_of(each, values[each.name])
        ]
        if self._task.result is Result.TRANSFERS:
            options = _as_two_days(options)
        files = [values.get("CLAIMS", ""), values[LAYER.name] or values[FILES.name]]
        self._words = [
            *(command, self._task.verb, *options, *_extra_words(values[EXTRA.name])),
            *("--", *filter(None, files)),
        ]
        return True

    def processAlgorithm(  # noqa: N802 - of QGIS
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Values:
        """Run the command and put what it left in its place.

        Parameters
        ----------
        parameters : dict
            By name.
        context : QgsProcessingContext
            Of the run.
        feedback : QgsProcessingFeedback
            Told what the command says; asked whether to stop.

        Returns
        -------
        dict
            Outputs by name.
        """
        place = self._place(parameters, context)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".territory-", dir=place.parent) as folder:
            made = self._made(Path(folder), place, feedback)
            if feedback.isCanceled():
                return {}
            put(made, place)
        if self._task.result is Result.TABLE:
            write_types(place)
        if self._task.result is Result.SERIES:
            return {_OUTPUT: str(place), **self._loaded_series(place, context)}
        if self._task.result is not Result.TABLE and context.willLoadLayerOnCompletion(str(place)):
            details = context.layerToLoadOnCompletionDetails(str(place))
            details.setPostProcessor(self.provider().post_processor())
        return {_OUTPUT: str(place)}

    def postProcessAlgorithm(  # noqa: N802 - of QGIS
        self, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Values:
        """Remove copies of layers.

        Parameters
        ----------
        context : QgsProcessingContext
            Of the run.
        feedback : QgsProcessingFeedback
            Of the run.
        """
        if self._scratch is not None:
            self._scratch.cleanup()
        return {}

    def _made(self, folder: Path, place: Path, feedback: QgsProcessingFeedback) -> Path:
        """Run the command, and return the file with the result; there is none if it was stopped."""
        printed, written, layer = (
            folder / name for name in ("printed.csv", "written.gpkg", "layer.gpkg")
        )
        result, words = self._task.result, self._words
        if result is not Result.TABLE:
            words = [*words[:2], f"--out={written}", *words[2:]]
        feedback.pushCommandInfo(shlex.join(words).replace(str(written), str(place)))
        _call(words, printed, feedback)
        if result is Result.TABLE or feedback.isCanceled():
            return printed
        if result is Result.SERIES:
            return written
        take_layer(written, result.value, layer)
        return layer

    def _loaded_series(self, place: Path, context: QgsProcessingContext) -> Values:
        """Return the layers of a series by output, and have them loaded where there is a project.

        Changed ground is not shown at first: it would lie over who holds it.
        """
        outputs = {}
        for name, title in LAYERS.items():
            outputs[name.upper()] = address = f"{place}|layername={name}"
            if context.project() is not None:
                details = QgsProcessingContext.LayerDetails(title, context.project(), name.upper())
                shown = name != "transfers"
                details.setPostProcessor(self.provider().post_processor(is_shown=shown))
                context.addLayerToLoadOnCompletion(address, details)
        return outputs

    def _place(self, parameters: Values, context: QgsProcessingContext) -> Path:
        """Return the file to write; its suffix says what it will be."""
        is_table = self._task.result is Result.TABLE
        if self._task.result is Result.SERIES:
            place = Path(self.parameterAsFileOutput(parameters, _OUTPUT, context))
        else:
            place = Path(self.parameterAsOutputLayer(parameters, _OUTPUT, context))
        wanted = ".csv" if is_table else ".gpkg"
        if place.suffix.lower() != wanted:
            raise QgsProcessingException(f"{place}: the result is a {wanted} file; name it so")
        return place.absolute()

    def _value(
        self, option: Option, parameters: Values, context: QgsProcessingContext, copies: Path
    ) -> str:
        """Return the value of a parameter as the command line takes it; empty if it is not set."""
        name = option.name
        if parameters.get(name, option.default) in (None, ""):
            return ""
        if option.kind is Kind.LAYER:
            layer = self.parameterAsVectorLayer(parameters, name, context)
            if layer is None:
                raise QgsProcessingException(f"{name}: there is no such layer")
            folder = copies / name.lower()
            folder.mkdir()
            return file_of(layer, folder, context)
        if option.kind is Kind.METRES:
            return f"{self.parameterAsDouble(parameters, name, context)!r}"
        if option.kind is Kind.YES:
            return "yes" if self.parameterAsBoolean(parameters, name, context) else ""
        if option.kind is Kind.CHOICE:
            return str(self.parameterAsEnumString(parameters, name, context))
        return str(self.parameterAsString(parameters, name, context))


def _call(words: Sequence[str], printed: Path, feedback: QgsProcessingFeedback) -> None:
    """Run the command; raise what it says is wrong."""
    messages: list[str] = []

    def tell(line: str) -> None:
        messages.append(line)
        _push(line, feedback)

    try:
        code = run(words, printed=printed, tell=tell, is_cancelled=feedback.isCanceled)
    except OSError as error:
        raise QgsProcessingException(f"{words[0]} cannot be run: {error}") from None
    if code == UNUSABLE:
        feedback.pushWarning("Some of the input could not be used or trusted: see above.")
    elif code == INTERRUPTED and not feedback.isCanceled():
        raise QgsProcessingException("territory was interrupted; nothing was written")
    elif code not in (DONE, INTERRUPTED):
        raise QgsProcessingException(problem_of(messages, code))


def _push(line: str, feedback: QgsProcessingFeedback) -> None:
    """Hand a line of the command to the log; what is wrong with a call is raised at its end."""
    if line.startswith(_WARNING):
        feedback.pushWarning(line[len(_WARNING) :])
    elif line.startswith(_UNTRUSTED):
        feedback.pushWarning(line)
    elif line.strip() and not line.startswith(_AT_THE_END):
        feedback.pushInfo(line)


def _as_two_days(options: list[str]) -> list[str]:
    """Return options with the first and the last day as the only two days of the series."""
    days = {"--from": "", "--to": ""}
    others = []
    for word in options:
        flag, _, value = word.partition("=")
        if flag in days:
            days[flag] = value
        else:
            others.append(word)
    return [f"--days={','.join(days.values())}", *others]


def _extra_words(text: str) -> list[str]:
    """Return further options as words; a backslash is a letter, as paths of Windows have it."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.escape, reader.commenters = True, "", ""
    try:
        words = list(reader)
    except ValueError:
        raise QgsProcessingException(f"{EXTRA.title}: a quotation mark is not closed") from None
    ours = [word for word in words if word.partition("=")[0] in _OURS]
    if ours:
        raise QgsProcessingException(f"{EXTRA.title}: {ours[0]} is what this algorithm says itself")
    if words and not words[0].startswith("-"):
        raise QgsProcessingException(f"{EXTRA.title}: '{words[0]}' is no option; it begins with --")
    return words
