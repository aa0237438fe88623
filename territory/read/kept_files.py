"""Files of zones as they were read, for a later run in which they are the same.

Kept are texts alone (JSON, KML, CSV), which are read from their own bytes and nothing beside
them, in longitude and latitude.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import orjson
import shapely

from territory.geometry.projection import WGS84
from territory.memo import MOST_BYTES, Form, Kept, key_of
from territory.packed import Unnamed, is_usual, joined, parted
from territory.read.formats.by_extension import TEXTS
from territory.read.formats.gzipped import kind_of_file
from territory.read.formats.layer import Layer, Page
from territory.read.shared_files import SharedFile
from territory.read.text_files import sha256_of

_File = TypeVar("_File")
Layers = tuple[Layer, ...]


def file_key(shared: SharedFile, *settings: object) -> bytes | None:
    """Return the sha256 of all that reading a file depends on; None if it is not to be kept.

    Where it lies is none of it: what it says is the same from whatever folder a job is run.

    Parameters
    ----------
    shared : SharedFile
        The file.
    *settings : object
        How it is read.
    """
    place, (size, _) = shared.place, shared.stamp
    if kind_of_file(shared.path) not in TEXTS or size > MOST_BYTES or not place.is_file():
        return None
    return key_of("file", shared.path.name, sha256_of(place), *settings)


def files_form(
    key: Callable[[SharedFile], bytes | None],
    layers: Callable[[_File], Layers | None],
    file: Callable[[SharedFile, Layers], _File],
) -> Form[SharedFile, _File]:
    """Return how files that were read are kept.

    Parameters
    ----------
    key : callable
        See `file_key`.
    layers : callable
        The layers that were read, if that is all there is to say of the file.
    file : callable
        From a file and its layers to what reading it gives.
    """

    def pack(shared: SharedFile, found: _File) -> bytes | None:
        there = layers(found)
        return None if there is None else _packed(str(shared.path), there)

    return Form(key, pack, lambda shared, kept: file(shared, _layers(str(shared.path), kept)))


def _packed(location: str, layers: Layers) -> bytes | None:
    """Return layers as bytes; None where they would not come back the same."""
    if not all(is_usual(layer.crs) for layer in layers):
        return None
    about = Unnamed(location)
    try:
        packed = [
            joined(
                {
                    "file": about.taken(layer.file),
                    "name": layer.name,
                    "properties": [dict(each) for each in layer.properties],
                    "findings": about.cells(layer.findings),
                    "page": layer.page and [layer.page.why, layer.page.matched],
                },
                *(b"" if each is None else each for each in shapely.to_wkb(layer.geometry)),
            )
            for layer in layers
        ]
    except (TypeError, ValueError):  # what JSON cannot say
        return None
    whole = joined(len(packed), *packed)
    same = all(map(_same, _layers(location, whole), layers))
    return whole if same else None


def _layers(location: str, kept: Kept) -> Layers:
    about = Unnamed(location)
    known: dict[bytes, dict[str, object]] = {}
    found = []
    for packed in parted(kept)[1]:
        head, shapes = parted(packed)
        properties = tuple(  # those of many features are alike, and then one object
            known.setdefault(orjson.dumps(each), each) for each in head["properties"]
        )
        geometry = np.empty(len(shapes), dtype=object)
        geometry[:] = shapely.from_wkb([bytes(each) or None for each in shapes])
        findings = about.findings(head["findings"])
        page = head["page"] and Page(*head["page"])
        file = about.put(head["file"])
        found.append(Layer(file, head["name"], WGS84, properties, geometry, findings, page))
    return tuple(found)


def _same(one: Layer, other: Layer) -> bool:
    """Tell whether two layers say the same, in the same types."""
    plain = (
        one.file == other.file
        and one.name == other.name
        and one.findings == other.findings
        and one.page == other.page
        and repr(list(map(dict, one.properties))) == repr(list(map(dict, other.properties)))
    )
    missing = shapely.is_missing(one.geometry)
    alike = shapely.equals_identical(one.geometry, other.geometry)
    return plain and bool((alike | (missing & shapely.is_missing(other.geometry))).all())
