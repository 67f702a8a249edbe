import copy

import pytest

from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import BiasCorrectionConfig, DefaultQuantizationConfig
from openpot.config.faults import Fault
from openpot.config.model_section import ModelSectionConfig
from openpot.config.passed_over import (
    drop_ineffective_parameters,
    drop_unknown_keys,
    warn_of_passed_over,
)
from openpot.errors import OpenPotWarning

KNOWN = {
    "DefaultQuantization": DefaultQuantizationConfig,
    "BiasCorrection": BiasCorrectionConfig,
    "AccuracyAwareQuantization": AccuracyAwareConfig,
}


@pytest.mark.parametrize(
    ("stated", "kept", "lines"),
    [
        ({"preset": "mixed"}, {"preset": "mixed"}, []),
        ({"presett": 1, "seed": 3}, {"seed": 3}, ["P.presett: there is no such key; did you mean 'preset'?"]),
        (
            {"activations": {"range_estimator": {"max": {"typ": "max", "type": "max"}}}},
            {"activations": {"range_estimator": {"max": {"type": "max"}}}},
            ["P.activations.range_estimator.max.typ: there is no such key; did you mean 'type'?"],
        ),
        (
            {"ignored": {"scope": ["a"], "scop": ["b"]}},
            {"ignored": {"scope": ["a"]}},
            ["P.ignored.scop: there is no such key; did you mean 'scope'?"],
        ),
        (
            {"ignored": {"pnet": {"operations": [{"type": "Add", "kind": 1}]}}},
            {"ignored": {"pnet": {"operations": [{"type": "Add"}]}}},
            ["P.ignored.pnet.operations[0].kind: there is no such key; valid names: attributes, type"],
        ),
        (
            {"layerwise_configs": [{"fq": {"bits": 8, "bit": 4}}]},
            {"layerwise_configs": [{"fq": {"bits": 8}}]},
            ["P.layerwise_configs[0].fq.bit: there is no such key; did you mean 'bits'?"],
        ),
    ],
    ids=["nothing", "top", "deep", "ignored scope", "scope of a member", "in a list"],
)
def test_unknown_keys_go_at_any_depth(stated, kept, lines):
    before = copy.deepcopy(stated)
    result, faults = drop_unknown_keys("P", stated, DefaultQuantizationConfig)
    assert result == kept
    assert [fault.line for fault in faults] == lines
    assert all(fault.is_unknown_name for fault in faults)
    assert stated == before


def test_values_that_are_not_possible_stay_for_the_parser():
    result, faults = drop_unknown_keys("P", {"seed": "many", "sed": 1}, DefaultQuantizationConfig)
    assert result == {"seed": "many"}
    assert len(faults) == 1


def test_members_of_a_cascade_are_looked_into():
    stated = {"cascade": [{"name": "a", "model": "a.xml", "batch": 1}, {"name": "b", "model": "b.xml"}]}
    result, faults = drop_unknown_keys("model", stated, ModelSectionConfig)
    assert result["cascade"][0] == {"name": "a", "model": "a.xml"}
    assert [fault.line.split(":")[0] for fault in faults] == ["model.cascade[0].batch"]


def test_parameters_of_others_are_named_with_their_owner():
    kept, faults = drop_ineffective_parameters(
        "P", {"preset": "mixed", "sed": 1, "maximal_drop": 0.1}, BiasCorrectionConfig, KNOWN
    )
    assert kept == {}
    assert [fault.line for fault in faults] == [
        "P.preset: it belongs to DefaultQuantization",
        "P.maximal_drop: it belongs to AccuracyAwareQuantization",
        "P.sed: there is no such key; did you mean 'seed'?",
    ]


def test_each_key_is_a_warning_at_the_line_that_led_to_it():
    with pytest.warns(OpenPotWarning) as caught:
        warn_of_passed_over([Fault("a: x", True), Fault("b: y", True)])
    assert [str(one.message) for one in caught] == ["passed over: a: x", "passed over: b: y"]
    assert {one.filename for one in caught} == {__file__}
