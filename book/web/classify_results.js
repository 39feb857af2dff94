// What is shown after a round: who is right, who agrees with you, galaxy by galaxy.
"use strict";

{
  const S = window.SecondSight;
  const whole = (/** @type {number} */ share) => `${Math.round(100 * share)}`;
  const two = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");

  /** Whether the volunteers are one voice beside the truth; of real galaxies their majority stands in its place. */
  const isVoted = (view) => view.hasVotes && !view.real;
  const said = ({ names, view }, /** @type {number} */ place) => (place < 0 ? "not read" : names[place] ?? view.category(place));

  /** Whoever answered besides you: a name, an answer to each galaxy, and how it came about. */
  S.answerers = (view, rows, live) => {
    const prompts = view.real ? [view.prompt] : view.dataset.prompts;
    const others = prompts.flatMap((prompt) => prompt.models.filter(({ name }) => view.real || name !== "all").map((model) => {
      const own = new S.View(view.dataset, prompt, model);
      return {
        name: view.real ? model.title : `${model.title}, ${prompt.title.replace(/ \(.*/, "")}`,
        isModel: prompt === view.prompt && model.name === view.model.name,
        answers: rows.map((row) => own.answer(row)),
        how: rows.map((row) => (own.repeats < 2 || own.calls(row).length < 2 ? ""
          : `, ${own.named(row).filter((place) => place === own.answer(row)).length} of ${own.calls(row).length} times`)),
      };
    }));
    if (isVoted(view)) {
      const majority = rows.map((row) => { const { yes, of } = view.votes(row); return Number(2 * yes >= of); });
      others.unshift({ name: "Volunteers’ majority (simulated)", answers: majority, how: [] });
    }
    if (live) others.push({ name: "Small model, asked just now", answers: live, how: [] });
    return others;
  };

  const rightOf = (answers, truth) => answers.filter((own, at) => own === truth[at]).length;
  const modelOf = ({ others }) => others.find(({ isModel }) => isModel);

  const isUnsure = ({ names, answers }, /** @type {number} */ at) => names[answers[at]] === S.UNSURE;

  /** A prompt's descriptions as people read them: by name, without the numbers that a model answers with. @param {string} text */
  S.forPeople = (text) => text.split("\n\n").filter((part) => !part.startsWith("Answer with"))
    .map((part) => part.replace(/^Category \d+ \((.*?)\)/, "$1")).join("\n\n");

  /** What a round asks for, before it starts. @param {any} set */
  S.offer = ({ unsure }) => `Twenty galaxies, one question each.${unsure ? ` Where you cannot say, choose “${S.UNSURE}”: it never counts as right, and is counted apart from wrong answers.` : ""}`;

  /** A sign, and words, for your answer to a galaxy. @param {any} game @param {number} at @returns {[string, string]} */
  S.verdict = (game, at) => {
    if (isUnsure(game, at)) return ["?", "you could not tell"];
    const isRight = game.answers[at] === game.truth[at];
    if (game.view.real) return isRight ? ["✓", "as most volunteers"] : ["✗", "otherwise than most volunteers"];
    return isRight ? ["✓", "you are right"] : ["✗", "you are wrong"];
  };

  /** Who is right how often, in a sentence. @param {any} game */
  S.summary = (game) => {
    const unsure = game.answers.filter((_, at) => isUnsure(game, at)).length;
    const models = rightOf(modelOf(game).answers, game.truth);
    if (game.view.real) {
      return `You answer as most volunteers did on ${rightOf(game.answers, game.truth)} of ${game.truth.length} real galaxies, `
        + `the models together on ${models}. Nobody knows the truth.`;
    }
    return `You are right on ${rightOf(game.answers, game.truth)} of ${game.truth.length} simulated pictures, `
      + `the model on ${models}.${unsure ? ` You could not tell on ${unsure}.` : ""}`;
  };

  /** Which model that is, and how it was asked. @param {any} game */
  S.aboutModel = ({ view }) => {
    if (view.real) {
      return `Models: what most of them saw, ${view.model.title}. Each described the galaxy in words, and another model read its answer off them. `
        + "They saw another cutout than you. ✗ marks an answer that most volunteers did not give.";
    }
    const who = view.model.name.startsWith("minivlm") ? `the small model of this book, ${view.model.title}` : view.model.title;
    return `The model is ${who}. It was asked beforehand, with a description of each answer. ✗ marks a wrong answer.`;
  };

  /** Everybody's answers as one table, a line for each galaxy. @param {Element} heads @param {Element} body
   * @param {any} game @param {(at: number) => void} open */
  S.showSheet = (heads, body, game, open) => {
    const { view, names, answers, truth, live, others } = game;
    const columns = [["You", answers], ...(isVoted(view) ? [["Volunteers", others[0].answers]] : []), [view.dataset.truth_is, truth],
      [view.real ? "Models" : "Model", modelOf(game).answers], ...(live ? [["Model now", live]] : [])];
    heads.replaceChildren(...["No.", ...columns.map(([title]) => title)].map((title) => S.make("th", { scope: "col" }, title)));
    const isWrong = (place, at) => place !== truth[at] && names[place] !== S.UNSURE;
    const cell = (place, at) => S.make("td", { className: isWrong(place, at) ? "ss-classify-no" : "" },
      `${said(game, place)}${isWrong(place, at) ? " ✗" : ""}`);
    const line = (_, at) => S.make("tr", {}, S.make("th", { scope: "row" },
      S.make("button", { type: "button", ariaLabel: `Galaxy ${at + 1}`, onclick: () => open(at) }, `${at + 1}`)),
    ...columns.map(([, own]) => cell(own[at], at)));
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
  S.showTable = (body, { answers: mine, truth, others, view }) => {
    const lines = others.map(({ name, answers }) => row(name, counted(same(answers, truth)), counted(same(mine, answers)), plain(S.kappa(mine, answers))));
    body.replaceChildren(
      row("You", counted(same(mine, truth)), ["–"], ["–"]),
      row(view.real ? "Most volunteers" : "The truth", ["–"], counted(same(mine, truth)), plain(S.kappa(mine, truth))),
      ...lines,
    );
  };

  const votes = (view, place) => {
    const { yes, of } = view.votes(place), [low, high] = view.interval(place);
    return `${yes} of ${of} ${view.real ? "" : "simulated "}volunteers for “${view.category(view.votedFor(place))}”: ${whole(yes / of)}% [${whole(low)} to ${whole(high)}%]`;
  };

  /** Everything said of one galaxy. @param {any} game @param {number} at */
  S.showFacts = (list, game, at) => {
    const { view, rows, names, answers, truth, others } = game;
    const pairs = [[view.real ? "Most volunteers" : "Truth", names[truth[at]]], ["You", names[answers[at]], isUnsure(game, at) ? undefined : answers[at] === truth[at]]];
    if (view.hasVotes) pairs.push(["Volunteers", votes(view, rows[at])]);
    for (const other of others.slice(Number(isVoted(view)))) {
      const place = other.answers[at];
      pairs.push([other.name, `${said(game, place)}${other.how[at] ?? ""}`, place === truth[at]]);
    }
    list.replaceChildren(...pairs.flatMap(([name, text, right]) => [S.make("dt", {}, name),
      S.make("dd", { className: right === false ? "ss-classify-no" : "" }, text, right === undefined ? "" : right ? " ✓" : " ✗")]));
  };

  /** How divided all are on each galaxy: you, the majority and each model have a say. */
  S.splits = ({ answers, others, truth, view }) => {
    const voices = view.real ? [truth, ...others.filter(({ isModel }) => !isModel).map((other) => other.answers)] : others.map((other) => other.answers);
    return answers.map((own, at) => S.divided([own, ...voices.map((voice) => voice[at])]));
  };

  /** Name the galaxies that divided most. */
  S.showSplit = (box, game, open) => {
    const shares = S.splits(game), most = [...shares.keys()].filter((at) => shares[at] > 0)
      .sort((a, b) => shares[b] - shares[a] || a - b);
    if (!most.length) return box.replaceChildren(S.make("p", {}, "Nothing: you and all recorded answers are the same."));
    const button = (/** @type {number} */ at) => S.make("button", { type: "button", ariaLabel: `Galaxy ${at + 1}`, onclick: () => open(at) }, `${at + 1}`);
    const line = (/** @type {string} */ words, /** @type {number} */ share) => {
      const alike = most.filter((at) => shares[at] === share);
      return S.make("p", {}, `${words}${alike.length > 1 ? `, ${alike.length} galaxies equally` : ""}: `, ...alike.flatMap((at) => [button(at), " "]));
    };
    const [top, second] = new Set(most.map((at) => shares[at]));
    const alike = shares.length - most.length;
    box.replaceChildren(S.make("p", {}, `On ${alike} of ${shares.length} galaxies you and all recorded answers agree. Classmates are not among them.`), line("Most divided", top), ...(second ? [line("Next", second)] : []));
  };

  /** Say why one look is not enough, from the votes where there are votes. */
  S.showWhy = (box, { view, rows, truth, others }) => {
    const lines = ["Twenty galaxies tell little: on another twenty, luck alone may make you better or worse. That holds for you as for any model."];
    if (view.real) {
      const mean = rows.reduce((all, place) => all + view.crowd(place), 0) / rows.length;
      lines.push(`On these twenty, ${whole(mean)}% of the volunteers answer as their majority does, on average. `
        + "Where they are divided, this picture does not settle it. A majority is no truth either: a slip that most make alike stays in it.");
    } else if (view.hasVotes) {
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
