// What pages that answer a visitor share: data from scripts, elements, and numbers as they are shown.
"use strict";
window.SecondSight ??= {};

{
  const S = window.SecondSight;
  /** What scripts of data have handed over, by name. @type {Record<string, any>} */
  S.known = {};

  /** Take what a script of data hands over. @param {string} name @param {any} value */
  S.data = (name, value) => { S.known[name] = value; };

  /** Return what a script hands over under a name; it is loaded once. @param {URL} file @param {string} name @returns {Promise<any>} */
  S.need = (file, name) => {
    if (name in S.known) return Promise.resolve(S.known[name]);
    return new Promise((done, failed) => {
      const onload = () => done(S.known[name]);
      const onerror = () => failed(new Error(`${file.pathname.split("/").pop()} is not in this copy of the book`));
      document.head.append(S.make("script", { src: file.href, onload, onerror }));
    });
  };

  /** Return a new element. @param {string} tag @param {Record<string, any>} [fields] @param {...(Node | string)} inside */
  S.make = (tag, fields = {}, ...inside) => {
    const { data = {}, style = {}, ...own } = fields;
    const made = Object.assign(document.createElement(tag), own);
    Object.assign(made.dataset, data);
    for (const [name, value] of Object.entries(style)) made.style.setProperty(name, String(value));
    made.append(...inside);
    return made;
  };

  /** Return a share in per cent; only none is 0% and only all is 100%. @param {number} share */
  S.percent = (share) => {
    if (share > 0 && share < 0.005) return "<1%";
    return share < 1 && share >= 0.995 ? ">99%" : `${Math.round(100 * share)}%`;
  };

  /** Return a vector that is written as int16. @param {string} text @param {number} unit What one stands for. */
  S.vector = (text, unit) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value * unit);
  };
}
