"""A hub with an authority of its own: a bench trusts it when the certificate lies beside its records."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from station_agent import station
from station_agent.errors import UsageError
from station_agent.hub_link import AUTHORITY, open_client, trusting
from station_agent.station import Station


def own_certificate(folder: Path) -> Path:
    """Make a certificate that vouches for itself, for 127.0.0.1, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a workshop")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both").write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return folder / "certificate"


def shake_hands(folder: Path, trust: ssl.SSLContext) -> None:
    """Let both ends of TLS talk in memory. Raises SSLCertVerificationError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both")
    to_hub, to_bench = ssl.MemoryBIO(), ssl.MemoryBIO()
    bench = trust.wrap_bio(to_bench, to_hub, server_hostname="127.0.0.1")
    hub = context.wrap_bio(to_hub, to_bench, server_side=True)
    for end in (bench, hub, bench, hub):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()


def test_a_hub_with_an_authority_of_its_own_is_trusted_by_whoever_has_its_certificate(tmp_path: Path) -> None:
    shake_hands(tmp_path, trusting(own_certificate(tmp_path)))


def test_and_by_nobody_else(tmp_path: Path) -> None:
    own_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tmp_path, trusting(own_certificate(tmp_path / "other")))


def test_a_bench_looks_for_it_beside_its_records(
    tmp_path: Path, open_bench_at: Callable[..., Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path | None] = []
    monkeypatch.setattr(station, "open_client", lambda _transport, authority: asked.append(authority))
    bench = open_bench_at(tmp_path / "state")
    bench.link_to("https://etabli.local")
    assert asked == [tmp_path / "state" / AUTHORITY]


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "é"]
)
def test_a_file_that_is_no_certificate_is_told_by_its_name(tmp_path: Path, content: str) -> None:
    (tmp_path / AUTHORITY).write_text(content, "utf-8")
    with pytest.raises(UsageError, match=AUTHORITY):
        open_client(authority=tmp_path / AUTHORITY)
