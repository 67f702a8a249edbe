import numpy as np
import pytest

from openpot.data.sample import Sample
from openpot.data.sampler import BatchSampler, IndexSampler
from openpot.data.sampler_base import Sampler
from openpot.errors import DataError
from openpot.inference.feeds import (
    Feed,
    NextStep,
    copy_arrays,
    copy_shared_inputs,
    format_sample_numbers,
    generate_feeds,
    group_steps,
    number_batches,
)
from toy_engines import BufferLoader, ListLoader, labelled_images


class OwnSampler(Sampler):
    def __init__(self, batches):
        super().__init__(None)
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)

    def __len__(self):
        return len(self.batches)


def indices_of(sampler, loader=None):
    return [batch.indices for batch in number_batches(sampler, loader)]


def test_numbers_are_those_of_the_data_set():
    loader = labelled_images(6)
    assert indices_of(BatchSampler(loader, 2, [5, 0, 3])) == [(5, 0), (3,)]
    assert [
        [sample[1] for sample in batch.samples] for batch in number_batches(BatchSampler(loader, 2, [5, 0, 3]))
    ] == [
        [5, 0],
        [3],
    ]


def test_a_sampler_of_the_users_own_is_counted():
    assert indices_of(OwnSampler([["a", "b"], ["c"]])) == [(0, 1), (2,)]


def test_old_style_samples_tell_their_own_numbers():
    data = np.zeros(2)
    assert indices_of(OwnSampler([[((7, "cat"), data)], [((3, "dog"), data)]])) == [(7,), (3,)]


def test_a_subclass_that_goes_its_own_way_is_counted_too():
    class Backwards(BatchSampler):
        def __iter__(self):
            return reversed(list(super().__iter__()))

    assert indices_of(Backwards(labelled_images(3))) == [(0,), (1,), (2,)]


def test_bare_numbers_are_loaded():
    loader = labelled_images(4)
    batches = list(number_batches(IndexSampler([3, 1]), loader))
    assert [(batch.indices, batch.samples[0][1]) for batch in batches] == [((3,), 3), ((1,), 1)]


def test_an_error_of_the_sampler_tells_where():
    def broken():
        yield ["a"]
        yield ["b", "c"]
        raise OSError("disk gone")

    with pytest.raises(DataError, match=r"inference 2 \(sample 3 onwards\).*OSError: disk gone") as caught:
        list(number_batches(OwnSampler(broken())))
    assert isinstance(caught.value.__cause__, OSError)


def test_an_error_of_the_loader_names_the_sample():
    class Broken(ListLoader):
        def __getitem__(self, index):
            if index == 2:
                raise OSError("unreadable")
            return super().__getitem__(index)

    with pytest.raises(DataError, match=r"^sample 2: the data loader raised OSError: unreadable"):
        list(number_batches(BatchSampler(Broken(range(4)))))


@pytest.mark.parametrize("batches", [[], [[]], ["text"], [None]], ids=["nothing", "no samples", "text", "None"])
def test_a_sampler_that_yields_no_samples_is_refused(batches):
    with pytest.raises(DataError):
        list(number_batches(OwnSampler(batches)))


def test_samples_are_named_in_messages():
    assert format_sample_numbers((4,)) == "sample 4"
    assert Feed(0, (4, 9), {}).name == "samples 4, 9"


def test_inputs_that_share_memory_with_the_sample_are_copied_and_others_are_not():
    source, fresh = np.ones((2, 3)), np.zeros(4)
    answer = copy_shared_inputs({0: source[None], 1: fresh}, [Sample(0, {"a": source, "b": np.ones(1)})])
    assert not np.may_share_memory(answer[0], source)
    assert answer[1] is fresh


def test_owned_copies_arrays_at_any_depth_and_passes_on_the_rest():
    array, thing = np.ones(2), object()
    answer = copy_arrays([(array, {"boxes": array}), thing, "text"])
    assert not np.may_share_memory(answer[0][0], array)
    assert not np.may_share_memory(answer[0][1]["boxes"], array)
    assert answer[1] is thing
    assert answer[2] == "text"


class Maker:
    """Feeds that hold the first sample of their batch, or several of each batch."""

    takes_any_form = False

    def __init__(self, steps=1, group=1):
        self.steps, self.group = steps, group

    def count_batches(self, batch):
        return self.group

    def __call__(self, position, batch):
        first = {0: batch.samples[0][0].copy()}
        return [
            Feed(position + step, batch.indices, first, num_repeated=batch.num_repeated) for step in range(self.steps)
        ]


@pytest.mark.parametrize(
    ("count", "batch_size", "group", "expected"),
    [
        (4, 1, 1, [((0,), 0), ((1,), 0), ((2,), 0), ((3,), 0)]),
        (4, 1, 2, [((0, 1), 0), ((2, 3), 0)]),
        (5, 1, 4, [((0, 1, 2, 3), 0), ((4, 4, 4, 4), 3)]),
        (6, 1, 4, [((0, 1, 2, 3), 0), ((4, 5, 4, 5), 2)]),
        (6, 2, 2, [((0, 1, 2, 3), 0), ((4, 5, 4, 5), 2)]),
        (1, 1, 3, [((0, 0, 0), 2)]),
    ],
)
def test_batches_are_joined_as_the_model_takes_them(count, batch_size, group, expected):
    loader = BufferLoader([np.full((2,), value, np.float32) for value in range(count)])
    made = list(generate_feeds(BatchSampler(loader, batch_size), None, Maker(group=group)))
    assert [(feed.indices, feed.num_repeated) for feed in made] == expected


def test_feeds_are_made_one_by_one():
    loader = BufferLoader([np.full((2,), value, np.float32) for value in range(3)])

    made = list(generate_feeds(BatchSampler(loader), None, Maker()))
    assert [(feed.position, feed.indices, feed.inputs[0][0]) for feed in made] == [(n, (n,), n) for n in range(3)]


def test_positions_count_inferences_where_batches_make_several():
    made = list(generate_feeds(BatchSampler(BufferLoader([np.ones(2, np.float32)] * 3)), None, Maker(steps=2)))
    assert [(feed.position, feed.indices) for feed in made] == [(n, (n // 2,)) for n in range(6)]


def test_steps_belong_to_the_sample_that_began_before_them():
    inputs = [{}, NextStep(), NextStep(), {}, {}, NextStep()]
    assert group_steps(inputs) == [range(3), range(3, 4), range(4, 6)]
    assert group_steps([{}, {}]) == [range(1), range(1, 2)]
    assert group_steps([]) == []
