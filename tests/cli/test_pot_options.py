from pathlib import Path

import pytest

from openpot.cli.pot_options import PotOptions
from openpot.errors import ConfigError

SIMPLIFIED = {
    "quantize": "default",
    "model": Path("net.xml"),
    "weights": Path("net.bin"),
    "engine": "simplified",
    "data_source": "pics",
}
CHECKER = {"quantize": "default", "model": Path("net.xml"), "weights": Path("net.bin"), "ac_config": Path("ac.yml")}


def test_simplified_mode_is_a_configuration():
    assert PotOptions(**SIMPLIFIED, name="small", preset="mixed").to_config() == {
        "model": {"model_name": "small", "model": "net.xml", "weights": "net.bin"},
        "engine": {"type": "simplified", "data_source": "pics"},
        "compression": {
            "target_device": "ANY",
            "algorithms": [{"name": "DefaultQuantization", "params": {"preset": "mixed", "stat_subset_size": 300}}],
        },
    }


def test_accuracy_aware_takes_the_drop():
    config = PotOptions(**{**CHECKER, "quantize": "accuracy_aware"}, max_drop=0.02).to_config()
    assert config["engine"] == {"type": "accuracy_checker", "config": "ac.yml"}
    assert config["compression"]["algorithms"] == [
        {
            "name": "AccuracyAwareQuantization",
            "params": {
                "preset": "performance",
                "stat_subset_size": 300,
                "maximal_drop": 0.02,
                "tune_hyperparams": False,
            },
        }
    ]


def test_a_file_is_read(tmp_path):
    (tmp_path / "c.json").write_text('{"model": 1}')
    assert PotOptions(config=tmp_path / "c.json").to_config() == {"model": 1}


def test_options_that_were_given_can_be_told():
    told = PotOptions(**SIMPLIFIED, evaluate=False).list_stated()
    assert told == {**SIMPLIFIED, "model": "net.xml", "weights": "net.bin"}


def without(options, *names):
    return {name: value for name, value in options.items() if name not in names}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "either --config .* or --quantize"),
        ({**SIMPLIFIED, "config": Path("c.json")}, "either --config .* or --quantize"),
        (without(SIMPLIFIED, "model"), "needs --model"),
        (without(SIMPLIFIED, "weights"), "needs --weights"),
        (without(CHECKER, "ac_config"), "needs --ac-config, or --engine simplified"),
        (without(SIMPLIFIED, "data_source"), "needs --data-source"),
        ({**CHECKER, "quantize": "accuracy_aware"}, "accuracy_aware needs --max-drop"),
        ({**SIMPLIFIED, "evaluate": True}, "--evaluate does not go with --engine simplified"),
        ({**SIMPLIFIED, "quantize": "accuracy_aware", "max_drop": 0.1}, "simplified: there is no metric"),
        ({**SIMPLIFIED, "ac_config": Path("ac.yml")}, "--ac-config goes with --engine accuracy_checker"),
        ({"config": Path("c.json"), "model": Path("m.xml")}, "--model goes with --quantize only"),
        ({"config": Path("c.json"), "weights": Path("m.bin")}, "--weights goes with --quantize only"),
        ({"config": Path("c.json"), "preset": "mixed"}, "--preset goes with --quantize only"),
        ({"config": Path("c.json"), "ac_config": Path("a.yml")}, "--ac-config goes with --quantize only"),
        ({"config": Path("c.json"), "name": "x"}, "--name goes with --quantize only"),
        ({"config": Path("c.json"), "max_drop": 0.0}, "--max-drop goes with --quantize only"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, words):
    with pytest.raises(ConfigError, match=words):
        PotOptions(**options).to_config()


def test_all_reasons_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        PotOptions(quantize="accuracy_aware").to_config()
    assert str(caught.value).count("\n") == 3


def test_other_formats_need_no_weights():
    options = {**without(SIMPLIFIED, "weights"), "model": Path("net.onnx")}
    assert PotOptions(**options).to_config()["model"] == {"model": "net.onnx"}
