"""What a library refuses is said whole in the language of the person, never half of it."""

import pytest

from certificates.wording.error_details import error_words


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("sim:sda is in use: holder unknown", "sim:sda est utilisé\u00a0: par un programme inconnu"),
        ("/dev/sda is in use: mounted on /srv (sda1)", "/dev/sda est utilisé\u00a0: monté sur /srv (sda1)"),
        ("asset: control character", "asset\u00a0: caractère de commande"),
        ("lot: 70 characters; 0 to 64 are allowed", "lot\u00a0: 70 caractères, de 0 à 64 sont permis"),
    ],
)
def test_a_refusal_is_said_in_one_language(english: str, french: str) -> None:
    assert error_words(english, "fr") == french
