"""Configuration files of POT's time."""

import warnings

import pytest

from openpot.config.historic_file import drop_passed_over, parse_historic_run, translate_form
from openpot.errors import ConfigError, OpenPotWarning, UnknownNameError
from openpot.job.known_names import collect_known_names

DEFAULT = {"name": "DefaultQuantization", "params": {"stat_subset_size": 4}}


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("net.xml", "net.bin"):
        (tmp_path / name).touch()

    def make(compression=None, **sections):
        whole = {
            "model": {"model": "net.xml", "weights": "net.bin"},
            "engine": {"type": "simplified", "data_source": "pictures"},
            "compression": {"algorithms": [DEFAULT]} if compression is None else compression,
        }
        return {**whole, **sections}

    return make


@pytest.mark.parametrize(
    "compression",
    [{"algorithms": {}}, {"algorithms": None}, {"algorithms": []}, {}, {"target_device": "CPU"}],
    ids=["empty dict", "none", "empty list", "no key", "another key"],
)
def test_no_algorithms_are_an_empty_pipeline(config, compression):
    assert parse_historic_run(config(compression), collect_known_names()).algorithms == ()


def test_a_file_without_the_section_is_an_empty_pipeline(config):
    stated = config()
    del stated["compression"]
    assert parse_historic_run(stated, collect_known_names(), strict=True).algorithms == ()


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [
        ({"scope": "conv1"}, {"scope": ["conv1"]}),
        ({"operations": {"type": "Add"}}, {"operations": [{"type": "Add"}]}),
        ({"operations": "Add"}, {"operations": ["Add"]}),
        ({"pnet": {"scope": "conv1"}}, {"pnet": {"scope": ["conv1"]}}),
        (["conv1"], ["conv1"]),
    ],
    ids=["one name", "one operation", "one type", "in a cascade", "a list"],
)
def test_one_entry_of_an_ignored_scope_may_stand_for_itself(config, ignored, kept):
    stated = config({"algorithms": [{"name": "DefaultQuantization", "params": {"ignored": ignored}}]})
    (entry,) = translate_form(stated)["compression"]["algorithms"]
    assert entry["params"]["ignored"] == kept


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"optimiser": {"name": "Tpe"}},
            "optimiser: there is no such section; valid names: compression, engine, model",
        ),
        ({"optimizer": {"name": "Tpe"}}, "use AccuracyAwareQuantization with 'tune_hyperparams'"),
        (
            {"model": {"name": "net", "model": "net.xml", "weights": "net.bin"}},
            "model.name: there is no such key; did you mean 'model_name'?",
        ),
        (
            {"engine": {"type": "simplified", "data_source": "pictures", "data_sorce": "x"}},
            "engine.data_sorce: there is no such key; did you mean 'data_source'?",
        ),
        (
            {"compression": {"target_devise": "CPU", "algorithms": [DEFAULT]}},
            "compression.target_devise: there is no such key; did you mean 'target_device'?",
        ),
        (
            {"compression": {"algorithms": [{**DEFAULT, "preset": "performance"}]}},
            "compression.algorithms[0].preset: there is no such key; did you mean 'params.preset'?",
        ),
        (
            {"compression": {"algorithms": [{**DEFAULT, "parms": {"seed": 1}}]}},
            "compression.algorithms[0].parms: there is no such key; did you mean 'params'?",
        ),
    ],
    ids=["section", "removed section", "model", "engine", "compression", "parameter outside params", "beside params"],
)
def test_unknown_keys_are_one_warning_each_or_one_list_of_errors(config, changes, line):
    stated = config(**changes)
    with pytest.warns(OpenPotWarning) as caught:
        run = parse_historic_run(stated, collect_known_names())
    assert [line in str(one.message) for one in caught] == [True]
    assert run.algorithm_names == ("DefaultQuantization",)
    with pytest.raises(UnknownNameError) as refused:
        parse_historic_run(stated, collect_known_names(), strict=True)
    assert line in str(refused.value)


def test_a_misspelt_key_is_among_the_faults_of_a_file_that_is_refused(config):
    stated = config(engine={"type": "simplified", "data_sorce": "pictures"})
    with pytest.raises(ConfigError, match=r"data_source: this key is needed\n.*data_sorce: there is no such key"):
        parse_historic_run(stated, collect_known_names())


def test_unknown_parameters_are_refused_as_pot_did(config):
    stated = config({"algorithms": [{"name": "DefaultQuantization", "params": {"presett": "mixed"}}]})
    with pytest.raises(RuntimeError, match="presett"):
        parse_historic_run(stated, collect_known_names())


def test_openpots_own_engine_type_is_checked_as_ever(config):
    engine = {"type": "openpot", "data": {"npz": "samples.npz"}, "note": 1}
    assert drop_passed_over(translate_form(config(engine=engine)), collect_known_names())[1] == []
    with pytest.raises(UnknownNameError, match=r"engine\.note"):
        parse_historic_run(config(engine=engine), collect_known_names())


def test_entries_that_are_no_dicts_stay_for_the_parser(config):
    with pytest.raises(ConfigError, match=r"algorithms\[0\]"):
        parse_historic_run(config({"algorithms": ["DefaultQuantization"]}), collect_known_names())


def test_the_search_of_2021_is_understood(config):
    params = {
        "preset": "performance",
        "tuning_scope": ["range_estimator", "layer"],
        "estimator_tuning_scope": ["preset", "outlier_prob"],
        "outlier_prob_choices": [1e-3, 1e-4],
    }
    stated = config({"algorithms": [{"name": "TunableQuantization", "params": params}]}, optimizer={"name": "Tpe"})
    with pytest.warns(OpenPotWarning, match="POT gave up the search"):
        run = parse_historic_run(stated, collect_known_names())
    assert run.algorithm_names == ("TunableQuantization",)


@pytest.mark.parametrize(
    ("name", "substitute"),
    [("QuantileTuningAlgorithm", "ParamsGridSearchAlgorithm"), ("Ranger", "RangeSupervision")],
)
def test_algorithms_that_pot_gave_up_name_their_substitute(config, name, substitute):
    with pytest.raises(UnknownNameError, match=f"POT gave up the algorithm '{name}'; use {substitute}"):
        parse_historic_run(config({"algorithms": [{"name": name, "params": {}}]}), collect_known_names())


def test_vpu_is_npu(config):
    run = parse_historic_run(config({"target_device": "VPU", "algorithms": [DEFAULT]}), collect_known_names())
    assert run.compression.target_device == "NPU"


def test_a_sound_file_is_no_warning(config):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse_historic_run(config(), collect_known_names())
