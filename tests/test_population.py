"""People on faces, against a raster whose cells can be counted."""

import numpy as np
import pytest
import rasterio
import shapely
from rasterio import Affine
from squares import KM, PLANE, day, history_of, squares

from territory.errors import CRSError, InputError
from territory.geometry.projection import WGS84
from territory.read.population import population

GRID = squares("AAB", "ABB")


def raster(path, cells, *, crs=None, origin=(0.0, 0.0), size=KM / 2, nodata=None, bands=1):
    profile = {
        "driver": "GTiff",
        "width": cells.shape[1],
        "height": cells.shape[0],
        "count": bands,
        "dtype": "float32",
        "crs": PLANE.crs.to_wkt() if crs is None else crs,
        "transform": Affine(size, 0, origin[0], 0, -size, origin[1]),
        "nodata": nodata,
    }
    with rasterio.open(path, "w", **profile) as out:
        for band in range(1, bands + 1):
            out.write(cells.astype("float32"), band)
    return path


def of_actor(people, history, actor):
    held = [str(holder) for holder in history.holders].index(actor)
    return people[history.held_by[0] == held].sum()


def test_people_are_those_of_the_cells(tmp_path):
    """Four cells to a square; each cell has the number of its square."""
    history = history_of(GRID)
    numbers = np.kron(np.array([[1, 2, 3], [4, 5, 6]]), np.ones((2, 2)))
    people = population(raster(tmp_path / "p.tif", numbers))(history)
    assert of_actor(people, history, "A") == pytest.approx(4 * (1 + 2 + 4), rel=1e-6)
    assert of_actor(people, history, "B") == pytest.approx(4 * (3 + 5 + 6), rel=1e-6)


def test_cells_count_with_the_share_that_lies_on_a_face(tmp_path):
    """One cell over all six squares: each has a sixth of its people."""
    history = history_of(GRID)
    path = raster(tmp_path / "p.tif", np.array([[600.0]]), size=3 * KM)
    with rasterio.open(path) as source:
        assert source.bounds.bottom == -3 * KM  # one row of squares more than there is
    people = population(path)(history)
    assert of_actor(people, history, "A") == pytest.approx(600 * 3 / 9, rel=1e-6)


def test_a_raster_in_degrees(tmp_path):
    """A density of one person per cell everywhere: people are to cells as areas are."""
    history = history_of(GRID)
    west, south, east, north = shapely.total_bounds(
        shapely.transform(
            history.faces,
            lambda xy: np.column_stack(
                PLANE.transformer(WGS84).transform(*xy.T, direction="INVERSE")
            ),
        )
    )
    size = 1e-4
    shape = int((north - south) / size) + 3, int((east - west) / size) + 3
    path = raster(
        tmp_path / "p.tif",
        np.ones(shape),
        crs="EPSG:4326",
        origin=(west - size, north + size),
        size=size,
    )
    people = population(path)(history)
    per_km2 = people / (history.area_m2 / 1e6)
    assert per_km2 == pytest.approx(np.full(len(per_km2), per_km2[0]), rel=1e-3)
    # A cell of 1e-4 degrees at 35.7 N has 11.1 m by 9.04 m.
    assert per_km2[0] == pytest.approx(1e6 / (11.095 * 9.049), rel=2e-3)


def test_no_data_is_nobody_and_beyond_the_raster_is_unknown(tmp_path):
    history = history_of(squares("AB"))
    cells = np.array([[-1.0, 5.0]])
    whole = raster(tmp_path / "p.tif", cells, size=KM, nodata=-1.0)
    people = population(whole)(history)
    assert of_actor(people, history, "A") == 0
    assert of_actor(people, history, "B") == pytest.approx(5)
    half = raster(tmp_path / "half.tif", np.array([[7.0]]), size=KM)
    people = population(half)(history)
    assert of_actor(people, history, "A") == pytest.approx(7)
    assert np.isnan(of_actor(people, history, "B"))


def test_every_history_has_its_own_faces(tmp_path):
    count = population(raster(tmp_path / "p.tif", np.ones((4, 6))))
    one, other = history_of(squares("AAA", "BBB")), history_of(squares("ABB", "ABB"))
    assert of_actor(count(one), one, "A") == pytest.approx(12)
    assert of_actor(count(other), other, "A") == pytest.approx(8)
    assert count(one) is count(one.at_days((day(0),)))  # the same faces are counted once


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p.write_text("lat,lon"), "is no GeoTIFF"),
        (lambda p: raster(p, np.ones((2, 2)), bands=2), "2 bands"),
        (lambda p: raster(p, np.array([[1.0, -9999.0]])), "-9999 people in a cell"),
        (lambda p: p.write_bytes(b"II*\x00broken"), "cannot be read"),
    ],
)
def test_what_is_no_population_raster(tmp_path, make, message):
    path = tmp_path / "p.tif"
    make(path)
    with pytest.raises(InputError, match=message):
        population(path)


def test_a_raster_needs_a_crs(tmp_path):
    path = raster(tmp_path / "p.tif", np.ones((2, 2)), crs="")
    with pytest.raises(CRSError, match="does not say its CRS"):
        population(path)


def test_a_missing_raster(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        population(tmp_path / "none.tif")
