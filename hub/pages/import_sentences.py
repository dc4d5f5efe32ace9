"""What services say about files of other programs, in English, for `sentences.in_words`."""

from hub.pages.language import mark

IMPORT_SENTENCES = (
    mark("choose a file first"),
    mark("no such report"),
    mark("no such line"),
    mark("a decision about a report needs a reason"),
    mark("this report does not say that the drive is erased, whole and without errors"),
    mark("this line is in the account already"),
    mark("this line is decided already"),
    mark("this drive is explained already"),
    mark("by its own clock this wipe is not of this lot's time: tick that you stand for it"),
)
