"""Algorithms of users: what is wrong is found, and those of openpot pass."""

import itertools

import pytest

from openpot.algorithms.base import Algorithm
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.registry import get_algorithm_class
from openpot.testing import ContractError, check_algorithm
from toy_engines import labelled_images
from toy_models import tiny_cnn

count = itertools.count(2)


class Idle(Algorithm):
    name = "Idle"

    def run(self, model):
        return model


class Nameless(Idle):
    name = ""


class Nothing(Idle):
    def run(self, model):
        return None


class Text(Idle):
    def run(self, model):
        return "model"


class Raises(Idle):
    def run(self, model):
        raise KeyError("no such node")


class NewShape(Idle):
    def run(self, model):
        model.members[0].model.reshape([2, 3, 16, 16])
        return model


class Chance(Idle):
    def run(self, model):
        model.members[0].model.reshape([next(count), 3, 16, 16])
        return model


class SecondTime(Idle):
    was_run = False

    def run(self, model):
        if self.was_run:
            model.members[0].model.reshape([2, 3, 16, 16])
        self.was_run = True
        return model


class Other(Idle):
    def run(self, model):
        return CompressedModel(graph=tiny_cnn(seed=next(count)))


class NoAlgorithm:
    pass


WRONG = {
    Nameless: "it has no name",
    Nothing: "returned None",
    Text: "returned 'model'",
    Raises: "no such node",
    NewShape: "other inputs or outputs",
    Chance: "two objects do not do the same",
    SecondTime: "a second run of one object does something else",
    Other: "two objects do not do the same",
    NoAlgorithm: "no object of a subclass",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_algorithm_is_caught(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_algorithm(kind, CompressedModel(graph=tiny_cnn()))


@pytest.mark.parametrize("name", ["MinMaxQuantization", "ActivationChannelAlignment"])
def test_algorithms_of_openpot_pass(name):
    engine = IEEngine({"device": "CPU"}, labelled_images(4))

    def make():
        return get_algorithm_class(name)({"stat_subset_size": 4}, engine)

    check_algorithm(make, CompressedModel(graph=tiny_cnn()), engine)


def test_one_that_does_nothing_passes():
    check_algorithm(Idle, CompressedModel(graph=tiny_cnn()))
