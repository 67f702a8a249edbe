"""Arguments first, then files, then data."""

import shutil
from types import SimpleNamespace

import pytest

import openvino as ov
from openpot.cli.checked_choices import RUN_CHOICES, check_choices, collect_choices, read_for
from openpot.errors import ConfigError, FileError, UnknownNameError
from toy_models import tiny_cnn

STATED = {
    "preset": "mixed", "target_device": "CPU", "subset_size": 8, "seed": 0, "max_output_error": None,
    "early_stop": True, "optimize_for": None, "max_drop": None, "drop_type": "absolute", "validation_share": None,
    "timing": True, "sample_timeout": None, "ignored": None, "metric": None, "higher_is_better": None,
    "max_latency": None, "min_speedup": None, "times": None,
}  # fmt: skip


def choices(**stated):
    return collect_choices({**STATED, **stated}, RUN_CHOICES)


def test_options_become_arguments():
    made = choices(ignored=("conv1",))
    assert (made["ignored_scope"], made["max_output_error"]) == (["conv1"], "auto")
    assert str(check_choices("data.npz", None, made).preset) == "mixed"


def test_ignored_operations_are_names_patterns_and_types():
    made = choices(ignored=("conv1", "re:conv[23]", "type:MatMul", "a:b"))
    expected = {"names": ["conv1", "a:b"], "patterns": ["conv[23]"], "types": ["MatMul"]}
    assert made["ignored_scope"] == expected


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"preset": "performanc"}, "performance"),
        ({"subset_size": 0}, "subset_size"),
        ({"max_drop": 0.1}, "there is no metric"),
        ({"drop_type": "relative"}, "max_drop"),
        ({"sample_timeout": 0.0}, "sample_timeout"),
        ({"target_device": "TPU"}, "TPU"),
        ({"max_latency": "fast"}, "milliseconds"),
        ({"max_latency": "0.5x", "min_speedup": 2.0}, "state one of them"),
    ],
    ids=str,
)
def test_what_is_not_possible_is_refused_before_a_file_is_opened(stated, words):
    with pytest.raises(ConfigError, match=words):
        check_choices("not there", None, choices(**stated))


def test_data_and_metric_have_to_be_named():
    with pytest.raises(ConfigError, match="--data is missing"):
        check_choices(None, None, choices())
    with pytest.raises(ConfigError, match="--annotations"):
        check_choices("data.npz", "labels.txt", choices())


def test_names_and_space_are_checked_with_the_model(tmp_path, monkeypatch):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml")
    assert read_for(tmp_path, tmp_path / "net.xml", check_choices("x", None, choices()), False).inputs
    with pytest.raises(UnknownNameError, match="conv0"):
        read_for(tmp_path, tmp_path / "net.xml", check_choices("x", None, choices(ignored=("conv0",))), False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(FileError, match="10 are free"):
        read_for(tmp_path, tmp_path / "net.xml", check_choices("x", None, choices()), False)
