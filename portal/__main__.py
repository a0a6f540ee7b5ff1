"""The command `portal`, also as `python -m portal`."""

from __future__ import annotations

import gc


def main() -> None:
    """Import everything, then run the command.

    What is imported stays until the end. To look for garbage in it takes a fifth of the seconds until the portal
    answers, and lengthens every collection afterwards: it is set aside for good.
    """
    gc.disable()
    from portal import cli  # noqa: PLC0415 - see above

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
