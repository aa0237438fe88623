"""Verdicts as ClaimReview and output folders as RO-Crate, held against schemas and libraries."""

import hashlib
import json
from datetime import date

import jsonschema
import pytest
import shapely
from rocrate.rocrate import ROCrate
from squares import KM, day, history_of, squares
from test_job import SMALL

from territory.claims.model import Claim
from territory.claims.verdicts import judge
from territory.job.installed import code_sha256
from territory.job.spec import Job
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.publish.crate import METADATA, write_crate
from territory.publish.record import still_current
from territory.publish.review import claim_review
from territory.publish.rights import measured_on, named_by, rights_of
from territory.read.text_files import read_toml, sha256_of
from territory.run import run

ORGANIZATION = {
    "type": "object",
    "properties": {"@type": {"const": "Organization"}, "name": {"type": "string", "minLength": 1}},
    "required": ["@type", "name"],
}
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
INTERVAL = {
    "type": "object",
    "properties": {
        "@type": {"const": "PropertyValue"},
        "value": {"type": "number"},
        "minValue": {"type": "number"},
        "maxValue": {"type": "number"},
        "unitText": {"type": "string"},
        "unitCode": {"enum": ["KMK", "P1"]},
    },
    "required": ["@type", "value", "minValue", "maxValue", "unitText"],
}
# What schema.org says of ClaimReview and what search engines ask of it, but for `url`,
# which only who publishes a review can know.
CLAIM_REVIEW = {
    "type": "object",
    "properties": {
        "@context": {"type": "array", "contains": {"const": "https://schema.org"}},
        "@type": {"const": "ClaimReview"},
        "@id": {"type": "string"},
        "datePublished": DAY,
        "claimReviewed": {"type": "string", "minLength": 1},
        "reviewBody": {"type": "string", "minLength": 1},
        "author": ORGANIZATION,
        "itemReviewed": {
            "type": "object",
            "properties": {
                "@type": {"const": "Claim"},
                "author": ORGANIZATION,
                "datePublished": DAY,
                "appearance": {
                    "properties": {"url": {"type": "string", "pattern": "^https?://"}},
                    "required": ["@type", "url"],
                },
            },
            "required": ["@type", "author", "datePublished"],
        },
        "reviewRating": {
            "type": "object",
            "properties": {
                "@type": {"const": "Rating"},
                "alternateName": {"type": "string", "minLength": 1},
                "ratingExplanation": {"type": "string", "minLength": 1},
                "ratingValue": {"type": "integer", "minimum": 1, "maximum": 5},
                "bestRating": {"const": 5},
                "worstRating": {"const": 1},
            },
            "required": ["@type", "alternateName", "ratingExplanation"],
            "dependentRequired": {"ratingValue": ["bestRating", "worstRating"]},
            "additionalProperties": False,
        },
        "isBasedOn": {
            "type": "array",
            "contains": {
                "properties": {
                    "@type": {"const": "SoftwareApplication"},
                    "softwareVersion": {"type": "string"},
                },
                "required": ["@type", "softwareVersion"],
            },
        },
        "additionalProperty": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "@type": {"const": "PropertyValue"},
                    "propertyID": {"enum": ["territory:computed", "territory:fault"]},
                    "valueReference": {"type": "array", "items": INTERVAL, "minItems": 1},
                },
                "required": ["@type", "propertyID"],
            },
        },
    },
    "required": [
        "@context",
        "@type",
        "author",
        "claimReviewed",
        "datePublished",
        "isBasedOn",
        "itemReviewed",
        "reviewRating",
    ],
}

BEFORE, AFTER = squares("AAB", "AAB"), squares("ABB", "BBB")


def review_of(value, *readings, **more):
    history = history_of(BEFORE, AFTER).with_areas({"west": shapely.box(0, -2 * KM, 2 * KM, 0)})
    definition = {
        "id": "c",
        "text": "B took three",
        "publisher": "Agency",
        "published": date(2018, 2, 5),
        "url": "https://example.org/news",
        "value": value,
        "unit": "km2",
        "period": (day(0), day(1)),
        "reading": readings,
        **more,
    }
    claim = Claim.model_validate(definition)
    found = judge(claim, Ensemble(history, BoundaryError(100.0, 100.0)))
    review = claim_review(found, newest=day(1))
    jsonschema.validate(review, CLAIM_REVIEW)
    return review


