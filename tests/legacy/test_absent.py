import pytest

from openpot.errors import AbsentNameError
from openpot.legacy.absent import refuse_absent_names, refuse_module


def test_absent_name_is_an_import_error_with_reason_and_substitute():
    with pytest.raises(ImportError, match=r"GraphTransformer cannot be imported: .+ Instead: openpot"):
        refuse_absent_names("openvino.tools.pot.graph")("GraphTransformer")


def test_names_that_pot_never_had_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'Quantizer'"):
        refuse_absent_names("openvino.tools.pot")("Quantizer")


def test_absent_sub_module_is_left_to_the_import_system():
    with pytest.raises(AttributeError):
        refuse_absent_names("openvino.tools.pot.graph")("passes")


def test_absent_module_is_refused():
    with pytest.raises(AbsentNameError, match=r"graph\.passes cannot be imported"):
        refuse_module("openvino.tools.pot.graph.passes")
