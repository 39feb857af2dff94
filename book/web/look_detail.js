// One galaxy: its picture large, its truth and votes, and every answer about it, word by word.
"use strict";

{
  const S = window.SecondSight;
  const WIDEST = 480;

  const large = (view, row) => {
    if (view.place(row) < 0) return [];
    const { width, height } = view.dataset.pictures;
    const times = Math.max(1, Math.floor(WIDEST / width)), canvas = S.canvas(view, row);
    canvas.style.width = `${times * width}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${view.dataset.all[row]}, ${view.dataset.sky}`);
    const size = times === 1 ? "at this size" : `${times} times as large`;
    const whence = view.dataset.pictures.from ?? "as the models were sent it";
    const note = `${width} × ${height} pixels, ${whence}; shown ${size}, slightly compressed.`;
    return [canvas, S.make("p", { className: "ss-look-small" }, note)];
  };

  const whyNone = (view) => (view.dataset.pictures
    ? "not included, to keep the page small" : "not on the machine that built this page");

  const facts = (pairs) => S.make("dl", {}, ...pairs.flatMap(
    ([name, value]) => [S.make("dt", {}, name), S.make("dd", {}, value)],
  ));

  const votes = (view, row) => {
    const { yes, of } = view.votes(row), [low, high] = view.interval(row);
    const whose = view.real ? "volunteers" : "simulated volunteers";
    return `${yes} of ${of} ${whose} for “${view.category(view.votedFor(row))}”: ${S.percent(yes / of)} `
      + `(95% interval ${S.percent(low)} to ${S.percent(high)})`;
  };

  const sight = ([ra, dec]) => S.make("a", {
    href: `https://www.legacysurvey.org/viewer?ra=${ra}&dec=${dec}&layer=ls-dr9&zoom=15`,
    rel: "noopener",
  }, `${ra.toFixed(4)}°, ${dec.toFixed(4)}°, in the Legacy Surveys’ viewer (another site)`);

  const about = (view, row) => {
    const pairs = [["Sky", view.dataset.sky]];
    if (view.truth(row) >= 0 && !view.real) pairs.push(["Truth", view.category(view.truth(row))]);
    if (view.kind(row)) pairs.push(["What it is", view.kind(row)]);
    if (view.hasVotes && !view.real) pairs.push(["Votes", votes(view, row)]);
    if (view.place(row) < 0) pairs.push(["Picture", whyNone(view)]);
    if (view.dataset.sight) pairs.push(["On the sky", sight(view.dataset.sight[row])]);
    return facts([...pairs, ["Answers", view.dataset.origin]]);
  };

  /** A reply: word by word where its words are here, else what was read in it. */
  const reply = (view, place) => {
    const { text, answer, outcome } = view.prompt.replies[place];
    const read = answer < 0 ? outcome : view.category(answer);
    return text === undefined ? read : `“${text}”, read as ${read}`;
  };

  /** How often each category was named, where there are repeats. */
  const tally = (view, row) => {
    const named = view.named(row), each = [...new Set(named)];
    const count = (place) => named.filter((other) => other === place).length;
    if (named.length < 2) return "";
    return `${each.map((place) => `${count(place)} of ${named.length} ${view.category(place)}`).join(", ")}. `;
  };

  const line = (view, row) => {
    const calls = view.calls(row), score = view.model.score?.[row] ?? -1;
    const bare = view.prompt.replies[calls[0]].text === undefined;
    const items = calls.map((place) => S.make("li", {}, reply(view, place)));
    if (score >= 0) items[0].append(` (by its tokens ${S.percent(score / 1000)} for ${view.category(1)})`);
    const list = S.make("ol", { className: calls.length > 1 ? "ss-look-repeats" : "" }, ...items);
    const sums = tally(view, row);
    return [S.make("dt", {}, view.model.title), S.make("dd", {}, sums, sums && bare ? "" : list)];
  };

  const question = (view, row, open) => {
    const views = view.prompt.models.filter((model) => model.name !== "all").map((model) => new S.View(view.dataset, view.prompt, model));
    const asked = views.filter((own) => own.calls(row).length);
    if (!asked.length) return "";
    const extra = view.real ? [S.make("p", {}, votes(view, row))] : [];
    const body = S.make("dl", { className: "ss-look-answers" }, ...asked.flatMap((own) => line(own, row)));
    return S.make("details", { open }, S.make("summary", {}, view.prompt.title), ...extra, body);
  };

  const written = (texts, models) => models.filter(({ name }) => texts[name]).map(({ name, title }) => S.make(
    "details", {}, S.make("summary", {}, title),
    ...texts[name].map((text) => S.make("blockquote", {}, text)),
  ));

  /** The dialog that shows one galaxy of those that are listed. */
  class Detail {
    constructor(dialog, moved, closed) {
      Object.assign(this, { dialog, moved });
      dialog.addEventListener("close", () => closed(this.row));
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      dialog.addEventListener("keydown", (event) => {
        if (event.key === "ArrowRight") this.#step(1);
        if (event.key === "ArrowLeft") this.#step(-1);
      });
      for (const button of dialog.querySelectorAll("[data-step]")) {
        button.addEventListener("click", () => this.#step(Number(button.dataset.step)));
      }
      dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    }

    #step(by) {
      const row = this.rows[this.rows.indexOf(this.row) + by];
      if (row !== undefined) this.open(this.view, this.rows, row);
    }

    open(view, rows, row) {
      Object.assign(this, { view, rows, row });
      const { dialog } = this, id = view.dataset.all[row], place = rows.indexOf(row);
      dialog.querySelector("h2").textContent = `${id}, ${view.dataset.sky}`;
      dialog.querySelector("[data-count]").textContent = place < 0 ? "" : `${place + 1} of ${rows.length}`;
      dialog.querySelector("[data-picture]").replaceChildren(...large(view, row));
      dialog.querySelector("[data-about]").replaceChildren(about(view, row));
      const views = view.dataset.prompts.map((prompt) => new S.View(view.dataset, prompt, prompt.models[0]));
      const answers = views.map((own) => question(own, row, !view.real || own.prompt === view.prompt));
      dialog.querySelector("[data-answers]").replaceChildren(...answers);
      this.#write(view, id);
      if (!dialog.open) dialog.showModal();
      this.moved(row);
    }

    /** Add the descriptions, which come in a file of each galaxy. */
    async #write(view, id) {
      const box = this.dialog.querySelector("[data-texts]");
      box.replaceChildren();
      if (!view.dataset.texts) return;
      const texts = await S.load(`${view.dataset.name}/${id}`);
      if (view.dataset.all[this.row] !== id) return;
      box.append(S.make("h3", {}, "What each model wrote"), ...written(texts, view.prompt.models));
    }
  }
  S.Detail = Detail;
}
