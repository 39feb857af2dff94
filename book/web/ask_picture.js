"use strict";
// From a picture's file to what the image encoder takes: src/secondsight/minivlm/picture.py and the
// part of Pillow's `resize` that it uses, to the last bit.
window.SecondSight ??= {};

/**
 * @typedef {{width: number, height: number, data: Uint8Array}} Picture RGB, three bytes a pixel.
 * @typedef {[number, number, number, number]} Box Left, upper, right and lower edge.
 */
SecondSight.picture = (() => {
  const SIDE = 64;
  const SQUARE = 1.2;
  const LONGEST = 160;
  const SHORTEST = 32;
  const CLEAR = 3;
  const START = 0.25;
  const ROUNDS = 6;
  const WIDE = 3.5;
  const CLOSEST = 0.16;
  const MOST_PIXELS = 25_000_000;
  const LEAST_SIDE = 4;
  const BITS = 1 << 22;

  /** @param {number} value @param {number} least @param {number} most */
  const within = (value, least, most) => Math.min(Math.max(value, least), most);

  /** Half goes to the even number. @param {number} value */
  function rounded(value) {
    const up = Math.round(value);
    return value % 1 === 0.5 && up % 2 ? up - 1 : up;
  }

  /** A picture with what is transparent in black. @param {Blob} file @returns {Promise<Picture>} */
  async function decoded(file) {
    const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => {
      throw new Error("Your browser can't read this file as an image.");
    });
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) throw new Error("The picture has more than 25 million pixels.");
    if (Math.min(width, height) < LEAST_SIDE) throw new Error("The picture is under 4 pixels wide.");
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const seen = context.getImageData(0, 0, width, height).data;
    const data = new Uint8Array(width * height * 3);
    for (let from = 0, to = 0; from < seen.length; from += 4) {
      data[to++] = seen[from];
      data[to++] = seen[from + 1];
      data[to++] = seen[from + 2];
    }
    return { width, height, data };
  }

  /** Means of blocks of whole pixels. @param {Picture} picture @param {Box} box @param {number[]} by */
  function reduced(picture, box, [across, down]) {
    const [left, upper, right, lower] = box;
    const width = Math.ceil((right - left) / across);
    const height = Math.ceil((lower - upper) / down);
    const data = new Uint8Array(width * height * 3);
    for (let place = 0; place < data.length; place++) {
      const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)];
      let [sum, count] = [0, 0];
      for (let v = upper + y * down; v < Math.min(upper + (y + 1) * down, lower); v++) {
        for (let u = left + x * across; u < Math.min(left + (x + 1) * across, right); u++) {
          sum += picture.data[(v * picture.width + u) * 3 + (place % 3)];
          count++;
        }
      }
      data[place] = Math.floor((sum + (count >> 1)) / count);
    }
    return { width, height, data };
  }

  /** For each pixel of a side, where its sources begin and their weights. */
  function triangles(/** @type {number} */ size, /** @type {number} */ from, /** @type {number} */ to,
    /** @type {number} */ length) {
    const scale = (to - from) / size;
    const support = Math.max(scale, 1);
    return Array.from({ length: size }, (_, place) => {
      const centre = from + (place + 0.5) * scale;
      const first = Math.max(Math.trunc(centre - support + 0.5), 0);
      const last = Math.min(Math.trunc(centre + support + 0.5), length);
      const raw = Array.from({ length: last - first }, (_, step) =>
        Math.max(1 - Math.abs((step + first - centre + 0.5) / support), 0));
      const sum = raw.reduce((a, b) => a + b);
      return { first, weights: raw.map((weight) => Math.trunc((weight / sum) * BITS + 0.5)) };
    });
  }

  /** One side of a picture made anew; `step` is from one source to the next, in bytes. */
  function pass(/** @type {Picture} */ picture, /** @type {ReturnType<typeof triangles>} */ parts,
    /** @type {boolean} */ across) {
    const [width, height] = across ? [parts.length, picture.height] : [picture.width, parts.length];
    const data = new Uint8Array(width * height * 3);
    const step = across ? 3 : picture.width * 3;
    for (let place = 0; place < data.length; place++) {
      const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)];
      const { first, weights } = parts[across ? x : y];
      let at = (across ? y * picture.width + first : first * picture.width + x) * 3 + (place % 3);
      let sum = BITS / 2;
      for (const weight of weights) {
        sum += weight * picture.data[at];
        at += step;
      }
      data[place] = within(Math.floor(sum / BITS), 0, 255);
    }
    return { width, height, data };
  }

  /** As Pillow resizes: bilinear, with a reducing gap of 3. */
  function resized(/** @type {Picture} */ picture, /** @type {number} */ width,
    /** @type {number} */ height, /** @type {Box} */ box = [0, 0, picture.width, picture.height]) {
    const scale = [(box[2] - box[0]) / width, (box[3] - box[1]) / height];
    const by = scale.map((each) => Math.trunc(each / 3) || 1);
    if (Math.max(...by) > 1) {
      const [left, upper] = [0, 1].map((axis) => Math.max(Math.trunc(box[axis] - scale[axis] / 2), 0));
      const right = Math.min(Math.ceil(box[2] + scale[0] / 2), picture.width);
      const lower = Math.min(Math.ceil(box[3] + scale[1] / 2), picture.height);
      picture = reduced(picture, [left, upper, right, lower], by);
      const start = [left, upper, left, upper];
      box = /** @type {Box} */ (box.map((edge, side) => (edge - start[side]) / by[side % 2]));
    }
    const isWhole = (/** @type {number} */ axis, /** @type {number} */ from, /** @type {number} */ to) =>
      box[axis] === 0 && box[axis + 2] === to && from === to;
    if (!isWhole(0, picture.width, width)) {
      picture = pass(picture, triangles(width, box[0], box[2], picture.width), true);
    }
    if (!isWhole(1, picture.height, height)) {
      picture = pass(picture, triangles(height, box[1], box[3], picture.height), false);
    }
    return picture;
  }

  /** @param {Picture} picture @returns {[number, number]} */
  function wholeSize({ width, height }) {
    const [longest, shortest] = [Math.max(width, height), Math.min(width, height)];
    if (longest < SQUARE * shortest) return [SIDE, SIDE];
    const scale = Math.max(Math.min(LONGEST / longest, 1), SHORTEST / shortest);
    const side = (/** @type {number} */ of) => within(rounded(of * scale), SHORTEST, LONGEST);
    return [side(width), side(height)];
  }

  /** @param {Picture} picture @param {number} share @returns {Box} */
  function aroundCentre({ width, height }, share) {
    const half = (share * Math.min(width, height)) / 2;
    return [width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half];
  }

  /** @param {Float64Array} values */
  function median(values) {
    const sorted = Float64Array.from(values).sort();
    return (sorted[(sorted.length >> 1) - 1] + sorted[sorted.length >> 1]) / 2;
  }

  /** How far the middle view reaches, as a share of half a picture's side. @param {Picture} square */
  function reach({ data }) {
    const light = Float64Array.from({ length: SIDE * SIDE }, (_, at) =>
      (data[at * 3] + data[at * 3 + 1] + data[at * 3 + 2]) / 3);
    const sky = median(light);
    const noise = 1.4826 * median(light.map((value) => Math.abs(value - sky)));
    const axis = (/** @type {number} */ place) => ((place + 0.5) * 2) / SIDE - 1;
    let size = START;
    for (let round = 0; round < ROUNDS; round++) {
      let [total, moment] = [0, 0];
      light.forEach((value, at) => {
        const squared = axis(at % SIDE) ** 2 + axis(Math.floor(at / SIDE)) ** 2;
        const clear = Math.max(value - sky - CLEAR * Math.max(noise, 1), 0);
        const weighted = clear * Math.exp((-0.5 * squared) / size ** 2);
        total += weighted;
        moment += weighted * squared;
      });
      if (total <= 0) return 0.5;
      size = within(Math.sqrt(moment / total), 0.05, 0.8);
    }
    return within(WIDE * size, CLOSEST, 1);
  }

  /** The whole of a picture and its middle. @param {Picture} picture */
  function views(picture) {
    const square = resized(picture, SIDE, SIDE, aroundCentre(picture, 1));
    const middle = resized(picture, SIDE, SIDE, aroundCentre(picture, reach(square)));
    return { whole: resized(picture, ...wholeSize(picture)), middle };
  }

  /** Light and places as the encoder takes them, shape (1, 6, height, width). @param {Picture} view */
  function planes({ width, height, data }) {
    const area = width * height;
    const taken = new Float32Array(6 * area);
    for (let at = 0; at < area; at++) {
      for (let band = 0; band < 3; band++) {
        taken[band * area + at] = Math.sqrt(data[at * 3 + band] / 255);
      }
      const x = (2 * (at % width)) / (width - 1) - 1;
      const y = (2 * Math.floor(at / width)) / (height - 1) - 1;
      taken.set([x], 3 * area + at);
      taken.set([y], 4 * area + at);
      taken.set([Math.hypot(x, y)], 5 * area + at);
    }
    return taken;
  }

  return { decoded, views, planes };
})();
