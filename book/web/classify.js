// The page where readers classify galaxies themselves: a round of twenty, then what others said.
"use strict";

{
  const S = window.SecondSight;
  const COUNT = 20;
  const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
  const page = document.querySelector("#classify");
  const part = (/** @type {string} */ name) => page.querySelector(`[data-part="${name}"]`);
  const screen = (/** @type {string} */ name) => page.querySelector(`#classify-${name}`);
  const form = screen("start").querySelector("form"), shared = screen("link");
  /** @type {any} */
  let game = null;
  let live = null, seen = 0;
  /** @type {Map<string, string>} */
  const titles = new Map();
  const plain = (/** @type {string} */ title) => title.replace(", ten times each", "");

  const isWhole = (kept, most) => Array.isArray(kept?.answers) && kept.answers.length <= COUNT
    && kept.answers.every((answer) => Number.isInteger(answer) && answer >= 0 && answer < most)
    && kept.times?.length === kept.answers.length;
  const fresh = () => {
    const started = Date.now();
    const number = started * 1000 + COUNT * Math.floor(50 * Math.random());
    return { answers: [], times: [], started, number, player: "", revealed: false };
  };

  // The start
  const setOf = (/** @type {string} */ name) => S.SETS.find((set) => set.name === name);
  const chosen = () => ({ set: setOf(form.elements.set.value), seed: Number(form.elements.seed.value) || 1 });
  const truthOf = ({ view }) => (view.real ? "What the volunteers said" : "The truth");
  const titleOf = ({ set, seed }) => `Round ${seed}: ${titles.get(set.name)}`;
  const linkOf = ({ set, seed }) => new URL(S.roundAddress(set.name, seed), location.href);
  const show = (/** @type {string} */ name) => {
    for (const other of ["start", "round", "pause", "end"]) screen(other).hidden = other !== name;
  };
  const arrive = (/** @type {string} */ name) => {
    show(name);
    screen(name).scrollIntoView();
    screen(name).querySelector("h2").focus({ preventScroll: true });
  };

  /** Say what will start: the round that is chosen, and how far it was played here. */
  const showChosen = () => {
    const wanted = chosen(), kept = S.rounds.read(wanted.set.name, wanted.seed), answered = kept?.answers?.length ?? 0;
    screen("start").querySelector("h2").textContent = titleOf(wanted);
    part("offer").textContent = answered ? `In this browser ${answered} of ${COUNT} are answered. Not by you? Delete the round below.` : S.offer(wanted.set);
    part("start").textContent = answered === 0 ? "Start" : kept.revealed ? "See the results" : "Go on";
    part("trouble").textContent = "";
    part("link").value = linkOf(wanted).href;
  };

  const forget = (/** @type {any} */ round) => {
    if (!window.confirm(`Delete the answers to ${titleOf(round)}?`)) return;
    S.rounds.remove(round.set.name, round.seed);
    showStart();
  };

  const lineOf = ({ set, seed, answered }) => {
    const round = { set: setOf(set), seed }, title = titleOf(round);
    return S.make("li", {}, S.make("a", { href: S.roundAddress(set, seed) }, title), `, ${answered} of ${COUNT} answered `,
      S.make("button", { type: "button", ariaLabel: `Delete ${title}`, onclick: () => forget(round) }, "Delete"));
  };

  const showStart = () => {
    const rounds = S.rounds.list().filter(({ set }) => titles.has(set));
    part("rounds").hidden = rounds.length === 0;
    part("rounds").querySelector("ul").replaceChildren(...rounds.map(lineOf));
    showChosen();
    show("start");
  };

  /** @param {{set: any, seed: number}} round @returns {Promise<any>} */
  const opened = async ({ set, seed }) => {
    const dataset = S.openDataset(await S.load(set.dataset));
    const prompt = dataset.prompts.find(({ name }) => name === set.prompt) ?? dataset.prompts[0];
    const model = prompt.models.find(({ name }) => (name === "all") === (set.prompt !== undefined));
    const view = new S.View(dataset, prompt, model ?? prompt.models[0]);
    const rows = S.drawn(view, `${set.name}/${seed}`, COUNT);
    const names = [...prompt.categories.slice(0, prompt.choices), ...(set.unsure ? [S.UNSURE] : [])];
    const kept = S.rounds.read(set.name, seed);
    await S.fetchPictures(view, rows);
    return {
      ...(isWhole(kept, names.length) ? kept : fresh()), set, seed, view, rows, names, at: 0, live: null,
      title: titles.get(set.name), ids: rows.map((row) => dataset.all[row]), truth: rows.map((row) => view.truth(row)),
    };
  };

  const begin = async () => {
    part("trouble").textContent = "Loading the galaxies…";
    try {
      game = await opened(chosen());
    } catch {
      part("trouble").textContent = "The galaxies can’t be loaded. Is this device connected? Then press the button again.";
      return;
    }
    part("trouble").textContent = "";
    history.replaceState(null, "", S.roundAddress(game.set.name, game.seed));
    screen("round").querySelector("h2").textContent = game.set.question;
    part("prompt").textContent = S.forPeople(game.view.prompt.text ?? "");
    part("prompt").parentElement.hidden = game.view.prompt.text === undefined;
    part("reveal").textContent = `Show ${truthOf(game).replace(/^[TW]/, (letter) => letter.toLowerCase())}`;
    screen("end").querySelector("h2").textContent = truthOf(game);
    for (const place of ["key", "key-again"]) Object.assign(part(place), { textContent: game.set.key ?? "", hidden: !game.set.key });
    page.classList.toggle("ss-classify-broad", game.view.dataset.pictures.width > 200);
    drawAnswers();
    if (game.revealed) end();
    else if (isDone()) pause();
    else showGalaxy(game.answers.length);
    if (!isDone()) arrive("round");
  };

  // The round
  const isDone = () => game.answers.length === COUNT;

  const drawAnswers = () => part("answers").replaceChildren(...game.names.map((name, place) => S.make(
    "button", { type: "button", onclick: (event) => { if (event.detail) event.currentTarget.blur(); answer(place); } },
    S.make("kbd", {}, String(place + 1)), name, S.make("small", {}, game.set.hints[place] ?? "too unclear to say; never counts as right"))));

  const showGalaxy = (/** @type {number} */ at) => {
    const { answers } = game;
    game.at = at;
    part("count").textContent = `Galaxy ${at + 1} of ${COUNT}`;
    Object.assign(part("progress"), { max: COUNT, value: answers.length });
    part("picture").replaceChildren(pictureOf(at));
    [...part("answers").children].forEach((button, place) => button.setAttribute("aria-pressed", String(answers[at] === place)));
    part("back").disabled = at === 0;
    part("list").hidden = !isDone();
    part("forward").disabled = at >= answers.length || at === COUNT - 1;
  };

  const pictureOf = (/** @type {number} */ at) => {
    const canvas = S.canvas(game.view, game.rows[at]);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Galaxy ${at + 1}, ${game.view.dataset.sky}`);
    return canvas;
  };

  const answer = (/** @type {number} */ place) => {
    const { at } = game;
    game.answers[at] = place;
    game.times[at] = Math.max(Date.now(), game.started + at);
    S.rounds.write(game);
    if (isDone()) pause();
    else step(1);
  };

  const step = (/** @type {number} */ by) => {
    const to = game.at + by;
    if (to >= 0 && to <= game.answers.length && to < COUNT) showGalaxy(to);
  };

  // The pause before the truth
  const again = (/** @type {number} */ at) => {
    showGalaxy(at);
    arrive("round");
  };

  const pause = () => {
    part("mine").replaceChildren(...game.answers.map((own, at) => S.make("button", { type: "button", onclick: () => again(at) },
      S.make("span", {}, `${at + 1}`), ` ${game.names[own]}`)));
    arrive("pause");
  };

  const reveal = () => {
    game.revealed = true;
    S.rounds.write(game);
    end();
  };

  // The end
  const look = (/** @type {number} */ at) => {
    seen = at;
    part("seen").replaceChildren(pictureOf(at));
    part("name").textContent = `Galaxy ${at + 1} of ${COUNT}`;
    S.showFacts(part("facts"), game, at);
    [...part("thumbs").children].forEach((button, place) => {
      button.setAttribute("aria-pressed", String(place === at));
      button.tabIndex = place === at ? 0 : -1; // the arrows lead to the others
    });
  };

  /** Show the galaxy alone, as large as the screen: for a room that looks together, it names no answer. */
  const enlarge = () => {
    part("large").replaceChildren(pictureOf(seen));
    part("large-name").textContent = `Galaxy ${seen + 1} of ${COUNT}`;
    if (!screen("large").open) screen("large").showModal();
  };

  const enlargeNext = (/** @type {KeyboardEvent} */ event) => {
    const by = STEPS[event.key];
    if (!by) return;
    next(by);
    enlarge();
  };

  const thumb = (/** @type {number} */ at, /** @type {number} */ share) => {
    const [sign, verdict] = S.verdict(game, at);
    const words = `Galaxy ${at + 1}: ${verdict}${share > 0 ? ", answers differ" : ""}`;
    const canvas = S.canvas(game.view, game.rows[at]);
    return S.make("button", { type: "button", ariaLabel: words, onclick: () => { look(at); part("seen").scrollIntoView({ block: "nearest" }); } }, canvas,
      S.make("span", { ariaHidden: "true" }, `${at + 1} ${sign}${share > 0 ? " ≠" : ""}`));
  };

  const jump = (/** @type {number} */ at) => {
    look(at);
    part("name").focus({ preventScroll: true });
    part("seen").scrollIntoView({ block: "center" });
  };

  const next = (/** @type {number} */ by) => {
    const moves = part("thumbs").contains(document.activeElement);
    look((seen + by + COUNT) % COUNT);
    if (moves) part("thumbs").children[seen].focus();
  };

  const showEnd = () => {
    game.others = S.answerers(game.view, game.rows, game.live);
    S.showSheet(part("heads"), part("sheet"), game, jump);
    S.showTable(part("table"), game);
    const shares = S.splits(game);
    part("thumbs").replaceChildren(...shares.map((share, at) => thumb(at, share)));
    S.showSplit(part("split"), game, jump);
    S.showWhy(part("why"), game);
    look(seen);
  };

  const end = () => {
    seen = 0;
    showEnd();
    part("note").textContent = `${titleOf(game)}. ${S.summary(game)}`;
    part("about").textContent = S.aboutModel(game);
    part("player").value = game.player;
    offerLive();
    arrive("end");
  };

  const offerLive = async () => {
    const button = part("live"), own = game;
    button.hidden = true;
    part("live-status").textContent = "";
    if (!own.set.ask) return;
    live = await S.liveOf(own.set.ask).catch(() => null);
    if (game !== own) return;
    const isHere = live?.bank.parts.length > 0;
    button.hidden = (live !== null && !isHere) || own.live !== null;
    button.textContent = isHere ? `Ask the small model now (${(live.bytes / 1e6).toFixed(1)} MB)` : "Ask the small model now";
    if (!live) part("live-status").textContent = "This needs a network, which can’t be reached at the moment. All else on this page is complete.";
    else if (!isHere) part("live-status").textContent = "This copy of the book has no model to ask; its recorded answers are above.";
  };

  const askNow = async () => {
    if (!live) return offerLive();
    const own = game, button = part("live"), tell = (text) => { part("live-status").textContent = text; };
    button.disabled = true;
    try {
      const canvases = [...part("thumbs").querySelectorAll("canvas")];
      own.live = await S.askLive(live, canvases, own.view.prompt.categories, tell);
      if (game === own) showEnd();
      tell("Its answers of just now are in the last column.");
      part("live-status").focus({ preventScroll: true }); // where the button was, which goes
      button.hidden = true;
    } catch {
      tell(location.protocol === "file:" ? "From a disk the model can’t be loaded; from a server it can."
        : "The model can’t be loaded. Is this device connected? Then press the button again.");
    } finally {
      button.disabled = false;
    }
  };

  const save = () => {
    game.player = part("player").value.trim() || game.player || `not-logged-in-${game.number.toString(36)}`;
    S.rounds.write(game);
    const file = new Blob([S.asExport(game)], { type: "text/csv" });
    const link = S.make("a", { href: URL.createObjectURL(file), download: `${game.set.name}-${game.seed}-${S.slug(game.player)}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // What a reader does
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, pre, select, dialog")) return;
    const by = STEPS[event.key], place = Number(event.key) - 1;
    if (!screen("round").hidden && game.names[place] !== undefined) answer(place);
    else if (!screen("round").hidden && by) step(by);
    else if (!screen("pause").hidden && by === -1) again(COUNT - 1);
    else if (!screen("end").hidden && by) next(by);
    else return;
    event.preventDefault();
  };

  /** The round that the address names, or a choice of rounds. */
  const open = () => {
    const { set, seed } = S.roundOf(location.hash);
    form.elements.set.value = set ?? S.SETS[0].name;
    form.elements.seed.value = String(seed ?? 1);
    part("choose").open = !(set && seed);
    showStart();
  };

  /** Open the round that a link names. A link to another part of the page leaves the round as it is, and in the address. */
  const follow = () => {
    const { set, seed } = S.roundOf(location.hash), round = screen("start").hidden ? game : chosen();
    if (set && seed) {
      open();
      arrive("start");
    } else history.replaceState(null, "", S.roundAddress(round.set.name, round.seed));
  };

  /** A round of the same set that was not played here yet; the one just played stays. */
  const another = () => {
    const { set } = game, played = S.rounds.list().filter((round) => round.set === set.name).map(({ seed }) => seed);
    let { seed } = game;
    while (played.includes(seed)) seed = (seed % 9999) + 1;
    history.replaceState(null, "", S.roundAddress(set.name, seed));
    open();
    part("choose").open = true;
    arrive("start");
  };

  const listen = () => {
    form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
    form.addEventListener("input", showChosen);
    form.addEventListener("invalid", () => { part("choose").open = true; }, true);
    part("link").addEventListener("focus", () => part("link").select());
    part("copy").addEventListener("click", () => {
      part("link").select();
      navigator.clipboard?.writeText(part("link").value).catch(() => {});
    });
    part("share").addEventListener("click", () => S.showLink(shared, linkOf(chosen()), titleOf(chosen())));
    part("back").addEventListener("click", () => step(-1));
    part("forward").addEventListener("click", () => step(1));
    part("list").addEventListener("click", pause);
    part("reveal").addEventListener("click", reveal);
    part("live").addEventListener("click", askNow);
    part("save").addEventListener("click", save);
    part("enlarge").addEventListener("click", enlarge);
    screen("large").addEventListener("keydown", enlargeNext);
    part("again").addEventListener("click", another);
    document.addEventListener("keydown", press);
    window.addEventListener("hashchange", follow);
  };

  const offered = ({ name }, /** @type {number} */ place) => S.make("label", {},
    S.make("input", { type: "radio", name: "set", value: name, required: true, checked: place === 0 }), titles.get(name));

  S.load("index").then(({ datasets }) => {
    const known = new Map(datasets.map(({ name, title }) => [name, plain(title)]));
    const shown = new Set(datasets.filter(({ pictured }) => pictured).map(({ name }) => name));
    const here = S.SETS.filter(({ dataset }) => shown.has(dataset));
    for (const { name, dataset, title } of here) titles.set(name, title ?? known.get(dataset));
    part("sets").append(...here.map(offered));
    page.hidden = false;
    listen();
    open();
  }).catch(() => { document.querySelector("#classify-missing").hidden = false; });
}
