"""The command line.

What a command works with is imported when it runs, so that help, completion and usage errors come at once: commands and
options import the standard library, typer, each other and layer 0. It is imported where errors and interrupts are
turned into messages.
"""
