"""Which of the methods that subclasses of IEEngine used to override are overridden."""

from __future__ import annotations

STATISTICS_HOOKS = frozenset(
    {
        "set_model",
        "predict",
        "_set_model",
        "_add_outputs",
        "_predict",
        "_process_dataset",
        "_process_dataset_async",
        "_process_batch",
        "_fill_input",
        "_collect_statistics",
        "_process_infer_output",
        "_convert_stats_names",
    }
)
"""What decides about statistics: with one of these overridden they are collected through it, sample by sample."""

HOOKS = STATISTICS_HOOKS | {"_update_metrics"}
"""With one of these overridden, samples run one by one."""

_OWN_MODULES = "openpot.engine."


def find_overridden_hooks(engine: object) -> frozenset[str]:
    """The hooks that the class of ``engine``, or the object itself, defines other than openpot does."""
    hooks = set(HOOKS & set(vars(engine)))
    for ancestor in type(engine).__mro__:
        if ancestor.__module__.startswith(_OWN_MODULES):
            break
        hooks |= HOOKS & set(vars(ancestor))
    return frozenset(hooks)
