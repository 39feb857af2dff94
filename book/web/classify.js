// The page where readers classify galaxies themselves: a round of twenty, then what others said.
"use strict";

{
  const S = window.SecondSight;
  const COUNT = 20;
  const page = document.querySelector("#classify");
  const part = (/** @type {string} */ name) => page.querySelector(`[data-part="${name}"]`);
  const screen = (/** @type {string} */ name) => page.querySelector(`#classify-${name}`);
  const form = screen("start");
  /** @type {any} */
  let game = null;
  let live = null, seen = 0;
  const plain = (/** @type {string} */ title) => title.replace(", ten times each", "");

  // What stays in the browser
  const keyOf = ({ set, seed }) => `secondsight-classify/${set.name}/${seed}`;
  const stored = (/** @type {() => any} */ act) => {
    try { return act(); } catch { return null; } // a browser may keep nothing
  };
  const keep = () => {
    const { answers, times, started, number, player } = game;
    stored(() => localStorage.setItem(keyOf(game), JSON.stringify({ answers, times, started, number, player })));
  };
  const isWhole = (kept, most) => Array.isArray(kept?.answers) && kept.answers.length <= COUNT
    && kept.answers.every((answer) => Number.isInteger(answer) && answer >= 0 && answer < most)
    && kept.times?.length === kept.answers.length;
  const fresh = () => {
    const started = Date.now();
    return { answers: [], times: [], started, number: started * 1000 + COUNT * Math.floor(50 * Math.random()), player: "" };
  };

  /** The address's set and seed. */
  const asked = () => {
    const hash = new URLSearchParams(location.hash.slice(1)), seed = Number(hash.get("seed"));
    return { set: S.SETS.find(({ name }) => name === hash.get("set")), seed: Number.isInteger(seed) && seed > 0 && seed < 10000 ? seed : 0 };
  };
  const addressOf = (set, seed) => `#set=${set}&seed=${seed}`;

  // The start
  const chosen = () => S.SETS.find(({ name }) => name === form.elements.set.value);
  const showLink = () => {
    const link = new URL(addressOf(form.elements.set.value, form.elements.seed.value || 1), location.href);
    part("link").value = link.href;
  };
  const show = (/** @type {string} */ name) => {
    for (const other of ["start", "round", "end"]) screen(other).hidden = other !== name;
  };

  const arrive = (/** @type {string} */ name) => {
    screen(name).scrollIntoView();
    screen(name).querySelector("h2").focus({ preventScroll: true });
  };

  /** @param {any} set @param {number} seed @returns {Promise<any>} */
  const opened = async (set, seed) => {
    const dataset = S.openDataset(await S.load(set.dataset)), [prompt] = dataset.prompts;
    const view = new S.View(dataset, prompt, prompt.models[0]);
    const rows = S.drawn(view, `${set.name}/${seed}`, COUNT);
    const names = [...prompt.categories, ...(set.unsure ? [S.UNSURE] : [])];
    const kept = stored(() => JSON.parse(localStorage.getItem(keyOf({ set, seed }))));
    return {
      ...(isWhole(kept, names.length) ? kept : fresh()), set, seed, view, rows, names, at: 0, live: null,
      title: plain(dataset.title), ids: rows.map((row) => dataset.all[row]), truth: rows.map((row) => view.truth(row)),
    };
  };

  const begin = async () => {
    const seed = Number(form.elements.seed.value);
    game = await opened(chosen(), seed);
    game.player = form.elements.player.value.trim() || game.player || `not-logged-in-${game.number.toString(36)}`;
    history.replaceState(null, "", addressOf(game.set.name, seed));
    game.at = game.answers.length;
    screen("round").querySelector("h2").textContent = game.set.question;
    part("prompt").textContent = game.view.prompt.text;
    page.classList.toggle("ss-classify-broad", game.view.dataset.pictures.width > 200);
    drawAnswers();
    if (game.at === COUNT) return end();
    show("round");
    showGalaxy();
    arrive("round");
  };

  // The round
  const drawAnswers = () => part("answers").replaceChildren(...game.names.map((name, place) => S.make(
    "button", { type: "button", onclick: () => answer(place) },
    S.make("kbd", {}, String(place + 1)), name, S.make("small", {}, game.set.hints[place] ?? "neither, or too unclear"))));

  const showGalaxy = () => {
    const { at, answers } = game;
    part("count").textContent = `Galaxy ${at + 1} of ${COUNT}`;
    Object.assign(part("progress"), { max: COUNT, value: answers.length });
    part("picture").replaceChildren(pictureOf(at));
    [...part("answers").children].forEach((button, place) => button.setAttribute("aria-pressed", String(answers[at] === place)));
    part("back").disabled = at === 0;
    part("forward").disabled = at >= answers.length;
    part("forward").textContent = at === COUNT - 1 ? "To the results →" : "Next →";
  };

  const pictureOf = (/** @type {number} */ at) => {
    const canvas = S.canvas(game.view, game.rows[at]);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Galaxy ${at + 1}, simulated`);
    return canvas;
  };

  const answer = (/** @type {number} */ place) => {
    const { at } = game;
    game.answers[at] = place;
    game.times[at] = Math.max(Date.now(), game.started + at);
    keep();
    step(1);
  };

  const step = (/** @type {number} */ by) => {
    const to = game.at + by;
    if (to < 0 || to > game.answers.length) return;
    game.at = to;
    if (to === COUNT) end();
    else showGalaxy();
  };

  // The end
  const look = (/** @type {number} */ at) => {
    seen = at;
    part("seen").replaceChildren(pictureOf(at));
    part("name").textContent = `Galaxy ${at + 1} of ${COUNT}`;
    S.showFacts(part("facts"), game, at);
    [...part("thumbs").children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === at)));
  };

  const thumb = (/** @type {number} */ at, /** @type {number} */ share) => {
    const right = game.answers[at] === game.truth[at];
    const words = `Galaxy ${at + 1}: you are ${right ? "right" : "wrong"}${share > 0 ? ", answers differ" : ""}`;
    const canvas = S.canvas(game.view, game.rows[at]);
    return S.make("button", { type: "button", ariaLabel: words, onclick: () => look(at) }, canvas,
      S.make("span", { ariaHidden: "true" }, `${at + 1} ${right ? "✓" : "✗"}${share > 0 ? " ≠" : ""}`));
  };

  const showEnd = () => {
    game.others = S.answerers(game.view, game.rows, game.live);
    S.showTable(part("table"), game.answers, game.truth, game.others);
    const shares = S.splits(game);
    part("thumbs").replaceChildren(...shares.map((share, at) => thumb(at, share)));
    S.showSplit(part("split"), game, (at) => { look(at); part("seen").scrollIntoView({ block: "center" }); });
    S.showWhy(part("why"), game);
    look(seen);
  };

  const end = () => {
    const right = game.answers.filter((own, at) => own === game.truth[at]).length;
    show("end");
    part("note").textContent = `${game.title}, round ${game.seed}. You are right about ${right} of ${COUNT} simulated pictures.`;
    seen = 0;
    showEnd();
    offerLive();
    arrive("end");
  };

  const offerLive = async () => {
    const button = part("live"), own = game;
    button.hidden = true;
    part("live-status").textContent = "";
    live = await S.liveOf(own.set.ask).catch(() => null);
    if (game !== own) return;
    button.hidden = !live?.bank.parts.length || own.live !== null;
    if (live?.bank.parts.length) button.textContent = `Ask the small model now (${(live.bytes / 1e6).toFixed(1)} MB)`;
    else part("live-status").textContent = "This copy of the book has no model to ask; its recorded answers are above.";
  };

  const askNow = async () => {
    const own = game, button = part("live"), tell = (text) => { part("live-status").textContent = text; };
    button.disabled = true;
    try {
      const canvases = [...part("thumbs").querySelectorAll("canvas")];
      own.live = await S.askLive(live, canvases, own.view.prompt.categories, tell);
      if (game === own) showEnd();
      tell("The small model's answers of just now stand in the table.");
      button.hidden = true;
    } catch {
      tell("The model can't be loaded here. Opened from a server it can, from a disk not.");
    } finally {
      button.disabled = false;
    }
  };

  const save = () => {
    const file = new Blob([S.asExport(game)], { type: "text/csv" });
    const link = S.make("a", { href: URL.createObjectURL(file), download: `${game.set.name}-${game.seed}-${S.slug(game.player)}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // What a reader does
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, pre, select, dialog")) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], place = Number(event.key) - 1;
    if (!screen("round").hidden && game.names[place] !== undefined) answer(place);
    else if (!screen("round").hidden && by) step(by);
    else if (!screen("end").hidden && by) look((seen + by + COUNT) % COUNT);
    else return;
    event.preventDefault();
  };

  const open = () => {
    const { set, seed } = asked();
    form.elements.set.value = (set ?? S.SETS[0]).name;
    form.elements.seed.value = String(seed || 1);
    show("start");
    showLink();
  };

  const listen = () => {
    form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
    form.addEventListener("input", showLink);
    part("link").addEventListener("focus", () => part("link").select());
    part("copy").addEventListener("click", () => {
      part("link").select();
      navigator.clipboard?.writeText(part("link").value).catch(() => {});
    });
    part("back").addEventListener("click", () => step(-1));
    part("forward").addEventListener("click", () => step(1));
    part("live").addEventListener("click", askNow);
    part("save").addEventListener("click", save);
    part("again").addEventListener("click", () => {
      stored(() => localStorage.removeItem(keyOf(game)));
      game = null;
      open();
      form.elements.seed.focus();
    });
    document.addEventListener("keydown", press);
    window.addEventListener("hashchange", open);
  };

  S.load("index").then(({ datasets }) => {
    const titles = new Map(datasets.map(({ name, title }) => [name, title]));
    part("sets").append(...S.SETS.filter(({ dataset }) => titles.has(dataset)).map(({ name, dataset }, place) => S.make("label", {},
      S.make("input", { type: "radio", name: "set", value: name, required: true, checked: place === 0 }), plain(titles.get(dataset)))));
    page.hidden = false;
    listen();
    open();
  }).catch(() => { document.querySelector("#classify-missing").hidden = false; });
}
