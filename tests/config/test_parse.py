"""Dicts of every kind become configurations; every fault is told at once."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from openpot.attribute_dict import AttributeDict
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import BiasCorrectionConfig, DefaultQuantizationConfig, MinMaxConfig
from openpot.config.parse import parse_algorithm, to_plain_parameters
from openpot.errors import ConfigError, OpenPotWarning, UnknownNameError

KNOWN = {
    "DefaultQuantization": DefaultQuantizationConfig,
    "MinMaxQuantization": MinMaxConfig,
    "BiasCorrection": BiasCorrectionConfig,
    "AccuracyAwareQuantization": AccuracyAwareConfig,
}


def parsed(params, name="DefaultQuantization"):
    return parse_algorithm(name, params, KNOWN)


@pytest.mark.parametrize("params", [None, {}, AttributeDict()], ids=["None", "dict", "AttributeDict"])
def test_nothing_stated_gives_the_defaults(params):
    assert parsed(params) == DefaultQuantizationConfig()


def test_the_example_of_the_reference_needs_no_target_device():
    assert parsed({"preset": "performance", "stat_subset_size": 500}).target_device == "ANY"


def test_dicts_with_attribute_access_are_plain_dicts():
    params = AttributeDict({"weights": {"bits": 8}, "stat_subset_size": 10})
    params.target_device = params.compression.target_device  # absent: reads as an empty dict
    config = parsed(params)
    assert (config.weights.bits, config.stat_subset_size, config.target_device) == (8, 10, "ANY")


def test_numpy_numbers_paths_and_none_are_understood():
    config = parsed(
        {"stat_subset_size": np.int64(5), "exec_log_dir": Path("logs"), "preset": None, "seed": np.uint8(3)}
    )
    assert (config.stat_subset_size, config.seed, config.preset, config.exec_log_dir) == (
        5,
        3,
        "performance",
        Path("logs"),
    )


def test_the_caller_s_dict_is_untouched():
    params = {"weights": {"bits": None}, "tune_hyperparams": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed(params)
    assert params == {"weights": {"bits": None}, "tune_hyperparams": True}


def test_an_unknown_algorithm_names_the_nearest():
    with pytest.raises(
        UnknownNameError, match="no algorithm 'DefaultQuantisation'; did you mean 'DefaultQuantization'"
    ):
        parsed({}, "DefaultQuantisation")


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"^DefaultQuantization\.params\.presett: .*did you mean 'preset'"):
        parsed({"presett": "mixed"})


def test_all_faults_are_told_at_once():
    with pytest.raises(UnknownNameError) as caught:
        parsed({"presett": "mixed", "stat_subset_size": 0, "weights": {"mode": "symetric"}, "ignored": {"scop": []}})
    text = str(caught.value)
    assert text.startswith("4 faults")
    for part in ("presett", "stat_subset_size", "weights.mode", "ignored.scop"):
        assert f"DefaultQuantization.params.{part}: " in text


def test_impossible_values_alone_are_no_unknown_names():
    with pytest.raises(ConfigError, match=r"stat_subset_size: should be .* got -5") as caught:
        parsed({"stat_subset_size": -5})
    assert not isinstance(caught.value, UnknownNameError)


def test_a_list_is_no_dict_of_parameters():
    with pytest.raises(ConfigError, match="expected a dict"):
        parsed(["preset"])


@pytest.mark.parametrize(
    ("params", "owner"),
    [
        ({"use_fast_bias": True}, "DefaultQuantization"),
        ({"maximal_drop": 0.1}, "AccuracyAwareQuantization"),
        ({"random_seed": 1}, "layer-wise tuning"),
        ({"weight_fq": {"scale_lr": 1}}, "DefaultQuantization"),
    ],
    ids=["openpot's", "of one algorithm", "POT's alone", "nested"],
)
def test_a_key_of_another_algorithm_is_left_out_with_a_warning(params, owner):
    with pytest.warns(OpenPotWarning, match=f"{next(iter(params))!r} .{owner}."):
        config = parsed({**params, "seed": 4}, "BiasCorrection")
    assert config == BiasCorrectionConfig(seed=4)


def test_several_foreign_keys_make_one_warning():
    with pytest.warns(OpenPotWarning) as caught:
        parsed({"maximal_drop": 0.1, "drop_type": "absolute"})
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (AttributeDict(a={"b": (1, np.float32(2))}), {"a": {"b": [1, 2.0]}}),
        ({"a": None, "b": {}, "c": {"d": None}}, {}),
        ({"a": [None, {}]}, {"a": [None, {}]}),
        ({3: "x"}, {"3": "x"}),
    ],
    ids=["nested", "absent", "list", "number as key"],
)
def test_plain_parameters(value, plain):
    found = to_plain_parameters(value)
    assert found == plain
    assert type(found) is dict
