"use strict";
// How well each category fits a picture: what src/secondsight/minivlm/judge.py does, in the page.
window.SecondSight ??= {};

/**
 * @typedef {{code: string, name: string, description: string}} Option A category.
 * @typedef {Float32Array} Vector An embedding of length 1.
 */
SecondSight.score = (() => {
  const SHARPNESS = 20;

  const NOT =
    "(?:(?:has|have|is|are|of|there is|there are) )?(?:no|none|neither|nothing|never|not)" +
    "|nor|lack(?:s|ing)?|absence of|free (?:of|from)|devoid of|rather than|instead of" +
    "|[\\p{L}\\p{N}_]+n't|cannot";
  const DENIED = new RegExp(
    "\\bunlike (?:an?|the) (?:[\\w-]+ )?[\\w-]+" +
      `|(?:(?:^|(?<=[,;.:(])) ?(?:(?:and|but|or|it|you|they|which|that) )*(?:${NOT})` +
      `|(?<= )(?:and|but) (?:${NOT})` +
      "|(?<= )(?:it|they|which|that) (?:\\w+n't|has no|have no|is not|are not)" +
      "|(?<!with or )\\b(?:without|with no))\\b[^,;.:()]*?" +
      "(?:(?:, [\\w-]+(?: [\\w-]+)?)*,? (?:or|nor) [^,;.:()]*)?" +
      "(?=[,;.:()]|$| but )",
    "giu",
  );

  /** @param {string} text @returns {string[]} */
  const words = (text) => text.split(/\s+/u).filter(Boolean);

  /** What a description affirms; all of it, where that is less than two words. @param {string} text */
  function affirmed(text) {
    const said = text.replace(/^(?:yes|no)\s*[,.:;]\s*(?=\w)/iu, "");
    const marked = said.replace(DENIED, "").replace(/\s*([,;.:])(?:\s*[,;.:])*/gu, "$1");
    const kept = words(marked).join(" ").replace(/^[ ,;:.]+|[ ,;:.]+$/gu, "");
    return words(kept).length > 1 ? kept : said;
  }

  /** The text by which a category is known. @param {Option} option */
  function wording(option) {
    const told = affirmed(option.description);
    if (told && words(option.name).length > words(told).length) {
      return affirmed(`${option.name}, ${told}`);
    }
    return told || option.name || option.code;
  }

  /** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
  function dot(a, b) {
    let sum = 0;
    for (let place = 0; place < a.length; place++) sum += a[place] * b[place];
    return sum;
  }

  /** The numbers of a `.npy` file of one row of float32. @param {ArrayBuffer} file */
  const numbersOf = (file) => new Float32Array(file.slice(10 + new DataView(file).getUint16(8, true)));

  /**
   * A picture less what is usual: its dot products are how well texts fit.
   * @param {Vector} image @param {Vector} usual The mean embedding of many pictures.
   */
  const standingOut = (image, usual) => image.map((value, place) => value - usual[place]);

  /** @param {Vector} picture As `standingOut` gives it. @param {Vector[]} texts @returns {number[]} */
  function probabilities(picture, texts) {
    const scores = texts.map((text) => SHARPNESS * dot(text, picture));
    const highest = Math.max(...scores);
    const raised = scores.map((score) => Math.exp(score - highest));
    const sum = raised.reduce((a, b) => a + b);
    return raised.map((value) => value / sum);
  }

  return { affirmed, wording, numbersOf, standingOut, probabilities };
})();
