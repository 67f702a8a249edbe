"""Files that end too early."""

import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.cut_off_files import find_cut_off
from openpot.graph.read import read_model
from toy_models import tiny_cnn


@pytest.fixture
def saved(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    return tmp_path / "net.xml"


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_whole_files_are_not_cut_off(saved):
    assert find_cut_off(saved, saved.with_suffix(".bin")) is None
    assert find_cut_off(saved, None) is None


@pytest.mark.parametrize("suffix", [".xml", ".bin"])
def test_half_a_file_is_named_with_what_to_do(saved, suffix):
    halve(saved.with_suffix(suffix))
    with pytest.raises(ModelError, match=rf"net\{suffix}' is cut off: .*copy or download it again"):
        read_model(saved)
