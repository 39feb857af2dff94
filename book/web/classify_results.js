// What is shown after a round: who is right, who agrees with you, galaxy by galaxy.
"use strict";

{
  const S = window.SecondSight;
  const whole = (/** @type {number} */ share) => `${Math.round(100 * share)}`;
  const two = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");

  /** Whoever answered besides you: a name, an answer to each galaxy, and how it came about. */
  S.answerers = (view, rows, live) => {
    const others = view.dataset.prompts.flatMap((prompt) => prompt.models.filter(({ name }) => name !== "all").map((model) => {
      const own = new S.View(view.dataset, prompt, model);
      return {
        name: `${model.title}, ${prompt.title.replace(/ \(.*/, "")}`,
        isModel: prompt === view.prompt && model.name === view.model.name,
        answers: rows.map((row) => own.answer(row)),
        how: rows.map((row) => (own.repeats < 2 || own.calls(row).length < 2 ? ""
          : `, ${own.named(row).filter((place) => place === own.answer(row)).length} of ${own.calls(row).length} times`)),
      };
    }));
    if (view.hasVotes) {
      const majority = rows.map((row) => { const { yes, of } = view.votes(row); return Number(2 * yes >= of); });
      others.unshift({ name: "Volunteers’ majority (simulated)", answers: majority, how: [] });
    }
    if (live) others.push({ name: "Small model, asked just now", answers: live, how: [] });
    return others;
  };

  const rightOf = (answers, truth) => answers.filter((own, at) => own === truth[at]).length;
  const modelOf = ({ others }) => others.find(({ isModel }) => isModel);

  const isUnsure = ({ names, answers }, /** @type {number} */ at) => names[answers[at]] === S.UNSURE;

  /** What a round asks for, before it starts. @param {any} set */
  S.offer = ({ unsure }) => `Twenty galaxies, one question each.${unsure ? ` Where you cannot say, choose “${S.UNSURE}”: it never counts as right, and is counted apart from wrong answers.` : ""}`;

  /** A sign, and words, for your answer to a galaxy. @param {any} game @param {number} at @returns {[string, string]} */
  S.verdict = (game, at) => {
    if (isUnsure(game, at)) return ["?", "you could not tell"];
    return game.answers[at] === game.truth[at] ? ["✓", "you are right"] : ["✗", "you are wrong"];
  };

  /** Who is right how often, in a sentence. @param {any} game */
  S.summary = (game) => {
    const unsure = game.answers.filter((_, at) => isUnsure(game, at)).length;
    return `You are right on ${rightOf(game.answers, game.truth)} of ${game.truth.length} simulated pictures, `
      + `the model on ${rightOf(modelOf(game).answers, game.truth)}.${unsure ? ` You could not tell on ${unsure}.` : ""}`;
  };

  /** Which model that is, and how it was asked. @param {any} game */
  S.aboutModel = ({ view }) => {
    const who = view.model.name.startsWith("minivlm") ? `the small model of this book, ${view.model.title}` : view.model.title;
    return `The model is ${who}. It was asked beforehand, with a description of each answer. ✗ marks a wrong answer.`;
  };

  /** Everybody's answers as one table, a line for each galaxy. @param {Element} heads @param {Element} body
   * @param {any} game @param {(at: number) => void} open */
  S.showSheet = (heads, body, game, open) => {
    const { view, names, answers, truth, others, live } = game;
    const columns = [["You", answers], ...(view.hasVotes ? [["Volunteers", others[0].answers]] : []), ["Truth", truth],
      ["Model", modelOf(game).answers], ...(live ? [["Model now", live]] : [])];
    heads.replaceChildren(...["No.", ...columns.map(([title]) => title)].map((title) => S.make("th", { scope: "col" }, title)));
    const isWrong = (said, at) => said !== truth[at] && names[said] !== S.UNSURE;
    const cell = (said, at) => S.make("td", { className: isWrong(said, at) ? "ss-classify-no" : "" },
      `${said < 0 ? "not read" : names[said]}${isWrong(said, at) ? " ✗" : ""}`);
    const line = (_, at) => S.make("tr", {}, S.make("th", { scope: "row" },
      S.make("button", { type: "button", ariaLabel: `Galaxy ${at + 1}`, onclick: () => open(at) }, `${at + 1}`)),
    ...columns.map(([, said]) => cell(said[at], at)));
    body.replaceChildren(...answers.map(line));
  };

  const same = (first, second) => S.proportion(first.filter((own, at) => own === second[at]).length, first.length);
  const counted = (estimate) => [`${Math.round(estimate.value * estimate.n)} of ${estimate.n} `,
    S.make("small", {}, `[${whole(estimate.low)} to ${whole(estimate.high)}%]`)];
  const plain = (estimate) => (Number.isNaN(estimate.value) ? ["not defined"]
    : [`${two(estimate.value)} `, S.make("small", {}, `[${two(estimate.low)} to ${two(estimate.high)}]`)]);
  const row = (name, right, alike, kappa) => S.make("tr", {}, S.make("th", { scope: "row" }, name),
    ...[right, alike, kappa].map((inside) => S.make("td", {}, ...inside)));

  /** Who is right how often, and who agrees with you. */
  S.showTable = (body, mine, truth, others) => {
    const lines = others.map(({ name, answers }) => row(name, counted(same(answers, truth)), counted(same(mine, answers)), plain(S.kappa(mine, answers))));
    body.replaceChildren(
      row("You", counted(same(mine, truth)), ["–"], ["–"]),
      row("The truth", ["–"], counted(same(mine, truth)), plain(S.kappa(mine, truth))),
      ...lines,
    );
  };

  const votes = (view, place) => {
    const { yes, of } = view.votes(place), [low, high] = view.interval(place);
    return `${yes} of ${of} simulated volunteers for “${view.category(view.votedFor(place))}”: ${whole(yes / of)}% [${whole(low)} to ${whole(high)}%]`;
  };

  /** Everything said of one galaxy. @param {any} game @param {number} at */
  S.showFacts = (list, game, at) => {
    const { view, rows, names, answers, truth, others } = game;
    const pairs = [["Truth", names[truth[at]]], ["You", names[answers[at]], isUnsure(game, at) ? undefined : answers[at] === truth[at]]];
    if (view.hasVotes) pairs.push(["Volunteers", votes(view, rows[at])]);
    for (const other of others.slice(Number(view.hasVotes))) {
      const said = other.answers[at];
      pairs.push([other.name, `${said < 0 ? "not read" : names[said]}${other.how[at] ?? ""}`, said === truth[at]]);
    }
    list.replaceChildren(...pairs.flatMap(([name, text, right]) => [S.make("dt", {}, name),
      S.make("dd", { className: right === false ? "ss-classify-no" : "" }, text, right === undefined ? "" : right ? " ✓" : " ✗")]));
  };

  /** How divided all are on each galaxy: you, the majority and each model have a say. */
  S.splits = ({ answers, others }) => answers.map((own, at) => S.divided([own, ...others.map((other) => other.answers[at])]));

  /** Name the galaxies that divided most. */
  S.showSplit = (box, game, open) => {
    const shares = S.splits(game), most = [...shares.keys()].filter((at) => shares[at] > 0)
      .sort((a, b) => shares[b] - shares[a] || a - b);
    if (!most.length) return box.replaceChildren(S.make("p", {}, "Nothing: you and all others gave the same answers."));
    const button = (/** @type {number} */ at) => S.make("button", { type: "button", ariaLabel: `Galaxy ${at + 1}`, onclick: () => open(at) }, `${at + 1}`);
    const line = (/** @type {string} */ words, /** @type {number} */ share) => {
      const alike = most.filter((at) => shares[at] === share);
      return S.make("p", {}, `${words}${alike.length > 1 ? `, ${alike.length} galaxies equally` : ""}: `, ...alike.flatMap((at) => [button(at), " "]));
    };
    const [top, second] = new Set(most.map((at) => shares[at]));
    const alike = shares.length - most.length;
    box.replaceChildren(S.make("p", {}, `On ${alike} of ${shares.length} galaxies you and all others agree.`), line("Most divided", top), ...(second ? [line("Next", second)] : []));
  };

  /** Say why one look is not enough, from the votes where there are votes. */
  S.showWhy = (box, { view, rows, truth, others }) => {
    const lines = ["Twenty galaxies tell little: on another twenty, luck alone may make you better or worse. That holds for you as for any model."];
    if (view.hasVotes) {
      const one = rows.map((place, at) => (truth[at] === view.votedFor(place) ? view.crowd(place) : 1 - view.crowd(place)));
      const right = others[0].answers.filter((own, at) => own === truth[at]).length;
      const mean = one.reduce((all, share) => all + share, 0) / one.length;
      lines.push(`One of these simulated volunteers is right on ${whole(mean)}% of the twenty on average; their majority is right on ${right} of 20, which is ${whole(right / 20)}%. `
        + "Slips that differ from person to person cancel in a majority. A mistake that most make alike does not: there only another kind of look helps.");
    } else {
      lines.push("Nobody has voted on these pictures. Put your file together with your class's: slips that differ from person to person cancel in a majority, and votes that are divided tell which galaxies are hard. One person alone can't tell a slip from a hard galaxy.");
    }
    box.replaceChildren(...lines.map((text) => S.make("p", {}, text)));
  };
}
