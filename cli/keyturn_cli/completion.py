"""`keyturn completion`: the script by which a shell completes commands and options."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the script that makes your shell complete keyturn's commands.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete keyturn's commands and options.

    \b
    Examples:
      eval "$(keyturn completion bash)"     in ~/.bashrc
      eval "$(keyturn completion zsh)"      in ~/.zshrc
      keyturn completion fish > ~/.config/fish/completions/keyturn.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "keyturn", "_KEYTURN_COMPLETE").source())
