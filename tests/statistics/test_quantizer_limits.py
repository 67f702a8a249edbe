"""From observed ranges to limits."""

import numpy as np
import pytest

from openpot.config.quantizer import QuantizerConfig
from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig
from openpot.errors import DataError
from openpot.graph.tensor_id import TensorId
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.scheme import PerChannel, PerTensor, QuantizationMode
from openpot.statistics.quantizer_limits import ObservedRange, compute_quantizer_limits

NO_CLIPPING = RangeEstimatorConfig(EstimatorEnd("min"), EstimatorEnd("max"))


def observed(low, high, name="x/fq", mode="symmetric", group=None, weights=False, estimator=NO_CLIPPING, levels=256):
    granularity = PerChannel(1) if np.ndim(high) == 1 else PerTensor()
    config = QuantizerConfig(mode=QuantizationMode(mode), granularity=granularity)
    kind = QuantizerKind.WEIGHTS if weights else QuantizerKind.ACTIVATIONS
    quantizer = PlannedQuantizer(name, TensorId("x"), (), kind, config, levels, group=group)
    return ObservedRange(quantizer, estimator, None if low is None else np.asarray(low), np.asarray(high))


def ends(*entries, pot_exact=False):
    found = compute_quantizer_limits(entries, pot_exact)
    return [(limits.input_low, limits.input_high) for limits in found.values()]


def test_non_negative_activations_are_unsigned():
    assert ends(observed(0.0, 5.8717)) == [(0.0, np.float32(5.8717))]


def test_signed_activations_have_one_more_negative_level():
    ((low, high),) = ends(observed(-3.0, 3.9987))
    np.testing.assert_allclose([low, high], [-4.0301, 3.9987], atol=1e-4)


def test_weights_are_symmetric_to_both_sides():
    ((low, high),) = ends(observed(None, [0.5, 2.0], weights=True, levels=255))
    np.testing.assert_allclose(low, [-0.5, -2.0])
    np.testing.assert_allclose(high, [0.5, 2.0])


def test_channels_of_a_tensor_with_one_negative_value_are_all_signed():
    ((low, high),) = ends(observed(-0.1, [1.0, 2.0]))
    np.testing.assert_allclose(low, np.array([-1.0, -2.0]) * 256 / 254, rtol=1e-6)
    np.testing.assert_allclose(high, [1.0, 2.0])


def test_output_limits_equal_input_limits():
    (limits,) = compute_quantizer_limits([observed(-1.0, 2.0, mode="asymmetric")], False).values()
    assert np.array_equal(limits.input_low, limits.output_low)
    assert np.array_equal(limits.input_high, limits.output_high)


def test_members_of_a_group_share_the_limits_of_the_joint_range():
    first, second, other = ends(
        observed(-1.0, 4.0, "a", group=0), observed(0.0, 6.0, "b", group=0), observed(0.0, 1.0, "c")
    )
    assert first == second
    np.testing.assert_allclose(first, [-6.0 * 256 / 254, 6.0], rtol=1e-6)
    assert other == (0.0, 1.0)


def test_members_of_a_group_share_the_widest_of_their_own_limits_where_pot_is_imitated():
    first, second = ends(observed(-1.0, 1.0, "a", group=0), observed(0.0, 6.0, "b", group=0), pot_exact=True)
    assert first == second
    np.testing.assert_allclose(first, [-256 / 254, 6.0], rtol=1e-6)
    first, second = ends(
        observed(-1.0, 0.98, "a", mode="asymmetric", group=0),
        observed(0.0, 6.0, "b", mode="asymmetric", group=0),
        pot_exact=True,
    )
    assert first == second
    np.testing.assert_allclose(first, [-1.0, 6.0], rtol=0.01)


def test_groups_of_magnitudes_only_stay_symmetric():
    first, second = ends(observed(None, 4.0, "a", group=3), observed(None, 6.0, "b", group=3))
    np.testing.assert_allclose([first, second], [[-6.0 * 256 / 254, 6.0]] * 2, rtol=1e-6)


def test_clipped_ranges_keep_zero_exact():
    estimator = RangeEstimatorConfig(EstimatorEnd("min", clipping_value=-1.0), EstimatorEnd("max", clipping_value=2.0))
    ((low, high),) = ends(observed(-5.0, 7.0, mode="asymmetric", estimator=estimator))
    np.testing.assert_allclose([low, high], [-1.0, 2.0], rtol=0.01)
    zero_point = -low / (high - low) * 255
    assert abs(zero_point - round(float(zero_point))) < 1e-4


def test_small_ranges_keep_their_size_unless_pot_is_imitated():
    ((_, high),) = ends(observed(0.0, 1e-5))
    assert high == np.float32(1e-5)
    ((_, high),) = ends(observed(0.0, 1e-5), pot_exact=True)
    assert high == np.float32(8e-5)


def test_ranges_that_are_not_finite_name_their_tensor():
    with pytest.raises(DataError, match="for x: the observed maximum"):
        ends(observed(0.0, np.inf))
