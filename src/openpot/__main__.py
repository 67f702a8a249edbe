"""``python -m openpot`` is the ``openpot`` command."""

from openpot.cli.main import main

if __name__ == "__main__":
    main()
