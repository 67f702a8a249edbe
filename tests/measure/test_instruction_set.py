from openpot.measure.instruction_set import has_int8_saturation, instruction_set, overflowing_sum


def test_the_trial_tells_an_exact_sum_from_an_overflowing_one():
    exact, saturated = 64 * 255 * 127, 32 * 32767
    assert overflowing_sum() in (exact, saturated)
    assert has_int8_saturation() == (overflowing_sum() != exact)


def test_the_processor_is_recorded():
    found = instruction_set()
    assert found.machine
    assert found.processor
    assert "FP32" in found.capabilities
    assert found.int8_saturation == has_int8_saturation()
    assert instruction_set() is found
