"use strict";
// On hover, on focus and on a tap, a link to a term, a reference or a claim shows what it leads to.
// It stays a link: without this script, or on a second tap, it leads there.
(() => {
  /** @type {Record<string, any>} */
  const S = (window.SecondSight ??= {});
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const root = new URL("..", script.src);
  const KINDS = ["glossary.html#", "references.html#", "claims.html#claim-"];
  const LINKS = KINDS.map((part) => `article a[href*="${part}"]`).join();
  const DELAY = 150; // milliseconds: a pointer on its way elsewhere opens nothing

  /** @type {Promise<void> | undefined} */
  let loading;
  /** @type {HTMLAnchorElement | null} */
  let shown = null;
  let timer = 0;

  const box = document.createElement("div");
  box.id = "ss-preview";
  box.className = "ss-behind ss-placed";
  box.popover = "manual";
  box.setAttribute("role", "tooltip");
  document.body.append(box);

  /** Load what the previews show, once. */
  function load() {
    loading ??= new Promise((done) => {
      const data = document.createElement("script");
      data.src = new URL("_static/previews_data.js", root).href;
      data.onload = data.onerror = () => done();
      document.head.append(data);
    });
    return loading;
  }

  /** @param {EventTarget | null} target @returns {HTMLAnchorElement | null} */
  function linkOf(target) {
    return target instanceof Element ? target.closest(LINKS) : null;
  }

  /** @param {HTMLAnchorElement} link @returns {string | undefined} */
  function wordsOf(link) {
    const name = decodeURI(link.href.slice(root.href.length));
    return S.previews?.[name];
  }

  /** @param {HTMLAnchorElement} link */
  async function show(link) {
    await load();
    const words = wordsOf(link);
    if (words === undefined) return false;
    hide();
    box.innerHTML = words;
    // an address in what is shown counts from the page that it stands on
    for (const inner of box.querySelectorAll("a")) inner.href = new URL(inner.getAttribute("href") ?? "", link.href).href;
    box.showPopover();
    const at = link.getClientRects()[0];
    const below = at.bottom + 6 + box.offsetHeight <= window.innerHeight;
    box.style.top = `${Math.max(4, below ? at.bottom + 6 : at.top - 6 - box.offsetHeight)}px`;
    box.style.left = `${Math.max(4, Math.min(at.left, window.innerWidth - box.offsetWidth - 12))}px`;
    link.setAttribute("aria-describedby", box.id);
    shown = link;
    return true;
  }

  function hide() {
    window.clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (box.matches(":popover-open")) box.hidePopover();
  }

  /** @param {() => void} act */
  function later(act) {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, DELAY);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkOf(event.target);
    if (link && link !== shown) later(() => show(link));
    else if (link || box.contains(/** @type {Node} */ (event.target))) window.clearTimeout(timer);
    else if (shown && shown !== document.activeElement) later(hide);
    else if (!shown) window.clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event.target);
    if (link?.matches(":focus-visible")) show(link);
    else if (!box.contains(/** @type {Node} */ (event.target))) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  window.addEventListener("scroll", () => shown && hide(), { passive: true });
  document.addEventListener("click", async (event) => {
    const link = linkOf(event.target);
    if (!link) return box.contains(/** @type {Node} */ (event.target)) ? undefined : hide();
    const byTouch = /** @type {PointerEvent} */ (event).pointerType === "touch";
    if (!byTouch || link === shown) return;
    event.preventDefault();
    if (!(await show(link))) window.location.href = link.href;
  });
})();
