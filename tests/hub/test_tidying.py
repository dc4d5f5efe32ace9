"""`etabli-hub tidy`: what is over goes, what is evidence stays, and nothing goes that was not shown."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.base import Base
from hub.commands.root import main
from hub.entry import Invitation
from hub.errors import BadInput
from hub.foreign import WipeReportFile, WipeReportLine
from hub.models import AuditEntry, LoginAttempt, Person, Role, Station, WebSession
from hub.partnered import Partner, PartnerContact, PartnerLevel
from hub.people import invitations, service, throttle
from hub.recalled import CertificateRecall
from hub.reckoned import OpenAction
from hub.retention import rules
from hub.retention.rules import FILE, read_retention, shipped
from hub.retention.tidying import NOWHERE, over, tidy
from hub.tables import MODULES

LONG = {"days": 1200}
TEXT = FILE.read_text(encoding="utf-8")


@pytest.fixture
def lived(session: Session, world: Any) -> Person:
    """A hub in which everything that can be over is there, and somebody who has left; the clock is years later."""
    leaver = world.person(Role.LEAD, email="yann@hub.test")
    leaver = session.get_one(Person, leaver.id)
    leaver.name = "Yann Le Bihan"
    now = world.hub.clock()
    service.open_session(session, leaver)
    invitations.invite(session, leaver, None)
    throttle.record_failure(session, "x@y.fr", "192.0.2.1", now)
    partner = Partner(name="P", kind="refurbisher", created=now)
    session.add(partner)
    session.flush()
    said = {"at": now, "by": leaver.id}
    session.add(PartnerLevel(partner_id=partner.id, level=1, note="audit", by_name=leaver.name, **said))
    agreed = {"agreed_by": leaver.id, "agreed_name": leaver.name, "agreed": now}
    session.add(CertificateRecall(certificate_id="c", why="corrected", note="x", by_name=leaver.name, **agreed, **said))
    done = {"done_by": leaver.id, "done_name": leaver.name, "done": now}
    session.add(OpenAction(what="x", due="2026-01-01", by_name=leaver.name, **done, **said))
    for name, withdrawn in (("Gone", now), ("Here", None)):
        session.add(
            PartnerContact(
                partner_id=partner.id,
                role="technical",
                name=name,
                email="a@b.c",
                phone="1",
                withdrawn=withdrawn,
                **said,
            )
        )
    session.add(Station(kid="k", public="", name="B", created=now, last_seen=now, heartbeat={"drives": []}))
    for sha, lines in (("a", 0), ("b", 1)):
        report = WipeReportFile(sha256=sha * 64, content=b"x", size=1, by_name=leaver.name, **said)
        session.add(report)
        session.flush()
        session.add_all(a_line(report) for _ in range(lines))
    session.commit()
    service.set_active(session, leaver, active=False)
    session.commit()
    world.hub.clock.forward(**LONG)
    return leaver


def a_line(report: WipeReportFile) -> WipeReportLine:
    words = dict.fromkeys(("serial", "model", "size", "technique", "outcome", "said", "why", "started", "ended"), "")
    return WipeReportLine(report_id=report.id, number=1, **words)


def test_it_shows_first_and_takes_exactly_that(session: Session, lived: Person) -> None:
    shown = over(session, shipped())
    assert shown == {
        rules.SESSIONS: 1, rules.THROTTLE: 1, rules.HEARTBEATS: 1, rules.LETTERS: 0, rules.REPORTS: 1,
        rules.CONTACTS: 1, rules.ACCOUNTS: 1,
    }  # fmt: skip
    assert tidy(session, shipped()) == shown
    session.commit()
    assert set(over(session, shipped()).values()) == {0}
    left = [session.query(table).count() for table in (WebSession, Invitation, LoginAttempt, WipeReportFile)]
    assert left == [0, 0, 0, 1]
    assert session.scalars(select(PartnerContact.name).order_by(PartnerContact.id)).all() == ["", "Here"]
    assert session.scalar(select(Station.heartbeat)) is None
    told = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "hub.tidy")).one()
    assert "accounts 1" in told


def test_who_left_long_ago_has_no_name_anywhere_but_the_pseudonym_of_the_signed_statements(
    session: Session, lived: Person
) -> None:
    before, pseudonym = lived.id, lived.pseudonym
    tidy(session, shipped())
    session.commit()
    session.expire_all()
    kept = session.get_one(Person, before)
    assert (kept.name, kept.email, kept.pseudonym) == (pseudonym, pseudonym + NOWHERE, pseudonym)
    assert session.scalars(select(PartnerLevel.by_name)).one() == pseudonym
    assert MODULES
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert not [value for value in row if isinstance(value, str) and ("Yann" in value or "yann@" in value)], (
                table
            )
    with pytest.raises(BadInput):
        read_retention(TEXT.replace("accounts = 1095", "accounts = 1"))


def test_a_closed_account_keeps_its_name_for_as_long_as_the_file_says(
    session: Session, lived: Person, world: Any
) -> None:
    world.hub.clock.now -= timedelta(days=1200 - 1094)
    assert over(session, shipped())[rules.ACCOUNTS] == 0
    world.hub.clock.forward(days=2)
    assert over(session, shipped())[rules.ACCOUNTS] == 1


def test_an_account_that_was_opened_again_keeps_its_name(session: Session, lived: Person) -> None:
    service.set_active(session, lived, active=True)
    assert over(session, shipped())[rules.ACCOUNTS] == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("waste_register = 3", "waste_register = 2", "3 years at least"),
        ("waste_register = 3", "waste_register = true", "3 years at least"),
        ("sessions = 1 ", "sessions = -1 ", "sessions"),
        ("sessions = 1 ", 'sessions = "1" ', "sessions"),
        ("letters = 30", "", "letters"),
        ("letters = 30", "letters = 30\nledger = 1", "does not know: ledger"),
        ("version = 1", "", "version"),
        ("[days]", "[days", "no TOML"),
        ("[years]", "[[years]]", "tables"),
    ],
)
def test_a_retention_file_that_keeps_too_little_or_is_not_whole_is_refused(old: str, new: str, why: str) -> None:
    assert old in TEXT
    with pytest.raises(BadInput, match=why):
        read_retention(TEXT.replace(old, new))


def test_the_command_only_shows_unless_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ETABLI_DATABASE_URL", raising=False)
    monkeypatch.setenv("ETABLI_LANG", "en")
    data = ("--data", str(tmp_path / "hub"))
    assert main([*data, "init", "--issuer", "A"]) == 0
    assert main([*data, "tidy"]) == 0
    assert "nothing was changed: --apply takes it away" in capsys.readouterr().out
    assert main([*data, "tidy", "--apply"]) == 0
    assert "taken away, by etabli-retention version 1" in capsys.readouterr().out
    short = tmp_path / "short.toml"
    short.write_text(TEXT.replace("waste_register = 3", "waste_register = 1"))
    assert main([*data, "tidy", "--policy", str(short)]) == 1
