// The page: takes files, has them judged, shows the answers. Keeps everything in memory and sends nothing.

const MOST_BYTES = 32000000;

class Page {
  constructor(words, known) {
    this.words = words;
    this.known = known;
    this.lang = ["fr", "en"].includes(known.lang) ? known.lang : this.browserLanguage();
    this.trusted = { trust: NO_TRUST, name: "", asOf: known.asOf, changed: false, problem: null };
    this.made = NO_TRUST;
    this.documents = [];
    this.proofs = [];
    this.answers = [];
    this.queue = Promise.resolve();
  }

  browserLanguage() {
    return navigator.languages.some((one) => one.startsWith("fr")) || !navigator.language ? "fr" : "en";
  }

  /** The words of a key in the language of the page; `say.first` takes the first key that there are words for. */
  get say() {
    const words = this.words[this.lang];
    const filled = (text, facts) => text.replace(/\{([a-z]+)\}/g, (whole, name) => facts[name] ?? whole);
    const say = (key, facts = {}) => filled(words[key] ?? key, facts);
    say.first = (key, other) => words[key] ?? words[other] ?? other;
    return say;
  }

  async start() {
    this.listen();
    if (this.known.trust) {
      this.made = await readTrust(fromBase64(this.known.trust));
      this.trusted.trust = this.made;
    }
    this.show();
    document.documentElement.dataset.ready = "yes";
  }

  listen() {
    const drop = document.getElementById("drop");
    const files = document.getElementById("files");
    files.addEventListener("change", () => {
      this.take([...files.files]);
      files.value = "";
    });
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      document.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragenter" || name === "dragover");
      });
    }
    document.addEventListener("drop", (event) => this.take([...event.dataTransfer.files]));
    document.addEventListener("click", ({ target }) => this.clicked(target));
  }

  clicked(target) {
    const button = target.closest("button");
    if (button?.dataset.lang) {
      this.lang = button.dataset.lang;
      this.show();
    } else if (button?.dataset.forget) {
      const gone = this.answers[Number(button.dataset.forget)];
      this.documents = this.documents.filter((one) => one !== gone);
      this.proofs = this.proofs.filter((one) => one !== gone);
      this.judgeAll().then(() => this.show());
      document.getElementById("files").focus();
    } else if (button?.id === "print") {
      window.print();
    }
  }

  /** Take files, one lot after the other; trust and proof files of a lot count for its documents. */
  take(files) {
    this.queue = this.queue.catch(() => undefined).then(() => this.taken(files)); // one that failed holds up no other
    return this.queue;
  }

  async taken(files) {
    const given = await Promise.all(files.map((file) => this.read(file)));
    for (const file of given) {
      const document = file.bytes ? jsonOf(file.bytes) : null;
      const schema = typeof document?.schema === "string" ? document.schema : "";
      if (schema.startsWith("etabli.trust/")) {
        await this.trustGiven(file);
      } else if (schema === RULES.proof1) {
        this.proofs.unshift({ ...file, about: firstId(document), problem: "judgement:proof-alone" });
      } else {
        this.documents.unshift(file);
      }
    }
    await this.judgeAll();
    this.show();
    this.announce(given);
  }

  async read(file) {
    if (file.size > MOST_BYTES) {
      return { name: file.name, bytes: null, problem: "too-large" };
    }
    try {
      return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    } catch {
      return { name: file.name, bytes: null, problem: "unreadable" };
    }
  }

  async trustGiven({ bytes, name }) {
    try {
      const trust = await readTrust(bytes);
      const changed = this.made.schema !== "" && hubKeys(trust).join() !== hubKeys(this.made).join();
      this.trusted = { trust, name, asOf: "", changed, problem: null };
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      this.trusted.problem = { name, place: error.where };
    }
  }

  async judgeAll() {
    for (const answer of this.documents.filter((one) => one.bytes)) {
      this.status(this.say("judging", { file: visible(answer.name) }));
      try {
        answer.judgement = await this.judged(answer.bytes);
        answer.problem = "";
      } catch (error) {
        if (!(error instanceof NotJudged)) {
          throw error;
        }
        answer.judgement = null;
        answer.problem = error.code;
      }
    }
    const used = new Set(this.documents.map((one) => one.judgement?.beside));
    this.answers = [...this.documents, ...this.proofs.filter((one) => !used.has(one))];
  }

  /** Judge a document, with the newest proof that was given for it. */
  async judged(bytes) {
    const { trust } = this.trusted;
    const alone = await judge(bytes, trust);
    const beside = this.proofs.find((one) => one.about === alone.statements[0]?.id);
    return beside ? { ...await judge(bytes, trust, beside.bytes), beside } : alone;
  }

  show() {
    const { lang, say } = this;
    document.documentElement.lang = lang;
    document.title = `${say("title")} — Établi`;
    for (const place of document.querySelectorAll("[data-say]")) {
      place.textContent = say(place.dataset.say);
    }
    for (const button of document.querySelectorAll("[data-lang]")) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    }
    document.getElementById("trust").replaceChildren(...trustView(this.trusted, say, lang));
    document.getElementById("answers").replaceChildren(
      ...this.answers.map((answer, place) => answerView(answer, place, say, lang)));
    document.getElementById("results").hidden = this.answers.length === 0;
  }

  /** Tell who does not see the page, and bring the first answer into view; keys and proofs may change every answer. */
  announce(given) {
    const own = this.answers.filter((one) => given.some((file) => file.name === one.name));
    const told = (own.length ? own : this.answers).map((one) => this.say("answer", {
      verdict: one.judgement ? wordOf(one.judgement, this.say) : this.say("not-judged"), file: visible(one.name) }));
    this.status(told.join(". "));
    document.getElementById(told.length ? "answer-0" : "files").focus();
  }

  status(text) {
    document.getElementById("status").textContent = text;
  }
}

/** What a file says that is one JSON object; null for everything else. */
function jsonOf(bytes) {
  try {
    const document = bytes[0] === 0x25 ? null : readJson(bytes);
    return isRecord(document) ? document : null;
  } catch {
    return null;
  }
}

/** Id of the first statement that a proof is about. */
function firstId({ entries }) {
  return Array.isArray(entries) && isRecord(entries[0]) ? entries[0].id : "";
}

new Page(...["words", "known"].map((id) => JSON.parse(document.getElementById(id).textContent))).start();
