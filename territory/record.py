"""What a run was made of: versions, settings, and the sha256 of everything in and out.

The same record tells a later run that nothing has changed.
"""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pyogrio
import pyproj
import shapely

from territory import __version__
from territory.claims import Judgement, Unit, summary
from territory.read.text import sha256_of

_PACKAGES = (
    "geopandas",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
)


def versions() -> dict[str, str]:
    """Return the versions of everything that could change a figure."""
    found = {"territory": __version__, **{name: version(name) for name in _PACKAGES}}
    return {
        **found,
        "PROJ": pyproj.proj_version_str,
        "GEOS": shapely.geos_version_string,
        "GDAL": pyogrio.__gdal_version_string__,
    }


def run_record(
    part: Path, inputs: tuple[Path, ...], folder: Path, settings: dict[str, Any]
) -> dict[str, Any]:
    """Return the content of `run.json`."""
    outputs = sorted(path for path in part.rglob("*") if path.is_file())
    return {
        **settings,
        "versions": versions(),
        "inputs": {_named(path, folder): sha256_of(path) for path in inputs},
        "outputs": {path.relative_to(part).as_posix(): sha256_of(path) for path in outputs},
    }


def _named(path: Path, folder: Path) -> str:
    """Return a path as seen from the job file, so that a moved checkout reads the same."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def still_current(out: Path, inputs: tuple[Path, ...], folder: Path) -> dict[str, Any] | None:
    """Return the last record if inputs, outputs and versions are unchanged, else None."""
    try:
        record: dict[str, Any] = orjson.loads((out / "run.json").read_bytes())
        same = (
            record["versions"] == versions()
            and record["inputs"] == {_named(path, folder): sha256_of(path) for path in inputs}
            and all(sha256_of(out / name) == sha for name, sha in record["outputs"].items())
        )
    except (OSError, KeyError, TypeError, AttributeError, orjson.JSONDecodeError):
        return None
    return record if same else None


_RATINGS = {"consistent": 5, "consistent only as": 3, "inconsistent": 1}


def claim_review(judgements: tuple[Judgement, ...]) -> dict[str, Any]:
    """Return a schema.org ClaimReview of one claim.

    The readings with their figures stand under ``additionalProperty``.
    """
    claim = judgements[0].claim
    best = max(
        (word for each in judgements for word in _RATINGS if each.verdict.startswith(word)),
        key=lambda word: (_RATINGS[word], -len(word)),
        default=None,
    )
    rating = {"ratingValue": _RATINGS[best], "bestRating": 5, "worstRating": 1} if best else {}
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": claim.text,
        "reviewBody": summary(judgements),
        "itemReviewed": {
            "@type": "Claim",
            "identifier": claim.id,
            "datePublished": claim.published.isoformat(),
            "author": {"@type": "Organization", "name": claim.publisher},
            **({"appearance": {"@type": "CreativeWork", "url": claim.url}} if claim.url else {}),
        },
        "author": {"@type": "Organization", "name": "territory"},
        "reviewRating": {"@type": "Rating", "alternateName": _rating_name(judgements), **rating},
        "additionalProperty": [_property(each) for each in judgements],
    }


def _rating_name(judgements: tuple[Judgement, ...]) -> str:
    return "; ".join(dict.fromkeys(each.verdict for each in judgements))


def _property(judgement: Judgement) -> dict[str, Any]:
    low, high = judgement.published
    computed = judgement.computed
    found = (
        {"value": computed.value, "minValue": computed.low, "maxValue": computed.high}
        if computed
        else {}
    )
    return {
        "@type": "PropertyValue",
        "name": judgement.reading.name if judgement.reading else "claim",
        "unitText": "%" if judgement.claim.unit is Unit.PERCENT else str(judgement.claim.unit),
        "description": f"{judgement.verdict}: {judgement.reason}",
        "valueReference": {
            "@type": "PropertyValue",
            "name": "published",
            "value": judgement.claim.value,
            "minValue": low,
            "maxValue": high,
        },
        **found,
    }
