"""``pot.__main__``: historic names of openpot."""

from openpot.cli.pot_command import main as main

__all__ = [
    "main",
]

if __name__ == "__main__":
    main()
