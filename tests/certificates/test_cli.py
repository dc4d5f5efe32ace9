"""`etabli-verify`: what it prints and how it exits."""

import json
import subprocess
import sys
from typing import Any

import pytest

from certificates.cli import main, trust_places
from certificates.pdf import render_certificate

FAILED = {
    "result": {"verdict": "FAILED", "reasons": [{"code": "STUCK", "detail": "no progress for 600 s"}]},
    "method__level": "NONE",
}


@pytest.fixture
def desk(tmp_path: Any, workshop: Any, demo_workshop: Any, monkeypatch: Any) -> Any:
    """A folder with documents and the trust file of the workshop; no other trust file in sight."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("ETABLI_TRUST", raising=False)
    monkeypatch.setenv("ETABLI_LANG", "en")
    bundle = workshop.bundle()
    (tmp_path / "trust.json").write_bytes(workshop.trust.to_json())
    (tmp_path / "good.pdf").write_bytes(render_certificate(bundle, workshop.hub))
    (tmp_path / "good.json").write_bytes(bundle.data)
    (tmp_path / "statement.json").write_bytes(bundle.erasure.envelope.data)
    (tmp_path / "failed.json").write_bytes(workshop.erasure(**FAILED).envelope.data)
    (tmp_path / "bad.json").write_bytes(bundle.data.replace(b"bundle/1", b"bundle/2"))
    (tmp_path / "foreign.json").write_bytes(demo_workshop.bundle().data)
    return tmp_path


def verified(capsys: Any, *arguments: Any) -> tuple[int, dict]:
    status = main([*map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["good.pdf", "good.json", "statement.json", "failed.json"])
def test_a_valid_document_exits_with_0(desk: Any, capsys: Any, name: Any) -> None:
    status, report = verified(capsys, desk / name)
    assert (status, report["exit"], report["schema"]) == (0, 0, "etabli.verification/1")
    assert report["documents"][0]["verdict"] == "VALID"
    assert report["documents"][0]["checked"]
    assert report["documents"][0]["not_checked"]


def test_an_altered_document_exits_with_1(desk: Any, capsys: Any) -> None:
    status, report = verified(capsys, desk / "bad.json")
    assert (status, report["documents"][0]["verdict"]) == (1, "INVALID")
    assert report["documents"][0]["statements"] == []
    assert report["documents"][0]["checked"] == []


def test_an_unknown_key_exits_with_4(desk: Any, capsys: Any) -> None:
    status, report = verified(capsys, desk / "foreign.json")
    assert (status, report["documents"][0]["verdict"]) == (4, "UNKNOWN-KEY")


def test_without_a_trust_file_every_key_is_unknown(desk: Any, capsys: Any, monkeypatch: Any) -> None:
    (desk / "trust.json").unlink()
    monkeypatch.setattr("certificates.cli.trust_places", lambda file, environ: [])
    assert main([str(desk / "good.pdf")]) == 4
    assert "No trust file was found" in capsys.readouterr().out


def test_missing_witnesses_exit_with_3(desk: Any, capsys: Any, make_certificate_workshop: Any) -> None:
    trust = desk / "strict.json"
    trust.write_bytes(make_certificate_workshop(quorum=2).trust.to_json())
    status, report = verified(capsys, desk / "good.pdf", "--trust", trust)
    assert (status, report["documents"][0]["verdict"]) == (3, "VALID-UNWITNESSED")
    assert "witness" in [one["code"] for one in report["documents"][0]["not_checked"]]
    assert main([str(desk / "good.pdf"), "--trust", str(trust)]) == 3
    assert "VALID, UNWITNESSED" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["good.pdf", "good.json", "statement.json"])
def test_a_compromised_key_exits_with_3(desk: Any, capsys: Any, make_certificate_workshop: Any, name: Any) -> None:
    trust = desk / "later.json"
    trust.write_bytes(make_certificate_workshop(station_status="compromised").trust.to_json())
    status, report = verified(capsys, desk / name, "--trust", trust)
    assert (status, report["documents"][0]["verdict"]) == (3, "DISPUTED")
    assert report["documents"][0]["reason"] == {"code": "compromised", "detail": "Poste 3"}


def test_a_retired_key_still_vouches_for_what_it_signed(desk: Any, capsys: Any, make_certificate_workshop: Any) -> None:
    trust = desk / "later.json"
    trust.write_bytes(make_certificate_workshop(station_status="retired").trust.to_json())
    assert verified(capsys, desk / "good.pdf", "--trust", trust)[0] == 0


def test_the_worst_file_decides(desk: Any, capsys: Any) -> None:
    names = ("good.pdf", "foreign.json", "bad.json")
    assert main([str(desk / name) for name in names]) == 1
    assert main([str(desk / name) for name in names[:2]]) == 4
    assert main([str(desk / "good.pdf"), str(desk / "none.pdf")]) == 2
    assert "none.pdf" in capsys.readouterr().out


def test_a_missing_or_broken_trust_file_is_a_usage_error(desk: Any, capsys: Any) -> None:
    (desk / "broken.json").write_text("{}")
    assert main([str(desk / "good.pdf"), "--trust", str(desk / "broken.json")]) == 2
    assert main([str(desk / "good.pdf"), "--trust", str(desk / "none.json")]) == 2
    assert "not a trust file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "broken", "missing"),
    [
        ("en", "cannot be used: not a trust file: Expecting value", "cannot be used: No such file or directory"),
        ("fr", "est inutilisable\u00a0: ce n’est pas un fichier de confiance", "aucun fichier ni dossier de ce nom"),
    ],
)
def test_a_bad_trust_file_is_named_and_not_the_document(
    desk: Any, capsys: Any, lang: str, broken: str, missing: str
) -> None:
    (desk / "broken.json").write_text("no trust\n")
    for name, told in (("broken.json", broken), ("none.json", missing)):
        report = verified(capsys, desk / "good.pdf", "--trust", desk / name, "--lang", lang)[1]
        assert report["documents"][0]["verdict"] is None
        assert str(desk / name) in report["documents"][0]["problem"]
        assert told in report["documents"][0]["problem"]
        main([str(desk / "good.pdf"), "--trust", str(desk / name), "--lang", lang])
        assert {"en": "Not judged: the trust", "fr": "Non jugé\u00a0: le fichier"}[lang] in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--lang", "de", "x"], ["--unknown", "x"]])
def test_wrong_arguments_exit_with_2(arguments: Any, capsys: Any) -> None:
    assert main(arguments) == 2
    assert "etabli-verify --help" in capsys.readouterr().err


def test_the_answer_shows_drive_donor_lot_and_dates(desk: Any, capsys: Any) -> None:
    assert main([str(desk / "good.pdf"), "--lang", "fr"]) == 0
    out = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    for fact in (
        "✓  VALIDE  good.pdf",
        "EFFACÉ — Clear",
        "WDC WD5000LPCX-24VHAT0",
        "WD-WXA1A95E7R2K",
        "50014ee6b1a2c3d4",
        "500 Go (500 107 862 016 octets)",
        "Communauté de communes du Val d’Œuvre",
        "2026-014",
        "20/11/2026, 11:05 – 14:42 UTC",
        "Contrôlé",
        "Non contrôlé",
    ):
        assert fact in out, fact
    assert max(map(len, out.splitlines())) <= 85


def test_an_authentic_failure_is_shown_as_a_failure(desk: Any, capsys: Any) -> None:
    assert main([str(desk / "failed.json")]) == 0
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "The drive made no progress (no progress for 600 s)" in out
    assert "nobody has approved it" in out


def test_a_simulation_is_announced(desk: Any, capsys: Any, demo_workshop: Any) -> None:
    (desk / "demo.json").write_bytes(demo_workshop.trust.to_json())
    assert main([str(desk / "foreign.json"), "--trust", str(desk / "demo.json")]) == 0
    assert "*** SIMULATION — WITHOUT VALUE ***" in capsys.readouterr().out


def test_control_characters_of_a_file_name_are_made_visible(desk: Any, capsys: Any) -> None:
    hostile = desk / "a\x1b[31m\u202e.json"
    hostile.write_bytes((desk / "good.json").read_bytes())
    assert main([str(hostile)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\u{1B}[31m\\u{202E}" in out


def test_the_trust_file_is_looked_for_in_this_order(tmp_path: Any) -> None:
    places = trust_places(tmp_path / "x.pdf", {"ETABLI_TRUST": "/a/t.json", "HOME": "/h/n"})
    expected = [
        "/a/t.json",
        str(tmp_path / "trust.json"),
        "/h/n/.config/etabli/trust.json",
        "/etc/etabli/trust.json",
    ]
    assert [str(place) for place in places] == expected


@pytest.mark.world
def test_the_verifier_starts_without_the_page_engine() -> None:
    code = (
        "import sys, certificates.cli; "
        "print([name for name in ('reportlab', 'pikepdf', 'segno', 'babel') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "[]"
