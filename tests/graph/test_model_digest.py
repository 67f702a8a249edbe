"""The hash of a model."""

import subprocess
import sys

import pytest

from openpot.graph.edit import set_node_name
from openpot.graph.model_digest import model_digest
from toy_models import if_model, loop_model, tiny_cnn, worked_example

MAKERS = [tiny_cnn, worked_example, if_model, loop_model]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_same_model_has_the_same_hash_and_a_clone_too(make):
    assert model_digest(make()) == model_digest(make()) == model_digest(make().clone())


def test_models_that_compute_something_else_have_other_hashes():
    models = [make() for make in MAKERS] + [tiny_cnn(seed=1), tiny_cnn(batch=2)]
    assert len({model_digest(model) for model in models}) == len(models)


def test_names_do_not_count():
    model = tiny_cnn()
    for number, node in enumerate(model.get_ops()):
        set_node_name(node, f"renamed_{number}")
    assert model_digest(model) == model_digest(tiny_cnn())


def test_the_hash_is_the_same_in_another_process():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from toy_models import tiny_cnn, worked_example\n"
        "from openpot.graph.model_digest import model_digest\n"
        "worked_example()\n"
        "print(model_digest(tiny_cnn()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == model_digest(tiny_cnn())
