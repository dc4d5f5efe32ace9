"""Grade policies: which is in force, what another one would change, putting it in force, taking it back. For leads."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from diagnostics.grading import CategoryPolicy
from hub.errors import HubError
from hub.grades import policies, service
from hub.grades.assessing import uses_in_force
from hub.models import GradePolicyFile, GradePolicyUse
from hub.pages.forms import ListForm, SmallForm
from hub.pages.grade_words import SHOWN_OF_DIGEST, letter_word
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Home, Visit

router = APIRouter(include_in_schema=False)
KINDS = {policies.GRADE: mark("grade"), policies.CATEGORY: mark("category")}
EMPTY = mark("Choose a policy or a file first.")
SHIPPED = "shipped-"  # before the kind: the policy that comes with this hub
OF_THIS_VERSION = mark("the shipped one: %(name)s version %(version)s")
NO_CATEGORY = mark("no category")


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use of a policy in the history."""

    kind: str
    name: str
    version: int
    digest: str
    path: str
    since: object
    by: str
    state: str
    in_force: bool


@router.get("/grades")
def show(visit: Home) -> Response:
    """The policies in force, those that were kept, and the history."""
    return _page(visit)


@router.post("/grades")
def upload(visit: Home, fields: ListForm) -> Response:
    """Show what a kept policy, an uploaded one or a shipped one would do. Nothing is graded yet."""
    choice, data = fields.text("choice"), fields.file("file")
    shipped = choice.removeprefix(SHIPPED)
    if not data and not choice:
        return _page(visit, visit.say(EMPTY), 422)
    try:
        if not data and shipped in policies.SHIPPED and shipped != choice:
            kept = policies.keep_shipped(visit.session, shipped)
        elif not data:
            kept = policies.policy_file(visit.session, choice)
        else:
            kept = policies.keep_policy(visit.session, visit.someone, data)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/grades/{kept.sha256}")


@router.get("/grades/{sha256}")
def preview(visit: Home, sha256: str) -> Response:
    """What a kept policy would change, before anything changes."""
    policy = policies.policy_file(visit.session, sha256)
    found = service.preview(visit.session, visit.someone, policy)
    in_force = uses_in_force(visit.session).get(policy.kind)
    return visit.page(
        "grade_preview.html",
        policy=policy,
        kind=visit.say(KINDS[policy.kind]),
        kind_code=policy.kind,
        without_tables=_without_tables(policy),
        in_force=in_force is not None and in_force.sha256 == sha256,
        judged=found.judged,
        counts=[
            (_word(visit, policy, before), _word(visit, policy, after), number)
            for before, after, number in found.counts
        ],
        changes=[(one, _word(visit, policy, one.before), _word(visit, policy, one.after)) for one in found.changes],
        text=policy.content.decode("utf-8"),
    )


@router.post("/grades/{sha256}/apply")
def apply(visit: Home, sha256: str, fields: SmallForm) -> Response:
    """Put a policy in force: every report is graded again."""
    assert fields is not None
    policy = policies.policy_file(visit.session, sha256)
    try:
        service.apply_policy(visit.session, visit.someone, policy)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    done = "policy-applied" if policy.kind == policies.GRADE else "category-policy-applied"
    return visit.go("/grades", done, name=policy.name, version=str(policy.version))


@router.post("/grades/undo")
def undo(visit: Home, fields: SmallForm) -> Response:
    """Take the policy in force back."""
    kind = fields.text("kind")
    try:
        before = service.undo(visit.session, visit.someone, kind)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    if before is None:
        return visit.go("/grades", "policy-undone-bench" if kind == policies.GRADE else "category-policy-undone-none")
    return visit.go("/grades", "policy-undone", name=before.policy.name, version=str(before.policy.version))


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    in_force = uses_in_force(visit.session)
    uses = [_row(visit, use) for use in service.history(visit.session)]
    return visit.page(
        "grades.html",
        status,
        error=error,
        kinds=[(kind, visit.say(word), in_force.get(kind)) for kind, word in KINDS.items()],
        kept=[(policy, visit.say(KINDS[policy.kind])) for policy in _kept(visit)],
        choices={kind: _choices(visit, kind, in_force.get(kind)) for kind in KINDS},
        history=uses,
    )


def _kept(visit: Visit) -> tuple[GradePolicyFile, ...]:
    return policies.kept_policies(visit.session)


def _without_tables(policy: GradePolicyFile) -> bool:
    rules = policies.read_policy(policy.content).rules
    return isinstance(rules, CategoryPolicy) and not (rules.notes and rules.categories)


def _choices(visit: Visit, kind: str, now: GradePolicyUse | None) -> list[tuple[str, str]]:
    """What may be put in force instead, for one kind: those that are kept, and the shipped one."""
    other = [row for row in _kept(visit) if row.kind == kind and (now is None or row.sha256 != now.sha256)]
    version = visit.say(mark("version %(version)s"), version="%s")
    found = [(row.sha256, f"{row.name} {version % row.version} ({row.sha256[:SHOWN_OF_DIGEST]})") for row in other]
    rules = policies.shipped(kind).rules
    if rules.sha256 not in {row.sha256 for row in _kept(visit)}:
        found.append((SHIPPED + kind, visit.say(OF_THIS_VERSION, name=rules.name, version=rules.version)))
    return found


def _row(visit: Visit, use: GradePolicyUse) -> UseRow:
    in_force = use.until_position is None
    state = mark("in force") if in_force else mark("undone") if use.undone else mark("earlier")
    return UseRow(
        kind=visit.say(KINDS[use.policy.kind]),
        name=use.policy.name,
        version=use.policy.version,
        digest=use.sha256[:12],
        path=f"/grades/{use.sha256}",
        since=use.since,
        by=use.person.name if use.person else visit.say(mark("the command line")),
        state=visit.say(state),
        in_force=in_force,
    )


def _word(visit: Visit, policy: GradePolicyFile, word: str) -> str:
    if policy.kind == policies.CATEGORY and not word:
        return visit.say(NO_CATEGORY)
    return letter_word(word, visit.lang)
