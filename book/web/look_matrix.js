// The confusion matrix: each cell is a button that shows its galaxies.
"use strict";

{
  const S = window.SecondSight;

  /** Count galaxies by true category and answer. @returns {Map<string, number>} */
  const counted = (view, rows) => {
    const counts = new Map();
    for (const row of rows) {
      const key = `${view.truth(row)},${view.answer(row)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };

  const cell = (view, state, truth, answer, count, total, out) => {
    const [is, as] = [view.category(truth), view.category(answer)];
    const chosen = state.truth === S.slug(is) && state.answer === S.slug(as);
    const share = total ? count / total : 0;
    const words = S.make("span", { className: "ss-look-hidden" }, `${is}, answered ${as}: `);
    const part = S.make("small", {}, S.percent(share));
    const button = S.make("button", { type: "button", disabled: count === 0 }, words, count.toLocaleString("en"), " ", part);
    Object.assign(button.dataset, { truth: S.slug(is), answer: S.slug(as) });
    button.setAttribute("aria-pressed", String(chosen));
    button.style.setProperty("--share", String(share));
    const names = [truth === answer ? "ss-look-right" : "", out ? "ss-look-out" : ""];
    return S.make("td", { className: names.join(" ").trim() }, button);
  };

  /** Draw the matrix of all galaxies that pass the filters other than truth and answer, which grey cells out. */
  S.drawMatrix = (table, view, state) => {
    const rows = S.chosen(view, state, ["truth", "answer"]);
    const counts = counted(view, rows);
    const listed = counted(view, S.chosen(view, state));
    const places = [...view.prompt.categories.keys()];
    const of = (truth, answer) => counts.get(`${truth},${answer}`) ?? 0;
    const truths = places.filter((truth) => [...places, -1].some((answer) => of(truth, answer)));
    const given = (answer) => truths.some((truth) => of(truth, answer));
    const answers = [...places, -1].filter((answer) => truths.includes(answer) || given(answer));
    const heads = answers.map((answer) => S.make("th", { scope: "col" }, view.category(answer)));
    const corner = S.make("td", {}, S.make("small", {}, `${view.dataset.truth_is} ↓ answer →`));
    const lines = truths.map((truth) => {
      const total = answers.reduce((sum, answer) => sum + of(truth, answer), 0);
      const head = S.make("th", { scope: "row" }, view.category(truth));
      const cells = answers.map((answer) => cell(view, state, truth, answer, of(truth, answer), total, !listed.has(`${truth},${answer}`)));
      return S.make("tr", {}, head, ...cells);
    });
    const focused = table.contains(document.activeElement) ? document.activeElement.dataset : null;
    table.tHead.replaceChildren(S.make("tr", {}, corner, ...heads));
    table.tBodies[0].replaceChildren(...lines);
    if (focused) table.querySelector(`[data-truth="${focused.truth}"][data-answer="${focused.answer}"]`)?.focus();
  };
}
