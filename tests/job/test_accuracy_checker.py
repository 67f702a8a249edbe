"""The engine with a stand-in for the package; ``tests/with_accuracy_checker`` has the real one."""

import sys
from pathlib import Path

import numpy as np
import pytest

from openpot.config.engine_section import AccuracyCheckerEngineConfig
from openpot.data.sampler import BatchSampler
from openpot.errors import ConfigError
from openpot.graph.io import load_model
from openpot.job.accuracy_checker import make_accuracy_checker_engine
from pot_workspace import config_with, make_workspace, num_fake_quantize, pot, write_config
from toy_models import tiny_cnn

sys.path.insert(0, str(Path(__file__).parent))
import stand_in_checker

SECTION = {
    "datasets": {
        "optimization": {"name": "few", "numbers": [1, 2, 3, 4]},
        "evaluation": {"name": "many", "numbers": [10, 20, 300], "metrics": [{"type": "difference"}]},
    },
    "launchers": [{"adapter": "classification"}],
}


@pytest.fixture(autouse=True)
def package(monkeypatch):
    stand_in_checker.install(monkeypatch)


@pytest.fixture
def engine():
    model = load_model({"model": tiny_cnn()})
    made = make_accuracy_checker_engine(AccuracyCheckerEngineConfig(**SECTION), model)
    made.set_model(model)
    return made


def test_samples_are_laid_out_as_the_input_and_keep_annotation_and_facts(engine):
    data, annotation, metadata = engine.data_loader[2]
    assert data["data"].shape == (1, 3, 16, 16)
    np.testing.assert_array_equal(data["data"][0, 1, 5], 3 + np.arange(16, dtype=np.float32) / 16)
    assert (annotation, metadata) == (3, {"identifier": "3.png", "meta": {"number": 3}})
    assert len(engine.data_loader) == 4


def test_metrics_are_measured_on_the_data_set_for_evaluation(engine):
    metrics, statistics = engine.predict()
    assert metrics == {"difference": pytest.approx((6 + 6 + 7) / 3), "first": 7.0}
    assert statistics == {}
    assert len(engine.data_loader) == 4


def test_values_of_single_samples_are_told(engine):
    (records, _), _ = engine.predict(metric_per_sample=True)
    assert [(record["sample_id"], record["result"]) for record in records] == [(0, 6), (1, 6), (2, 7)]
    assert engine.get_metrics_attributes()["difference"]["direction"] == "higher-worse"


def test_a_sampler_decides_where_it_is_given(engine):
    metrics, _ = engine.predict(sampler=BatchSampler(engine.data_loader, 1, [0, 1]))
    assert metrics["difference"] == 5.0


def test_a_cascade_is_refused():
    parts = [{"name": name, "model": tiny_cnn()} for name in "ab"]
    with pytest.raises(ConfigError, match="runs single models here"):
        make_accuracy_checker_engine(AccuracyCheckerEngineConfig(**SECTION), load_model({"cascade": parts}))


def test_pot_calibrates_and_evaluates_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_workspace(tmp_path)
    content = config_with({**SECTION, "eval_requests_number": 1}, ("DefaultQuantization", {"stat_subset_size": 10}))
    done = pot("-c", write_config(tmp_path, content), "-e", "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    assert num_fake_quantize(tmp_path / "out" / "optimized" / "small.xml") >= 3
    assert "difference                 : 6.33" in done.stdout
