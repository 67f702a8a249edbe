from openpot.measure.instruction_set import compute_overflowing_sum, detect_instruction_set, has_int8_saturation


def test_the_trial_tells_an_exact_sum_from_an_overflowing_one():
    exact, saturated = 64 * 255 * 127, 32 * 32767
    assert compute_overflowing_sum() in (exact, saturated)
    assert has_int8_saturation() == (compute_overflowing_sum() != exact)


def test_the_processor_is_recorded():
    found = detect_instruction_set()
    assert found.machine
    assert found.processor
    assert "FP32" in found.capabilities
    assert found.int8_saturation == has_int8_saturation()
    assert detect_instruction_set() is found
