"""An error of the bench in the language of the person, with the detail that a library or the system gave."""

from station_agent.errors import StationError
from station_agent.language import Voice


def words_of(error: StationError, speech: Voice) -> str:
    """Say an error; of a detail that came in English, our own sentence, and the English one after it."""
    if "detail" not in error.facts:
        return speech.say(error.sentence, **error.facts)
    from certificates.wording.error_details import error_words  # noqa: PLC0415  only when something went wrong

    return speech.say(error.sentence, **{**error.facts, "detail": error_words(error.facts["detail"], speech.lang)})
