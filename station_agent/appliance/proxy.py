"""What Caddy is told, and the certificate of its own authority. Pure but for `publish`.

A name of the Internet gets its certificate by ACME; a name of the house, or an address in numbers, gets one of an
authority that Caddy made on this appliance. Port 80 hands out that authority's certificate, and sends on to port 443.
"""

import hashlib
import ssl
from pathlib import Path
from typing import Final

from station_agent.appliance.settings import is_address, of_house

AUTHORITY: Final = "etabli-ca.crt"
ROOT: Final = "pki/authorities/local/root.crt"
LONGEST_PEM: Final = 16_384
GROUP: Final = 47  # letters in a line of a fingerprint: sixteen pairs
TEMPLATE: Final = """{{
	admin off
	skip_install_trust
	auto_https disable_redirects
	default_sni {name}
	storage file_system {storage}
	servers {{
		protocols h1 h2
	}}
}}

https://{name} {{
{issuer}	encode zstd gzip
	request_body {{
		max_size 9MB
	}}
	reverse_proxy 127.0.0.1:8080 {{
		flush_interval -1
	}}
}}

http:// {{
	handle /{authority} {{
		root * {public}
		file_server
	}}
	handle {{
		redir https://{name}{{uri}}
	}}
}}
"""


def own_authority(name: str) -> bool:
    """Say whether nobody else can vouch for this name."""
    return of_house(name) or is_address(name)


def settings_for(name: str, storage: Path, public: Path) -> str:
    """Write the file that Caddy reads."""
    issuer = "\ttls internal\n" if own_authority(name) else ""
    return TEMPLATE.format(name=name, storage=storage, public=public, issuer=issuer, authority=AUTHORITY)


def fingerprint(pem: str) -> str:
    """Give the SHA-256 of a certificate as browsers show it, "" for what is none."""
    try:
        der = ssl.PEM_cert_to_DER_cert(pem[:LONGEST_PEM].strip())
    except ValueError:
        return ""
    return hashlib.sha256(der).digest().hex(":").upper() if der else ""


def publish(storage: Path, public: Path) -> str:
    """Lay the authority's certificate where port 80 hands it out; give its fingerprint, "" while there is none."""
    try:
        pem = (storage / ROOT).read_text("ascii")
    except (OSError, ValueError):
        return ""
    if found := fingerprint(pem):
        public.mkdir(mode=0o755, parents=True, exist_ok=True)
        (public / AUTHORITY).write_text(pem, "ascii")
    return found
