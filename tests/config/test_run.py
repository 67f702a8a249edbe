"""A whole configuration: every key of the three sections, and all faults in one list."""

import json

import pytest

from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.config.config_file import read_config_file
from openpot.config.run import KnownNames, parse_run, strip_registry
from openpot.errors import ConfigError, OpenPotWarning, UnknownNameError

KNOWN = KnownNames(
    {
        "DefaultQuantization": DefaultQuantizationConfig,
        "AccuracyAwareQuantization": AccuracyAwareConfig,
        "MinMaxQuantization": MinMaxConfig,
        "Mine": None,
    },
    {"accuracy": ("top_k", "name")},
)


def config(**changes):
    whole = {
        "model": {"model": "net.xml", "weights": "net.bin"},
        "engine": {"type": "simplified", "data_source": "pics"},
        "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"stat_subset_size": 10}}]},
    }
    return {**whole, **changes}


def with_params(device="ANY", name="DefaultQuantization", **params):
    return config(compression={"target_device": device, "algorithms": [{"name": name, "params": params}]})


def test_sections_and_parameters_are_there_after_parsing():
    run = parse_run(config(), KNOWN)
    assert run.model.name == "net"
    assert run.engine.data_source == "pics"
    assert run.algorithms[0].params == {"target_device": "ANY", "stat_subset_size": 10}
    assert run.algorithm_names == ("DefaultQuantization",)


def test_the_target_device_of_an_algorithm_goes_before_that_of_the_section():
    assert parse_run(with_params("CPU", target_device="GPU"), KNOWN).algorithms[0].params["target_device"] == "GPU"


@pytest.mark.parametrize(
    ("device", "given", "taken"),
    [
        ("CPU", "symmetric", "performance"),
        ("CPU", "asymmetric", "accuracy"),
        ("GNA", "mixed", "accuracy"),
        ("gna3", "accuracy", "accuracy"),
        ("NPU", "accuracy", "accuracy"),
        ("ANY", "mixed", "mixed"),
    ],
)
def test_presets_have_the_aliases_of_the_command_line(device, given, taken):
    assert parse_run(with_params(device, preset=given), KNOWN).algorithms[0].params["preset"] == taken


def test_the_preset_accuracy_comes_to_mixed_where_asymmetric_weights_do_not_run():
    params = parse_run(with_params("CPU", preset="asymmetric"), KNOWN).algorithms[0].params
    assert DefaultQuantizationConfig(**params).placement_preset == "mixed"


def test_keys_that_pot_refused_are_taken():
    params = parse_run(with_params(stat_batch_size=4, target_device="CPU", layerwise_configs=[]), KNOWN).algorithms[0]
    assert params.params["stat_batch_size"] == 4


def test_an_algorithm_of_the_users_own_gets_its_parameters_as_they_are():
    assert parse_run(with_params(name="Mine", anything=[1]), KNOWN).algorithms[0].params["anything"] == [1]


def test_parameters_are_validated_once_and_kept():
    (step,) = parse_run(with_params("CPU", stat_subset_size=10), KNOWN).algorithms
    assert step.config == DefaultQuantizationConfig(stat_subset_size=10, target_device="CPU")
    assert parse_run(with_params(name="Mine", anything=[1]), KNOWN).algorithms[0].config is None


def test_a_registry_before_the_name_is_passed_over():
    assert strip_registry("QuantizationAlgos.DefaultQuantization") == "DefaultQuantization"
    run = parse_run(with_params(name="QuantizationAlgos.DefaultQuantization"), KNOWN)
    assert run.algorithm_names == ("DefaultQuantization",)


def test_no_algorithm_at_all_is_possible():
    assert parse_run(config(compression={"algorithms": []}), KNOWN).algorithms == ()


def test_parameters_of_another_algorithm_are_left_out_with_a_warning():
    with pytest.warns(OpenPotWarning, match=r"compression\.algorithms\[0\]\.params: .*'maximal_drop'"):
        run = parse_run(with_params(maximal_drop=0.1), KNOWN)
    assert "maximal_drop" not in run.algorithms[0].params


@pytest.mark.parametrize(
    ("stated", "line"),
    [
        (config(modle={}), "modle: there is no such section; did you mean 'model'?"),
        ({"model": {"model": "x"}, "compression": {"algorithms": []}, "engine": 3}, "engine: expected keys and values"),
        (config(engine={"type": "data_free", "shap": [1]}), "engine.shap: there is no such key; did you mean 'shape'?"),
        (
            config(engine={"type": "simple"}),
            "engine.type: there is no engine type 'simple'; did you mean 'simplified'?",
        ),
        (config(engine={"type": "simplified"}), "engine.data_source: this key is needed"),
        (with_params(name="DefaultQuantisation"), "did you mean 'DefaultQuantization'?"),
        (with_params(name="WeightSparsity"), "there is no algorithm 'WeightSparsity'"),
        (
            config(engine={"data": {"npz": "x"}, "metrics": [{"name": "acuracy"}]}),
            "engine.metrics[0].name: there is no metric 'acuracy'; did you mean 'accuracy'?",
        ),
        (
            config(engine={"data": {"npz": "x"}, "metrics": [{"name": "accuracy", "topk": 5}]}),
            "engine.metrics[0].topk: there is no such key; did you mean 'top_k'?",
        ),
        (
            with_params(activations={"range_estimator": {"max": {"typ": "max"}}}),
            "compression.algorithms[0].params.activations.range_estimator.max.typ: there is no such key; did you mean "
            "'type'?",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_a_line_with_its_path_and_the_nearest_valid_name(stated, line):
    with pytest.raises(ConfigError) as caught:
        parse_run(stated, KNOWN)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    (tmp_path / "bad.json").write_text(
        json.dumps(
            {
                "model": {"model": "nothing.xml", "modelname": "x"},
                "engine": {"type": "simplified", "data_sorce": "pics", "stat_requests_number": "many"},
                "compression": {
                    "target_device": "CPV",
                    "algorithms": [
                        {"name": "DefaultQuantization", "params": {"preset": "fast", "stat_subset_sise": 3}},
                        {"name": "MinMaxQuantisation"},
                        {"params": {}},
                    ],
                },
                "optimizer": {},
            }
        )
    )
    with pytest.raises(UnknownNameError) as caught:
        parse_run(read_config_file(tmp_path / "bad.json"), KNOWN, check_paths=True)
    first, *lines = str(caught.value).splitlines()
    assert first == "11 faults in the configuration:"
    assert [line.partition(": ")[0].strip() for line in lines] == [
        "optimizer",
        "model.model",
        "model.modelname",
        "engine.stat_requests_number",
        "engine.data_source",
        "engine.data_sorce",
        "compression.target_device",
        "compression.algorithms[2].name",
        "compression.algorithms[0].params.preset",
        "compression.algorithms[0].params.stat_subset_sise",
        "compression.algorithms[1].name",
    ]
