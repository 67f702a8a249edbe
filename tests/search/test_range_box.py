import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.errors import UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.search.range_box import BoxSizes, MovableRange, RangeBox, compute_stated_limits, find_ranges
from quantized_toys import quantized
from toy_models import images, worked_example

SIZES = BoxSizes(0.08, 0.02, 0.05)


def limits(low, high, levels=256):
    low, high = (np.asarray(end, np.float32).reshape(np.shape(end) or ()) for end in (low, high))
    return FakeQuantizeLimits.from_range(low, high, levels)


def box(*entries):
    return RangeBox([MovableRange((f"fq{n}",), own, ends) for n, (own, ends) in enumerate(entries)], SIZES)


def test_at_its_start_everything_is_as_it_was():
    found = box((limits(0, 2), ("high",)), (limits(-1.28, 1.27), ("both",)))
    for now, before in zip(found.compute_limits(found.start), found.ranges, strict=True):
        np.testing.assert_allclose(now.input_high, before.limits.input_high, rtol=1e-6)
    np.testing.assert_allclose(found.compute_controls(found.start), 0, atol=1e-6)


@pytest.mark.parametrize(("place", "factor"), [(0.0, 0.92), (0.8, 1.0), (1.0, 1.02)])
def test_ends_move_within_the_stated_shares(place, factor):
    moved = box((limits(0, 2), ("high",))).compute_limits(np.array([place]))[0]
    assert (float(moved.input_low), float(moved.input_high)) == (0, pytest.approx(2 * factor))
    both = box((limits([-1.28, -2.56], [1.27, 2.54]), ("both",))).compute_limits(np.array([place]))[0]
    np.testing.assert_allclose(both.input_high, np.array([1.27, 2.54]) * factor, rtol=1e-6)
    np.testing.assert_allclose(both.input_low, np.array([-1.28, -2.56]) * factor, rtol=1e-6)


def test_an_end_at_zero_moves_by_an_absolute_amount():
    moved = box((limits(0, 2), ("low", "high"))).compute_limits(np.array([0.0, 0.8]))[0]
    assert -0.065 < float(moved.input_low) < -0.04


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 5), st.floats(0.1, 5))
def test_zero_stays_a_level_and_controls_say_what_limits_do(first, second, below, above):
    found = box((limits(-below, above), ("low", "high")))
    point = np.array([first, second])
    moved = found.compute_limits(point)[0]
    step = (float(moved.input_high) - float(moved.input_low)) / 255
    zero_point = -float(moved.input_low) / step
    assert zero_point == pytest.approx(round(zero_point), abs=1e-2)
    low, high = found.compute_controls(point)
    before = found.ranges[0].limits
    assert float(moved.input_low) == pytest.approx(float(before.input_low) * (1 + low), abs=1e-5)
    assert float(moved.input_high) == pytest.approx(float(before.input_high) * (1 + high), abs=1e-5)


def subject():
    found = quantized(worked_example(), images())
    return found.model, snapshot_from_model(found.model)


def test_ranges_of_a_model_are_found_and_those_behind_relu_keep_their_low_end():
    model, snapshot = subject()
    found = find_ranges(model, snapshot)
    assert found
    for one in found:
        producers = {snapshot[snapshot[name].inputs[0].node].type for name in one.names}
        if producers & {"Relu", "Clamp"} and one.limits.input_low.size == 1:
            assert one.ends == ("high",)
    assert not {name for one in found for name in one.names} & set(snapshot.constants)


def test_a_scope_names_quantizers_or_what_they_stand_on():
    model, snapshot = subject()
    name = find_ranges(model, snapshot)[0].names[0]
    source = snapshot[name].inputs[0].node
    for scope in ([name], [source]):
        assert name in find_ranges(model, snapshot, scope)[0].names
    with pytest.raises(UnknownNameError, match="optimization_scope: 'conv77'"):
        find_ranges(model, snapshot, ["conv77"])


def test_stated_ranges_are_for_quantizers_that_are_there():
    model, snapshot = subject()
    name = find_ranges(model, snapshot)[0].names[0]
    assert float(compute_stated_limits(model, snapshot, {name: (0.0, 3.0)})[name].input_high.ravel()[0]) == 3.0
    with pytest.raises(UnknownNameError, match="no quantizer 'fq'"):
        compute_stated_limits(model, snapshot, {"fq": (0.0, 1.0)})
    assert CompressedModel(graph=model).snapshot()
