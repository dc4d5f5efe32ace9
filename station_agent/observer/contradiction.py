"""A hub shows another history than this bench has seen, or keys that nobody signed for: never retried away."""


class Contradiction(Exception):
    """A proof that failed. `told` is the checkpoint, or the root files, that the hub showed, if any."""

    def __init__(self, code: str, origin: str, detail: str = "", told: str = "") -> None:
        super().__init__(f"{code}: {origin} {detail}")
        self.code, self.origin, self.detail, self.told = code, origin, detail, told
