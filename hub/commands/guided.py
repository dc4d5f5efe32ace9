"""`init` in a terminal: it asks, shows what it will make, makes it after a yes, and explains the key.

Nothing is written before the yes. Cut off at any moment and called again, it goes on where it was: what exists is shown
and stays, a key above all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from certificates.keys import fingerprint
from certificates.language import LANGUAGES, mark
from hub.commands.opening import Call
from hub.commands.plan import Plan, finish, has_administrator, make, tell_key
from hub.errors import BadInput
from hub.identity import KEY_FILE, NAME_FILE, HubIdentity, Issuer, NotInitialised, load_identity
from hub.outside import require_web
from hub.people.passwords import check_strength
from hub.settings import DEFAULT_URL
from hub.siret import as_siret

Ask = Callable[[str], str]
YES_OR_NO = mark("y/N")
YES_UNLESS_NO = mark("Y/n")
YES = ("y", "yes", "o", "oui")
NO = ("n", "no", "non")


@dataclass(frozen=True, slots=True)
class Guide:
    """The questions of one call: `ask` shows a question and gives the answer, `secret` shows nothing of it."""

    context: Call
    ask: Ask
    secret: Ask

    def run(self, *, demo: bool) -> None:
        """Ask and make. Raises BadInput when the answer is no or nobody answers."""
        try:
            self._run(demo=demo)
        except EOFError:
            raise BadInput("nobody answers: nothing was made") from None

    def _run(self, *, demo: bool) -> None:
        guide = self if self.context.asked else replace(self, context=self._spoken())
        try:
            found = load_identity(guide.context.settings.data_dir)
        except NotInitialised:
            guide.make_new(demo=demo)
        else:
            guide.go_on(found)

    def _spoken(self) -> Call:
        words = "/".join(sorted(LANGUAGES))
        while True:
            said = self.ask(f"Langue / Language ({words}) [{self.context.lang}]: ").strip().lower()
            if said in {"", *LANGUAGES}:
                lang = said or self.context.lang
                return replace(self.context, lang=lang, asked=lang)

    def make_new(self, *, demo: bool) -> None:
        """Ask for everything, show it, and make it after a yes. Raises BadInput for a no."""
        call = self.context
        call.tell(mark("A new hub in {folder}. Nothing is written before you say yes."), folder=call.settings.data_dir)
        issuer = Issuer(
            name=self._line(mark("Who issues the certificates (name of the organisation): "), needed=True),
            address=self._line(mark("Its postal address: ")),
            siret=self._siret(),
            url=self._web(mark("Its web site (empty: none): "), ""),
        )
        name = self._line(mark("Name of this hub [{usual}]: "), usual=issuer.name)
        public = self._web(mark("Address that people and benches type [{usual}]: "), DEFAULT_URL)
        two = self._yes(mark("Must two people take part in each approval (whoever ran an erasure never approves it)?"))
        sample = self._yes(
            mark(
                "Is another person to read a sample of each lot again (5 %) before it closes? One alone is not held up."
            ),
            usual=True,
        )
        admin = self._administrator()
        password = self._password() if admin else None
        plan = Plan(issuer, name, public, two_people=two, sample=sample, demo=demo, admin=admin)
        self._show(plan, by_link=password is None)
        if not self._yes(mark("Make it?")):
            raise BadInput("nothing was made: call `init` again when you are ready")
        made = make(call, plan, password)
        call.tell(mark("hub made in {folder}"), folder=call.settings.data_dir)
        self._end(made.link, made.fingerprint)

    def go_on(self, found: HubIdentity) -> None:
        """A hub that exists: its key and name stay; tables and administrator are made where they are missing."""
        call = self.context
        call.tell(
            mark("{folder} holds the hub {name} already: key and name stay."),
            folder=call.settings.data_dir,
            name=found.name,
        )
        finish(call, "", None)
        call.tell(mark("tables are up to date"))
        with call.unit_of_work() as session:
            cared_for = has_administrator(session)
        link = ""
        if not cared_for:
            admin = self._administrator()
            link = finish(call, admin, self._password() if admin else None)
        self._end(link, fingerprint(found.key.kid))

    def _end(self, link: str, key: str) -> None:
        call = self.context
        call.tell(mark("key fingerprint: {fingerprint}"), fingerprint=key)
        tell_key(call, call.settings.data_dir)
        if link:
            call.tell(mark("Give this link to the administrator; it works once, within a week:"))
            print(link)
        call.tell(mark("Then the paper root key of this workshop, in a few minutes: `etabli-hub key root first`."))
        call.tell(
            mark("Next: `etabli-hub serve`, behind a proxy with TLS (hub/deploy), then `etabli-hub init --check`.")
        )

    def _show(self, plan: Plan, *, by_link: bool) -> None:
        call, issuer = self.context, plan.issuer
        none, on, off = call.say(mark("none")), mark("on"), mark("off")
        call.tell(mark("This will be made:"))
        call.tell(
            mark("- issuer: {name}, {address}, SIRET {siret}"),
            name=issuer.name,
            address=issuer.address or none,
            siret=issuer.siret or none,
        )
        call.tell(mark("- hub: {name}, at {url}"), name=plan.name, url=plan.public_url)
        call.tell(
            mark("- two people for each approval: {state}"),
            state=call.say(on if plan.two_people else off),
        )
        call.tell(mark("- a sample of each lot read again: {state}"), state=call.say(on if plan.sample else off))
        way = call.say(mark("by a link") if by_link else mark("by the password that you typed"))
        call.tell(mark("- first administrator: {who}"), who=f"{plan.admin} ({way})" if plan.admin else none)
        call.tell(
            mark("- {name} (plain text), {key} (the signing key, for its owner only) and the tables"),
            name=NAME_FILE,
            key=KEY_FILE,
        )

    def _line(self, question: str, *, usual: str = "", needed: bool = False) -> str:
        while True:
            said = " ".join(self.ask(self.context.say(question, usual=usual)).split()) or usual
            if said or not needed:
                return said
            self.context.tell(mark("Please answer this one."))

    def _siret(self) -> str:
        while True:
            said = self._line(mark("Its SIRET (14 digits; empty: none): "))
            found = as_siret(said) if said else ""
            if found is not None:
                return found
            self.context.tell(mark("this is no SIRET: 14 digits whose check digit fits"))

    def _web(self, question: str, usual: str) -> str:
        while True:
            said = self._line(question, usual=usual)
            try:
                if said:
                    require_web(said, "URL")
            except BadInput:
                self.context.tell(mark("Write the whole address, as in https://etabli.example.org"))
                continue
            return said.rstrip("/")

    def _administrator(self) -> str:
        while True:
            said = self._line(mark("E-mail address of the first administrator (empty: later): "))
            if not said or ("@" in said and " " not in said):
                return said.lower()
            self.context.tell(mark("Write an e-mail address, or nothing."))

    def _password(self) -> str | None:
        """The password, typed twice; None for a link."""
        while True:
            typed = self.secret(self.context.say(mark("Password (empty: a link to choose one): ")))
            if not typed:
                return None
            try:
                check_strength(typed)
            except BadInput:
                self.context.tell(
                    mark("A password has 8 characters at least (15 or more are better) and is none of the usual ones.")
                )
                continue
            if self.secret(self.context.say(mark("The same again: "))) == typed:
                return typed
            self.context.tell(mark("The two passwords differ."))

    def _yes(self, question: str, *, usual: bool = False) -> bool:
        choice = self.context.say(YES_UNLESS_NO if usual else YES_OR_NO)
        while True:
            said = self.ask(f"{self.context.say(question)} [{choice}] ").strip().lower()
            if said in {"", *YES, *NO}:
                return said in YES or (usual and not said)
            self.context.tell(mark("Answer yes or no."))
