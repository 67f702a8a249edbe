"""Taking units of a quantized model back to float."""

import numpy as np
import pytest

from metric_engines import variant_of
from openpot.graph.model_digest import model_digest
from openpot.graph.node_index import NodeIndex
from openpot.layers.linear_layer import find_linear_layers
from openpot.layers.quantized_weights import read_quantized_weights
from openpot.search.quantized_variant import REVERTED
from openpot.search.units import list_operations, sum_work
from real_networks import outputs
from toy_models import images


@pytest.mark.parametrize("params", [{}, {"use_fast_bias": True}, {"placement": "pot"}], ids=str)
def test_all_units_in_float_are_the_float_model_whatever_corrected_its_biases(params):
    variant = variant_of(**params)
    assert variant.shifts
    back = variant.copy_with_reverted(variant.units)
    assert not back.snapshot().nodes_of_type("FakeQuantize")
    before, after = (np.concatenate(outputs(one.members[0].model, images())) for one in (variant.reference, back))
    assert np.allclose(before, after, atol=1e-5)
    assert model_digest(variant.model.members[0].model) == variant.digest


def test_a_unit_takes_its_quantizers_and_the_shift_of_its_layers_along():
    variant = variant_of()
    unit = next(one for one in variant.units if set(one.operations) & set(variant.shifts))
    back = variant.copy_with_reverted([unit])
    gone = {node.name for node in variant.model.snapshot().nodes_of_type("FakeQuantize")}
    gone -= {node.name for node in back.snapshot().nodes_of_type("FakeQuantize")}
    assert gone == set(unit.quantizers)
    done = variant.record_with_reverted([unit])
    assert {one.name for one in done.quantizers} == {n.name for n in back.snapshot().nodes_of_type("FakeQuantize")}
    reasons = {one.operation: one.reason for one in done.plan.decisions if not one.quantized}
    assert all(reasons.get(operation, REVERTED) == REVERTED for operation in unit.operations)


def test_units_cover_every_quantizer_once():
    variant = variant_of()
    names = [name for unit in variant.units for name in unit.quantizers]
    assert sorted(names) == sorted(one.name for one in variant.min_max.quantizers)
    assert sum_work(variant.units) > 0
    assert variant.num_operations == len(list_operations(variant.units)) == 8


TUNED = {"use_layerwise_tuning": True, "weights": {"bits": 4, "level_low": -7, "level_high": 7}}


def weights_of(model, layers):
    """The weights that each layer multiplies with, in float or quantized."""
    snapshot, nodes = model.snapshot(), NodeIndex(model.members[0].model)
    found = {model.provenance.original_name(layer.name): layer for layer in find_linear_layers(snapshot)}
    return {name: read_quantized_weights(nodes, found[name]) for name in layers}


def test_tuned_weights_are_those_of_the_float_model_again_where_a_unit_is_in_float():
    variant = variant_of(**TUNED)
    tuning = variant.result.tuning
    assert tuning.reason == "", "the test needs layers that were tuned"
    changed = {variant.model.provenance.original_name(one.layer) for one in tuning.layers if one.changed}
    unit = next(one for one in variant.units if set(one.operations) & changed)
    mine = sorted(set(unit.operations) & changed)
    others = sorted(changed - set(unit.operations))
    assert others
    back = variant.copy_with_reverted([unit])
    for name in mine:
        np.testing.assert_array_equal(weights_of(back, [name])[name], weights_of(variant.reference, [name])[name])
        assert not np.array_equal(weights_of(variant.model, [name])[name], weights_of(back, [name])[name])
    for name in others:
        np.testing.assert_array_equal(weights_of(back, [name])[name], weights_of(variant.model, [name])[name])


def test_everything_in_float_is_the_float_model_though_its_weights_were_tuned():
    variant = variant_of(**TUNED)
    assert any(one.changed for one in variant.result.tuning.layers)
    back = variant.copy_with_reverted(variant.units)
    assert not back.snapshot().nodes_of_type("FakeQuantize")
    before, after = (np.concatenate(outputs(one.members[0].model, images())) for one in (variant.reference, back))
    np.testing.assert_allclose(after, before, atol=1e-5)
