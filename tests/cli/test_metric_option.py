"""Metrics and annotations that options of a command name."""

import numpy as np
import pytest

from openpot.cli.metric_option import add_annotations_of_option, make_metric_of_option
from openpot.data.columns import ColumnRows
from openpot.data.sample import load_sample
from openpot.errors import ConfigError, DataError, UnknownNameError
from openpot.inference.model_inputs import describe_inputs
from toy_engines import ListLoader
from toy_models import images, tiny_cnn


@pytest.mark.parametrize(
    ("text", "value"),
    [("accuracy", "accuracy@top1"), ("accuracy,k=3", "accuracy@top3"), ("Accuracy, k = 5", "accuracy@top5")],
    ids=str,
)
def test_a_ready_made_metric_takes_parameters(text, value):
    assert list(make_metric_of_option(text).get_attributes()) == [value]


def test_a_callable_is_imported_and_nothing_is_nothing(tmp_path, monkeypatch):
    (tmp_path / "scores.py").write_text("def first(outputs, label):\n    return float(outputs[0][0, 0])\n")
    monkeypatch.chdir(tmp_path)
    assert list(make_metric_of_option("scores:first").get_attributes()) == ["first"]
    assert make_metric_of_option(None) is None


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("acuracy", UnknownNameError, "accuracy"),
        ("accuracy,top=3", UnknownNameError, "no parameter 'top'"),
        ("accuracy,3", ConfigError, "expected NAME,PARAMETER=VALUE"),
        ("accuracy,k=0", ConfigError, "k"),
        ("no_such_module:metric", DataError, "no_such_module"),
    ],
)
def test_what_does_not_exist_is_named(text, error, words):
    with pytest.raises(error, match=words):
        make_metric_of_option(text)


def test_the_other_array_of_an_archive_is_the_annotation():
    columns = {"data": np.stack(images(3)), "label": np.arange(3), "weight": np.full(3, 7)}
    loader = ColumnRows(columns, describe_inputs(tiny_cnn()))
    assert load_sample(add_annotations_of_option(loader, "label"), 2).annotation == 2
    assert load_sample(add_annotations_of_option(loader, None), 2).annotation == {"label": 2, "weight": 7}
    loader = ColumnRows({"data": columns["data"], "label": columns["label"]}, describe_inputs(tiny_cnn()))
    assert load_sample(add_annotations_of_option(loader, None), 1).annotation == 1


def test_samples_of_a_callable_bring_their_own():
    loader = ListLoader([(sample, 4) for sample in images(2)])
    assert add_annotations_of_option(loader, None) is loader
    with pytest.raises(ConfigError, match="only for images and for archives"):
        add_annotations_of_option(loader, "label")


def test_the_direction_is_of_functions_alone(tmp_path, monkeypatch):
    (tmp_path / "losses.py").write_text("def loss(outputs, label):\n    return 0.0\n")
    monkeypatch.chdir(tmp_path)
    assert make_metric_of_option("losses:loss", False).get_attributes()["loss"]["direction"] == "higher-worse"
    for text, words in (("accuracy", "is for functions"), (None, "name one")):
        with pytest.raises(ConfigError, match=words):
            make_metric_of_option(text, True)
