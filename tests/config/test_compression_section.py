import pytest
from pydantic import ValidationError

from openpot.config.compression_section import CompressionSectionConfig


def test_algorithms_share_what_is_stated_and_always_the_target():
    assert CompressionSectionConfig(algorithms=[]).collect_shared_parameters() == {"target_device": "ANY"}
    section = CompressionSectionConfig(
        target_device="cpu", model_type="Transformer", dump_intermediate_model=True, algorithms=[{"name": "A"}]
    )
    assert section.collect_shared_parameters() == {
        "target_device": "CPU",
        "model_type": "transformer",
        "dump_intermediate_model": True,
    }


def test_a_model_type_may_be_the_text_none():
    section = CompressionSectionConfig(model_type="None", algorithms=[])
    assert section.collect_shared_parameters() == {"target_device": "ANY"}


def test_a_device_without_a_table_is_named_with_the_nearest():
    with pytest.raises(ValidationError, match="no target device 'CPV'; did you mean 'CPU'"):
        CompressionSectionConfig(target_device="CPV", algorithms=[])
