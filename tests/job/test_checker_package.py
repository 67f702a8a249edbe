import sys
from pathlib import Path

import pytest

from openpot.config.engine_section import AccuracyCheckerEngineConfig
from openpot.errors import ConfigError, MissingExtraError
from openpot.inference.model_inputs import describe_inputs
from openpot.job.checker_package import find_checker, load_parts, read_evaluation, split_datasets
from toy_models import tiny_cnn

sys.path.insert(0, str(Path(__file__).parent))
import stand_in_checker

DATASET = {"name": "numbers", "numbers": [1, 2], "metrics": []}


def section(**keys):
    return AccuracyCheckerEngineConfig(**keys)


def test_without_the_package_the_message_says_how_to_get_the_same():
    with pytest.raises(MissingExtraError) as caught:
        find_checker()
    for word in ("type: openpot", "image_folder", "npz", "module:function", "k: 1", "openpot convert-config"):
        assert word in str(caught.value)


def test_the_package_is_found_under_its_name(monkeypatch):
    stand_in_checker.install(monkeypatch)
    assert find_checker() == "accuracy_checker"


def test_a_file_is_read_for_its_first_model(tmp_path):
    (tmp_path / "ac.yml").write_text("models:\n- name: a\n  launchers: [{adapter: x}]\n  datasets: [{name: d}]\n")
    described = read_evaluation(section(config=tmp_path / "ac.yml"))
    assert described == {"name": "a", "launchers": [{"adapter": "x"}], "datasets": [{"name": "d"}]}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"module": "mtcnn.Evaluator", "module_config": {}}, r"custom evaluator 'mtcnn\.Evaluator' runs models itself"),
        ({"launchers": []}, "this section describes no datasets"),
    ],
    ids=["custom evaluator", "no data"],
)
def test_what_cannot_be_run_is_refused(keys, words):
    with pytest.raises(ConfigError, match=words):
        read_evaluation(section(**keys))


def test_a_file_without_models_is_refused(tmp_path):
    (tmp_path / "ac.json").write_text('{"launchers": []}')
    with pytest.raises(ConfigError, match=r"ac\.json describes no datasets"):
        read_evaluation(section(config=tmp_path / "ac.json"))


def test_data_sets_may_have_tags_and_share_the_pre_processing():
    one, two = {"name": "one"}, {"name": "two", "preprocessing": ["own"]}
    assert split_datasets([one, two]) == (one, one)
    tagged = {"preprocessing": ["shared"], "optimization": one, "evaluation": two}
    assert split_datasets(tagged) == ({"preprocessing": ["shared"], **one}, two)
    assert split_datasets({"evaluation": one}) == (one, one)
    with pytest.raises(ConfigError, match="expected a list of data sets"):
        split_datasets({"training": one})


def test_parts_are_made_of_each_data_set(monkeypatch):
    stand_in_checker.install(monkeypatch)
    both = {"optimization": {**DATASET, "numbers": [5]}, "evaluation": DATASET}
    parts = load_parts(section(datasets=both, launchers=[{"adapter": "classification"}]), describe_inputs(tiny_cnn()))
    assert (len(parts.optimization.provider), len(parts.evaluation.provider)) == (1, 2)
    assert parts.feeder.default_layout == "NCHW"
    assert parts.adapter is not None


def test_what_the_package_refuses_is_an_error_of_the_configuration(monkeypatch):
    stand_in_checker.install(monkeypatch)
    with pytest.raises(ConfigError, match="refuses its part of engine: ValueError: broken is no data set"):
        load_parts(section(datasets=[{"name": "broken"}]), describe_inputs(tiny_cnn()))
