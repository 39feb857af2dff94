// What is computed from answers: intervals, Cohen's kappa, a seeded choice. As in secondsight.metrics.
"use strict";
window.SecondSight ??= {};

{
  const S = window.SecondSight;
  const Z = 1.959963984540054; // of a 95% interval

  /** @typedef {{value: number, low: number, high: number, n: number}} Estimate */

  /** A share with Wilson's interval. @param {number} count @param {number} n @returns {Estimate} */
  S.proportion = (count, n) => {
    const share = count / n, wide = 1 + Z ** 2 / n;
    const middle = (share + Z ** 2 / (2 * n)) / wide;
    const half = (Z / wide) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
    const low = count === 0 ? 0 : middle - half, high = count === n ? 1 : middle + half;
    return { value: share, low, high, n };
  };

  const sum = (/** @type {number[]} */ values) => values.reduce((all, value) => all + value, 0);

  /** How often each pair of answers was given: rows of the first, columns of the second. */
  const crossed = (first, second) => {
    const codes = [...new Set([...first, ...second])].sort();
    const table = codes.map(() => codes.map(() => 0));
    first.forEach((code, at) => { table[codes.indexOf(code)][codes.indexOf(second[at])] += 1; });
    return table;
  };

  /** Fleiss, Cohen & Everitt's standard error of kappa, from shares. */
  const error = (shares, rows, columns, kappa, chance, n) => {
    let [agreed, apart] = [0, 0];
    shares.forEach((row, i) => row.forEach((share, j) => {
      if (i === j) agreed += share * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2;
      else apart += share * (columns[i] + rows[j]) ** 2;
    }));
    const rest = (kappa - chance * (1 - kappa)) ** 2;
    const variance = (agreed + (1 - kappa) ** 2 * apart - rest) / (1 - chance) ** 2 / n;
    return Math.sqrt(Math.max(variance, 0));
  };

  /**
   * Cohen's kappa of two who answered the same galaxies. NaN where both gave one answer to all.
   * @param {number[]} first @param {number[]} second @returns {Estimate}
   */
  S.kappa = (first, second) => {
    const table = crossed(first, second), n = first.length;
    const shares = table.map((row) => row.map((count) => count / n));
    const rows = shares.map(sum), columns = shares.map((_, j) => sum(shares.map((row) => row[j])));
    const count = sum(table.map((row, i) => row[i]));
    const chance = sum(rows.map((share, i) => share * columns[i]));
    if (table.length < 2) return { value: NaN, low: NaN, high: NaN, n };
    const value = Math.max(-1, Math.min(1, (count / n - chance) / (1 - chance)));
    let [below, above] = [0, 0];
    const unseen = S.proportion(0, n).high / (1 - chance);
    if (count === n) below = unseen;
    else if (count === 0) above = unseen;
    else below = above = Z * error(shares, rows, columns, value, chance, n);
    return { value, low: Math.max(value - below, -1), high: Math.min(value + above, 1), n };
  };

  /** Numbers from 0 to 1 that a text determines (mulberry32). @param {string} text */
  const numbers = (text) => {
    let state = [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  };

  /**
   * Choose galaxies that have a picture. Each truth is as likely as another, each real galaxy as any other. Which galaxies have a
   * picture is no fair choice, so doubts or mistakes are made as frequent as among all of a truth.
   * @param {any} view @param {string} text From which the choice follows. @param {number} count
   * @returns {number[]} Their rows.
   */
  S.drawn = (view, text, count) => {
    const next = numbers(text), pick = (list) => list[Math.floor(next() * list.length)];
    const kind = (row) => (view.hasVotes ? Math.floor(10 * view.crowd(row)) : Number(view.right(row)));
    const key = (row) => `${view.truth(row)},${kind(row)}`;
    const left = new Map();
    for (const row of view.rows) if (view.place(row) >= 0) left.set(key(row), [...(left.get(key(row)) ?? []), row]);
    const truths = [...new Set(view.rows.map((row) => view.truth(row)))].sort();
    const all = view.real ? [view.rows] : truths.map((truth) => view.rows.filter((row) => view.truth(row) === truth));
    const drawn = [];
    while (drawn.length < count) {
      const near = left.get(key(pick(pick(all)))) ?? [];
      if (near.length) drawn.push(...near.splice(Math.floor(next() * near.length), 1));
    }
    return drawn;
  };

  /** The share of pairs of answerers who disagree on a galaxy. @param {number[]} answers */
  S.divided = (answers) => {
    const n = answers.length;
    const alike = sum(answers.map((own, at) => answers.filter((other, place) => place !== at && other === own).length));
    return n < 2 ? 0 : 1 - alike / (n * (n - 1));
  };
}
