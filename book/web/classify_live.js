// The small model, asked in the page about the galaxies of a round: what "Ask it yourself" does.
"use strict";

{
  const S = window.SecondSight;
  const WEB = new URL("../../web/", document.currentScript.src);
  const own = (/** @type {string} */ file, name = "") => S.need(new URL(file, WEB), name);

  /** Fetch what is known of a set's question. @returns {Promise<any>} Without parts, no model is here. */
  S.liveOf = async (/** @type {string} */ sky) => {
    const [bank, known] = await Promise.all([own("ask-bank.js", "ask"), own(`ask-${sky}.js`, sky),
      own("ask_score.js"), own("ask_picture.js"), own("ask_model.js")]);
    return { bank, known, bytes: S.model.lacking(bank.parts, ["image"]).reduce((all, part) => all + part.bytes, 0) };
  };

  /** Light of a canvas, three numbers a pixel. @param {HTMLCanvasElement} canvas */
  const light = (canvas) => {
    const { width, height } = canvas;
    const seen = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    return { width, height, data: seen.filter((_, at) => at % 4 < 3) };
  };

  /**
   * Ask about each picture. @param {any} live From `liveOf`. @param {HTMLCanvasElement[]} canvases
   * @param {string[]} categories @param {(text: string) => void} tell
   * @returns {Promise<number[]>} The category's place for each.
   */
  S.askLive = async ({ bank, known }, canvases, categories, tell) => {
    await S.model.load(bank.parts, ["image"], (done, all) => tell(`Loading the model: ${Math.round((100 * done) / all)}%`));
    const options = known.questions[0].categories, answers = [];
    const texts = options.map((option) => S.vector(known.texts[S.score.wording(option)], bank.unit));
    for (const canvas of canvases) {
      tell(`Asked about ${answers.length} of ${canvases.length}`);
      const vector = S.model.standingOut(await S.model.embedImage(S.picture.views(light(canvas))));
      const shares = S.score.probabilities(vector, texts);
      answers.push(categories.indexOf(known.names[options[shares.indexOf(Math.max(...shares))].code]));
    }
    return answers;
  };
}
