"""Keeps names, addresses and numbers of people out of free words about a delivered device. Pure.

It cannot know every name: the help text beside the field asks for none, and this refuses what plainly tells of one.
"""

import re

from hub.errors import BadInput

TITLE = re.compile(
    r"(?<!\w)(?:monsieur|madame|mademoiselle|mme|mlle|mr|mrs|ms)(?!\w)|(?<!\w)m\.\s*[A-ZÀ-Ý]", re.IGNORECASE
)
ADDRESS = re.compile(r"\S@\S")
TELEPHONE = re.compile(r"(?:\+\d{1,3}|0)(?:[\s.\-]?\d){8,}")


def refuse_people(text: str) -> None:
    """Raise BadInput for a title with a name, an e-mail address, a telephone number."""
    if TITLE.search(text) or ADDRESS.search(text) or TELEPHONE.search(text):
        raise BadInput("write what is wrong with the device, and nothing about whoever has it", "people")
