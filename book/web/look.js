// The page where readers look at galaxies themselves: what is chosen leads to what is shown.
"use strict";

{
  const S = window.SecondSight;
  const find = (selector) => document.querySelector(selector);
  const form = find("#look-form"), status = find("#look-status"), box = find("#look-scatter");
  let state = {}, view = null, rows = [], datasets = [];

  const tell = (text) => { status.textContent = text; };
  const open = (row) => detail.open(view, rows, row);
  const grid = new S.Grid(find("#look-grid"), find("#look-more"), open);
  const scatter = new S.Scatter(box, open, tell);
  const detail = new S.Detail(
    find("#look-one"),
    (row) => S.writeState({ ...state, id: view.dataset.all[row] }),
    (row) => {
      S.writeState(state);
      if (!box.contains(document.activeElement)) grid.focus(row);
    },
  );

  const pick = (list, name) => list.find((own) => own.name === name) ?? list[0];

  /** Return the view that the state names, or the first of what it leaves open. */
  const viewOf = async () => {
    const listed = pick(datasets, state.dataset);
    const dataset = S.openDataset(await S.load(listed.name));
    const prompt = pick(dataset.prompts, state.prompt);
    return new S.View(dataset, prompt, pick(prompt.models, state.model));
  };

  const showQuestion = () => {
    const { text } = view.prompt;
    find("#look-question").hidden = text === undefined;
    find("#look-question pre").textContent = text ?? "";
    find("#look-note").textContent = view.real
      ? "The models described each galaxy in words; another model, the judge, read off its answers."
      : `${view.hasVotes ? "Sky and volunteers are" : "The sky is"} simulated: nothing here is evidence about real galaxies${view.hasVotes ? " or people" : ""}.`;
  };

  const showTitle = () => {
    find("#look-matrix-title").textContent = `${view.dataset.truth_is} against answer`;
  };

  const showLegend = () => {
    const present = view.prompt.categories.flatMap((name, place) => (
      rows.some((row) => view.truth(row) === place) ? [[name, S.colour(place)]] : []));
    const items = present.map(([name, colour]) => {
      const mark = S.make("i", {});
      mark.style.background = colour;
      return S.make("li", {}, mark, name);
    });
    find("#look-legend").replaceChildren(...items);
  };

  const show = () => {
    rows = S.ordered(view, S.chosen(view, state), state.order);
    S.drawMatrix(find("#look-matrix"), view, state);
    box.closest("section").hidden = !view.hasVotes;
    if (view.hasVotes) {
      scatter.show(view, rows);
      showLegend();
    }
    grid.show(view, rows);
    tell(S.inWords(view, state, rows));
  };

  /** Show what the state names. A galaxy that it names is opened. */
  const update = async () => {
    const { id, ...asked } = state;
    try {
      view = await viewOf();
    } catch (error) {
      return tell(`These data can't be shown: ${error.message}.`);
    }
    state = { ...asked, dataset: view.dataset.name, prompt: view.prompt.name, model: view.model.name };
    S.fillFilters(form, view, state, datasets);
    showQuestion();
    showTitle();
    show();
    S.writeState(state);
    const row = id ? view.dataset.all.indexOf(id) : -1;
    if (row >= 0) open(row);
  };

  form.addEventListener("change", () => {
    const chosen = Object.fromEntries(new FormData(form));
    if (chosen.dataset !== view.dataset.name) state = { dataset: chosen.dataset };
    else state = chosen;
    update();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    state = { dataset: state.dataset, prompt: state.prompt, model: state.model };
    update();
  });
  find("#look-matrix").addEventListener("click", (event) => {
    const cell = event.target.closest("button");
    if (!cell) return;
    const pressed = cell.getAttribute("aria-pressed") === "true";
    const { truth, answer } = cell.dataset;
    state = { ...state, truth: pressed ? "" : truth, answer: pressed ? "" : answer };
    update();
  });
  window.addEventListener("hashchange", () => {
    detail.dialog.close();
    state = S.readState();
    update();
  });

  state = S.readState();
  S.load("index").then((index) => {
    datasets = index.datasets;
    find("#look-simulated").hidden = datasets.some(({ sky }) => sky === "real sky");
    find("#look").hidden = false;
    return update();
  }, () => { find("#look-missing").hidden = false; });
}
