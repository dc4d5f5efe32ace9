"""Sentences of the log and of its witnesses, as alarms and errors carry them, for `hub.pages.sentences`."""

from typing import Final

from hub.pages.language import mark

LOG_SENTENCES: Final = (
    mark(
        "the log %(shard)s has a new key that the root file does not name yet: no trust file until the next one is in "
        "force; on the hub: etabli-hub key root draft, then sign and install"
    ),
    mark("the log of this hub has not begun"),
    mark("this hub has another key now: end the change with `etabli-hub key hub change`, then start it anew"),
    mark(
        "the clock of this hub is in the year %(year)s, and no bench, no witness and no part of the log is beyond "
        "%(reached)s: put the clock right; until then everything goes into the log that is open"
    ),
    mark("the log is frozen, and what is stored proves nothing of it: %(problem)s"),
    mark("the log is frozen: %(problem)s"),
    mark("a checkpoint of %(signed)s entries was signed, and this database has %(size)s"),
    mark("%(file)s is missing: show the newest checkpoint that a bench or a witness has"),
    mark("somebody holds another tree of %(size)s entries of %(shard)s"),
    mark("leaf %(leaf)s is not what its envelope gives"),
    mark("position %(position)s is missing in the ledger"),
    mark("position %(position)s: column %(column)s is not what the envelope says"),
    mark("position %(position)s: the envelope is none"),
    mark("the tiles do not give the root that was signed for %(size)s entries"),
    mark("the tree of %(size)s entries is not the one of a checkpoint that was signed"),
    mark("tiles and envelopes give two roots of %(size)s entries"),
    mark("tile %(tile)s is not what it was"),
    mark("tile %(tile)s has no hash %(place)s"),
    mark("tile %(tile)s has %(count)s bytes, fewer than its shard needs"),
    mark("tile %(tile)s has %(count)s bytes instead of %(wanted)s"),
    mark("witness %(name)s: %(problem)s"),
    mark("it has seen another history than this hub shows (HTTP %(status)s)"),
    mark("it knows %(known)s entries, and this hub has signed %(signed)s"),
    mark("no proof could be made here (%(code)s)"),
    mark("it answers 409 without the size that it knows"),
    mark("it answers too slowly"),
    mark("it answers with too many bytes"),
    mark("it was asked by another process meanwhile"),
    mark("its address is none"),
    mark("its address lies in a private network"),
    mark("its answer holds no signature by its key"),
    mark("its clock shows no time that there is"),
    mark("its name leads nowhere"),
    mark("no answer (%(kind)s)"),
    mark("there is no such witness"),
    mark("this is no key of a witness: copy it whole from its page"),
    mark("whoever asks for it does not agree to it: another person does"),
    mark("%(name)s must start with https://, not %(address)s"),
    mark("%(name)s must start with https:// or http:// and name a host, not %(address)s"),
    mark("this is the key of a log, not of a witness"),
    mark("this key is asked already, as %(name)s: one key is one witness"),
    mark("at most %(most)s witnesses are asked"),
    mark("the address of a witness has at most %(most)s characters"),
)
