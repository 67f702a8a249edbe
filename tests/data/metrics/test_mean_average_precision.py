"""Mean average precision, by faster-coco-eval."""

import numpy as np
import pytest

from openpot.data.metrics.detections import Detections
from openpot.data.metrics.mean_average_precision import MeanAveragePrecision
from openpot.errors import ConfigError, MetricError

TRUTH = {"boxes": [[0, 0, 10, 10], [20, 20, 40, 40]], "labels": [1, 2]}


def found(boxes, scores, labels):
    return [Detections(np.array(boxes, float).reshape(-1, 4), scores, labels)]


def test_exact_boxes_score_one_and_no_boxes_nothing():
    metric = MeanAveragePrecision()
    metric.update(found(TRUTH["boxes"], [0.9, 0.8], [1, 2]), [TRUTH])
    assert metric.avg_value == {"mAP": pytest.approx(1.0)}
    metric.reset()
    metric.update(found([], [], []), [TRUTH])
    assert metric.avg_value == {"mAP": 0.0}


def test_overlap_decides():
    # 10 x 10 against 10 x 7 overlap by 0.7: right at 0.50, 0.55, 0.60, 0.65 and 0.70, wrong at the five above.
    shifted, truth = found([[0, 0, 10, 7]], [0.9], [1]), {"boxes": [[0, 0, 10, 10]], "labels": [1]}
    for options, expected in (({}, 0.5), ({"iou": 0.5}, 1.0), ({"iou": 0.75}, 0.0)):
        metric = MeanAveragePrecision(**options)
        metric.update(shifted, [truth])
        assert next(iter(metric.avg_value.values())) == pytest.approx(expected)


def test_false_positive_of_a_higher_score_halves_the_precision():
    metric = MeanAveragePrecision(iou=0.5)
    metric.update(
        found([[50, 50, 60, 60], [0, 0, 10, 10]], [0.9, 0.5], [1, 1]), [{"boxes": [[0, 0, 10, 10]], "labels": [1]}]
    )
    assert metric.avg_value == {"mAP@0.5": pytest.approx(0.5)}


def test_missed_class_counts_as_nothing():
    metric = MeanAveragePrecision(iou=0.5)
    metric.update(found([[0, 0, 10, 10]], [0.9], [1]), [TRUTH])
    assert metric.avg_value == {"mAP@0.5": pytest.approx(0.5)}


def test_detections_of_a_class_that_nowhere_is_do_not_matter():
    metric = MeanAveragePrecision(iou=0.5)
    metric.update(found([*TRUTH["boxes"], [0, 0, 10, 10]], [0.9, 0.8, 0.99], [1, 2, 77]), [TRUTH])
    assert metric.avg_value == {"mAP@0.5": pytest.approx(1.0)}


def test_images_without_boxes_count_their_false_positives():
    metric = MeanAveragePrecision(iou=0.5)
    empty = {"boxes": np.zeros((0, 4)), "labels": []}
    metric.update(found([[0, 0, 10, 10]], [0.95], [1]), [empty])
    assert metric.value == {"mAP@0.5": [0.0]}
    metric.update(found([], [], []), [empty])
    assert metric.value == {"mAP@0.5": [1.0]}
    metric.update(found([[0, 0, 10, 10]], [0.9], [1]), [{"boxes": [[0, 0, 10, 10]], "labels": [1]}])
    assert metric.avg_value == {"mAP@0.5": pytest.approx(0.5)}


def test_order_of_the_images_does_not_matter_and_nothing_is_printed(capfd):
    rng = np.random.default_rng(3)
    samples = []
    for _ in range(12):
        corners = rng.integers(0, 50, (4, 2))
        boxes = np.concatenate([corners, corners + rng.integers(5, 20, (4, 2))], 1)
        guesses = boxes + rng.integers(-3, 4, boxes.shape)
        samples.append(
            (found(guesses, rng.random(4), rng.integers(0, 3, 4)), {"boxes": boxes, "labels": rng.integers(0, 3, 4)})
        )
    values = []
    for order in (samples, samples[::-1]):
        metric = MeanAveragePrecision()
        for output, truth in order:
            metric.update(output, [truth])
        values.append(metric.avg_value["mAP"])
    assert 0.01 < values[0] < 0.9
    assert values[0] == pytest.approx(values[1])
    assert capfd.readouterr() == ("", "")


def test_own_decoder_and_key_are_used():
    metric = MeanAveragePrecision(
        iou=0.5, decode=lambda outputs: Detections(outputs[0], outputs[1], outputs[2]), key="objects"
    )
    metric.update([np.array(TRUTH["boxes"]), np.array([0.9, 0.8]), np.array([1, 2])], [{"objects": TRUTH, "id": 4}])
    assert metric.avg_value == {"mAP@0.5": pytest.approx(1.0)}


def test_mistakes_are_told():
    with pytest.raises(ConfigError, match="iou must lie between 0 and 1"):
        MeanAveragePrecision(iou=50)
    with pytest.raises(MetricError, match="'boxes' and 'labels'"):
        MeanAveragePrecision().update(found([], [], []), [3])
    with pytest.raises(MetricError, match="1 boxes and 2 labels"):
        MeanAveragePrecision().update(found([], [], []), [{"boxes": [[0, 0, 1, 1]], "labels": [1, 2]}])
