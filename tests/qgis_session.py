"""A session of QGIS without a window, which the tests of the plugin run with QGIS' own Python.

It takes steps as JSON from standard input and prints what came of each; nothing of QGIS is
imported before, for pytest looks at this file too.
"""

import json
import os
import sys
from itertools import groupby


class Session:
    """QGIS with the plugin, as its dialogs call it."""

    def __init__(self, plugins):
        from qgis.core import QgsApplication, QgsProject

        self.app = QgsApplication([], True)
        self.app.initQgis()
        sys.path[:0] = [plugins, "/usr/share/qgis/python/plugins"]
        from processing.core.Processing import Processing
        from territory_control import classFactory

        Processing.initialize()
        self.plugin = classFactory(None)
        self.plugin.initGui()
        self.project = QgsProject.instance()

    def set_up(self, *, variables=None, setting=None):
        """Set environment variables (None removes one) and the place of the command."""
        from processing.core.ProcessingConfig import ProcessingConfig

        for name, value in (variables or {}).items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        if setting is not None:
            ProcessingConfig.setSettingValue("TERRITORY_COMMAND", setting)

    def show(self, *, name, path, subset="", crs="", copied=False, field=None):
        """Add a layer to the project."""
        from qgis.core import QgsCoordinateReferenceSystem, QgsFeatureRequest, QgsVectorLayer

        layer = QgsVectorLayer(path, name, "ogr")
        layer.setSubsetString(subset)
        if crs:
            layer.setCrs(QgsCoordinateReferenceSystem(crs))
        if copied:
            layer = layer.materialize(QgsFeatureRequest())
            layer.setName(name)
        if field:
            from qgis.core import QgsField
            from qgis.PyQt.QtCore import QVariant

            layer.addExpressionField(field[1], QgsField(field[0], QVariant.String))
        self.project.addMapLayer(layer)
        return layer.isValid()

    def run(self, *, algorithm, cancelled=False, **parameters):
        """Run an algorithm as its dialog does, without loading anything."""
        from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback

        class Feedback(QgsProcessingFeedback):
            def pushCommandInfo(self, text):
                super().pushCommandInfo(text)
                if cancelled:
                    self.cancel()

        context, feedback = QgsProcessingContext(), Feedback()
        context.setProject(self.project)
        made = QgsApplication.processingRegistry().createAlgorithmById(f"territory:{algorithm}")
        fine, message = made.checkParameterValues(parameters, context)
        if not fine:
            return {"fine": False, "log": message}
        outputs, fine = made.run(parameters, context, feedback)
        return {"fine": fine, "outputs": outputs, "log": feedback.textLog()}

    def load(self, *, algorithm, **parameters):
        """Run an algorithm and load its results, as the toolbox does; tell what is loaded."""
        import processing

        before = set(self.project.mapLayers())
        processing.runAndLoadResults(f"territory:{algorithm}", parameters)
        nodes = self.project.layerTreeRoot().findLayers()
        return [self.look(node) for node in nodes if node.layerId() not in before]

    def look(self, node):
        """Tell what a loaded layer shows."""
        layer = node.layer()
        found = {"name": layer.name(), "source": layer.source(), "shown": node.isVisible()}
        found["types"] = {field.name(): field.typeName() for field in layer.fields()}
        found["rows"] = [
            [value if isinstance(value, float) else str(value) for value in feature.attributes()]
            for feature in layer.getFeatures()
        ]
        if layer.isSpatial():
            times = layer.temporalProperties()
            found["timed"] = times.isActive()
            found["time"] = [times.startField(), times.endField()]
            found["colours"] = self.colours(layer.renderer())
        return found

    def colours(self, renderer):
        """Return the colour of each category; of a single symbol, under nothing."""
        if renderer.type() == "singleSymbol":
            return {"": renderer.symbol().color().name()}
        return {each.value(): each.symbol().color().name() for each in renderer.categories()}

    def draw(self, *, day, out, file, size=121):
        """Draw what is shown of a file as it is on a day; tell the colours from west to east."""
        from qgis.core import QgsDateTimeRange, QgsMapRendererParallelJob, QgsMapSettings
        from qgis.PyQt.QtCore import QDateTime, QSize, Qt

        nodes = [n for n in self.project.layerTreeRoot().findLayers() if n.isVisible()]
        layers = [node.layer() for node in nodes if node.layer().source().startswith(file)]
        settings = QgsMapSettings()
        settings.setLayers(layers)
        settings.setOutputSize(QSize(size, size))
        settings.setDestinationCrs(layers[-1].crs())
        settings.setExtent(layers[-1].extent())
        moment = QDateTime.fromString(f"{day}T00:00:00", Qt.ISODate)
        settings.setTemporalRange(QgsDateTimeRange(moment, moment))
        settings.setIsTemporal(True)
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        picture = job.renderedImage()
        picture.save(out)
        row = [picture.pixelColor(x, size // 2).name() for x in range(size)]
        return [colour for colour, _ in groupby(row[4:-4])]


def main():
    """Do all steps; QGIS ends without being asked, as its own Python often fails at the end."""
    steps = json.load(sys.stdin)
    session = Session(sys.argv[1])
    found = [getattr(session, step.pop("do"))(**step) for step in steps]
    sys.stdout.write(f"\nfound {json.dumps(found)}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
