"""Lines that a language model wrote before, each looked up; one chooses prompt and temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medlearn import plots
from medlearn.language import N_, _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, notches
from medlearn.widgets.explorer import Explorer

__all__ = ["written_lines_explorer"]

KINDS = {
    "seen": N_("on the list, and in the training part"),
    "new": N_("on the list, not in the training part"),
    "unlisted": N_("not on the list"),
}
"""What a look-up can say of a line, by its id."""

SIGNS = {"seen": "✓", "new": "+", "unlisted": "✗"}
COLOURS = {"seen": plots.PALETTE[0], "new": plots.PALETTE[2], "unlisted": plots.PALETTE[1]}
SHOWN, LONGEST = 8, 64  # lines to read, and letters of each

Line = tuple[str, str]


def written_lines_explorer(
    written: Mapping[tuple[str, float], Sequence[Line]],
    *,
    prompt: str | None = None,
    temperature: float | None = None,
) -> Explorer:
    """Read what a language model wrote, and what became of each line when it was looked up.

    On the left the first lines for a prompt and a temperature, each with its sign; on the right
    how many of all of them are of each kind. Nothing is written here: the lines were before.

    Parameters
    ----------
    written : mapping of (str, float) to sequence of (str, str)
        For each prompt ("" for none) and each temperature, the lines: what was written, and what
        the look-up said, one of "seen", "new" and "unlisted". Every prompt has every temperature.
    prompt, temperature : optional
        Those at first; the first of each if not given.

    Returns
    -------
    Explorer
        Its words give the share of each kind.

    Raises
    ------
    TypeError
        When `written` is no mapping with keys (prompt, temperature).
    ValueError
        When a prompt lacks a temperature, there are no lines, a look-up said something else, or
        the first prompt or temperature is not among them.

    Examples
    --------
    >>> lines = [("cholera , unspecified", "seen"), ("cholera of left hand", "unlisted")]
    >>> explorer = written_lines_explorer({("", 0.5): lines, ("", 1.0): lines[1:]})
    >>> explorer.words.split(". ")[0]
    'Begun with nothing, temperature 0.5: 2 lines'
    """
    prompts, temperatures = _checked(written)
    start = _start(prompt, prompts, "prompt"), _start(temperature, temperatures, "temperature")

    def draw(axes: Any, prompt: str, temperature: float) -> str:
        found = LookedUp(prompt, temperature, tuple(written[prompt, temperature]))
        _draw_lines(axes[0], found)
        _draw_shares(axes[1], found)
        return _words(found)

    shown = [(f"{text} …" if text else _("(nothing)"), text) for text in prompts]
    controls = {
        "prompt": choice(_("the line begins with"), shown, start[0]),
        "temperature": notches(_("temperature"), temperatures, start[1]),
    }
    grid = grids.fitted(controls)
    return Explorer(draw, ncols=2, size=(10.5, 3.6), grid=grid, **controls)


@dataclass(frozen=True)
class LookedUp:
    """The lines of one prompt and one temperature."""

    prompt: str
    temperature: float
    lines: tuple[Line, ...]

    def count(self, kind: str) -> int:
        """How many of the lines are of a kind."""
        return sum(found == kind for _text, found in self.lines)


def _checked(written: Any) -> tuple[list[str], list[float]]:
    """The prompts, as they come, and the temperatures from cold to hot."""
    keys = list(written) if isinstance(written, Mapping) else [None]
    if not all(isinstance(key, tuple) and len(key) == 2 for key in keys):
        raise TypeError(
            _("written should be a dict: (prompt, temperature) → lines. {kind} came.").format(
                kind=type(written).__name__
            )
        )
    prompts = list(dict.fromkeys(prompt for prompt, _degree in keys))
    temperatures = sorted({degree for _prompt, degree in keys})
    for key in [(prompt, degree) for prompt in prompts for degree in temperatures] or [("", 1)]:
        if not len(written.get(key, ())):
            raise ValueError(
                _("There are no lines for prompt {prompt!r} at temperature {degree}.").format(
                    prompt=key[0], degree=key[1]
                )
            )
        for _text, kind in written[key]:
            if kind not in KINDS:
                raise ValueError(
                    _("A look-up says one of {known}; {kind!r} came.").format(
                        known=", ".join(KINDS), kind=kind
                    )
                )
    return prompts, temperatures


def _start(value: Any, known: Sequence[Any], name: str) -> Any:
    if value is None:
        return known[0]
    if value not in known:
        raise ValueError(
            _("{name} {value!r} is not among those written: {known}.").format(
                name=name, value=value, known=", ".join(repr(one) for one in known)
            )
        )
    return value


# --- the picture ---------------------------------------------------------------------------------


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def _draw_lines(ax: Any, found: LookedUp) -> None:
    """The first lines, each behind its sign."""
    for place, (text, kind) in enumerate(found.lines[:SHOWN]):
        row = SHOWN - place
        ax.text(0, row, SIGNS[kind], color=COLOURS[kind], weight="bold", va="center")
        ax.text(0.05, row, _cut(text), va="center", fontsize="small")
    ax.set(xlim=(0, 1), ylim=(0.3, SHOWN + 0.7), title=_("The first lines"))
    ax.axis("off")


def _draw_shares(ax: Any, found: LookedUp) -> None:
    """How many of all lines are of each kind: length, sign and number say the same."""
    total = len(found.lines)
    for place, kind in enumerate(KINDS):
        count = found.count(kind)
        ax.barh(-place, count, color=COLOURS[kind], height=0.4)
        label = f"{SIGNS[kind]} {_(KINDS[kind])}: {count}"
        ax.text(0, -place + 0.38, label, ha="left", va="center", fontsize="small")
    title = _("All {n} lines, looked up").format(n=total)
    ax.set(xlim=(0, total), ylim=(-2.5, 0.7), yticks=[], xlabel=_("lines"), title=title)


# --- the words -----------------------------------------------------------------------------------


def _words(found: LookedUp) -> str:
    total = len(found.lines)
    begun = _("Begun with “{prompt}”, temperature {degree:g}: {n} lines.")
    if not found.prompt:
        begun = _("Begun with nothing, temperature {degree:g}: {n} lines.")
    shares = _(
        "On the list and in the training part ≈ {seen:.0f} %, on the list and not in the training "
        "part ≈ {new:.0f} %, not on the list ≈ {unlisted:.0f} %."
    )
    return " ".join(
        [
            begun.format(prompt=found.prompt, degree=found.temperature, n=total),
            shares.format(**{kind: 100 * found.count(kind) / total for kind in KINDS}),
        ]
    )
