import pytest

from openpot.config.algorithms import FastBiasCorrectionConfig
from openpot.config.faults import Fault, check_section, refuse
from openpot.errors import ConfigError, UnknownNameError


def test_a_valid_section_becomes_its_model():
    assert check_section("x", {"threshold": 3}, FastBiasCorrectionConfig) == (
        FastBiasCorrectionConfig(threshold=3),
        (),
    )


def test_every_fault_of_a_section_is_a_line():
    section, faults = check_section("x", {"threshold": -1, "sed": 3}, FastBiasCorrectionConfig)
    assert section is None
    assert [(fault.line, fault.is_unknown_name) for fault in faults] == [
        ("x.threshold: should be greater than 0, got -1", False),
        ("x.sed: there is no such key; did you mean 'seed'?", True),
    ]


def test_no_faults_refuse_nothing():
    refuse(())


def test_one_fault_is_the_message_itself():
    with pytest.raises(ConfigError) as caught:
        refuse([Fault("a: wrong")])
    assert str(caught.value) == "a: wrong"
    assert not isinstance(caught.value, UnknownNameError)


def test_several_faults_are_a_list_and_an_unknown_name_decides_the_kind():
    with pytest.raises(UnknownNameError) as caught:
        refuse([Fault("a: wrong"), Fault("b: unknown", True)], "the file")
    assert str(caught.value) == "2 faults in the file:\n  a: wrong\n  b: unknown"
