"""A workshop whose hub and log get other keys: people, a bench, certificates, and the sheets that are followed."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certificates import canonical
from certificates.envelope import SignedEnvelope
from certificates.keys import SigningKey
from certificates.note import COSIGNATURE, NoteKey, cosign, read_checkpoint
from certificates.proof import proof_from
from certificates.trust import Trust
from certificates.verdicts import judge
from hub.app import create_app
from hub.issued import proving
from hub.keys.sheets import Step
from hub.log.proofs import proof_for
from hub.log.shards import all_shards, newest_checkpoint
from hub.validation.service import approve
from hub.witness.book import Book
from tests.hub.conftest import URL, Client, World
from tests.hub.keys.table import WITNESSES, Table, steps

PROFILES = ("atelier", "reseau")


@dataclass
class Shop:
    """A workshop with people, a bench, and certificates that verify before anything is changed."""

    world: World
    table: Table
    profile: str
    lead: Any
    bench: Any
    made: int = 0

    def certificate(self) -> bytes:
        """A certificate of one more drive, as its bundle with the proof of the log."""
        self.made += 1
        envelope = self.bench.erasure(lot="LOT-1", asset=f"A-{self.made}", serial=f"S-{self.made}")
        assert self.bench.put(envelope).status_code == 201
        with self.world.hub.sessions().begin() as session:
            made = approve(session, self.lead, envelope.id, "", self.world.hub.clock())
        with self.world.hub.readers()() as session:
            return proving.bundle_of(session, self.lead, made.id)

    def verdict(self, bundle: bytes, file: str, cosigners: tuple[int, ...] = (0, 1)) -> str:
        """What a verifier says who has a trust file; in a network these witnesses have cosigned."""
        trust = Trust.from_json(Path(file).read_bytes())
        if self.profile == "atelier":
            return judge(bundle, trust).verdict
        envelopes = [canonical.encode(one, max_bytes=100_000) for one in json.loads(bundle)["envelopes"]]
        plain = canonical.encode({"envelopes": json.loads(bundle)["envelopes"], "schema": "etabli.bundle/1"})
        with self.world.hub.readers()() as session:
            parts = proof_for(session, [SignedEnvelope(data).id for data in envelopes])
        document = {"schema": "etabli.proof/1", "entries": list(parts.entries), "registry": []}
        notes = [cosigned(note, cosigners) for note in parts.checkpoints]
        return judge(plain, trust, proof_from({**document, "checkpoints": notes}).to_json()).verdict

    def sign(self, step: Step, root: str) -> None:
        """As many people sign as the sheet says: the paper key of the workshop, or two of three."""
        for name in ("Odile",) if self.profile == "atelier" else ("Anne", "Chloé"):
            self.table.as_person(name)
            self.table.follow(step, root=root)

    def started(self) -> None:
        """Start the hub again: it reads its key anew."""
        app = create_app(self.world.hub.settings, self.world.hub.clock)
        self.world.hub.engine.dispose()
        self.world.hub, self.world.client = app.state.hub, Client(app, base_url=URL, raise_server_exceptions=False)
        self.bench.client, self.bench.nonce = self.world.client, ""  # as a bench does that is told 401


def cosigned(note: str, cosigners: tuple[int, ...]) -> str:
    lines = (
        cosign(read_checkpoint(note), NoteKey(f"w{number}", COSIGNATURE, key.public), 1_800_000_000, key._private.sign)
        for number, key in ((number, WITNESSES[number]) for number in cosigners)
    )
    return note + "".join(lines)


def vkeys(shop: Shop) -> list[str]:
    with shop.world.hub.readers()() as session:
        return [shard.vkey for shard in all_shards(session)]


def told_vkey(printed: str) -> str:
    """The key for witnesses, as it stands on the screen."""
    (found,) = [word for word in printed.split() if "/erasure-log/" in word]
    return found


def witness_knows(shop: Shop) -> list[str]:
    book = Book(shop.table.stick / "witness")
    try:
        return [log.origin for log in book.logs()]
    finally:
        book.close()


def rotated(shop: Shop) -> str:
    """Follow the sheet of a planned change; gives the trust file."""
    todo = steps("hub-rotation")
    root, trust = str(shop.table.stick / "root-next.json"), str(shop.table.stick / "trust.json")
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root)
    shop.sign(next(todo), root)
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root)
    shop.table.follow(next(todo))
    shop.started()
    shop.table.follow(next(todo), trust=trust)
    assert next(todo, None) is None
    return trust


def stolen(shop: Shop, old: SigningKey) -> str:
    """Follow the sheet of a theft: the first certificate is surely good, the second is not; gives the trust file."""
    wide = shop.profile == "reseau"
    todo, stick = steps("hub-compromise-network" if wide else "hub-compromise"), shop.table.stick
    root, trust, request = (str(stick / name) for name in ("root-next.json", "trust.json", "request"))
    shop.table.follow(next(todo), folder=str(stick / "lists"))
    facts = last_good(stick / "lists", old.kid)
    if wide:
        shop.table.follow(next(todo), old=old.kid[:16], request=request, **facts)
        for number, name in enumerate(("Didier", "Emma"), 1):
            who = {f"key{number}": shop.table.secret(name), f"by{number}": f"p-{name[:2]}"}
            shop.table.follow(next(todo), request=request, **who)
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root)
    shop.sign(next(todo), root)
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root, request=request, **facts)
    shop.table.follow(next(todo))
    shop.started()
    shop.table.follow(next(todo), trust=trust)
    assert next(todo, None) is None
    return trust


def last_good(folder: Path, kid: str, kind: str = "certificate") -> dict[str, str]:
    """What the sheet asks for: the first line of this kind is the last of the old key that is surely good."""
    with (folder / "2026" / "entries.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["kid"] == kid and row["kind"] == kind]
    return {"seq": rows[0]["seq"], "index": rows[0]["index"], "shard": "2026"}


def log_changed(shop: Shop, ceremony: str, printed: Callable[[], str]) -> tuple[str, str]:
    """Follow the sheet of another key for the log; gives the key that was printed for witnesses, and the trust file."""
    todo, stick = steps(ceremony), shop.table.stick
    root, trust, note = str(stick / "root-next.json"), str(stick / "trust.json"), stick / "seen.note"
    if ceremony == "log-compromise":
        with shop.world.hub.readers()() as session:
            newest = newest_checkpoint(session, "2026")
            assert newest is not None
            note.write_text(newest.note)
        shop.table.follow(next(todo), note=str(note))
    shop.table.follow(next(todo))
    shop.table.follow(next(todo), root=root)
    shop.sign(next(todo), root)
    shop.table.follow(next(todo), root=root)
    printed()
    shop.table.follow(next(todo))
    vkey = told_vkey(printed())
    shop.table.follow(next(todo), vkey=vkey, name="Atelier")
    shop.table.follow(next(todo), trust=trust)
    assert next(todo, None) is None
    return vkey, trust
