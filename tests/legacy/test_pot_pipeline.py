import pytest

import openpot
from openpot.legacy.create_pipeline import create_pipeline
from openpot.legacy.pot_pipeline import Pipeline


def test_pipelines_of_pot_are_openpots_own():
    pipeline = create_pipeline([], None)
    assert type(pipeline) is Pipeline
    assert isinstance(pipeline, openpot.Pipeline)


def test_members_that_only_pot_had_say_what_to_use():
    with pytest.raises(AttributeError, match="Instead: the attribute progress"):
        Pipeline(None).get_max_steps([])