GAINED = {"name": "all", "quantity": "gained", "by": ["B"], "from": ["A"]}
WEST = {**GAINED, "name": "west", "area": "west"}
TOTAL = {"name": "total", "quantity": "total", "by": ["A"], "day": day(1)}


@pytest.mark.parametrize(
    ("value", "readings", "more", "rating", "name"),
    [
        (3, [GAINED, WEST], {}, 5, "consistent"),
        (
            3,
            [GAINED, TOTAL],
            {},
            3,
            "consistent only as all; inconsistent, though the day's cut reaches it",
        ),
        (50, [GAINED], {}, 1, "inconsistent"),
        (3, [], {"not_checkable": "no map"}, None, "not checkable"),
        (3, [], {"not_checkable": "no map", "of": 1}, 1, "inconsistent"),
        (3, [GAINED], {"unit": "people"}, None, "not checkable"),
        (
            20,
            [{"name": "s", "quantity": "share", "by": ["B"], "from": ["A"]}],
            {"unit": "percent"},
            1,
            "inconsistent",
        ),
    ],
)
def test_every_verdict_is_a_valid_claim_review(value, readings, more, rating, name):
    review = review_of(value, *readings, **more)
    assert review["reviewRating"].get("ratingValue") == rating
    assert review["reviewRating"]["alternateName"] == name


def test_a_review_carries_the_figures_and_the_reading():
    review = review_of(3, GAINED)
    (found,) = review["additionalProperty"]
    jsonschema.validate(found, INTERVAL)
    assert found["value"] == pytest.approx(3)
    assert found["minValue"] < 3 < found["maxValue"]
    assert found["territory:reading"] == {
        "name": "all",
        "quantity": "gained",
        "by": ["B"],
        "from": ["A"],
        "period": ["2018-01-01", "2018-01-02"],
    }
    published = found["valueReference"][0]
    assert (published["minValue"], published["maxValue"]) == (2.5, 3.5)
    assert review["datePublished"] == "2018-02-05"
    with_days = review_of(3, {**GAINED, "period": (day(0), day(1))}, period=None)
    assert with_days["additionalProperty"][0]["territory:reading"]["period"] == [
        "2018-01-01",
        "2018-01-02",
    ]


def test_a_review_is_not_older_than_its_data():
    claim = Claim(
        id="c",
        text="t",
        publisher="p",
        published=date(2018, 2, 5),
        value=1,
        unit="km2",
        not_checkable="-",
    )
    found = judge(claim, None)
    assert claim_review(found)["datePublished"] == "2018-02-05"
    assert claim_review(found, newest=date(2019, 1, 1))["datePublished"] == "2019-01-01"


def test_a_fault_can_be_read_by_a_machine():
    review = review_of(3, GAINED, of=1)
    assert review["additionalProperty"][-1] == {
        "@type": "PropertyValue",
        "propertyID": "territory:fault",
        "value": "impossible",
    }


# ---- The folder ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    text = SMALL["job.toml"] + "[maps]\nenabled = false\n[report]\nsources = ['Made up.']\n"
    for name, content in {**SMALL, "job.toml": text}.items():
        (folder / name).write_text(content, encoding="utf-8")
    run(folder / "job.toml", folder / "out")
    return folder / "out"


def entities(folder):
    graph = json.loads((folder / METADATA).read_text(encoding="utf-8"))["@graph"]
    return {each["@id"]: each for each in graph}


def test_the_folder_is_a_crate_that_the_library_reads(out):
    crate = ROCrate(out)
    assert crate.name == "Small"
    assert str(crate.datePublished)[:10] == "2018-02-01"
    there = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} - {METADATA}
    assert {each.id for each in crate.data_entities} == there
    for each in crate.data_entities:
        if each.id != "run.json":
            assert each["sha256"] == hashlib.sha256((out / each.id).read_bytes()).hexdigest()
    action = crate.get("#run")
    assert action.type == "CreateAction"
    assert {each["name"] for each in action["object"]} == set(SMALL)
    assert action["instrument"]["name"] == "territory"


def test_the_crate_follows_the_specification(out):
    """The rules of RO-Crate 1.2 for every crate, and of Process Run Crate 0.5."""
    found = entities(out)
    descriptor, root = found[METADATA], found["./"]
    assert descriptor["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.2"
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    assert root["mentions"] == {"@id": "#run"}
    for each in found.values():
        assert "@type" in each
        for value in each.values():
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict) and not part["@id"].startswith("https://w3id.org/ro/c"):
                    assert part["@id"] in found, part  # nothing is named that is not described
    program = found["#territory"]
    needed = {found[each["@id"]]["name"] for each in program["softwareRequirements"]}
    assert {"PROJ", "GEOS", "GDAL", "shapely", "numpy"} <= needed
    assert all(found[f"#{name}"]["softwareVersion"] for name in needed)


