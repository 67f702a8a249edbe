import numpy as np
import pytest

from openpot.errors import ModelError
from openpot.measure import performance_hints
from openpot.measure.performance_hints import USERS_SETTINGS, SettingsCheck
from toy_models import images, tiny_cnn

pytestmark = pytest.mark.usefixtures("compiled_anew", "every_setting")

FEEDS = [{0: image[None]} for image in images(6)]


def pretend(monkeypatch, error_of):
    """Let errors be those of ``error_of(model, properties, is_simulated)``, whatever is run."""

    def infer(self, model, properties, hints=None):
        return error_of(model, properties, bool(hints))

    monkeypatch.setattr(SettingsCheck, "_infer_outputs", infer)
    monkeypatch.setattr(SettingsCheck, "_measure_error", lambda self, model, outputs: outputs)


def find_far_with_errors(monkeypatch, errors, in_float=0.0, known=0.0):
    """What is far if the errors are these: by setting, ``judged`` for the simulation."""
    model, reference = tiny_cnn(seed=1), tiny_cnn()

    def error_of(candidate, properties, is_simulated):
        if candidate is reference:
            return in_float
        names = (name for name, setting in USERS_SETTINGS.items() if setting is properties)
        return errors["judged"] if is_simulated else errors[next(names)]

    pretend(monkeypatch, error_of)
    return SettingsCheck(reference, FEEDS, "CPU", known).find_far(model)


GOOD = {"LATENCY": 0.02, "THROUGHPUT": 0.02, "ACCURACY": 0.02, "judged": 0.02}


@pytest.mark.parametrize(
    ("errors", "in_float", "expected"),
    [
        (GOOD, 0.0, []),
        ({**GOOD, "THROUGHPUT": 1.05}, 0.0, ["THROUGHPUT"]),
        ({**GOOD, "LATENCY": 0.29}, 0.0, []),
        ({**GOOD, "LATENCY": 0.9, "ACCURACY": 0.9, "judged": 0.4}, 0.0, []),
        ({**GOOD, "LATENCY": 0.6}, 0.25, []),
        ({**GOOD, "LATENCY": 0.8, "ACCURACY": 0.8}, 0.25, ["LATENCY", "ACCURACY"]),
        (dict.fromkeys(GOOD, float("inf")), 0.0, []),
    ],
    ids=["right", "lost", "saturation", "judged so", "bfloat16", "worse than bfloat16", "judged lost"],
)
def test_outputs_are_far_if_they_were_judged_otherwise(monkeypatch, errors, in_float, expected):
    assert [one.setting for one in find_far_with_errors(monkeypatch, errors, in_float)] == expected


def test_what_is_not_much_further_than_was_judged_is_not_simulated(monkeypatch):
    far = {**GOOD, "LATENCY": 0.9, "judged": float("nan")}
    assert find_far_with_errors(monkeypatch, far, known=0.4) == ()
    beyond = {**GOOD, "LATENCY": 1.3, "judged": 0.4}
    assert [one.setting for one in find_far_with_errors(monkeypatch, beyond, known=0.4)] == ["LATENCY"]


def test_a_model_runs_as_itself_with_every_setting():
    assert SettingsCheck(tiny_cnn(), FEEDS, "CPU").find_far(tiny_cnn()) == ()


def test_another_model_is_judged_as_far_as_it_runs():
    """Its simulation is as far from the reference as its runs: no fault of the device."""
    assert SettingsCheck(tiny_cnn(), FEEDS, "CPU").find_far(tiny_cnn(seed=1)) == ()


@pytest.mark.parametrize("fails_in_float", [False, True])
def test_a_model_that_only_fails_in_int8_is_a_fault(monkeypatch, fails_in_float):
    reference, model = tiny_cnn(), tiny_cnn(seed=1)

    def error_of(candidate, properties, is_simulated):
        if properties is USERS_SETTINGS["LATENCY"] and (candidate is model or fails_in_float):
            raise ModelError("no kernel")
        return 0.02

    pretend(monkeypatch, error_of)
    far = SettingsCheck(reference, FEEDS, "CPU").find_far(model)
    assert [(outputs.setting, outputs.failure) for outputs in far] == (
        [] if fails_in_float else [("LATENCY", "no kernel")]
    )


def test_settings_are_those_that_users_state():
    assert set(USERS_SETTINGS) == {"LATENCY", "THROUGHPUT", "ACCURACY"}
    assert performance_hints.FAR < 1
    assert np.isfinite(performance_hints.TIMES_AS_FAR)
