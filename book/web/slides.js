// The keys of the slides: a press goes on or back by a whole slide, also from a presenter's remote.
"use strict";

{
  const ON = new Set(["PageDown", "ArrowDown", "ArrowRight", " "]);
  const BACK = new Set(["PageUp", "ArrowUp", "ArrowLeft"]);
  const slides = () => [...document.querySelectorAll(".ss-opening, .bd-article > section > section")];

  /** @param {KeyboardEvent} event @returns {Element | undefined} */
  const target = ({ key, shiftKey }) => {
    const all = slides();
    const at = all.findLastIndex((slide) => slide.getBoundingClientRect().top < innerHeight / 2);
    if (key === "Home") return all[0];
    if (key === "End") return all.at(-1);
    if (BACK.has(key) || (key === " " && shiftKey)) return all[Math.max(at - 1, 0)];
    return ON.has(key) ? all[Math.min(at + 1, all.length - 1)] : undefined;
  };

  document.addEventListener("keydown", (event) => {
    const { target: element, altKey, ctrlKey, metaKey, key } = event;
    const isPressed = key === " " && element instanceof Element && element.closest("button, a, input");
    const slide = altKey || ctrlKey || metaKey || isPressed ? undefined : target(event);
    if (!slide) return;
    event.preventDefault();
    slide.scrollIntoView({ behavior: "instant", block: "start" });
  });
}
