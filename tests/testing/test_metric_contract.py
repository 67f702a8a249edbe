"""Metrics of users: what is wrong is found, and those of openpot pass."""

import random

import numpy as np
import pytest

from metric_engines import Agreement, Distance
from openpot.data.callable_metric import CallableMetric
from openpot.data.metrics.top_k import TopKAccuracy
from openpot.errors import ConfigError
from openpot.testing import ContractError, check_metric

OUTPUTS = [[np.eye(4, dtype=np.float32)[[number % 4]] + number / 10] for number in range(6)]
LABELS = [0, 1, 2, 0, 1, 1]
ANSWERS = [output[0] + number / 100 for number, output in enumerate(OUTPUTS)]


class Forgetful(Agreement):
    def reset(self):
        self.distances = getattr(self, "distances", [])


class Chance(Agreement):
    def score(self, distance):
        return random.random()


class NoDirection(Agreement):
    direction = "up"


class OtherWay(Agreement):
    @property
    def higher_better(self):
        return False


class OtherName(Agreement):
    def get_attributes(self):
        return {"accuracy": {"direction": "higher-better"}}


class BareValue(Agreement):
    @property
    def avg_value(self):
        return 0.5


class NoNumber(Agreement):
    @property
    def avg_value(self):
        return {"agreement": np.array([1.0, 2.0])}


class OnlyLast(Agreement):
    @property
    def avg_value(self):
        return {"agreement": self.score(self.distances[-1])}


class Changes(Agreement):
    def update(self, output, target):
        super().update(output, target)
        output[0] += 1


class ChangesLater(Agreement):
    """Only when something was there before."""

    def update(self, output, target):
        if self.distances:
            output[0] += 1
        super().update(output, target)


class BareSingle(Agreement):
    @property
    def value(self):
        return {"agreement": self.score(self.distances[-1])}


class Raises(Agreement):
    def update(self, output, target):
        raise KeyError("no such class")


class Consumed(Agreement):
    @property
    def avg_value(self):
        return {"agreement": float(self.distances.pop())}


WRONG = {
    Forgetful: r"reset\(\) must forget everything",
    Chance: "another one when it is read twice",
    NoDirection: "direction of 'agreement' is 'up'",
    OtherWay: "higher_better is False, and the direction of 'agreement' is 'higher-better'",
    OtherName: r"avg_value names \['agreement'\], get_attributes\(\) names \['accuracy'\]",
    BareValue: r"avg_value must be \{name: value\}, it is 0\.5",
    NoNumber: "must be a finite number",
    OnlyLast: "in another order the same samples give",
    Changes: r"update\(\) changes what it is given",
    ChangesLater: r"update\(\) changes what it is given",
    BareSingle: r"value\['agreement'\] is .* after one sample",
    Raises: "no such class",
    Consumed: "another one when it is read twice",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_metric_is_caught(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_metric(kind(), OUTPUTS, ANSWERS)


@pytest.mark.parametrize("kind", [Agreement, Distance])
def test_sound_metrics_pass(kind):
    check_metric(kind(), OUTPUTS, ANSWERS)


def test_metrics_of_openpot_pass():
    check_metric(TopKAccuracy(), OUTPUTS, LABELS)
    check_metric(
        CallableMetric(lambda outputs, label: float(outputs[0][0, label]), higher_better=True), OUTPUTS, LABELS
    )


def test_one_sample_is_not_enough():
    with pytest.raises(ConfigError, match="two outputs or more"):
        check_metric(Agreement(), OUTPUTS[:1], ANSWERS[:1])
