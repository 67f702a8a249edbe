import pytest
from pydantic import ValidationError

from openpot.config.weight_compression import WeightCompressionConfig


def test_tables_keep_eight_bits_where_layers_have_fewer():
    assert WeightCompressionConfig(weight_format="int4_sym").format_of_tables == "int8_asym"
    assert WeightCompressionConfig(weight_format="int8_sym").format_of_tables == "int8_sym"
    assert WeightCompressionConfig(weight_format="int4_sym", table_format="nf4").format_of_tables == "nf4"


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"weight_format": "int4"}, "did you mean|valid names"),
        ({"group_size": 0}, "at least 2 weights"),
        ({"group_size": "row"}, "channel"),
        ({"table_format": "int3"}, "weight format"),
        ({"bits": 4}, "Extra inputs"),
    ],
)
def test_what_is_not_possible_is_refused(stated, message):
    with pytest.raises(ValidationError, match=message):
        WeightCompressionConfig.model_validate(stated)


@pytest.mark.parametrize(
    ("stated", "size"),
    [
        ({"weight_format": "int4_asym"}, "auto"),
        ({"weight_format": "int8_sym"}, 32),
        ({"weight_format": "int4_asym", "table_format": "int8_asym"}, 32),
    ],
)
def test_groups_of_tables_are_those_of_layers_only_where_formats_say_so(stated, size):
    assert WeightCompressionConfig(group_size=32, **stated).group_size_of_tables == size
