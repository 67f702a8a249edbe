"""POT's ``Pipeline``: openpot's own; members that POT's had besides say what to use instead."""

from __future__ import annotations

from openpot.legacy.members import RefusesMembers
from openpot.pipeline import Pipeline as OpenPotPipeline


class Pipeline(RefusesMembers, OpenPotPipeline):
    """:class:`openpot.pipeline.Pipeline` for scripts of POT's time."""

    historic_class = "Pipeline"
