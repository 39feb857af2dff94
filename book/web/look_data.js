// What the page knows: data sets, and one view of one of them: a question put to a model.
"use strict";

{
  const S = window.SecondSight;
  const LOOK = new URL("..", document.currentScript.src);
  const UNREAD = "not read";
  const ALL = "all";
  /** @type {Map<string, Promise<HTMLImageElement>>} */
  const sheets = new Map();

  /** Return what `data/NAME.js` hands over. @param {string} name @returns {Promise<any>} */
  S.load = (name) => S.need(new URL(`data/${name}.js`, LOOK), `look/${name}`);

  /** Return a value of a column; one that is a number holds it throughout. */
  const at = (column, row) => (Array.isArray(column) ? column[row] : (column ?? -1));

  /** Return a name as an address holds it: `not-a-dwarf`. @param {string} name */
  S.slug = (name) => name.toLowerCase().replace(/[^a-z0-9.]+/g, "-");

  /** Return what is most frequent; of equals, what came first. @param {number[]} values */
  const mostFrequent = (values) => {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return values.find((value) => counts.get(value) === most);
  };

  /** A data set as its script has it, with every id written out. */
  S.openDataset = (raw) => {
    raw.all ??= raw.ids.split(" ").map((rest) => raw.prefix + rest);
    for (const prompt of raw.prompts) {
      prompt.models = prompt.models.filter((model) => model.name !== ALL);
      if (prompt.models.length > 1) {
        const calls = prompt.models.flatMap((model) => model.calls);
        const title = `all ${prompt.models.length} together`;
        prompt.models.unshift({ name: ALL, title, calls, score: null });
      }
    }
    return raw;
  };

  /** One question of a data set, as one model answered it. */
  class View {
    constructor(dataset, prompt, model) {
      Object.assign(this, { dataset, prompt, model, real: dataset.sky === "real sky" });
      this.source = prompt.votes === undefined ? dataset : prompt;
      this.answers = new Map();
    }

    /** The galaxies that were asked about. */
    get rows() {
      this.asked ??= [...this.dataset.all.keys()].filter((row) => this.calls(row).length);
      return this.asked;
    }

    /** How often a galaxy was asked about, at most. */
    get repeats() { return this.model.calls.length; }
    get hasVotes() { return this.source.votes !== undefined; }

    /** Every reply about a galaxy, by its place among the question's replies. */
    calls(row) { return this.model.calls.map((repeat) => repeat[row]).filter((reply) => reply >= 0); }

    /** The categories that its repeats named, -1 for a reply that was not read. */
    named(row) { return this.calls(row).map((reply) => this.prompt.replies[reply].answer); }

    /** The category that most repeats named, by its place; -1 where none was read. */
    answer(row) {
      if (!this.answers.has(row)) this.answers.set(row, mostFrequent(this.named(row)));
      return this.answers.get(row);
    }

    /** The true category, or the volunteers' majority; -1 where nobody knows. */
    truth(row) { return at(this.prompt.truth ?? this.dataset.truth, row); }

    category(place) { return place < 0 ? UNREAD : this.prompt.categories[place]; }
    right(row) { return this.answer(row) === this.truth(row); }
    alike(row) { return new Set(this.named(row)).size < 2; }
    kind(row) { return this.dataset.kinds?.[at(this.dataset.kind, row)]; }
    votes(row) { return { yes: at(this.source.yes, row), of: at(this.source.votes, row) }; }

    /** The category that votes are counted for. */
    votedFor(row) { return this.dataset.votes_for ?? this.truth(row); }

    /** The ends of the interval around a count of votes. */
    interval(row) {
      const { yes, of } = this.votes(row);
      return this.source.intervals[`${yes}/${of}`];
    }

    /** The volunteers' share for the category that votes are counted for. */
    crowd(row) {
      const { yes, of } = this.votes(row);
      return yes / of;
    }

    /** The same share of the repeats; of a single answer, how probable its tokens made it. */
    share(row) {
      const wanted = this.votedFor(row), named = this.named(row);
      const score = this.repeats === 1 ? at(this.model.score ?? -1, row) : -1;
      return score >= 0 ? score / 1000 : named.filter((place) => place === wanted).length / named.length;
    }

    /** Where a galaxy's picture stands on the sheets; -1 where it has none. */
    place(row) { return at(this.dataset.pictures?.place, row); }
  }
  S.View = View;

  const sheet = (folder, number) => {
    const name = `${folder}/${number}.webp`;
    if (!sheets.has(name)) {
      sheets.set(name, new Promise((done, failed) => {
        const image = new Image();
        image.onload = () => done(image);
        image.onerror = () => {
          sheets.delete(name); // it may be there when asked for again
          failed(new Error(`${name} can't be read`));
        };
        image.src = new URL(name, LOOK).href;
      }));
    }
    return sheets.get(name);
  };

  const sheetOf = (view, row) => sheet(view.dataset.pictures.folder, Math.floor(view.place(row) / view.dataset.pictures.each));

  /** Fetch the pictures of some galaxies, which need no network from then on. @returns {Promise<any>} */
  S.fetchPictures = (view, rows) => Promise.all(rows.map((row) => sheetOf(view, row)));

  /** Return a canvas with a galaxy's picture at the size at which a model was sent it. */
  S.canvas = (view, row) => {
    const { width, height, columns, each } = view.dataset.pictures;
    const canvas = S.make("canvas", { width, height });
    const place = view.place(row) % each;
    const [left, top] = [(place % columns) * width, Math.floor(place / columns) * height];
    sheetOf(view, row).then(
      (image) => {
        canvas.getContext("2d").drawImage(image, left, top, width, height, 0, 0, width, height);
        canvas.dataset.drawn = "yes";
      },
      () => canvas.replaceWith(S.make("span", { className: "ss-look-none" }, "no picture")),
    );
    return canvas;
  };
}
