import pytest

from openpot.compression.choose_formats import choose_format, choose_formats
from openpot.compression.weight_tensors import Role, WeightTensor
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.graph.tensor_id import InputId, TensorId
from openpot.weight_formats import find_format


def tensor(length=96, role=Role.LAYER, is_looked_up=False, stored_type=None):
    return WeightTensor(TensorId("w"), (InputId("fc", 1),), (10, length), 1, role, is_looked_up, stored_type)


@pytest.mark.parametrize(
    ("length", "asked", "given"),
    [(128, "auto", 64), (96, "auto", 32), (100, "auto", 100), (96, 128, 32), (96, 48, 48), (96, "channel", 96)],
)
def test_a_size_that_does_not_divide_falls_back_and_says_so(length, asked, given):
    choice = choose_format(tensor(length), find_format("int4_asym"), asked, "")
    assert choice.group_size == given
    wanted = {"auto": 64, "channel": length}.get(asked, asked)
    assert bool(choice.reason) == (given != wanted)


def test_eight_bits_have_one_scale_a_row_unless_asked_otherwise():
    assert choose_format(tensor(), find_format("int8_asym"), "auto", "").group_size == 96
    assert choose_format(tensor(), find_format("int8_asym"), 32, "").group_size == 32


def test_a_prescribed_group_that_does_not_divide_makes_eight_bits():
    assert choose_format(tensor(64), find_format("mxfp4"), "auto", "").group_size == 32
    choice = choose_format(tensor(72), find_format("mxfp4"), "auto", "")
    assert choice.weight_format.name == "int8_asym"
    assert "groups of 32 do not divide rows of 72" in choice.reason


def test_tables_and_the_last_product_get_their_own_format():
    tensors = [tensor(role=role) for role in Role]
    choices, kept = choose_formats(tensors, WeightCompressionConfig(weight_format="int4_asym"))
    assert [choice.weight_format.name for choice in choices] == ["int4_asym", "int8_asym", "int8_asym"]
    assert kept == ()


def test_what_has_as_few_bits_is_kept_and_eight_bits_may_become_four():
    stored = [tensor(stored_type=kind) for kind in ("u8", "i4")]
    choices, kept = choose_formats(stored, WeightCompressionConfig(weight_format="int4_asym"))
    assert [choice.weights.stored_type for choice in choices] == ["u8"]
    assert [one.reason for one in kept] == ["stored as i4 already"]


def test_tables_are_of_types_that_the_device_looks_up():
    choice = choose_format(tensor(is_looked_up=True), find_format("nf4"), "auto", "")
    assert choice.weight_format.name == "int8_asym"
    assert "would unpack a table of nf4" in choice.reason
