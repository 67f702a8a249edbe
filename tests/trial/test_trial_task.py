"""Questions to a trial graph: answered inference by inference, whole or in parts."""

import pickle

import numpy as np
import pytest

from openpot.inference.compile import compile_model
from openpot.inference.feeds import NextStep
from openpot.inference.shipped_model import shipped
from openpot.inference.shipped_samples import KnownSamples
from openpot.measure.output_distance import compute_sample_distance
from openpot.measure.output_variation import OutputVariation
from openpot.trial.trial_task import (
    SAMPLES_OF_TASK,
    Question,
    TrialTask,
    answer_questions,
    answer_task,
    split_question,
)
from openpot.workers import Workers
from stream_models import stream_model
from toy_models import images, run, tiny_cnn

VARIATION = OutputVariation(1.0)
NOBODY = Workers(None)


def known_samples(count=9):
    feeds = tuple({0: image[None]} for image in images(count))
    return KnownSamples(feeds, tuple([np.full((1, 5), number, np.float32)] for number in range(count)))


def ask_about(numbers):
    return Question(numbers, [[]] * len(numbers), kept=(0,), compared=(0,), variations=(VARIATION,))


def plain(answers):
    return [([array.tobytes() for array in answer.outputs], answer.distances) for answer in answers]


def test_outputs_and_distances_are_answered_in_the_order_of_the_question():
    samples, compiled = known_samples(), compile_model(tiny_cnn(), "CPU")
    answers = list(answer_questions(compiled, samples, [ask_about([4, 2]), ask_about([7])]))
    for number, answer in zip([4, 2, 7], answers, strict=True):
        expected = run(tiny_cnn(), samples.feeds[number][0])[0]
        np.testing.assert_allclose(answer.outputs[0], expected, atol=1e-6)
        known = samples.outputs[number][0]
        assert answer.distances == (compute_sample_distance(known, answer.outputs[0], VARIATION),)


def test_parts_of_a_question_have_its_answers():
    samples, compiled = known_samples(), compile_model(tiny_cnn(), "CPU")
    whole = ask_about(range(9))
    parts = list(split_question(whole, samples))
    assert [list(part.inferences) for part in parts] == [
        list(range(start, min(start + SAMPLES_OF_TASK, 9))) for start in range(0, 9, SAMPLES_OF_TASK)
    ]
    assert plain(answer_questions(compiled, samples, parts)) == plain(answer_questions(compiled, samples, [whole]))


def test_steps_of_a_sequence_stay_together():
    steps = [
        kind({0: np.full((1, 4), number, np.float32)}) for number in range(6) for kind in (dict, NextStep, NextStep)
    ]
    parts = split_question(Question(range(18), [[]] * 18), KnownSamples(tuple(steps), ((),) * 18))
    assert [len(part.inferences) for part in parts] == [3 * SAMPLES_OF_TASK, 18 - 3 * SAMPLES_OF_TASK]


@pytest.mark.parametrize("attach_content", [False, True])
def test_a_task_answers_for_a_graph_and_samples_that_were_sent(attach_content):
    samples, question = known_samples(), ask_about([3, 1])
    with shipped(tiny_cnn(), NOBODY) as model:
        task = TrialTask(model, "CPU", {}, samples.shipped, question)
        assert not task.has_content
        sent = pickle.loads(pickle.dumps(task.attach_content() if attach_content else task))
        assert sent.has_content is attach_content
        compiled = compile_model(tiny_cnn(), "CPU")
        assert plain(answer_task(sent)) == plain(answer_questions(compiled, samples, [question]))


def test_a_model_that_keeps_a_state_starts_each_sequence_anew():
    feeds = tuple(kind({0: np.ones((1, 8), np.float32)}) for _ in range(2) for kind in (dict, NextStep))
    question = Question(range(4), [[]] * 4, kept=(0,))
    answers = list(answer_questions(compile_model(stream_model(), "CPU"), KnownSamples(feeds, ((),) * 4), [question]))
    first, second = ([answer.outputs[0].tobytes() for answer in answers[start : start + 2]] for start in (0, 2))
    assert first == second
    assert first[0] != first[1]
