"use strict";
// The page "Ask it yourself": a form of categories, the galaxies' answers, what flips.
window.SecondSight ??= {};

/**
 * @typedef {{title: string, categories: Option[], recorded: {model: string, answers: (string | null)[]}[]}} Question
 * @typedef {{title: string, truth: string, shown: number, ids: string[], labels: string[],
 *   names: Record<string, string>, sheet: {width: number, height: number, across: number},
 *   vectors: string[], texts: Record<string, string>, questions: Question[]}} Sky
 * @typedef {{options: Option[], galaxies: number[][], own: number[] | null}} Answered Shares of each
 *   category, for each galaxy of the sky and for the visitor's picture.
 */
(() => {
  const { score, picture, model, make, percent, known: data } = SecondSight;
  const base = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const MOST = 8;
  const COLOURS = Array.from({ length: MOST }, (_, place) => `var(--ask-${place})`);
  const OWN = "own";
  const FORCED = "The model always picks one of the categories, even where none fits.";

  const page = document.getElementById("ask");
  const part = (/** @type {string} */ name) => page.querySelector(`[data-ask="${name}"]`);
  const [rows, status, summary, gallery, ask] = ["rows", "status", "summary", "gallery", "ask"].map(part);
  const state = {
    sky: "", chosen: 0, /** @type {number | "own"} */ seen: 0,
    /** @type {Answered | null} */ now: null, /** @type {Answered | null} */ before: null,
    /** @type {{vector: Float32Array, url: string, views: any} | null} */ own: null,
  };
  const sky = () => /** @type {Sky} */ (data[state.sky]);

  const need = (/** @type {string} */ file, /** @type {string} */ name) => SecondSight.need(new URL(file, base), name);
  const unpacked = (/** @type {string} */ text) => SecondSight.vector(text, data.ask.unit);
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const best = (/** @type {number[]} */ shares) => shares.indexOf(Math.max(...shares));
  const called = (/** @type {Option} */ option) => option.name || option.description || option.code;
  const say = (/** @type {string} */ text, isWrong = false) => {
    status.textContent = text;
    status.classList.toggle("ask-wrong", isWrong);
  };

  const isSame = (/** @type {Option[] | undefined} */ a, /** @type {Option[]} */ b) => JSON.stringify(a) === JSON.stringify(b);

  // The form

  /** @returns {Option[]} What the form says now, without empty rows. */
  function written() {
    const told = [...rows.children].map((row) => ({
      code: row.dataset.code,
      name: row.querySelector("input").value.trim(),
      description: row.querySelector("textarea").value.trim(),
    }));
    return told.filter((option) => option.name || option.description);
  }

  const colour = (/** @type {HTMLElement | undefined} */ row) => row?.style.getPropertyValue("--ask-colour") ?? "";

  /** A row keeps its colour when others go. */
  function addRow(/** @type {Option} */ option) {
    const row = make("li", { className: "ask-row", data: { code: option.code } },
      make("input", { type: "text", value: option.name, maxLength: 60, autocomplete: "off", placeholder: "name" }),
      make("span", { className: "ask-share" }),
      make("button", { type: "button", className: "ask-plain", textContent: "×", onclick: () => remove(row) }),
      make("textarea", { value: option.description, rows: 2, maxLength: 600, placeholder: "how it looks" }),
      make("span", { className: "ask-bar", ariaHidden: "true" }, make("span")));
    const taken = new Set([...rows.children].map(colour));
    row.style.setProperty("--ask-colour", COLOURS.find((own) => !taken.has(own)));
    rows.append(row);
    renumber();
    return row;
  }

  function remove(/** @type {Element} */ row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    edited();
    next?.querySelector("input").focus();
  }

  /** Labels go by a row's place. */
  function renumber() {
    [...rows.children].forEach((row, place) => {
      row.querySelector("input").ariaLabel = `Name of category ${place + 1}`;
      row.querySelector("textarea").ariaLabel = `Description of category ${place + 1}`;
      row.querySelector("button").ariaLabel = `Remove category ${place + 1}`;
      row.querySelector("button").disabled = rows.children.length <= 2;
    });
    part("add").disabled = rows.children.length >= MOST;
  }

  /** Which parts of the model the form needs that are not here. */
  function kindsNeeded() {
    const isKnown = written().every((option) => model.knows(score.wording(option)));
    return /** @type {("text" | "image")[]} */ (isKnown ? [] : ["text"]);
  }

  const weight = (/** @type {("text" | "image")[]} */ kinds) =>
    model.lacking(data.ask.parts, kinds).reduce((sum, each) => sum + each.bytes, 0);

  /** After a change: what the button will do. */
  function edited() {
    const bytes = weight(kindsNeeded());
    ask.textContent = bytes ? `Load the model (${megabytes(bytes)}) and ask` : "Ask";
  }

  // Asking

  /** Fetch what is lacking, showing how far it is. @param {("text" | "image")[]} kinds */
  async function ready(kinds) {
    if (!kinds.length) return;
    if (location.protocol === "file:") {
      throw new Error("From disk only the questions in the list work. New words and your own pictures need the " +
        "book behind a web server, such as “python -m http.server” in the book's folder.");
    }
    if (!data.ask.parts.length) throw new Error(part("without").textContent);
    const bar = part("progress");
    const progress = (/** @type {number} */ done, /** @type {number} */ all) => {
      if (bar.hidden) return; // another part failed: that line stays
      Object.assign(bar, { value: done, max: all });
      say(done < all ? `Loading the model: ${megabytes(done)} of ${megabytes(all)}` : "Starting the model …");
    };
    bar.hidden = false;
    try {
      await model.load(data.ask.parts, kinds, progress);
    } catch (error) {
      throw new Error(`The model could not be loaded (${error.message}). Ask again to retry.`);
    } finally {
      bar.hidden = true;
    }
  }

  /** Answers to a question, for every galaxy and the visitor's picture. @param {Option[]} options */
  async function answered(options) {
    const texts = await model.embedTexts(options.map(score.wording));
    const own = state.own && score.probabilities(state.own.vector, texts);
    const galaxies = sky().vectors.map((vector) => score.probabilities(unpacked(vector), texts));
    return { options, galaxies, own };
  }

  /** Put the form's question. Whatever goes wrong is a line on the page. */
  async function put() {
    const options = written();
    if (options.length < 2) return say("Give at least two categories.", true);
    ask.disabled = true;
    try {
      await ready(kindsNeeded());
      const now = await answered(options);
      // The same question once more is compared with what it was compared with.
      if (!isSame(state.now?.options, options)) state.before = state.now;
      state.now = now;
      remember();
      say(options.length < rows.children.length ? "A category without words was left out." : "");
      show();
    } catch (error) {
      say(error.message, true);
    } finally {
      ask.disabled = false;
      edited();
    }
  }

  // Showing

  /** The question of the list that was put, if the form still holds it. @param {Answered} now */
  function listed(now) {
    return sky().questions.find((each) => isSame(each.categories, now.options));
  }

  /** From a sheet of pictures to the style that shows one. @param {number} place */
  function tile(place) {
    const { width, height, across } = sky().sheet;
    const down = Math.ceil(sky().ids.length / across);
    const file = new URL(`ask-${state.sky}.webp`, base).href;
    return {
      "aspect-ratio": `${width} / ${height}`,
      "background-image": `url("${file}")`,
      "background-size": `${across * 100}% ${down * 100}%`,
      "background-position": `${((place % across) / (across - 1)) * 100}% ` +
        `${(Math.floor(place / across) / Math.max(down - 1, 1)) * 100}%`,
    };
  }

  const nameOf = (/** @type {string} */ code) => sky().names[code] ?? code;
  const whatIs = (/** @type {number | "own"} */ place) => place === OWN
    ? "Your picture" : `Picture ${place + 1}, ${sky().truth} ${nameOf(sky().labels[place])}`;

  /** @param {number | "own"} place @param {Answered | null} of */
  function answerOf(place, of) {
    const shares = of && (place === OWN ? of.own : of.galaxies[place]);
    return shares ? of.options[best(shares)] : null;
  }

  /** Whether a galaxy's answer is another than before; a row that was renamed is the same. */
  function flipped(/** @type {number | "own"} */ place) {
    const before = answerOf(place, state.before);
    return before && before.code !== answerOf(place, state.now).code ? before : null;
  }

  function showTile(/** @type {number | "own"} */ place) {
    const answer = answerOf(place, state.now);
    const row = [...rows.children].find((each) => each.dataset.code === answer?.code);
    const was = flipped(place);
    const style = place === OWN ? { "background-image": `url("${state.own.url}")`, "aspect-ratio": "1" } : tile(place);
    const name = `${whatIs(place)}: `;
    return make("label", { className: `ask-tile${was ? " ask-flipped" : ""}`, style: { "--ask-colour": colour(row) } },
      make("input", { type: "radio", name: "ask-galaxy", value: place, checked: state.seen === place }),
      make("span", { className: "ask-picture", style: { ...style, "background-color": "#000" } }),
      make("span", { className: "ask-answer" },
        make("span", { className: "ask-hidden", textContent: name }), called(answer),
        ...(was ? [make("span", { className: "ask-was", textContent: `was ${called(was)}` })] : [])));
  }

  function showGallery() {
    const places = sky().ids.map((_, place) => place);
    const groups = [...new Set(sky().labels)].map((label) => [`${sky().truth} ${nameOf(label)}`,
      places.filter((place) => sky().labels[place] === label)]);
    if (state.own) groups.unshift(["yours", [OWN]]);
    const isFocused = gallery.contains(document.activeElement);
    gallery.replaceChildren(...groups.map(([title, members]) => make("div", { className: "ask-group" },
      make("p", { className: "ask-truth", textContent: title }),
      make("div", { className: "ask-tiles" }, .../** @type {any[]} */ (members).map(showTile)))));
    gallery.classList.toggle("ask-broad", sky().sheet.width > sky().sheet.height);
    if (isFocused) gallery.querySelector("input:checked")?.focus();
  }

  /** The picture that is looked at, and the bars of its answer. */
  function showSeen() {
    if (!state.now) return;
    const shares = state.seen === OWN ? state.now.own : state.now.galaxies[state.seen];
    for (const row of rows.children) {
      const place = state.now.options.findIndex((option) => option.code === row.dataset.code);
      const share = shares?.[place];
      row.style.setProperty("--ask-part", String(share ?? 0));
      row.querySelector(".ask-share").textContent = share === undefined ? "" : percent(share);
      row.classList.toggle("ask-best", share !== undefined && place === best(shares));
    }
    const large = part("large");
    const isOwn = state.seen === OWN;
    large.removeAttribute("style");
    Object.entries(isOwn ? { "background-image": `url("${state.own.url}")`, "aspect-ratio": "1" } : tile(+state.seen))
      .forEach(([name, value]) => large.style.setProperty(name, value));
    const what = whatIs(state.seen);
    large.ariaLabel = what;
    const answer = shares ? state.now.options[best(shares)] : null;
    part("what").textContent = what;
    part("answer").replaceChildren(...(answer
      ? ["The model says ", make("strong", { textContent: called(answer) }), `, ${percent(Math.max(...shares))}.`]
      : []));
    part("others").textContent = isOwn ? FORCED : (listed(state.now)?.recorded ?? [])
      .filter((each) => each.answers[+state.seen] !== null)
      .map((each) => `${each.model} said ${nameOf(each.answers[+state.seen])}.`).join(" ");
    showViews(isOwn);
  }

  /** What the encoder takes of the visitor's picture. @param {boolean} isOwn */
  function showViews(isOwn) {
    part("views").hidden = !isOwn;
    if (!isOwn) return;
    for (const [name, view] of Object.entries(state.own.views)) {
      const canvas = Object.assign(part(name), { width: view.width, height: view.height });
      const light = new ImageData(view.width, view.height);
      for (let at = 0; at < view.width * view.height; at++) {
        light.data.set([...view.data.subarray(at * 3, at * 3 + 3), 255], at * 4);
      }
      canvas.getContext("2d").putImageData(light, 0, 0);
    }
  }

  /** How many answers are as the label says; nothing where the categories are not the labels. */
  function agreement(/** @type {(string | null)[]} */ codes) {
    const right = codes.filter((code, place) => code === sky().labels[place]).length;
    return `${right} of ${codes.filter((code) => code !== null).length}`;
  }

  /** Which answers are others than to the question before. @param {number[]} places */
  function flips(places) {
    const pairs = new Map();
    for (const place of places) {
      const was = flipped(place);
      const pair = was && `${called(was)} → ${called(answerOf(place, state.now))}`;
      if (pair) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    if (!pairs.size) return "No answer differs from that to the previous question.";
    const many = [...pairs.values()].reduce((a, b) => a + b);
    const told = [...pairs].sort((a, b) => b[1] - a[1]).map(([pair, each]) => `${each} ${pair}`);
    return `Compared with the previous question, ${many} of ${places.length} answers flip: ${told.join(", ")}.`;
  }

  /** Whether each true category is asked about, under a name that a question of the list has for it. */
  function isAboutLabels(/** @type {Option[]} */ options) {
    const known = sky().questions.flatMap((question) => question.categories);
    const stands = (/** @type {Option} */ option) => known.some(({ code, name }) => code === option.code && name === option.name);
    return sky().labels.every((label) => options.some((option) => option.code === label && stands(option)));
  }

  function showSummary() {
    const { options, galaxies } = state.now;
    const places = galaxies.map((_, place) => place);
    const lines = [];
    const share = agreement(galaxies.map((shares) => options[best(shares)].code));
    if (!isAboutLabels(options)) lines.push("Right answers are not counted: the categories are not those of the truth.");
    else if (listed(state.now)) lines.push(`The model is right for ${share} pictures.`);
    else lines.push(`The answer agrees with the true category's name for ${share} pictures.`);
    if (state.before) lines.push(flips(places));
    for (const each of listed(state.now)?.recorded ?? []) {
      lines.push(`${each.model} was asked the same, and is right for ${agreement(each.answers)}.`);
    }
    summary.replaceChildren(...lines.map((text) => make("p", { textContent: text })));
  }

  function show() {
    showGallery();
    showSeen();
    showSummary();
  }

  // What a visitor does

  /** Put a question into the form and ask it. @param {Option[]} options */
  function fill(options) {
    rows.replaceChildren();
    options.slice(0, MOST).forEach(addRow);
    edited();
  }

  /** @param {string} name @param {Option[]} [options] The first question of the list, if not given. */
  async function open(name, options) {
    await need(`ask-${name}.js`, name);
    Object.assign(state, { sky: name, now: null, before: null });
    if (state.seen !== OWN) state.seen = sky().shown;
    Object.entries(sky().texts).forEach(([text, vector]) => model.learn(text, unpacked(vector)));
    page.querySelector(`input[name="ask-sky"][value="${name}"]`).checked = true;
    part("question").replaceChildren(...sky().questions.map((each, place) =>
      make("option", { value: place, textContent: each.title })));
    fill(sky().questions[0].categories);
    await put();
    if (!options) return;
    part("question").selectedIndex = -1;
    fill(options);
    if (kindsNeeded().length) say("This question has words that the model has not read yet.");
    else await put();
  }

  /** Keep the question in the page's address, so that it can be sent to somebody. */
  function remember() {
    const told = new URLSearchParams({ sky: state.sky, question: JSON.stringify(
      state.now.options.map(({ code, name, description }) => [code, name, description])) });
    history.replaceState(null, "", `#${told}`);
  }

  /** The question of the address, if it holds one that makes sense. @returns {[string, Option[]] | null} */
  function shared() {
    const told = new URLSearchParams(location.hash.slice(1));
    const name = told.get("sky");
    if (!data.ask.skies.some((/** @type {any} */ each) => each.name === name)) return null;
    try {
      const options = JSON.parse(told.get("question")).map((/** @type {unknown[]} */ each) => {
        const [code, called, description] = each.map(String);
        return { code, name: called, description };
      });
      return [name, options];
    } catch {
      return null;
    }
  }

  /** Look at a visitor's picture. It stays in this page: nothing here sends anything. */
  async function look(/** @type {Blob} */ file) {
    if (part("file").files[0] !== file) part("file").value = "";
    try {
      const views = picture.views(await picture.decoded(file));
      await ready([...kindsNeeded(), "image"]);
      const vector = model.standingOut(await model.embedImage(views));
      forget();
      state.own = { vector, views, url: URL.createObjectURL(file) };
      Object.assign(state, { seen: OWN, now: null });
      await put();
    } catch (error) {
      forget();
      part("file").value = "";
      if (state.now) show();
      say(error.message, true);
    }
  }

  /** Drop the visitor's picture. */
  function forget() {
    if (state.own) URL.revokeObjectURL(state.own.url);
    state.own = null;
    if (state.seen === OWN) state.seen = sky().shown;
  }

  const pictureIn = (/** @type {DataTransfer} */ given) =>
    [...given.files].find((file) => file.type.startsWith("image/"));

  function listen() {
    const form = part("form");
    form.addEventListener("submit", (event) => (event.preventDefault(), put()));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.target.tagName !== "TEXTAREA") return;
      event.preventDefault();
      form.requestSubmit();
    });
    rows.addEventListener("input", edited);
    part("skies").addEventListener("change", (event) => open(event.target.value));
    part("question").addEventListener("change", (event) => {
      fill(sky().questions[event.target.value].categories);
      put();
    });
    part("add").addEventListener("click", () => {
      const code = `new-${Date.now()}`;
      addRow({ code, name: "", description: "" }).querySelector("input").focus();
    });
    gallery.addEventListener("change", (event) => {
      state.seen = event.target.value === OWN ? OWN : Number(event.target.value);
      showSeen();
    });
    part("file").addEventListener("change", (event) => event.target.files[0] && look(event.target.files[0]));
    document.addEventListener("paste", (event) => {
      const file = pictureIn(event.clipboardData);
      if (file) look(file);
    });
    page.addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    page.addEventListener("drop", (event) => {
      const file = pictureIn(event.dataTransfer);
      if (!file) return;
      event.preventDefault();
      look(file);
    });
    window.addEventListener("hashchange", () => shared() && open(...shared()));
  }

  async function begin() {
    await need("ask-bank.js", "ask");
    const { skies, parts } = data.ask;
    part("skies").append(...skies.map((/** @type {any} */ each) => make("label", {},
      make("input", { type: "radio", name: "ask-sky", value: each.name }), each.title)));
    part("without").hidden = parts.length > 0;
    part("own").hidden = !parts.length;
    part("weight").textContent = megabytes(weight(["image"]));
    listen();
    await open(...(shared() ?? [skies[0].name]));
    page.hidden = false;
  }

  begin().catch((error) => {
    page.hidden = false;
    say(error.message, true);
  });
})();
