"""The page about the algorithms names every one of them, with keys and tests that exist."""

import re
from pathlib import Path

import pytest

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.registry import COMPRESSION_ALGORITHMS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "algorithms.md").read_text()
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells]
    for line in PAGE.splitlines()
    if len(cells := line.strip("|").split("|")) == 5 and cells[0].strip().startswith("`")
}


def test_every_algorithm_has_a_row():
    assert set(ROWS) == set(COMPRESSION_ALGORITHMS.registry_dict) == set(AlgorithmConfigs())


@pytest.mark.parametrize("name", sorted(ROWS))
def test_keys_are_keys_and_none_is_missing(name):
    fields = AlgorithmConfigs()[name].model_fields
    own = {key for key in re.findall(r"`(\w+)`", ROWS[name][2]) if not key[0].isupper()}
    assert own <= set(fields)
    if "those of" not in ROWS[name][2]:
        common = set(AlgorithmConfigs()["ActivationChannelAlignment"].model_fields)
        assert own == set(fields) - common


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_test_exists_and_speaks_of_the_algorithm(name):
    path = ROOT / ROWS[name][4].strip("`")
    assert name in path.read_text()
    assert path.name.startswith("test_")
