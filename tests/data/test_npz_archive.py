"""Archives of arrays, good and bad."""

import io
import zipfile

import numpy as np
import pytest

from openpot.data.input_description import InputDescription
from openpot.data.npz_archive import NpyArchive, open_npz
from openpot.data.sample import load_sample
from openpot.errors import DataError, MissingFileError

INPUTS = [
    InputDescription("ids", frozenset({"ids"}), (None, None), "i64"),
    InputDescription("mask", frozenset({"mask"}), (None, None), "i64"),
]
ROWS = np.arange(12).reshape(4, 3)


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "data.npz", **arrays)
    return tmp_path / "data.npz"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "compressed"])
def test_rows_become_samples_with_their_batch_axis(tmp_path, save):
    save(tmp_path / "data.npz", ids=ROWS, mask=np.ones_like(ROWS), label=np.arange(4))
    loader = open_npz(tmp_path / "data.npz", INPUTS)
    assert len(loader) == 4
    sample = load_sample(loader, 2)
    np.testing.assert_array_equal(sample.data["ids"], [[6, 7, 8]])
    assert sample.annotation == {"label": 2}


def test_numbered_keys_by_name(tmp_path):
    path = saved(tmp_path, **{"10|ids": ROWS[1], "2|ids": ROWS[0, :2], "2|mask": ROWS[2], "10|mask": ROWS[3]})
    loader = open_npz(path, INPUTS)
    assert len(loader) == 2
    np.testing.assert_array_equal(load_sample(loader, 0).data["ids"], ROWS[0, :2])
    np.testing.assert_array_equal(load_sample(loader, 1).data["mask"], ROWS[3])


def test_numbered_keys_by_position(tmp_path):
    path = saved(tmp_path, **{"0|1": ROWS[1], "0|0": ROWS[0]})
    data = load_sample(open_npz(path), 0).data
    assert isinstance(data, list)
    np.testing.assert_array_equal(data, ROWS[:2])


def test_a_name_that_is_a_number_but_no_position_stays_a_name(tmp_path):
    assert list(load_sample(open_npz(saved(tmp_path, **{"0|485": ROWS})), 0).data) == ["485"]


def test_a_name_may_hold_bars_and_slashes(tmp_path):
    assert list(load_sample(open_npz(saved(tmp_path, **{"0|a/b|c": ROWS})), 0).data) == ["a/b|c"]


def npy_bytes(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    return stream.getvalue()


def archive_of(tmp_path, members):
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_an_archive_that_unpacks_to_too_much_is_refused_before_reading(tmp_path, monkeypatch):
    path = archive_of(tmp_path, [("ids.npy", npy_bytes(np.zeros(100000)))])
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("nothing may be unpacked"))
    assert path.stat().st_size < 10000
    with pytest.raises(DataError, match=r"unpacks to 8.* more than the limit of 10000"):
        open_npz(path, max_bytes=10000)


def test_a_header_that_promises_more_than_there_is_claims_no_memory(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (4 * 10**12,)})
    content = stream.getvalue() + bytes(32)
    with pytest.raises(DataError, match="promises 32000000000000 bytes"):
        open_npz(archive_of(tmp_path, [("ids.npy", content)]))


def test_objects_are_never_unpickled(tmp_path):
    class Payload:
        def __reduce__(self):
            return (pytest.fail, ("the pickle ran",))

    path = archive_of(tmp_path, [("ids.npy", npy_bytes(np.array([Payload()], object)))])
    with pytest.raises(DataError, match=r"'ids' cannot be read: .*allow_pickle"):
        open_npz(path)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([], "got 0 arrays"),
        ([("readme.md", b"text")], "got 0 arrays"),
        ([("ids.npy", b"no array")], "'ids' cannot be read"),
        ([("ids.npy", npy_bytes(ROWS)[:-9])], "'ids' cannot be read"),
        ([("ids.npy", npy_bytes(ROWS).replace(b")", b"("))], "'ids' cannot be read"),
        ([("ids.npy", npy_bytes(ROWS)), ("mask.npy", npy_bytes(ROWS[:2]))], "'ids': 4, 'mask': 2"),
    ],
    ids=["empty", "no arrays", "no header", "cut off", "mangled header", "rows differ"],
)
def test_damaged_archives_are_refused_by_name(tmp_path, members, words):
    with pytest.raises(DataError, match=words):
        open_npz(archive_of(tmp_path, members))


def test_a_name_that_occurs_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = archive_of(tmp_path, [("ids.npy", npy_bytes(ROWS)), ("ids.npy", npy_bytes(ROWS))])
    with pytest.raises(DataError, match="different names"):
        open_npz(path)


def test_a_file_that_is_no_archive_and_a_file_that_is_not_there(tmp_path):
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(DataError, match=r"text\.npz is no \.npz archive"):
        open_npz(tmp_path / "text.npz")
    with pytest.raises(MissingFileError, match="absent"):
        NpyArchive(tmp_path / "absent.npz")
