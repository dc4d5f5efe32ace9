"""The gates of a partner's onboarding: what each asks, what is missing, the evaluations, and every judgement so far."""

from fastapi import APIRouter, Response

from hub import wording
from hub.errors import HubError
from hub.pages import partner_words
from hub.pages.forms import SmallForm
from hub.pages.partner_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Networkers, Visit
from hub.partnered import Evaluation, GateRecord, Partner
from hub.partners import checklists, conformity, evaluating, gates, onboarding, register

router = APIRouter(include_in_schema=False)
DATED = (evaluating.CONTACT, evaluating.READ, evaluating.WISH)


@router.get("/partners/{partner_id}/gates")
def show(visit: Networkers, partner_id: str) -> Response:
    """The gates and the evaluations of a partner."""
    return _page(visit, register.partner_for(visit.session, visit.someone, partner_id))


@router.post("/partners/{partner_id}/gates")
def judge(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Judge a gate; or let the partner pass it all the same, with a reason."""
    partner = register.partner_for(visit.session, visit.someone, partner_id)
    gate, session, person = whole(fields.text("gate")), visit.session, visit.someone
    try:
        if fields.text("exception") == "yes":
            row = onboarding.let_pass(session, person, partner, gate, fields.text("reason"))
        else:
            row = onboarding.judge(session, person, partner, gate)
    except HubError as error:
        return _page(visit, partner, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/partners/{partner.id}/gates", f"gate-{_word(row)}", gate=str(gate))


@router.post("/partners/{partner_id}/evaluations")
def evaluate(visit: Networkers, partner_id: str, fields: SmallForm) -> Response:
    """Keep an evaluation, or say why not."""
    partner = register.partner_for(visit.session, visit.someone, partner_id)
    kind = fields.text("kind")
    names = ["day", "score", "scale"]
    names += [line.id for line in checklists.shipped().lines.get(kind, ())]
    told = {name: fields.text(name) for name in names}
    try:
        evaluating.evaluate(visit.session, visit.someone, partner, kind, told, note=fields.text("note"))
    except HubError as error:
        return _page(visit, partner, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/partners/{partner.id}/gates", "partner-noted", name=partner.name)


def _page(visit: Visit, partner: Partner, error: str = "", status: int = 200) -> Response:
    session, person, lang = visit.session, visit.someone, visit.lang
    held, facts = onboarding.holding(session, person, partner), onboarding.facts_of(session, person, partner)
    newest = evaluating.newest(session, person, partner)
    stage = onboarding.stage_of(session, person, partner)
    return visit.page(
        "gates.html",
        status,
        error=error,
        partner=partner,
        stage=stage,
        policy=gates.shipped(),
        gates=[_gate(gate, held.get(gate), facts, stage, lang) for gate in gates.GATES],
        checklists=[
            _checklist(kind, newest.get(kind), lang) for kind in (checklists.ADMINISTRATIVE, checklists.TECHNICAL)
        ],
        lists=checklists.shipped(),
        rate=conformity.rate_of_test(session, person, partner),
        dated=[(kind, partner_words.say(partner_words.EVALUATIONS[kind], lang)) for kind in DATED],
        evaluations=[_evaluation(row, lang) for row in evaluating.evaluations(session, person, partner)],
        records=[
            (
                row,
                wording.state(partner_words.JUDGED[_word(row)], lang),
                partner_words.unmet_words(row.facts["unmet"], lang),
            )
            for row in onboarding.records(session, person, partner)
        ],
    )


def _gate(gate: int, row: GateRecord | None, facts: gates.GateFacts, stage: int, lang: str) -> dict[str, object]:
    missing = [{"code": one.code, "found": one.found} for one in gates.unmet(gate, facts, gates.shipped())]
    return {
        "number": gate,
        "name": partner_words.say(partner_words.GATES[gate], lang),
        "condition": partner_words.say(partner_words.CONDITIONS[gate], lang),
        "state": wording.state(partner_words.JUDGED[_word(row) if row else "none"], lang),
        "row": row,
        "missing": partner_words.unmet_words(missing, lang),
        "open": gate <= stage,
    }


def _checklist(kind: str, last: Evaluation | None, lang: str) -> dict[str, object]:
    """A list to fill in, begun from the answers of the last evaluation."""
    before = {row["id"]: row["answer"] for row in last.document["lines"]} if last else {}
    return {
        "kind": kind,
        "name": partner_words.say(partner_words.EVALUATIONS[kind], lang),
        "lines": [
            (line.id, line.texts[lang], line.weight, before.get(line.id, ""))
            for line in checklists.shipped().lines[kind]
        ],
    }


def _evaluation(row: Evaluation, lang: str) -> tuple[Evaluation, str, str]:
    """An evaluation with its kind and its result in words."""
    document, result = row.document, ""
    if row.kind == evaluating.AUDIT:
        score, scale = (partner_words.number(document[name], lang) for name in ("score", "scale"))
        result = f"{score} / {scale}"
    elif row.kind == evaluating.TEST:
        result = f"{document['nonconforming']} / {document['delivered']}"
    elif row.kind == evaluating.MATURITY:
        result = partner_words.say(partner_words.PROPOSED, lang, level=document["proposed"])
    elif row.kind in {evaluating.ADMINISTRATIVE, evaluating.TECHNICAL}:
        share = checklists.share_of(document)
        result = "–" if share is None else f"{partner_words.rounded(share, lang)}\u00a0%"
    return row, partner_words.say(partner_words.EVALUATIONS[row.kind], lang), result


def _word(row: GateRecord) -> str:
    return "exception" if row.exception else "passed" if row.passed else "refused"
