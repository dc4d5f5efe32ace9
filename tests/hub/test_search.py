"""Search by any scanned code: whatever its case, whatever the scanner adds, and never outside the reader's scope."""

from typing import Any

import pytest
from sqlalchemy import text

from certificates.envelope import short_id
from hub.database import open_engine
from hub.models import Certificate, Drive, Lot, Role, Station
from hub.scanned import words
from hub.search import search
from hub.validation import service as validation


def found(world: Any, person: Any, code: str) -> list[tuple[str, str]]:
    with world.hub.sessions()() as session:
        return [(hit.kind, hit.name) for hit in search(session, person, code)]


@pytest.fixture
def filled(world: Any) -> Any:
    """Two donors, each with a lot, a device, a drive in it and a certificate; and a drive of nobody."""
    bench, world.lead = world.bench("Banc Étage"), world.person()
    world.runs = {}
    for code, donor, serial in (("LOT-A", "CAF", "WD-WCC1aB"), ("LOT-B", "CHU", "S3Z8NB0K")):
        world.lot(code, donor)
        run = bench.erasure(lot=code, asset=f"TAG-{code}", serial=serial)
        assert bench.put(run).status_code == 201
        world.runs[code] = run.id
        with world.hub.sessions().begin() as session:
            validation.approve(session, world.lead, run.id, "", world.hub.clock())
    world.loose = bench.erasure(lot="", serial="LOOSE-77")
    bench.put(world.loose)
    world.caf = world.person(Role.DONOR, "CAF")
    return world


@pytest.mark.parametrize(
    ("code", "hit"),
    [
        ("lot-a", ("lot", "LOT-A")),
        ("tag-lot-b", ("device", "TAG-LOT-B")),
        ("wd-wcc1ab", ("drive", "WD-WCC1aB")),
        ("WD-WCC1AB\r\n", ("drive", "WD-WCC1aB")),
        ("  *s3z8nb0k* ", ("drive", "S3Z8NB0K")),
        ("]C1S3Z8NB0K", ("drive", "S3Z8NB0K")),
        ("S/N: S3Z8 NB0K", ("drive", "S3Z8NB0K")),
        ("(21)S3Z8NB0K", ("drive", "S3Z8NB0K")),
        ("loose-77", ("drive", "LOOSE-77")),
        ("BANC ÉTAGE", ("station", "Banc Étage")),
    ],
)
def test_a_code_is_found_whatever_its_case_and_whatever_the_scanner_added(
    filled: Any, code: str, hit: tuple[str, str]
) -> None:
    assert found(filled, filled.lead, code) == [hit]


def test_a_certificate_and_the_qr_code_of_a_label_are_found(filled: Any) -> None:
    with filled.hub.sessions()() as session:
        lot = session.query(Lot).filter_by(code="LOT-A").one()
        certificate = session.query(Certificate).filter_by(lot_id=lot.id).one()
    hit = [("certificate", certificate.number)]
    run = filled.runs["LOT-A"]
    for code in (
        certificate.number.lower(),
        certificate.id,
        run,
        f"https://hub.test/verify/{short_id(run)}",
        f"etabli:{short_id(run)}",
    ):
        assert found(filled, filled.lead, code) == hit, code
    assert found(filled, filled.lead, f"etabli:{short_id(filled.loose.id)}") == [("drive", "LOOSE-77")]


def test_a_donor_finds_the_own_things_and_learns_nothing_of_others(filled: Any) -> None:
    caf = filled.caf
    assert found(filled, caf, "lot-a") == [("lot", "LOT-A")]
    assert found(filled, caf, "wd-wcc1ab") == [("drive", "WD-WCC1aB")]
    with filled.hub.sessions()() as session:
        lot = session.query(Lot).filter_by(code="LOT-B").one()
        foreign = session.query(Certificate).filter_by(lot_id=lot.id).one()
        device = session.query(Drive).filter_by(serial="S3Z8NB0K").one().device_id
        stations = [one.name for one in session.query(Station)]
    for code in (
        "LOT-B", "TAG-LOT-B", "S3Z8NB0K", "LOOSE-77", foreign.number, foreign.id, filled.runs["LOT-B"],
        short_id(filled.runs["LOT-B"]), str(device), *stations,
    ):  # fmt: skip
        assert found(filled, caf, code) == [], code
        assert found(filled, filled.lead, code) or code == device, code


def test_one_device_with_two_matching_codes_is_one_hit_and_equal_serials_are_listed(filled: Any) -> None:
    with filled.hub.sessions().begin() as session:
        lots = {lot.code: lot.id for lot in session.query(Lot)}
        device = session.query(Drive).filter_by(serial="S3Z8NB0K").one().device
        device.serial = "s3z8nb0k"
        now = filled.hub.clock()
        session.add_all(Drive(serial="SAME", lot_id=lots[f"LOT-{n}"], created=now) for n in "AB")
        session.add_all(Drive(serial="FILLER", lot_id=lots["LOT-A"], device=None, created=now) for _ in range(50))
    assert found(filled, filled.lead, "S3Z8NB0K") == [("device", "TAG-LOT-B")]
    assert found(filled, filled.lead, "same") == [("drive", "SAME")] * 2
    assert found(filled, filled.caf, "same") == [("drive", "SAME")]
    assert found(filled, filled.lead, "filler") == [("drive", "FILLER")], "one page, one hit"


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "\x00\x1d\r",
        "%",
        "_",
        "' OR 1=1 --",
        "x" * 100_000,
        "http://[",
        "\ud800",
        "*",
        "**",
        "]C1",
        "etabli:",
    ],
)
def test_hostile_and_empty_codes_find_nothing_and_break_nothing(filled: Any, code: str) -> None:
    assert found(filled, filled.lead, code) == []


def test_words_of_a_code() -> None:
    assert words("ETA-12340") == ("eta-12340", "1234")
    assert words("https://hub.example/devices/Ab%20c/")[1] == "ab c"
    assert words("SN-12") == ("sn-12",), "a serial that begins so is one"
    assert len(words("x" * 500)[0]) == 200


def test_every_code_is_looked_up_over_an_index(database_url: str) -> None:
    engine = open_engine(database_url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET enable_seqscan = off"))  # empty tables are read whole otherwise
        for table, column in (
            ("lot", "code"), ("device", "asset"), ("device", "serial"), ("drive", "serial"), ("certificate", "number"),
        ):  # fmt: skip
            query = f"SELECT * FROM {table} WHERE lower({column}) IN ('a', 'b')"
            plan = " ".join(str(row) for row in connection.execute(text(explain + query)))
            assert f"ix_{table}_{column}_lower" in plan, plan
    engine.dispose()
