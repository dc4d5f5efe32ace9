"""How long the server needs for each sort of page of a large hub, at any depth: p50, p95, p99; the goal is for p95.

Pages are asked in turns, sort by sort, over several rounds, after one unmeasured round. A page that answers with
anything but 200 (a search that found one thing: 303) withholds its figure. What the hub keeps of a state of its
database (`hub.unchanged`) helps whoever comes again before something was committed; "anew" is the same page with a
commit before each answer: nothing is kept.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from hub import audit
from hub.app import create_app
from hub.context import Hub, open_hub
from hub.serving import settle
from tests.bench.hub.asked import Page, pages
from tests.bench.hub.asking import Answer, Asker, turned
from tests.bench.hub.figure import Figure, Run, Scale
from tests.bench.hub.filling import ROLES, settings_of, token_of

GOAL_MS = 50.0
FINE = {200, 303}
BOTH = (False, True)


def figures(room: Path, scale: Scale) -> Iterator[Figure]:
    """The figures of every sort of page. The data lie in `scale.database`, else there are none."""
    if scale.database is None:
        yield Figure("L1", "pages", "ms p95", GOAL_MS, absent="no generated database")
        return
    settings = settings_of(scale.database)
    hub = open_hub(settings)
    with hub.readers()() as session:
        asked = pages(session, scale.seed)
    hub.engine.dispose()
    app = create_app(settings)
    settle()
    with ExitStack() as stack:
        stack.callback(app.state.hub.engine.dispose)
        stack.callback(gc.unfreeze)
        askers = {who: stack.enter_context(Asker(app, token_of(who))) for who in ROLES}
        yield from measured(askers, asked, scale, app.state.hub)


def measured(askers: dict[str, Asker], asked: Sequence[Page], scale: Scale, hub: Hub) -> Iterator[Figure]:
    """Two figures for each sort of page, over all rounds: as it is read, and anew after a commit."""
    each = max(1, scale.hits // scale.rounds)
    found: dict[tuple[str, bool], list[list[Answer]]] = {(page.name, anew): [] for page in asked for anew in BOTH}
    for number in range(-1, scale.rounds):
        for page in asked:
            for anew in BOTH:
                before = partial(commit, hub) if anew else None
                answers = list(answers_of(askers[page.who], page, each, max(0, number) * each, before))
                if number >= 0:
                    found[page.name, anew].append(answers)
    for page in asked:
        for anew in BOTH:
            yield figure(page, found[page.name, anew], ", anew" if anew else "")


def commit(hub: Hub) -> None:
    """Commit a line of the audit trail: a change of a row into what it is would be none for SQLite."""
    with hub.sessions().begin() as session:
        audit.record(session, None, "bench", "pages")


def answers_of(
    asker: Asker, page: Page, count: int, start: int, before: Callable[[], None] | None = None
) -> Iterator[Answer]:
    """So many answers of one sort of page, going on where the last round ended; `before` is called before each."""
    if not page.addresses:
        return
    if page.turned:
        yield from islice(turned(asker, page.addresses[0], start + count, before), start, None)
        return
    for address in islice(cycle(page.addresses), start, start + count):
        if before is not None:
            before()
        yield asker.get(address)


def figure(page: Page, rounds: Sequence[Sequence[Answer]], how: str = "") -> Figure:
    """The figure of one sort of page."""
    every = [answer for answers in rounds for answer in answers]
    if not every:
        return Figure("L1", page.name, "ms p95", GOAL_MS, absent="the data have no such page")
    wrong = sorted({answer.status for answer in every} - FINE)
    walls, cpus = [answer.wall * 1e3 for answer in every], [answer.cpu * 1e3 for answer in every]
    return Figure(
        "L1",
        f"{page.name}{how}",
        "ms p95",
        GOAL_MS,
        runs=tuple(Run(percentile([answer.wall * 1e3 for answer in answers], 95)) for answers in rounds),
        check=f"{len(every)} answers",
        fault=f"an answer had status {wrong[0]}" if wrong else "",
        more={
            "p50": round(percentile(walls, 50), 1),
            "p95": round(percentile(walls, 95), 1),
            "p99": round(percentile(walls, 99), 1),
            "cpu_p95": round(percentile(cpus, 95), 1),
            "kB": max(len(answer.text) for answer in every) // 1000,
        },
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many percent of these do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]