def test_the_record_vouches_for_the_crate(out):
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["outputs"][METADATA] == sha256_of(out / METADATA)
    inputs = tuple(sorted(p for p in out.parent.iterdir() if p.is_file()))
    assert still_current(out, inputs, out.parent) is not None
    before = (out / METADATA).read_bytes()
    (out / METADATA).write_bytes(before.replace(b"Small", b"Large"))
    assert still_current(out, inputs, out.parent) is None
    (out / METADATA).write_bytes(before)


def test_reviews_of_a_run_say_what_they_rest_on(out):
    review = json.loads((out / "claims" / "half.jsonld").read_text(encoding="utf-8"))
    jsonschema.validate(review, CLAIM_REVIEW)
    data, program = review["isBasedOn"]
    assert data["description"] == "Made up."
    assert data["size"] == "3 files"
    files = ("events.csv", "places.csv", "state_2018-01-01.csv")
    lines = "".join(f"{sha256_of(out.parent / name)}  {name}\n" for name in files)
    assert data["identifier"] == named_by(hashlib.sha256(lines.encode()).hexdigest())
    assert program["name"] == "territory"


def test_licences_of_publishers_are_passed_on(tmp_path):
    square = {"type": "Polygon", "coordinates": [[[37, 48], [38, 48], [38, 49], [37, 48]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": square}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "deepstatemap_data_20240801.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "job.toml").write_text(
        '[[series]]\nprofile = "deepstate-daily"\npath = "*.geojson"\n', encoding="utf-8"
    )
    job = read_toml(tmp_path / "job.toml", Job)
    (said,) = rights_of(job, tmp_path).values()
    assert said["publisher"] == "DeepState"
    assert "GPL-3.0" in said["license"]
    (data,) = measured_on(job, tmp_path)
    assert data["creator"] == {"@type": "Organization", "name": "DeepState"}
    (tmp_path / "out").mkdir()
    write_crate(
        tmp_path / "out",
        title="",
        newest=date(2024, 8, 1),
        inputs={"deepstatemap_data_20240801.geojson": "ab" * 32},
        about=rights_of(job, tmp_path),
        versions={"territory": "1", "PROJ": "9"},
    )
    found = entities(tmp_path / "out")[named_by("ab" * 32)]
    assert found["publisher"] == {"@id": "#deepstate"}
    assert "GPL-3.0" in found["license"]


def test_the_crate_is_the_same_to_the_byte_every_time(tmp_path):
    def written(folder, versions):
        folder.mkdir()
        (folder / "b.csv").write_text("b", encoding="utf-8")
        (folder / "a.csv").write_text("a", encoding="utf-8")
        inputs = {"y": "cd" * 32, "x": "ab" * 32}
        write_crate(
            folder,
            title="t",
            newest=date(2024, 8, 1),
            inputs=inputs,
            about={},
            versions=versions,
        )
        return (folder / METADATA).read_bytes()

    one = written(tmp_path / "one", {"territory": "1", "PROJ": "9", "GEOS": "3"})
    other = written(tmp_path / "other", {"GEOS": "3", "PROJ": "9", "territory": "1"})
    assert one == other
    assert b"2024-08-01" in one


def test_a_package_that_changed_under_its_version_is_not_current(out, monkeypatch):
    inputs = tuple(sorted(p for p in out.parent.iterdir() if p.is_file()))
    assert still_current(out, inputs, out.parent) is not None
    monkeypatch.setattr("territory.publish.record.own_code", lambda: "other")
    assert still_current(out, inputs, out.parent) is None


def test_the_sha256_of_the_code_is_that_of_all_its_files(tmp_path):
    (tmp_path / "read").mkdir()
    module, profile = tmp_path / "a.py", tmp_path / "read" / "b.toml"
    module.write_text("a = 1", encoding="utf-8")
    profile.write_text("a = 1", encoding="utf-8")
    seen = [code_sha256(tmp_path)]
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert code_sha256(tmp_path) == seen[0]
    for path in (module, profile):
        path.write_text("a = 2", encoding="utf-8")
        seen.append(code_sha256(tmp_path))
    profile.rename(tmp_path / "b.toml")
    seen.append(code_sha256(tmp_path))
    assert len(set(seen)) == 4
