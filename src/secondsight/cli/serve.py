"""`secondsight serve`: the project's own small model, behind OpenAI's interface."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from secondsight.cli.shell import errors, say
from secondsight.inference.client import is_this_machine


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8008,
    folder: Annotated[
        Path | None, typer.Option(help="Keep files and batches here, from one run to the next.")
    ] = None,
    batch_seconds: Annotated[
        int, typer.Option(min=1, help="A batch expires after so many seconds.")
    ] = 86_400,
    log_requests: Annotated[bool, typer.Option(help="Print a line for each request.")] = False,
    expose: Annotated[bool, typer.Option(help="Let other machines ask too.")] = False,
) -> None:
    """Answer as an OpenAI-compatible endpoint, with the project's own small model."""
    # Loaded here: no other command needs a web server.
    from secondsight.minivlm.server import running
    from secondsight.minivlm.server.errors import ServerError

    if not is_this_machine(host) and not expose:
        raise ServerError(
            f"{host} can be reached from other machines: add --expose if that is wanted"
        )
    if not is_this_machine(host):
        text = f"warning: whoever reaches {host} can ask this server; it asks for no key"
        errors.print(text, soft_wrap=True, markup=False)
    model = running.own_model()
    service = running.Service(host, port, folder, batch_seconds, log_requests)
    running.serve(model, service, partial(_say_ready, model.name))


def _say_ready(model: str, url: str) -> None:
    say(f"answering at base_url={url} as model {model}; Ctrl-C stops")
