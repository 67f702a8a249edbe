"""The command that was given, so that a report can name it and change it."""

from __future__ import annotations

import typer


def list_given_words(context: typer.Context) -> list[str]:
    """The words of the command as it was given, without options that were left at their defaults.

    Options stand after the arguments, and flags under the name that sets what was given.
    """
    words = ["openpot", str(context.info_name)]
    for parameter in context.command.params:
        value = context.params.get(str(parameter.name))
        source = context.get_parameter_source(str(parameter.name))
        if value is None or source is None or source.name != "COMMANDLINE":
            continue
        if parameter.param_type_name == "argument":
            words.append(str(value))
        elif isinstance(value, bool):
            words.append((parameter.opts if value else parameter.secondary_opts)[0])
        else:
            entries = value if isinstance(value, list | tuple) else (value,)
            words += [text for entry in entries for text in (parameter.opts[0], str(entry))]
    return words
