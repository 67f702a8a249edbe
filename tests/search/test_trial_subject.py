"""What a trial is about."""

from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.plan import QuantizerKind
from openpot.search.trial_subject import find_shift_places
from quantized_toys import quantized
from toy_models import images, tiny_cnn


def test_a_subject_has_the_quantizers_of_activations_with_their_candidates_and_the_quantized_weights():
    toy = quantized(tiny_cnn(), images(6))
    planned = [record.planned for record in toy.done.quantizers]
    activations = toy.subject.activations
    assert [entry.name for entry in activations] == toy.activations
    assert [len(entry.candidates) for entry in activations] == [len(toy.subject.candidates[n]) for n in toy.activations]
    weights = [entry.name for entry in planned if entry.kind == QuantizerKind.WEIGHTS]
    assert [entry.name for entry in toy.subject.weights] == weights


def test_layers_that_are_named_can_be_shifted():
    places = find_shift_places(snapshot_from_model(tiny_cnn()), {"conv2", "fc", "no layer"})
    assert {name: (place.axis, place.channels) for name, place in places.items()} == {"conv2": (1, 8), "fc": (-1, 5)}
