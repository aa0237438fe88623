"""All languages say the same things: keys, gaps, plural forms, and no box instead of a letter."""

import re
import string
import tomllib
from datetime import date
from importlib import resources

import pytest
from babel import Locale

from territory.errors import InputError, JobError
from territory.holders import Holder
from territory.job.spec import AreaBox, Job
from territory.languages import (
    FIRST,
    LANGUAGES,
    catalogue,
    checked,
    country,
    localised,
    months,
    plural_of,
    reads_rtl,
    short_months,
)
from territory.maps.map_text import Words, clean
from territory.measure.estimate import Estimate
from territory.numbers import MINUS
from territory.publish.page.page_text import interface_words
from territory.read.basemap import usual_towns, world
from territory.read.text_files import read_toml
from territory.read.world import country_codes, read_countries

OTHERS = [code for code in LANGUAGES if code != FIRST]
SECTIONS = ("actors", "maps", "page")
OPTIONAL = {"months"}  # a language may name its months otherwise than the CLDR


def gaps(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def forms(value):
    return value if isinstance(value, dict) else {"other": value}


def test_there_is_a_catalogue_for_every_language_that_is_promised():
    assert set(LANGUAGES) == {"en", "ar", "fr", "ru", "uk"}
    assert LANGUAGES[0] == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_the_keys_and_gaps_of_the_first(code):
    first, other = catalogue(FIRST), catalogue(code)
    assert set(other) == {"language", *SECTIONS}
    assert set(other["language"]) - OPTIONAL == set(first["language"])
    for section in SECTIONS:
        assert set(other[section]) == set(first[section]), section
        for key, value in first[section].items():
            assert isinstance(value, dict) == isinstance(other[section][key], dict), key
            wanted = gaps(forms(value)["other"])
            for form, text in forms(other[section][key]).items():
                missing = set(wanted) - set(gaps(text))
                # a form of its own for one or two may do without the number
                allowed = {"count", "low"} if form in {"one", "two", "1", "2"} else set()
                assert missing <= allowed, (key, form)
                assert set(gaps(text)) <= set(wanted), (key, form)


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_those_of_the_language(code):
    tags = set(Locale.parse(code).plural_form.tags) | {"other"}
    for section in ("maps", "page"):
        for key, value in catalogue(code)[section].items():
            if isinstance(value, dict):
                named = {form for form in value if not form.isdigit()}
                assert "other" in named, key
                assert named <= tags, key
                if code in {"uk", "ru"}:
                    assert named == tags, key


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_said_and_has_a_glyph_for_every_letter(code):
    for section in SECTIONS:
        for key, value in catalogue(code)[section].items():
            for text in forms(value).values():
                assert text.strip() or key in {"exact", "rounded"}, key
                assert "□" not in clean(re.sub("[\u200e\u200f\u2066-\u2069]", "", text)), key
    for name in (*months(code), *months(code, alone=True), *short_months(code)):
        assert "□" not in clean(name)


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_is_none_of_the_english(code):
    """What stayed English by mistake; words that both languages share are few."""
    same = [
        key
        for section in ("maps", "page")
        for key, value in catalogue(FIRST)[section].items()
        if forms(value)["other"] == forms(catalogue(code)[section][key])["other"]
        and len(re.sub(r"\{\w+\}", "", forms(value)["other"])) > 8
    ]
    assert same == []


def test_an_unknown_language_names_the_known():
    with pytest.raises(InputError, match="do not speak 'xx'; known are: ar, en, fr, ru, uk"):
        checked("xx")
    with pytest.raises(InputError, match="did you mean 'uk'"):
        Words("ukr")


def test_a_job_with_an_unknown_language_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "job.toml").write_text(
        'series = [{profile = "zones", path = "nowhere.geojson"}]\nmaps.languages = ["en", "de"]\n'
    )
    with pytest.raises(JobError, match=r"do not speak 'de'.*ar, en, fr, ru, uk"):
        read_toml(tmp_path / "job.toml", Job)


