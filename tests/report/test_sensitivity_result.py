"""Sensitivities as text and JSON."""

from dataclasses import replace

from openpot.report.sensitivity_result import Sensitivity
from openpot.search.sensitivity import UnitSensitivity

FOUND = Sensitivity("net.xml", "CPU", 0.1, (UnitSensitivity(("a", "b"), 0.08, 0.03, 0.5),), 4)


def test_a_unit_is_a_row():
    (table,) = FOUND.list_tables()
    assert table.rows == (("a, b", 0.08, 0.03, 0.5),)
    assert "output error 0.1 with everything in INT8, on 4 samples" in str(FOUND)
    assert repr(FOUND) == "Sensitivity('net.xml', error=0.1, units=1, first='a, b')"


def test_long_units_are_cut_where_they_are_shown():
    long = replace(FOUND, units=(UnitSensitivity(tuple("abcdef"), 0.08, 0.03, 0.5),))
    assert long.list_tables()[0].rows[0][0] == "a, b and 4 more"
    assert long.to_dict()["units"][0]["operations"] == [*"abcdef"]


def test_json_defines_its_figure():
    content = FOUND.to_dict()
    assert content["units"][0]["operations"] == ["a", "b"]
    assert "variation" in content["definitions"]["output_error"]
