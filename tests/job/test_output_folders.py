from datetime import datetime

import pytest

from openpot.errors import NotWritableError
from openpot.job.output_folders import make_output_folders

NOON = datetime(2024, 2, 29, 12, 30, 59)


def test_a_run_gets_a_folder_named_after_model_algorithms_and_time(tmp_path):
    folders = make_output_folders(tmp_path, "net", ["MinMaxQuantization", "FastBiasCorrection"], NOON)
    assert folders.home == tmp_path / "net_MinMaxQuantization_FastBiasCorrection" / "2024-02-29_12-30-59"
    assert folders.home.is_dir()
    assert folders.models == folders.home / "optimized"
    assert folders.log == folders.home / "log.txt"


def test_two_runs_in_one_second_do_not_share_a_folder(tmp_path):
    homes = [make_output_folders(tmp_path, "net", ["A"], NOON).home.name for _ in range(3)]
    assert homes == ["2024-02-29_12-30-59", "2024-02-29_12-30-59_2", "2024-02-29_12-30-59_3"]


def test_direct_is_the_folder_itself(tmp_path):
    assert make_output_folders(tmp_path / "new", "net", ["A"], NOON, direct=True).home == tmp_path / "new"
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("direct", [True, False])
def test_a_file_in_the_way_is_found_out(tmp_path, direct):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritableError):
        make_output_folders(tmp_path / "file", "net", ["A"], NOON, direct)
