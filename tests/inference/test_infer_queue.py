import numpy as np
import pytest

import openvino as ov
from openpot.errors import EngineError
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed, NextStep
from openpot.inference.infer_queue import choose_request_count, generate_in_order, is_stateful, run_in_order
from openvino import opset13 as op
from toy_models import images, tiny_cnn

CNN = tiny_cnn()


def feeds_of(arrays):
    return [Feed(number, (number + 10,), {0: array}) for number, array in enumerate(arrays)]


def product_model():
    """left[?, ?] x right[?, ?]: fails at run time where the sizes do not fit."""
    left, right = (op.parameter([-1, -1], np.float32, name=name) for name in ("left", "right"))
    return ov.Model([op.result(op.matmul(left, right, False, False), name="out")], [left, right], "product")


def counter_model():
    """Adds every input to a state and returns it."""
    data = op.parameter([1], np.float32, name="data")
    total = op.add(op.read_value(op.constant(np.zeros(1, np.float32)), "state", name="read"), data, name="total")
    return ov.Model([op.result(total, name="out")], [op.assign(total, "state", name="assign")], [data], "counter")


def outputs_in_order(compiled, feeds, num_requests):
    delivered = []

    def deliver(feed, request):
        delivered.append((feed.position, np.array(request.get_output_tensor(0).data)))

    count = run_in_order(compiled, feeds, deliver, num_requests)
    assert count == len(delivered)
    return delivered


@pytest.mark.parametrize("num_requests", [1, 3, 8])
def test_answers_come_one_by_one_in_the_order_of_the_feeds(num_requests):
    compiled = compile_model(CNN, "CPU")
    feeds = feeds_of([image[None] for image in images(9)])
    started = []

    def watched():
        for feed in feeds:
            started.append(feed.position)
            yield feed

    def read(feed, request):
        return feed.position, request.get_output_tensor(0).data.tobytes()

    expected = [(position, output.tobytes()) for position, output in outputs_in_order(compiled, feeds, 1)]
    answers = generate_in_order(compiled, watched(), read, num_requests)
    assert next(answers) == expected[0]
    assert len(started) <= num_requests + 1
    assert list(answers) == expected[1:]


@pytest.mark.parametrize("num_requests", [1, 2, 3, 8])
def test_results_are_those_of_single_inferences_in_order(num_requests):
    compiled = compile_model(CNN, "CPU")
    arrays = [image[None] for image in images(9)]
    delivered = outputs_in_order(compiled, feeds_of(arrays), num_requests)
    assert [position for position, _ in delivered] == list(range(9))
    for (_, got), array in zip(delivered, arrays, strict=True):
        np.testing.assert_array_equal(got, compiled(array)[0])


def test_samples_of_different_cost_keep_their_order():
    compiled = compile_model(product_model(), "CPU")
    sizes = [400, 1, 2, 300, 1, 1]
    feeds = [
        Feed(n, (n,), {0: np.full((size, 4), n, np.float32), 1: np.ones((4, size), np.float32)})
        for n, size in enumerate(sizes)
    ]
    delivered = outputs_in_order(compiled, feeds, 4)
    assert [output[0, 0] for _, output in delivered] == [4.0 * n for n in range(6)]


def test_one_request_means_that_the_next_sample_is_not_taken_early():
    compiled, events = compile_model(CNN, "CPU"), []

    def source():
        for feed in feeds_of([image[None] for image in images(3)]):
            events.append(("taken", feed.position))
            yield feed

    run_in_order(compiled, source(), lambda feed, _: events.append(("done", feed.position)), 1)
    assert events == [(what, number) for number in range(3) for what in ("taken", "done")]


def test_no_more_samples_than_requests_are_under_way():
    compiled, open_samples, most = compile_model(CNN, "CPU"), set(), []

    def source():
        for feed in feeds_of([image[None] for image in images(12)]):
            open_samples.add(feed.position)
            most.append(len(open_samples))
            yield feed

    run_in_order(compiled, source(), lambda feed, _: open_samples.discard(feed.position), 3)
    assert max(most) <= 4


def test_a_failing_inference_names_its_sample_and_leaves_the_model_usable():
    compiled = compile_model(product_model(), "CPU")

    def feed(number, inner):
        return Feed(number, (number,), {0: np.ones((2, 3), np.float32), 1: np.ones((inner, 2), np.float32)})

    delivered = []
    with pytest.raises(EngineError, match=r"^sample 2: the inference failed: .*MatMul") as caught:
        run_in_order(
            compiled,
            [feed(0, 3), feed(1, 3), feed(2, 5), feed(3, 3)],
            lambda f, _: delivered.append(f.position),
            2,
        )
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert delivered == [0, 1]
    assert run_in_order(compiled, [feed(0, 3)], lambda f, _: delivered.append(9), 2) == 1


def test_an_input_of_the_wrong_kind_is_an_error_of_its_sample():
    with pytest.raises(EngineError, match="sample 10"):
        run_in_order(compile_model(CNN, "CPU"), feeds_of([object()]), lambda *_: None, 2)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_of_the_receiver_passes_through_and_leaves_the_model_usable(error):
    compiled = compile_model(CNN, "CPU")
    arrays = [image[None] for image in images(6)]

    def deliver(feed, request):
        if feed.position == 2:
            raise error("stop")

    with pytest.raises(error, match="stop"):
        run_in_order(compiled, feeds_of(arrays), deliver, 3)
    assert len(outputs_in_order(compiled, feeds_of(arrays), 3)) == 6


def test_an_error_of_the_source_passes_through():
    def source():
        yield from feeds_of([image[None] for image in images(3)])
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        run_in_order(compile_model(CNN, "CPU"), source(), lambda *_: None, 2)


def test_stateful_models_start_every_sample_from_the_initial_state():
    compiled = compile_model(counter_model(), "CPU")
    assert is_stateful(compiled)
    arrays = [np.full(1, value, np.float32) for value in (1, 2, 3, 4)]
    delivered = outputs_in_order(compiled, feeds_of(arrays), 4)
    assert [float(output[0]) for _, output in delivered] == [1, 2, 3, 4]


def test_ordinary_models_are_not_stateful():
    compiled = compile_model(CNN, "CPU")
    assert not is_stateful(compiled)
    assert choose_request_count(compiled) >= 2


def test_a_step_goes_on_from_the_state_that_the_one_before_left():
    inputs = [{0: np.ones(1, np.float32)}, NextStep({0: np.ones(1, np.float32)}), {0: np.ones(1, np.float32)}]
    feeds = [Feed(number, (number,), one) for number, one in enumerate(inputs)]
    delivered = outputs_in_order(compile_model(counter_model(), "CPU"), feeds, 4)
    assert [array.item() for _, array in delivered] == [1, 2, 1]
