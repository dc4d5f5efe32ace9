"""A sealed PDF, once more with a proof of the log inside: page and bundle as they were, sealed anew by the same key.

The same PDF, proof and key give the same bytes. The first release's verifier accepts both.
"""

from certificates.attachment import add_proof
from certificates.keys import SigningKey
from certificates.proof import Proof
from certificates.seal import open_seal, seal
from certificates.trust import Trust, TrustedKey
from certificates.wording import words


def prove_pdf(data: bytes, proof: Proof, key: SigningKey, lang: str) -> bytes:
    """Put a proof into a sealed PDF; SealError, BadSignature or UnknownKey when it is not sealed by this key."""
    own = Trust.of("", "", [TrustedKey(key.public, "hub", "", demo=key.demo)])
    pdf, _ = open_seal(data, own)
    about = words(lang).gettext("Proof that these statements stand in the public log")
    return seal(add_proof(pdf, proof.to_json(), about), key)
