"""What the Python functions of the commands return: short repr, text, JSON and tables."""

import json

import pytest

import openpot
from toy_models import images, tiny_cnn

DATA = images(8)


@pytest.fixture(scope="module", params=["inspect", "compare", "evaluate", "benchmark", "sensitivity", "plan"])
def record(request):
    calls = {
        "inspect": lambda: openpot.inspect(tiny_cnn()),
        "compare": lambda: openpot.compare(tiny_cnn(), tiny_cnn(seed=1), DATA, timing=False),
        "evaluate": lambda: openpot.evaluate(tiny_cnn(), [(image, 1) for image in DATA], "accuracy"),
        "benchmark": lambda: openpot.benchmark(tiny_cnn(), seconds=0.001),
        "sensitivity": lambda: openpot.sensitivity(tiny_cnn(), DATA),
        "plan": lambda: openpot.inspect(tiny_cnn()).plan,
    }
    return calls[request.param]()


def test_its_repr_is_one_short_line(record):
    assert len(repr(record)) < 200
    assert "\n" not in repr(record)


def test_it_is_plain_data_for_json(record):
    content = record.to_dict()
    assert json.loads(json.dumps(content)) == content


def test_notebooks_and_terminals_get_tables(record):
    assert record._repr_html_().count("<table>") == len(record.list_tables()) >= 1
    assert record.__rich__() is not None
    assert len(record.main_table.rows) > 0
