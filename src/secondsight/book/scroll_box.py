"""What is too wide for a page scrolls in a box of its own."""


def scrolling(html: str, what: str) -> str:
    """Return HTML in a box that scrolls, also by keyboard; `what` is its name for who can't see."""
    return f'<div class="ss-scroll" tabindex="0" role="group" aria-label="{what}">{html}</div>'
