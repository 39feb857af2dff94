// What a browser keeps of the rounds that were played in it.
"use strict";
window.SecondSight ??= {};

{
  const S = window.SecondSight;
  const HERE = "secondsight-classify/";
  const key = (/** @type {string} */ set, /** @type {number} */ seed) => `${HERE}${set}/${seed}`;
  const tried = (/** @type {() => any} */ act) => {
    try { return act(); } catch { return null; } // a browser may keep nothing
  };
  const read = (/** @type {string} */ name) => tried(() => JSON.parse(localStorage.getItem(name)));

  S.rounds = {
    /** What was answered to a round, or null. @param {string} set @param {number} seed */
    read: (set, seed) => read(key(set, seed)),

    /** Keep a round. @param {any} round */
    write: ({ set, seed, answers, times, started, number, player, revealed }) => tried(() => localStorage.setItem(
      key(set.name, seed), JSON.stringify({ answers, times, started, number, player, revealed }))),

    /** Forget a round. @param {string} set @param {number} seed */
    remove: (set, seed) => tried(() => localStorage.removeItem(key(set, seed))),

    /** All rounds with an answer. @returns {{set: string, seed: number, answered: number}[]} */
    list: () => (tried(() => Object.keys(localStorage)) ?? []).filter((name) => name.startsWith(HERE)).sort().map((name) => {
      const [set, seed] = name.slice(HERE.length).split("/");
      return { set, seed: Number(seed), answered: read(name)?.answers?.length ?? 0 };
    }).filter(({ answered }) => answered > 0),
  };
}
