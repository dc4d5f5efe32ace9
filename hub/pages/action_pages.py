"""Open actions of the reviews (S0-12): what is to be done, by whom and until when; noting one, ending one."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.figures import actions
from hub.pages.figure_pages import is_networker
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Counters, Networkers, Visit
from hub.partners import register

router = APIRouter(include_in_schema=False)
UNSURE = mark("Say first what is to be noted.")


@router.get("/actions")
def list_actions(visit: Counters) -> Response:
    """Every action, the open ones first, and the form for another."""
    return _page(visit)


@router.post("/actions")
def decide(visit: Networkers, fields: SmallForm) -> Response:
    """Note an action, or say why not."""
    what, due, partner = (fields.text(name) for name in ("what", "due", "partner"))
    try:
        actions.decide(visit.session, visit.someone, what, due, partner)
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/actions", "action-noted")


@router.post("/actions/{action_id}")
def end(visit: Networkers, action_id: int, fields: SmallForm) -> Response:
    """Say what came of an action, or take it back."""
    act = {"done": actions.finish, "end": actions.withdraw}.get(fields.text("about"))
    try:
        actions.open_action(visit.session, visit.someone, action_id)
        if act is None:
            return _page(visit, visit.say(UNSURE), 422)
        act(visit.session, visit.someone, action_id, fields.text("words"))
    except HubError as error:
        return _page(visit, in_words(error.message, visit.lang), error.status)
    return visit.go("/actions", "action-noted" if fields.text("about") == "done" else "partner-taken-back")


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    may_act = is_networker(visit)
    names = {one.id: one.name for one in register.partners(visit.session, visit.someone)} if may_act else {}
    today = visit.hub.clock().date().isoformat()
    return visit.page(
        "actions.html",
        status,
        error=error,
        rows=[
            (row, names.get(row.partner_id or "", ""), row.done is None and row.due < today)
            for row in actions.actions(visit.session, visit.someone)
        ],
        partners=list(names.items()),
        may_act=may_act,
        today=today,
    )
