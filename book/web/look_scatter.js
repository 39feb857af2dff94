// The scatter: the volunteers' share against the model's, a point a galaxy.
"use strict";

{
  const S = window.SecondSight;
  const LEFT = 62, BOTTOM = 42, TOP = 12, RIGHT = 22;
  const COLOURS = {
    light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07a00", "#56b4e9"],
    dark: ["#56b4e9", "#ff8a4c", "#2fd6a3", "#e29cc6", "#f0c14b", "#8a9bff"],
  };
  const FAINT_FROM = 2000, FAINTNESS = 4000, REACH = 14;

  /** A shift that is a point's own, so that equal shares don't hide each other. */
  const shift = (row, salt) => ((((row + 1) * 2654435761 + salt * 40503) >>> 8) % 1000) / 1000 - 0.5;

  /** A drawing of one view's galaxies, in which a point is picked by click or arrow keys. */
  class Scatter {
    constructor(box, open, tell) {
      Object.assign(this, { box, open, tell, points: [], current: null });
      this.canvas = box.querySelector("canvas");
      this.canvas.addEventListener("click", (event) => this.#click(event));
      box.addEventListener("keydown", (event) => this.#key(event));
      new ResizeObserver(() => this.draw()).observe(box);
      new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    /** Show these galaxies. */
    show(view, rows) {
      this.view = view;
      this.current = null;
      // A majority has never less than a third or so: its axis begins where its votes do.
      this.from = view.real ? Math.floor(5 * Math.min(0.8, ...rows.map((row) => view.crowd(row)))) / 5 : 0;
      this.points = rows.map((row) => ({ row, x: view.crowd(row), y: view.share(row) }));
      // Those with a picture come last and so lie on top.
      this.points.sort((a, b) => Math.sign(view.place(a.row) + 0.5) - Math.sign(view.place(b.row) + 0.5));
      this.draw();
    }

    #place({ row, x, y }) {
      const { width, height } = this.size, steps = this.view.repeats > 1 || !this.view.model.score;
      // What a shift would bring beyond an end of an axis is folded back.
      const inside = (/** @type {number} */ share) => 1 - Math.abs(1 - Math.abs(share));
      return [
        LEFT + inside((x - this.from) / (1 - this.from) + 0.025 * shift(row, 1)) * (width - LEFT - RIGHT),
        TOP + inside(1 - y - (steps ? 0.05 * shift(row, 2) : 0)) * (height - TOP - BOTTOM),
      ];
    }

    draw() {
      const width = this.box.clientWidth;
      if (!this.view || !width) return;
      const height = Math.min(360, Math.max(260, 0.75 * width)), ratio = window.devicePixelRatio || 1;
      this.size = { width, height };
      Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
      this.canvas.style.height = `${height}px`;
      const pen = this.canvas.getContext("2d");
      pen.scale(ratio, ratio);
      this.#axes(pen);
      Object.assign(pen, { strokeStyle: getComputedStyle(this.box).color, lineWidth: 1 });
      for (const point of this.points) this.#point(pen, point);
      pen.globalAlpha = 1;
      if (this.current) this.#ring(pen);
      if (!this.points.length) this.#sayEmpty(pen);
    }

    #axes(pen) {
      const { width, height } = this.size, style = getComputedStyle(this.box);
      const [ink, faint] = [style.color, style.getPropertyValue("--pst-color-border")];
      Object.assign(pen, { strokeStyle: faint, fillStyle: ink, lineWidth: 1, font: `12px ${style.fontFamily}` });
      const across = (part) => LEFT + part * (width - LEFT - RIGHT);
      const up = (part) => TOP + (1 - part) * (height - TOP - BOTTOM);
      for (const part of [0, 0.25, 0.5, 0.75, 1]) {
        this.#line(pen, [across(part), up(0)], [across(part), up(1)]);
        this.#line(pen, [across(0), up(part)], [across(1), up(part)]);
        pen.textAlign = "center";
        pen.fillText(S.percent(this.from + part * (1 - this.from)), across(part), up(0) + 16);
        pen.textAlign = "right";
        pen.fillText(S.percent(part), LEFT - 6, up(part) + 4);
      }
      pen.setLineDash([4, 4]);
      if (!this.from) this.#line(pen, [across(0), up(0)], [across(1), up(1)]);
      pen.setLineDash([]);
      pen.textAlign = "center";
      const { crowd, model } = this.names;
      pen.fillText(crowd, across(0.5), height - 6);
      pen.save();
      pen.translate(14, up(0.5));
      pen.rotate(-Math.PI / 2);
      pen.fillText(model, 0, 0);
      pen.restore();
    }

    #sayEmpty(pen) {
      pen.fillStyle = getComputedStyle(this.box).color;
      pen.textAlign = "center";
      pen.fillText("no galaxy passes all filters", (this.size.width + LEFT - RIGHT) / 2, this.size.height / 3);
    }

    #line(pen, from, to) {
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    }

    /** What the axes are called. */
    get names() {
      const wanted = this.view.dataset.votes_for;
      const what = wanted === undefined ? "their majority" : this.view.prompt.categories[wanted];
      const how = this.view.repeats > 1 ? "repeats" : this.view.model.score ? "token probability" : "answer";
      return {
        crowd: `volunteers for ${what}`,
        model: wanted === undefined ? `${how} for the volunteers’ majority` : `model: ${how} for ${what}`,
      };
    }

    #point(pen, point) {
      const pictured = this.view.place(point.row) >= 0 || !this.view.dataset.pictures;
      const faint = this.points.length > FAINT_FROM && !pictured, side = faint ? 2 : 5;
      const [x, y] = this.#place(point);
      pen.globalAlpha = faint ? Math.min(0.28, FAINTNESS / this.points.length) : 0.85;
      pen.fillStyle = S.colour(this.view.truth(point.row));
      if (faint) return pen.fillRect(x - 1, y - 1, side, side);
      pen.beginPath();
      pen.arc(x, y, side / 2 + 0.7, 0, 2 * Math.PI);
      pen.fill();
      if (this.points.length > FAINT_FROM) pen.stroke();
    }

    #ring(pen) {
      const [x, y] = this.#place(this.current);
      Object.assign(pen, { strokeStyle: getComputedStyle(this.box).color, lineWidth: 2 });
      pen.beginPath();
      pen.arc(x, y, 8, 0, 2 * Math.PI);
      pen.stroke();
    }

    #click(event) {
      const off = (point) => Math.hypot(...this.#place(point).map((at, axis) => at - [event.offsetX, event.offsetY][axis]));
      let nearest = null, least = REACH;
      for (const point of this.points) {
        const distance = off(point) - (this.view.place(point.row) >= 0 ? REACH / 2 : 0);
        if (distance < least) [nearest, least] = [point, distance];
      }
      if (!nearest) return;
      this.#move(nearest);
      this.open(nearest.row);
    }

    #key(event) {
      if (event.key === "Enter" && this.current) {
        event.preventDefault(); // the rest of this key press would fall on the dialog's button
        return this.open(this.current.row);
      }
      const next = this.#toward(event.key);
      if (next === undefined) return;
      event.preventDefault();
      if (next) this.#move(next);
    }

    /** The neighbour in an arrow key's direction; null if there is none, undefined for other keys. */
    #toward(key) {
      const here = this.current, by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[key];
      if (!by) return undefined;
      if (!here) return this.points.at(-1) ?? null;
      const sideways = key === "ArrowRight" || key === "ArrowLeft";
      const step = (point) => (sideways ? by * (point.x - here.x) : by * (point.y - here.y || point.row - here.row));
      const ahead = this.points.filter((point) => step(point) > 0 && (sideways || point.x === here.x));
      const off = (point) => (sideways ? Math.abs(point.y - here.y) : Math.abs(point.row - here.row));
      const size = (point) => (sideways ? step(point) : Math.abs(point.y - here.y));
      return ahead.reduce((best, point) => (!best || size(point) - size(best) < 0
        || (size(point) === size(best) && off(point) < off(best)) ? point : best), null);
    }

    #move(point) {
      const { row } = point, { yes, of } = this.view.votes(row);
      this.current = point;
      this.draw();
      this.tell(`${this.view.dataset.all[row]}, ${this.view.dataset.sky}: ${yes} of ${of} votes, model `
        + `${S.percent(point.y)}, ${this.view.dataset.truth_is.toLowerCase()} ${this.view.category(this.view.truth(row))}.`);
    }
  }
  S.Scatter = Scatter;

  /** Return a category's colour, by its place. @param {number} place */
  S.colour = (place) => {
    const colours = COLOURS[document.documentElement.dataset.theme] ?? COLOURS.light;
    return place < 0 ? "#888888" : colours[place % colours.length];
  };
}
