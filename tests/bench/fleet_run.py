"""Run many loop devices at once, as a process of its own, and print what it cost as JSON.

    python -m tests.bench.fleet_run POLICY write|full|memory JOURNAL NODE=IMAGE NODE=IMAGE...

Every worker imports this file again, as multiprocessing does with the program of its parent: so nothing is in it.
"""

import json
import sys


def main(*words: str) -> None:
    """Print the verdicts and the costs."""
    from tests.bench.fleet_work import measure

    print(json.dumps(measure(*words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
