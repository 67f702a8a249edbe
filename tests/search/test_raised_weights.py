"""Layers with 16-bit weights instead of 8-bit ones."""

import numpy as np
import pytest

from metric_engines import Agreement, engine_with, held
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA
from real_networks import outputs
from toy_models import images


@pytest.fixture(scope="module")
def variant():
    engine = engine_with(Agreement())
    return AccuracyAwareGNA({"target_device": "GNA3"}, engine)._quantize_raisable(held(), engine)


def levels(model):
    return {node.name: node.attributes["levels"] for node in model.snapshot().nodes_of_type("FakeQuantize")}


def test_units_are_the_layers_with_8_bit_weights(variant):
    before = levels(variant.model)
    assert {name for unit in variant.units for name in unit.quantizers} == {
        n for n, count in before.items() if count == 255
    }
    assert len(variant.units) == 7
    assert [one.name for one in variant.switchable] == [unit.quantizers[0] for unit in variant.units]


def test_a_unit_gets_16_bits_and_the_others_keep_theirs(variant):
    unit = variant.units[2]
    raised = levels(variant.copy_with_reverted([unit]))
    changed = {name for name, count in levels(variant.model).items() if raised[name] != count}
    assert changed == set(unit.quantizers)
    assert raised[unit.quantizers[0]] == 65535
    done = {one.name: one.limits.levels for one in variant.record_with_reverted([unit]).quantizers}
    assert done == raised


def test_all_units_raised_are_the_16_bit_model(variant):
    models = (variant.copy_with_reverted(variant.units), variant.model, variant.reference)
    raised, low, reference = (np.concatenate(outputs(one.members[0].model, images())) for one in models)
    assert np.abs(raised - reference).max() < 0.02 * np.abs(low - reference).max()  # sums are made to fit, nothing else
