"""A metric as text and JSON."""

from openpot.report.evaluation import Evaluation

FOUND = Evaluation("net.xml", {"accuracy": 0.75, "loss": 2.0}, {"accuracy": (0.6, 0.85)}, 40)


def test_a_value_without_an_interval_leaves_the_cells_empty():
    (table,) = FOUND.list_tables()
    assert table.rows == (("accuracy", 0.75, 0.6, 0.85), ("loss", 2.0, None, None))
    assert repr(FOUND) == "Evaluation('net.xml', accuracy=0.75, loss=2, samples=40)"


def test_json_has_the_interval_as_a_pair():
    assert FOUND.to_dict()["intervals"] == {"accuracy": [0.6, 0.85]}
