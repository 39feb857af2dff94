"use strict";
// The small model in the page: onnxruntime-web, the tokenizer and the weights, fetched on a click.
window.SecondSight ??= {};

/**
 * @typedef {{name: string, bytes: number}} Part A file of the model, and its weight.
 * @typedef {(done: number, all: number) => void} Progress
 */
SecondSight.model = (() => {
  const base = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);
  const LONGEST = 128;
  const PARTS = { text: ["ort.wasm", "tokenizer.json", "text.onnx"], image: ["ort.wasm", "image.onnx", "usual.npy"] };
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  const files = new Map();
  /** @type {Map<string, Float32Array>} */
  const texts = new Map();
  /** @type {Record<string, any>} */
  const ready = {};

  /** A gzipped file's content, whether or not the server or browser has unpacked it. */
  async function unpacked(/** @type {Blob} */ file) {
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (first !== 0x1f || second !== 0x8b) return file.arrayBuffer();
    return new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  async function fetched(/** @type {string} */ name, /** @type {(bytes: number) => void} */ came) {
    const reply = await fetch(new URL(`${name}.bin`, base));
    if (!reply.ok) throw new Error(`${name}: ${reply.status}`);
    const pieces = [];
    const reader = reply.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pieces.push(read.value);
      came(read.value.length);
    }
    return unpacked(new Blob(pieces));
  }

  /** The parts not here yet. @param {Part[]} parts @param {("text" | "image")[]} kinds */
  function lacking(parts, kinds) {
    const wanted = kinds.flatMap((kind) => PARTS[kind]);
    return parts.filter((part) => wanted.includes(part.name) && !files.has(part.name));
  }

  async function loadParts(/** @type {Part[]} */ parts, /** @type {Progress} */ progress) {
    const all = parts.reduce((sum, part) => sum + part.bytes, 0);
    let done = 0;
    const came = (/** @type {number} */ bytes) => progress(Math.min((done += bytes), all), all);
    await Promise.all(parts.map((part) => {
      const file = fetched(part.name, came);
      files.set(part.name, file);
      file.catch(() => files.delete(part.name)); // the next click tries again
      return file;
    }));
  }

  async function session(/** @type {string} */ name) {
    if (!ready.ort) {
      ready.ort = await import(new URL("ort.js", base).href);
      Object.assign(ready.ort.env.wasm, { numThreads: 1, wasmBinary: await files.get("ort.wasm") });
      ready.ort.env.logLevel = "error";
    }
    return ready.ort.InferenceSession.create(new Uint8Array(await files.get(name)), { logSeverityLevel: 3 });
  }

  /** Fetch and start what is needed. @param {Part[]} parts @param {("text" | "image")[]} kinds @param {Progress} progress */
  async function load(parts, kinds, progress) {
    await loadParts(lacking(parts, kinds), progress);
    if (kinds.includes("text") && !ready.text) {
      const { Tokenizer } = await import(new URL("tokenizers.js", base).href);
      const told = JSON.parse(new TextDecoder().decode(await files.get("tokenizer.json")));
      ready.tokenizer = new Tokenizer(told, {});
      ready.text = await session("text.onnx");
    }
    if (kinds.includes("image") && !ready.image) {
      ready.usual = SecondSight.score.numbersOf(await files.get("usual.npy"));
      ready.image = await session("image.onnx");
    }
  }

  /** @param {string} text @returns {number[]} */
  function tokens(text) {
    const { ids } = ready.tokenizer.encode(text);
    return ids.length > LONGEST ? [...ids.slice(0, LONGEST - 1), ids[ids.length - 1]] : ids;
  }

  /** @param {string} text @returns {Promise<Float32Array>} */
  async function embedText(text) {
    const ids = BigInt64Array.from(tokens(text), BigInt);
    const { Tensor } = ready.ort;
    const taken = {
      ids: new Tensor("int64", ids, [1, ids.length]),
      mask: new Tensor("int64", ids.map(() => 1n), [1, ids.length]),
    };
    const given = await ready.text.run(taken);
    return given[ready.text.outputNames[0]].data;
  }

  /** The embedding of what `SecondSight.picture.views` gives. @returns {Promise<Float32Array>} */
  async function embedImage(/** @type {Record<string, any>} */ views) {
    const taken = Object.fromEntries(Object.entries(views).map(([name, view]) => {
      const light = SecondSight.picture.planes(view);
      return [name, new ready.ort.Tensor("float32", light, [1, 6, view.height, view.width])];
    }));
    const given = await ready.image.run(taken);
    return given[ready.image.outputNames[0]].data;
  }

  /** Embeddings of texts, from memory where they are known. @param {string[]} wanted */
  async function embedTexts(wanted) {
    for (const text of wanted) if (!texts.has(text)) texts.set(text, await embedText(text));
    return wanted.map((text) => texts.get(text));
  }

  const knows = (/** @type {string} */ text) => texts.has(text) || Boolean(ready.text);
  const learn = (/** @type {string} */ text, /** @type {Float32Array} */ vector) => texts.set(text, vector);
  const standingOut = (/** @type {Float32Array} */ image) =>
    SecondSight.score.standingOut(image, ready.usual);
  return { load, lacking, tokens, embedText, embedTexts, embedImage, standingOut, knows, learn };
})();