@pytest.mark.parametrize(
    ("code", "area", "interval", "day", "month", "period"),
    [
        ("en", "115,737 km²", "14.5 to 1,116.2", "1 February 2018", "February 2018",
         "1 February to 5 March 2018"),
        ("uk", "115\xa0737 км²", "від 14,5 до 1\xa0116,2", "1 лютого 2018", "лютий 2018",
         "1 лютого – 5 березня 2018"),
        ("ru", "115\xa0737 км²", "от 14,5 до 1\xa0116,2", "1 февраля 2018", "февраль 2018",
         "1 февраля – 5 марта 2018"),
        ("fr", "115\u202f737 km²", "14,5 à 1\u202f116,2", "1er février 2018", "février 2018",
         "du 1er février au 5 mars 2018"),
        ("ar", "115,737 كم²", "من 14.5 إلى 1,116.2", "1 شباط/فبراير 2018", "شباط/فبراير 2018",
         "من 1 شباط/فبراير إلى 5 آذار/مارس 2018"),
    ],
)  # fmt: skip
def test_numbers_and_days_are_written_as_the_language_has_them(
    code, area, interval, day, month, period
):
    words = Words(code)
    first = date(2018, 2, 1)
    assert words.area(115_737.2) == area
    assert words.interval(Estimate(50.5, 14.5, 1116.2)) == interval
    assert words.day(first) == day
    assert words.month(first) == month
    assert words.from_until(first, date(2018, 3, 5)) == period


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", {1: "Once", 2: "Twice", 5: "5 times", 21: "21 times"}),
        (
            "uk",
            {1: "1 раз", 2: "2 рази", 5: "5 разів", 12: "12 разів", 21: "21 раз", 24: "24 рази"},
        ),
        ("ru", {1: "1 раз", 3: "3 раза", 11: "11 раз", 22: "22 раза", 25: "25 раз"}),
        ("fr", {1: "1 fois", 2: "2 fois"}),
        ("ar", {1: "مرة واحدة", 2: "مرتين", 3: "3 مرات", 11: "11 مرة", 103: "103 مرات"}),
    ],
)
def test_a_number_takes_its_plural_form(code, said):
    assert {number: Words(code).times(number, number) for number in said} == said


def test_a_minus_and_words_around_a_figure_stay():
    assert localised(f"{MINUS}1,234.5 km", "ru") == f"{MINUS}1\xa0234,5 km"
    assert localised("2025-11-01", "fr") == "2025-11-01"
    assert plural_of({"one": "a", "other": "b"}, 1, "en") == "a"


def test_only_arabic_is_read_from_the_right():
    assert [code for code in LANGUAGES if reads_rtl(code)] == ["ar"]


def test_countries_of_the_base_map_have_names_in_every_language():
    frame = world().set_index("name")
    assert frame.loc["Ukraine", "name_uk"] == "Україна"
    assert frame.loc["Syria", "name_fr"] == "Syrie"
    assert frame.loc["Turkey", "name_ar"] == "تركيا"
    for code in OTHERS:
        missing = frame.index[frame[f"name_{code}"] == ""]
        assert set(missing) == {
            "Ashmore and Cartier Is.",
            "Indian Ocean Ter.",
            "N. Cyprus",
            "Siachen Glacier",
            "Somaliland",
        }


def test_every_country_of_the_package_has_a_line_of_codes():
    assert set(country_codes()) == set(read_countries().names)
    known = [code for code in country_codes().values() if code]
    assert len(known) == len(set(known))
    assert all(country(code, FIRST) for code in known)


def test_towns_of_the_package_have_names_in_the_scripts_of_the_languages():
    towns = usual_towns().set_index("name")
    assert towns.loc["Pokrovsk", "name_ru"] == "Покровск"
    assert (towns[["name_ar", "name_uk", "name_ru"]] != "").all().all()


def test_titles_of_areas_and_jobs_are_in_the_language_or_else_in_any():
    area = AreaBox(bbox=(0, 0, 1, 1), title="The bend", title_uk="Закрут")
    assert area.titles() == {
        "en": "The bend", "uk": "Закрут", "ru": "The bend", "fr": "The bend", "ar": "The bend",
    }  # fmt: skip
    assert AreaBox(bbox=(0, 0, 1, 1)).titles() == {}
    series = {"profile": "zones", "path": "a"}
    job = Job(series=(series,), title="War", title_fr="La guerre")
    assert (job.titles()["fr"], job.titles()["ru"]) == ("La guerre", "War")
    assert all(f"title_{code}" in Job.model_fields for code in OTHERS)


def test_the_page_is_given_what_the_catalogue_has():
    words = interface_words()
    assert set(words) == set(LANGUAGES)
    for code, found in words.items():
        assert set(catalogue(code)["page"]) <= set(found)
        assert found["language_name"] == catalogue(code)["language"]["name"]
        assert len(found["months"]) == len(found["months_short"]) == 12


@pytest.mark.parametrize("code", LANGUAGES)
def test_names_of_actors_stay_names(code):
    assert Words(code).actor(Holder("x_brigade")) == "X brigade"
    assert Words(code).actor(Holder("russia"))


def test_catalogues_are_plain_toml_in_the_package():
    for each in resources.files("territory.languages").iterdir():
        if each.name.endswith(".toml"):
            tomllib.loads(each.read_text("utf-8"))
