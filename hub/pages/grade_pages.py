"""Grade policies: which is in force, what another one would change, putting it in force, taking it back. For leads."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.grades import policies, service
from hub.grades.assessing import uses_in_force
from hub.models import GradePolicyFile, GradePolicyUse
from hub.pages.forms import ListForm, SmallForm
from hub.pages.grade_words import letter_word
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Managers, Visit

router = APIRouter(include_in_schema=False)
KINDS = {policies.GRADE: mark("grade"), policies.CATEGORY: mark("category")}
EMPTY = mark("Choose a file first.")


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
def show(visit: Managers) -> Response:
    """The policies in force, those that were kept, and the history."""
    return _page(visit)


@router.post("/grades")
def upload(visit: Managers, fields: ListForm) -> Response:
    """Keep an uploaded policy, or the shipped one, and show what it would do. Nothing is graded yet."""
    shipped, data = fields.text("shipped"), fields.file("file")
    if not data and shipped not in policies.SHIPPED:
        return _page(visit, visit.say(EMPTY), 422)
    try:
        if shipped in policies.SHIPPED:
            kept = policies.keep_shipped(visit.session, shipped)
        else:
            kept = policies.keep_policy(visit.session, visit.someone, data)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/grades/{kept.sha256}")


@router.get("/grades/{sha256}")
def preview(visit: Managers, sha256: str) -> Response:
    """What a kept policy would change, before anything changes."""
    policy = policies.policy_file(visit.session, sha256)
    found = service.preview(visit.session, visit.someone, policy)
    in_force = uses_in_force(visit.session).get(policy.kind)
    return visit.page(
        "grade_preview.html",
        policy=policy,
        kind=visit.say(KINDS[policy.kind]),
        in_force=in_force is not None and in_force.sha256 == sha256,
        judged=found.judged,
        counts=[(_word(visit, before), _word(visit, after), number) for before, after, number in found.counts],
        changes=[(one, _word(visit, one.before), _word(visit, one.after)) for one in found.changes],
        text=policy.content.decode("utf-8"),
    )


@router.post("/grades/{sha256}/apply")
def apply(visit: Managers, sha256: str, fields: SmallForm) -> Response:
    """Put a policy in force: every report is graded again."""
    assert fields is not None
    policy = policies.policy_file(visit.session, sha256)
    try:
        service.apply_policy(visit.session, visit.someone, policy)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/grades", "policy-applied", name=policy.name, version=str(policy.version))


@router.post("/grades/undo")
def undo(visit: Managers, fields: SmallForm) -> Response:
    """Take the policy in force back."""
    try:
        before = service.undo(visit.session, visit.someone, fields.text("kind"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    if before is None:
        return visit.go("/grades", "policy-undone-bench")
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
        history=uses,
    )


def _kept(visit: Visit) -> tuple[GradePolicyFile, ...]:
    return policies.kept_policies(visit.session)


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


def _word(visit: Visit, word: str) -> str:
    return letter_word(word, visit.lang)
