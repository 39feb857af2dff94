// The link to a round: what it holds, and how a class sees it: large, and as a QR code.
"use strict";
window.SecondSight ??= {};

{
  const S = window.SecondSight;
  const MAKER = new URL("../../web/qr.js", document.currentScript.src);
  const LAST = 9999;

  /** The end of a round's address, short enough to type. @param {string} set @param {number | string} seed */
  S.roundAddress = (set, seed) => `#${set}-${seed}`;

  /** The set and the round number that an address names. @param {string} hash @returns {{set?: string, seed?: number}} */
  S.roundOf = (hash) => {
    const long = new URLSearchParams(hash.slice(1)); // #set=morphology&seed=7, as links once were
    const [, set, digits] = /^#(\w+)-(\d+)$/.exec(hash) ?? ["", long.get("set"), long.get("seed")];
    const seed = Number(digits);
    const isKnown = S.SETS.some(({ name }) => name === set), isSeed = Number.isInteger(seed) && seed > 0 && seed <= LAST;
    return { set: isKnown ? set : undefined, seed: isSeed ? seed : undefined };
  };

  /** Why nobody else can open an address; nothing where others can. @param {URL} link */
  const whyAlone = ({ protocol, hostname }) => {
    const where = protocol === "file:" ? "lies on this device’s disk"
      : /^(localhost|127\.|\[::1\])/.test(hostname) ? "is served by this device to itself" : "";
    return where && `This copy of the book ${where}, so the link opens nowhere else. Open the published book to give out a link.`;
  };

  const square = (/** @type {string} */ text) => {
    const code = window.qrcode(0, "M");
    code.addData(text);
    code.make();
    return S.make("div", { innerHTML: code.createSvgTag({ scalable: true, cellSize: 4, margin: 16, alt: "QR code of the link" }) });
  };

  /**
   * Show a link over the whole window, for a projector. Where the maker of the code isn't, the link has to do.
   * @param {HTMLDialogElement} dialog @param {URL} link @param {string} title
   */
  S.showLink = async (dialog, link, title) => {
    const part = (/** @type {string} */ name) => dialog.querySelector(`[data-part="${name}"]`);
    const isHere = await S.need(MAKER, "").then(() => "qrcode" in window, () => false);
    dialog.querySelector("h2").textContent = title;
    part("address").textContent = link.href;
    part("alone").textContent = whyAlone(link);
    part("square").replaceChildren(...(isHere ? [square(link.href)] : []));
    dialog.showModal();
  };
}
