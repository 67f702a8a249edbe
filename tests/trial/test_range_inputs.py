import numpy as np

from openpot.graph.model import CompressedModel
from openpot.rewrites.set_limits import set_limits
from openpot.search.range_box import BoxSizes, RangeBox, find_ranges
from openpot.trial.compared_outputs import find_output_tensors
from openpot.trial.range_inputs import add_range_inputs
from quantized_toys import quantized
from toy_models import images, run, worked_example


def test_controls_do_what_other_limits_do():
    model = quantized(worked_example(), images()).model
    ranges = find_ranges(model, CompressedModel(graph=model).snapshot())
    box = RangeBox(ranges, BoxSizes(0.3, 0.2, 0.1))
    graph = add_range_inputs(model, [one.limits_to_move for one in ranges], find_output_tensors(model))
    assert graph.num_controls == 2 * len(ranges)
    sample = images(1)[0][None]
    point = np.random.default_rng(0).random(box.start.size)
    for place in (box.start, point):
        moved = model.clone()
        set_limits(moved, box.compute_named_limits(place))
        found = run(graph.model, sample, box.compute_controls(place).astype(np.float32))[0]
        np.testing.assert_allclose(found, run(moved, sample)[0], atol=2e-4)
    before = run(graph.model, sample, np.zeros(graph.num_controls, np.float32))[0]
    assert not np.allclose(
        before, run(graph.model, sample, box.compute_controls(point).astype(np.float32))[0], atol=1e-6
    )
