"""What does this line of text say of a molecule? SMILES, read into atoms and bonds.

Enough of the language for molecules of medicine: elements, branches, rings, charges, hydrogens,
aromatic atoms. Marks of shape in space are read over.
"""

from __future__ import annotations

import re

from medlearn.language import _

__all__ = ["read_smiles"]

_PIECE = re.compile(r"\[[^\[\]]+\]|Br|Cl|[BCNOPSFIbcnops]|[-=#:/\\.()]|%\d\d|\d")
_BRACKET = re.compile(r"\[\d*([A-Z][a-z]?|[bcnops])@*(H\d?)?(\+\d?|-\d?)?\]")
_VALENCE = {"B": 3, "C": 4, "N": 3, "O": 2, "P": 3, "S": 2, "F": 1, "Cl": 1, "Br": 1, "I": 1}
_OTHERS = {"H", "Li", "Na", "K", "Mg", "Ca", "Al", "Si", "Se", "As", "He", "Ne", "Ar", "Kr", "Xe"}
_ORDER = {"-": 1, "=": 2, "#": 3, ":": 1.5}


def read_smiles(text: str) -> tuple[list[tuple[str, int, int]], list[tuple[int, int, float]]]:
    """Read a SMILES into the atoms and bonds of a molecule.

    Parameters
    ----------
    text : str

    Returns
    -------
    atoms : list of (element, hydrogens, charge)
        In the order of the text; hydrogens belong to their atom.
    bonds : list of (atom, atom, order)
        Numbers of two atoms, and 1, 2, 3, or 1.5 between aromatic atoms.

    Raises
    ------
    TypeError
        It is no text.
    ValueError
        It is empty, holds what is no part of a SMILES or an atom that is not known, or opens what
        it does not close. The message gives the position, counted from 0.

    References
    ----------
    Weininger D (1988). SMILES, a chemical language and information system. Journal of Chemical
    Information and Computer Sciences 28, 31-36. https://doi.org/10.1021/ci00057a005

    Examples
    --------
    >>> read_smiles("CCO")
    ([('C', 3, 0), ('C', 2, 0), ('O', 1, 0)], [(0, 1, 1), (1, 2, 1)])
    >>> read_smiles("c1ccccc")
    Traceback (most recent call last):
        ...
    ValueError: 'c1ccccc', position 1: '1' is never closed.
    """
    if not isinstance(text, str):
        raise TypeError(
            _("Expected a SMILES as a text; {type} came.").format(type=type(text).__name__)
        )
    parts, links = _graph(text)
    used, bonds = [0.0] * len(parts), []
    for first, second, sign in links:
        aromatic = all(parts[n][0].strip("[")[0].islower() for n in (first, second))
        order = _ORDER.get(sign, 1.5 if aromatic else 1)
        bonds.append((first, second, order))
        used[first] += order
        used[second] += order
    atoms = [_atom(text, *part, n) for part, n in zip(parts, used, strict=True)]
    return atoms, bonds


def _refusal(text: str, place: int, problem: str) -> ValueError:
    return ValueError(
        _("{text!r}, position {place}: {problem}").format(text=text, place=place, problem=problem)
    )


def _pieces(text: str) -> list[tuple[str, int]]:
    """Each piece with its position."""
    found, place = [], 0
    while place < len(text):
        match = _PIECE.match(text, place)
        if match is None:
            said = _("{sign!r} is no part of a SMILES.").format(sign=text[place])
            raise _refusal(text, place, said)
        found.append((match[0], place))
        place = match.end()
    if not found or not (found[0][0][0].isalpha() or found[0][0][0] == "["):
        raise ValueError(_("{text!r}: a SMILES begins with an atom.").format(text=text))
    return found


def _graph(text: str) -> tuple[list[tuple[str, int]], list[tuple[int, int, str]]]:
    """Atoms as they are written, with their positions, and bonds with their signs."""
    atoms: list[tuple[str, int]] = []
    bonds, branches, rings = [], [], {}
    last, sign = None, ""  # the atom before, and the bond sign before the next one
    for piece, place in _pieces(text):
        if piece == "(":
            branches.append((last, place))
        elif piece == ")":
            if not branches:
                raise _refusal(text, place, _("this ')' closes nothing."))
            last = branches.pop()[0]
        elif piece == ".":
            last = None
        elif piece in "-=#:/\\":
            sign = piece
        elif piece in rings:
            other, earlier, _where = rings.pop(piece)
            if other == last or last is None:
                raise _refusal(text, place, _("a ring of one atom."))
            bonds.append((other, last, sign or earlier))
            sign = ""
        elif piece[-1].isdigit():
            rings[piece], sign = (last, sign, place), ""
        else:
            atoms.append((piece, place))
            if last is not None:
                bonds.append((last, len(atoms) - 1, sign))
            last, sign = len(atoms) - 1, ""
    if still_open := [each[-1] for each in [*branches, *rings.values()]]:
        said = _("{sign!r} is never closed.").format(sign=text[min(still_open)])
        raise _refusal(text, min(still_open), said)
    return atoms, bonds


def _atom(text: str, piece: str, place: int, used: float) -> tuple[str, int, int]:
    """Element, hydrogens, charge; what bonds leave over of the valence are hydrogens."""
    if piece[0] != "[":
        element = piece.capitalize()
        return element, max(0, int(_VALENCE[element] - used)), 0
    match = _BRACKET.fullmatch(piece)
    if match is None or match[1].capitalize() not in _OTHERS | set(_VALENCE):
        raise _refusal(text, place, _("{piece} is no atom that is known here.").format(piece=piece))
    hydrogens, charge = match[2] or "H0", match[3] or "+0"
    if len(charge) == 1:
        charge += "1"
    return match[1].capitalize(), int(hydrogens[1:] or 1), int(charge)
