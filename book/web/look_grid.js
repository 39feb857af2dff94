// The galaxies that are shown, a button each. Arrow keys go from one to another.
"use strict";

{
  const S = window.SecondSight;
  const AT_ONCE = 60;

  const tile = (view, row) => {
    const is = view.category(view.truth(row)), as = view.category(view.answer(row));
    const right = view.right(row), id = view.dataset.all[row], { sky, truth_is } = view.dataset;
    const hidden = (text) => S.make("span", { className: "ss-look-hidden" }, text);
    const picture = view.place(row) >= 0 ? S.canvas(view, row)
      : S.make("span", { className: "ss-look-none" }, view.dataset.pictures ? `${id}, no picture` : id);
    const caption = S.make("span", { className: `ss-look-says${right ? "" : " ss-look-no"}` },
      hidden(`${id}, ${sky}; ${truth_is.toLowerCase()}: `), is,
      right ? hidden("; answered correctly") : `, called ${as}`,
      S.make("span", { ariaHidden: "true" }, right ? " ✓" : " ✗"));
    return S.make("li", {}, S.make("button", { type: "button", tabIndex: -1, data: { row: String(row) } }, picture, caption));
  };

  /** The grid of galaxies. */
  class Grid {
    constructor(list, more, open) {
      Object.assign(this, { list, more, rows: [], shown: 0 });
      list.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) open(Number(button.dataset.row));
      });
      list.addEventListener("keydown", (event) => this.#key(event));
      list.addEventListener("focusin", (event) => this.#enter(event.target.closest("button")));
      more.addEventListener("click", () => {
        const first = this.shown;
        this.#add();
        this.buttons[first]?.focus();
      });
    }

    get buttons() { return [...this.list.querySelectorAll("button")]; }

    show(view, rows) {
      Object.assign(this, { view, rows, shown: 0 });
      this.list.replaceChildren();
      this.list.classList.toggle("ss-look-large", view.dataset.pictures?.width > 200);
      this.#add();
      const first = this.list.querySelector("button");
      if (first) first.tabIndex = 0;
    }

    #add() {
      const next = this.rows.slice(this.shown, this.shown + AT_ONCE);
      this.list.append(...next.map((row) => tile(this.view, row)));
      this.shown += next.length;
      const left = this.rows.length - this.shown;
      this.more.hidden = left === 0;
      this.more.textContent = `Show ${Math.min(AT_ONCE, left)} more of ${left.toLocaleString("en")}`;
    }

    #enter(button) {
      for (const other of this.list.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
      if (button) button.tabIndex = 0;
    }

    #key(event) {
      const { buttons } = this, here = buttons.indexOf(document.activeElement);
      const across = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
      const to = {
        ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + across, ArrowUp: here - across,
        Home: 0, End: buttons.length - 1,
      }[event.key];
      if (to === undefined || here < 0) return;
      event.preventDefault();
      buttons[to]?.focus();
    }

    /** Put the focus on a galaxy, where it is listed. @param {number} row */
    focus(row) { this.list.querySelector(`[data-row="${row}"]`)?.focus(); }
  }
  S.Grid = Grid;
}
