// The page: takes files, has them judged, shows the answers. Keeps everything in memory and sends nothing.

const MOST_BYTES = 32000000;

class Page {
  constructor(words, known) {
    this.words = words;
    this.known = known;
    this.lang = ["fr", "en"].includes(known.lang) ? known.lang : this.browserLanguage();
    this.trusted = { trust: NO_TRUST, name: "", asOf: known.asOf, changed: false, problem: null };
    this.made = NO_TRUST;
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
      this.answers.splice(Number(button.dataset.forget), 1);
      this.show();
      document.getElementById("files").focus();
    } else if (button?.id === "print") {
      window.print();
    }
  }

  /** Take files one after the other; trust and proof files first, so that documents are judged by them. */
  take(files) {
    this.queue = this.queue.then(() => this.taken(files));
    return this.queue;
  }

  async taken(files) {
    const given = await Promise.all(files.map((file) => this.read(file)));
    const documents = [];
    for (const file of given) {
      const schema = file.bytes ? schemaOf(file.bytes) : "";
      if (schema.startsWith("etabli.trust/")) {
        await this.trustGiven(file);
      } else {
        documents.push(file);
      }
    }
    this.answers = [...documents, ...this.answers];
    await this.judgeAll();
    this.show();
    this.announce(documents);
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
    for (const answer of this.answers.filter((one) => one.bytes)) {
      this.status(this.say("judging", { file: visible(answer.name) }));
      try {
        answer.judgement = await judge(answer.bytes, this.trusted.trust);
        answer.problem = "";
      } catch (error) {
        if (!(error instanceof NotJudged)) {
          throw error;
        }
        answer.judgement = null;
        answer.problem = error.code;
      }
    }
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

  /** Tell who does not see the page, and bring the first answer into view. */
  announce(documents) {
    const told = documents.map((one) => this.say("answer", {
      verdict: one.judgement ? this.say(`word:${one.judgement.verdict}`) : this.say("not-judged"), file: visible(one.name) }));
    this.status(told.join(". "));
    if (documents.length) {
      document.getElementById("answer-0").focus();
    }
  }

  status(text) {
    document.getElementById("status").textContent = text;
  }
}

/** The schema that a JSON file names; "" for everything else. */
function schemaOf(bytes) {
  try {
    const document = bytes[0] === 0x25 ? null : readJson(bytes);
    return isRecord(document) && typeof document.schema === "string" ? document.schema : "";
  } catch {
    return "";
  }
}

new Page(...["words", "known"].map((id) => JSON.parse(document.getElementById(id).textContent))).start();
