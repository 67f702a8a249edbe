"""The demo's data: features of files, labels by extension, a split without overlap."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from file_types import CALIBRATION_PER_TYPE, default_roots, distinct_files, file_features, split_files


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_short_file_is_padded_between_its_first_and_last_bytes(tmp_path):
    features = file_features(write(tmp_path, "a.py", b"  print(1)\n\n"))
    assert features.shape == (2048,)
    assert features.dtype == np.int32
    assert bytes(features[:10].astype(np.uint8)) == b"print(1)\n\n"
    assert bytes(features[-10:].astype(np.uint8)) == b"  print(1)"
    assert set(features[10:-10]) == {256}


def test_long_file_gives_1024_bytes_of_either_end(tmp_path):
    content = b"b" * 5000 + b"e" * 5000
    features = file_features(write(tmp_path, "a.py", content))
    assert set(features[:1024]) == {ord("b")}
    assert set(features[1024:]) == {ord("e")}


def test_white_space_beyond_the_first_block_is_not_looked_for(tmp_path):
    features = file_features(write(tmp_path, "a.py", b" " * 4096 + b"x" * 5000))
    assert set(features[:1024]) == {256}


@pytest.fixture
def tree(tmp_path):
    for number in range(30):
        write(tmp_path, f"p{number}.py", b"import os\n" * 20 + str(number).encode())
        write(tmp_path, f"deep/x{number}.xml", b"<a>" * 30 + str(number).encode())
    write(tmp_path, "tiny.py", b"x")
    write(tmp_path, "unknown.qqq", b"q" * 100)
    return tmp_path


def test_split_is_disjoint_by_path_and_by_content(tree):
    calibration, evaluation = split_files([tree])
    assert len(calibration) == 2 * CALIBRATION_PER_TYPE
    assert len(evaluation) == 2 * 20
    paths = [file.path for file in calibration + evaluation]
    assert len(set(paths)) == 60
    assert len({file.features.tobytes() for file in calibration + evaluation}) == 60


def test_split_takes_no_more_of_a_type_than_asked(tree):
    calibration, evaluation = split_files([tree], per_type=15)
    assert (len(calibration), len(evaluation)) == (20, 10)


def test_split_is_the_same_each_time(tree):
    first = [file.path for half in split_files([tree]) for file in half]
    assert first == [file.path for half in split_files([tree]) for file in half]


def test_files_of_equal_features_count_once(tmp_path):
    paths = [write(tmp_path, f"{name}/{name}.py", b"same" * 50) for name in "abc"]
    assert [file.path for file in distinct_files(paths, ("python",), 5)] == [paths[0]]


def test_links_and_tiny_files_are_left_out(tmp_path):
    tiny, full = write(tmp_path, "tiny.py", b"x"), write(tmp_path, "full.py", b"x" * 100)
    link = tmp_path / "link.py"
    link.symlink_to(full)
    assert [file.path for file in distinct_files([tiny, link, full], ("python",), 5)] == [full]


def test_default_roots_hold_this_python():
    assert Path(sys.prefix) in default_roots()
    assert all(root.is_dir() for root in default_roots())
