import pytest

from openpot.compression.format_options import choose_probe, list_options
from openpot.compression.weight_tensors import Role, WeightTensor
from openpot.graph.tensor_id import InputId, TensorId


def weights(length=128, is_looked_up=False, stored_type=None):
    reader = (InputId("layer", 1),)
    return WeightTensor(TensorId("w"), reader, (32, length), 1, Role.LAYER, is_looked_up, stored_type)


def names(options):
    return [(choice.weight_format.name, choice.group_size) for choice in options]


def test_options_grow_from_two_bits_to_eight():
    options = list_options(weights())
    assert names(options)[0] == ("int2_asym", 64)
    assert names(options)[-1] == ("int8_asym", 128)
    assert [choice.bits for choice in options] == sorted(choice.bits for choice in options)


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        (weights(is_looked_up=True), "int2_asym"),
        (weights(stored_type="u8"), "int8_asym"),
    ],
    ids=["tables that would be unpacked", "as many bits as before"],
)
def test_what_gains_nothing_is_left_out(given, absent):
    assert absent not in {name for name, _ in names(list_options(given))}


def test_sizes_that_do_not_divide_give_no_option_twice():
    options = names(list_options(weights(length=96)))
    assert len(options) == len(set(options))
    assert all(96 % size == 0 for _, size in options)


def test_weights_of_two_bits_have_no_option():
    assert list_options(weights(stored_type="u2")) == ()


def test_the_probe_has_four_bits():
    assert choose_probe(weights()).weight_format.num_bits == 4


@pytest.mark.parametrize(
    ("is_looked_up", "has_two_bits", "name"),
    [(False, False, "int4_asym"), (False, True, "int2_asym"), (True, True, "int4_asym")],
)
def test_two_bits_are_probed_where_they_are_needed_and_possible(is_looked_up, has_two_bits, name):
    assert choose_probe(weights(is_looked_up=is_looked_up), has_two_bits).weight_format.name == name
