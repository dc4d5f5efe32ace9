"""Sentences of the identity provider and of the e-mail of the hub, for `hub.pages.sentences`."""

from hub.pages.language import mark

RUNNING_SENTENCES = (
    mark("what the identity provider sent cannot be believed: begin again"),
    mark("the identity provider answered without an ID token"),
    mark("the identity provider does not answer as it should: try again later"),
    mark("the identity provider names another issuer than the settings"),
    mark("nobody here is known by what the identity provider says: ask the workshop for an account"),
    mark("this account is linked to somebody else at the identity provider: ask the workshop"),
    mark("this sign-in took too long, was used already, or began in another browser: begin again"),
    mark("the identity provider let nobody in: begin again, or use your password here"),
    mark("choose among the messages of the list"),
)
