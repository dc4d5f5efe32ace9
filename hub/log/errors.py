"""What stops the log. Ingest never stops for it.

HubError
+-- LogStopped       423  no checkpoint is signed until a person acts
|   +-- LogFrozen    423  bytes do not fit what was signed: the shard ends here, a new one is opened by a person
|   +-- LogBehind    423  a newer checkpoint was seen elsewhere than this database knows (a backup was put back)
+-- LogSmaller       409  a proof is asked from a size that the log never had
+-- Mismatch         423  found while looking; freezes the shard
"""

from hub.errors import Conflict, HubError


class LogStopped(HubError):
    """Nothing is signed."""

    status = 423
    code = "log.stopped"


class LogFrozen(LogStopped):
    """The shard is frozen."""

    code = "log.frozen"


class LogBehind(LogStopped):
    """The database is older than what this hub has signed, or nobody can say whether it is."""

    code = "log.behind"


class LogAhead(LogStopped):
    """The clock of the hub shows a year that nothing else has come near: no shard of it is opened."""

    code = "log.clock"


class LogSmaller(Conflict):
    """Somebody holds more of the log than there is."""

    code = "log.smaller"


class Mismatch(LogStopped):
    """Stored bytes contradict each other, or what was signed."""

    code = "log.mismatch"
