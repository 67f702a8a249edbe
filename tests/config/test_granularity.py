"""Granularity as users write it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from openpot.config.granularity import StatedGranularity
from openpot.scheme import PerChannel, PerTensor

ADAPTER = TypeAdapter(StatedGranularity)


@pytest.mark.parametrize(("key", "granularity"), [("pertensor", PerTensor()), ("perchannel", PerChannel())])
def test_the_names_of_pot_are_read_and_written(key, granularity):
    assert ADAPTER.validate_python(key) == ADAPTER.validate_python(granularity) == granularity
    assert ADAPTER.dump_python(granularity) == key


@pytest.mark.parametrize("value", ["channel", "pergroup:64", 3, {}])
def test_other_values_are_refused(value):
    with pytest.raises(ValidationError, match="must be one of pertensor, perchannel"):
        ADAPTER.validate_python(value)
