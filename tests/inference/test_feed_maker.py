import numpy as np
import pytest

from openpot.errors import DataError
from openpot.inference.feed_maker import FeedMaker
from openpot.inference.feeds import Batch
from openpot.inference.model_inputs import describe_inputs
from stream_models import stream_model, streams
from toy_models import images, tiny_cnn

INPUTS = describe_inputs(tiny_cnn())
BATCHED = describe_inputs(tiny_cnn(batch=2))


def test_samples_become_arrays_with_batch_axis_and_annotations_with_true_numbers():
    image = images(1)[0]
    (feed,) = FeedMaker(INPUTS)(4, Batch((17,), [(image, "cat", {"scale": 2})]))
    assert (feed.position, feed.indices) == (4, (17,))
    assert feed.annotations == [(17, "cat")]
    assert feed.metadata == [{"scale": 2}]
    np.testing.assert_array_equal(feed.inputs[0], image[None])


def test_old_style_samples_are_numbered_by_the_sampler_too():
    (feed,) = FeedMaker(INPUTS)(0, Batch((17,), [((3, "cat"), images(1)[0])]))
    assert feed.annotations == [(17, "cat")]


def test_several_samples_are_joined():
    first, second = images(2)
    (feed,) = FeedMaker(BATCHED)(0, Batch((3, 1), [(first, 0), (second, 1)]))
    np.testing.assert_array_equal(feed.inputs[0], np.stack([first, second]))
    assert feed.annotations == [(3, 0), (1, 1)]


def test_an_unusable_sample_is_named():
    with pytest.raises(DataError, match="sample 17"):
        FeedMaker(INPUTS)(0, Batch((17,), [(np.full((3, 16, 16), np.nan, np.float32), 0)]))


def test_copies_are_not_touched_by_what_the_loader_does_next():
    buffer, label = np.ones((1, 3, 16, 16), np.float32), np.zeros(1)
    buffer[0, 0, 0, 0] = 3
    (feed,) = FeedMaker(INPUTS, copies=True)(0, Batch((0,), [(buffer, label, {"box": label})]))
    buffer += 1
    label += 1
    assert feed.inputs[0].max() == 3
    assert feed.annotations[0][1] == feed.metadata[0]["box"] == 0


def test_hooks_replace_both_steps():
    def process_batch(batch):
        return [("id", "dog")], [sample["image"] for sample in batch], [{"n": len(batch)}]

    def fill_input(data):
        return {"data": data[0][None] * 2}

    image = images(1)[0]
    make = FeedMaker(INPUTS, process_batch=process_batch, fill_input=fill_input)
    (feed,) = make(0, Batch((5,), [{"image": image}]))
    assert (feed.annotations, feed.metadata) == ([("id", "dog")], [{"n": 1}])
    np.testing.assert_array_equal(feed.inputs["data"], image[None] * 2)
    make.conclude()


def test_data_of_a_batch_hook_pass_the_guard():
    make = FeedMaker(INPUTS, process_batch=lambda batch: (None, batch, None))
    (feed,) = make(0, Batch((5,), [images(1)[0]]))
    assert (feed.annotations, feed.metadata) == (None, None)
    assert feed.inputs[0].shape == (1, 3, 16, 16)
    with pytest.raises(DataError, match="sample 6"):
        make(1, Batch((6,), [np.ones((3, 4, 4), np.float32)]))


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_constant_data_are_refused_at_the_end():
    make = FeedMaker(INPUTS)
    for number in range(2):
        make(number, Batch((number,), [(np.ones((3, 16, 16), np.float32), 0)]))
    with pytest.raises(DataError, match="constant"):
        make.conclude()


STREAM = describe_inputs(stream_model())


def test_a_sequence_becomes_one_feed_for_each_step_and_only_the_first_begins_anew():
    steps = streams(1, 3)[0]
    made = FeedMaker(STREAM)(5, Batch((2,), [(steps, "label")]))
    assert [feed.position for feed in made] == [5, 6, 7]
    assert [feed.goes_on for feed in made] == [False, True, True]
    assert [feed.is_last for feed in made] == [False, False, True]
    assert all(feed.indices == (2,) and feed.annotations == [(2, "label")] for feed in made)
    np.testing.assert_array_equal(np.stack([feed.inputs[0] for feed in made]), steps)


def test_sequences_of_one_batch_go_one_after_the_other():
    made = FeedMaker(STREAM, copies=True)(0, Batch((0, 1), streams(2, 2)))
    assert [(feed.indices, feed.goes_on) for feed in made] == [((0,), False), ((0,), True), ((1,), False), ((1,), True)]
