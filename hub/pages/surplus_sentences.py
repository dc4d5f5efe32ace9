"""What the services of the exchange board say in English, as patterns for `hub.pages.sentences`."""

from hub.pages.language import mark

SURPLUS_SENTENCES = (
    mark("choose a kind of the list: what stores data is not exchanged on the board"),
    mark("say what it is and where it stands"),
    mark("an offer has 1 to %(most)s pieces"),
    mark("write the value of all of it in euros, 0 to 1 000 000"),
    mark("this kind has no default weight: weigh it"),
    mark("no such offer"),
    mark("publish it only once you know that nothing in it stores data"),
    mark("say why the offer is not published"),
    mark("a moderator has decided about this offer already"),
    mark("write a message"),
    mark("an offer has %(most)s messages at most"),
    mark("say what became of it and why"),
    mark("name the workshop that took it, for an exchange and for nothing else"),
    mark("this offer has not ended"),
    mark("this offer is not published"),
    mark("this offer has ended"),
    mark("only the workshop that offers it, or a moderator, says what became of it"),
)
