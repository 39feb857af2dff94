// Which galaxies are shown. The state stands in the address, so that a view can be linked to.
"use strict";

{
  const S = window.SecondSight;
  const FIFTHS = ["0-20", "20-40", "40-60", "60-80", "80-100"];
  const ORDERS = { divided: "most divided votes first", apart: "model farthest from votes first" };
  const ANY = "";

  /** Return the state that an address names. @returns {Record<string, string>} */
  S.readState = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  /** Write the state into the address. @param {Record<string, string>} state */
  S.writeState = (state) => {
    const set = Object.entries(state).filter(([, value]) => value !== ANY);
    const hash = `#${new URLSearchParams(set)}`;
    if (hash !== location.hash) history.replaceState(null, "", hash);
  };

  /** The fifth of the votes in which a galaxy is; its upper end belongs to the next. */
  const fifth = (view, row) => {
    const { yes, of } = view.votes(row);
    return FIFTHS[Math.min(4, Math.floor((5 * yes) / of))];
  };

  /** From a filter's name to whether a galaxy passes it. */
  const TESTS = {
    truth: (view, row, value) => S.slug(view.category(view.truth(row))) === value,
    answer: (view, row, value) => {
      if (value === "right" || value === "wrong") return view.right(row) === (value === "right");
      return S.slug(view.category(view.answer(row))) === value;
    },
    votes: (view, row, value) => fifth(view, row) === value,
    repeats: (view, row, value) => view.alike(row) === (value === "alike"),
    kind: (view, row, value) => S.slug(view.kind(row)) === value,
    pictures: (view, row) => view.place(row) >= 0,
  };
  S.FILTERS = Object.keys(TESTS);

  /** Return the galaxies that pass all filters but those left out, those with a picture first. */
  S.chosen = (view, state, leftOut = []) => {
    const names = S.FILTERS.filter((name) => state[name] && !leftOut.includes(name));
    return view.rows.filter((row) => names.every((name) => TESTS[name](view, row, state[name])));
  };

  /** Put galaxies into the order that is asked for. */
  S.ordered = (view, rows, order) => {
    const key = {
      divided: (row) => Math.abs(view.crowd(row) - 0.5),
      apart: (row) => -Math.abs(view.crowd(row) - view.share(row)),
    }[order];
    const last = Number.MAX_SAFE_INTEGER;
    const place = (row) => (view.place(row) < 0 ? last : view.place(row));
    return [...rows].sort((a, b) => (key ? key(a) - key(b) : 0) || place(a) - place(b) || a - b);
  };

  const named = (names) => names.map((name) => [S.slug(name), name]);

  /** Return what each filter offers in a view: pairs of value and label; nothing hides it. */
  const offered = (view) => {
    const { categories } = view.prompt;
    const unread = view.rows.some((row) => view.answer(row) < 0) ? [["not-read", "not read"]] : [];
    const present = categories.filter((_, place) => view.rows.some((row) => view.truth(row) === place));
    const pictured = view.rows.filter((row) => view.place(row) >= 0).length;
    return {
      truth: named(present),
      answer: [["right", view.real ? "as the volunteers" : "right"], ["wrong", view.real ? "otherwise" : "wrong"],
        ...named(categories), ...unread],
      votes: view.hasVotes ? FIFTHS.map((name) => [name, `${name.replace("-", "–")}%`]) : [],
      repeats: view.repeats > 1 ? [["alike", "all alike"], ["divided", "divided"]] : [],
      kind: named(view.dataset.kinds ?? []),
      pictures: pictured && pictured < view.rows.length ? [["yes", `the ${pictured} with one`]] : [],
      order: view.hasVotes ? Object.entries(ORDERS) : [],
    };
  };

  const fill = (select, options, value) => {
    select.replaceChildren(...options.map(([own, label]) => S.make("option", { value: own }, label)));
    select.value = options.some(([own]) => own === value) ? value : options[0][0];
    return select.value;
  };

  /** Fill the form for a view; a value that it does not offer is dropped from the state. */
  S.fillFilters = (form, view, state, datasets) => {
    const titled = (list) => list.map(({ name, title }) => [name, title]);
    fill(form.elements.dataset, datasets.map((own) => [own.name, `${own.title} (${own.sky})`]), view.dataset.name);
    fill(form.elements.prompt, titled(view.dataset.prompts), view.prompt.name);
    fill(form.elements.model, titled(view.prompt.models), view.model.name);
    for (const [name, options] of Object.entries(offered(view))) {
      const select = form.elements[name];
      select.closest("label").hidden = options.length === 0;
      const none = name === "order" ? "as listed" : "any";
      state[name] = fill(select, [[ANY, none], ...options], state[name] ?? ANY);
    }
    form.querySelector("[data-truth]").textContent = view.dataset.truth_is;
  };

  /** Return in words what is shown. */
  S.inWords = (view, state, rows) => {
    const { dataset } = view;
    const all = view.rows.length.toLocaleString("en");
    const words = [`${rows.length.toLocaleString("en")} of ${all} ${dataset.noun}, ${dataset.sky}`];
    for (const name of S.FILTERS) if (state[name]) words.push(inForce(name, state[name]));
    const pictured = rows.filter((row) => view.place(row) >= 0).length;
    if (dataset.pictures && pictured < rows.length) words.push(`${pictured.toLocaleString("en")} with a picture`);
    return `${words.join("; ")}.${rows.length ? "" : " Nothing passes all of these filters: set one of them to “any”."}`;
  };

  /** Return a filter and its value as the form calls them: `truth: dwarf`. */
  const inForce = (name, value) => {
    const select = document.querySelector(`#look-form select[name=${name}]`);
    const caption = select.closest("label").firstChild.textContent.trim().toLowerCase();
    return `${caption}: ${[...select.options].find((option) => option.value === value)?.textContent ?? ""}`;
  };
}
