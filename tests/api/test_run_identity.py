"""What a run is about."""

import json

import pytest

from metric_engines import Agreement, Distance
from openpot.api.quantize_arguments import validate
from openpot.api.run_identity import identify_run
from openpot.data.adapt import make_data_loader
from toy_models import images, tiny_cnn


def identity(model=None, count=4, metric=None, values=None, **options):
    config = validate(**{"preset": "performance", "target_device": "CPU", "ignored_scope": None, **options})
    loader = make_data_loader(images(count))
    return json.loads(json.dumps(identify_run(model or tiny_cnn(), {"calibration": loader}, config, metric, values)))


def test_the_same_run_is_the_same_in_plain_json():
    assert identity(metric=Agreement(), values={"agreement": 0.5}) == identity(
        metric=Agreement(), values={"agreement": 0.5}
    )


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("model", {"model": tiny_cnn(seed=1)}),
        ("data", {"count": 5}),
        ("settings", {"seed": 1}),
        ("settings", {"max_output_error": 0.5}),
        ("metric", {"metric": Distance()}),
        ("metric", {"metric": Agreement(), "values": {"agreement": 0.4}}),
    ],
)
def test_only_the_part_that_changed_differs(part, changed):
    before = identity(metric=Agreement(), values={"agreement": 0.5})
    after = identity(**{"metric": Agreement(), "values": {"agreement": 0.5}, **changed})
    assert [name for name in before if before[name] != after[name]] == [part]


def test_a_processor_that_is_made_older_is_another_one(monkeypatch):
    before = identity()["processor"]
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "SSE41")
    assert identity()["processor"] != before
