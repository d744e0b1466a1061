"""A TOML file as frozen dataclasses: every field checked, every fault named with file and field.

The types are those that the dataclass declares. An unknown key is refused, because it is most
often a misspelt one. This module knows nothing of data sets.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType, UnionType
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from medlearn.datasets.errors import DataError
from medlearn.language import N_, _

__all__ = ["Reader"]


class Reader:
    """Reads one TOML file of the data folder.

    Parameters
    ----------
    path : pathlib.Path
        The file; its stem is the name of the set.
    functions : callable, optional
        Gives, for the name of the set, the module in which functions that the file names are
        looked up.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from pathlib import Path
    >>> from medlearn.datasets.toml import Reader
    >>> @dataclass
    ... class Person:
    ...     name: str
    ...     age: int | None = None
    >>> reader = Reader(Path("ann.toml"))
    >>> reader.record(Person, reader.tables('name = "Ann"'))
    Person(name='Ann', age=None)
    >>> reader.record(Person, reader.tables('nam = "Ann"'))
    Traceback (most recent call last):
        ...
    medlearn.datasets.errors.DataError: ann.toml: nam: there is no field of that name, did you mean
    'name'.
    """

    kinds = MappingProxyType(
        {str: N_("a text"), int: N_("a whole number"), bool: N_("true or false")}
        | {list: N_("a list"), dict: N_("a table"), float: N_("a number")}
    )

    def __init__(self, path: Path, functions: Callable[[str], ModuleType] | None = None) -> None:
        self.path, self.functions = path, functions

    def text(self) -> str:
        """Return what stands in the file."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DataError(
                _(
                    "{path} is missing: it says what is known of the data set "
                    "{name!r}. Take it from the repository, or install medlearn again, with "
                    "pip's --force-reinstall."
                ).format(path=self.path, name=self.path.stem)
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                _("{path} cannot be read: {error}.").format(path=self.path, error=error)
            ) from None

    def fail(self, where: str, what: str) -> NoReturn:
        """Raise the error that names the file, the field and the fault."""
        raise DataError(f"{self.path}: {where}: {what}.")

    def tables(self, text: str) -> dict[str, Any]:
        """Return what stands in the text, as plain dicts and lists."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DataError(
                _("{path} is no TOML: {error}.").format(path=self.path, error=error)
            ) from None

    def record(self, kind: type, table: Any, where: str = "") -> Any:
        """Make one dataclass of one table, whose keys are its fields."""
        self.expect(dict, table, where)
        fields = {each.name: each for each in dataclasses.fields(kind)}
        begin = f"{where}: " if where else ""
        for key in table:
            if key not in fields:
                near = difflib.get_close_matches(key, fields, n=1)
                words = _("there is no field of that name")
                if near:
                    words = _("there is no field of that name, did you mean {near!r}")
                self.fail(f"{begin}{key}", words.format(near=near[0] if near else ""))
        for name, each in fields.items():
            optional = (each.default, each.default_factory) != (dataclasses.MISSING,) * 2
            if name not in table and not optional:
                self.fail(f"{begin}{name}", _("this field is missing"))
        hints = get_type_hints(kind)
        return kind(
            **{key: self.value(hints[key], value, f"{begin}{key}") for key, value in table.items()}
        )

    def value(self, hint: Any, value: Any, where: str) -> Any:
        """Return the value of one field in the type that its dataclass declares."""
        if get_origin(hint) is UnionType:  # "str | None": what stands on a card is never None
            hint = get_args(hint)[0]
        inner = get_args(hint)
        if dataclasses.is_dataclass(hint):
            return self.record(hint, value, where)
        if get_origin(hint) is tuple:
            self.expect(list, value, where)
            one = where.removesuffix("s")
            return tuple(self.value(inner[0], v, f"{one} {n}") for n, v in enumerate(value, 1))
        if get_origin(hint) is Mapping:
            self.expect(dict, value, where)
            if inner[0] is int:
                for key in value:
                    if not re.fullmatch("-?[0-9]+", key):
                        self.fail(
                            where,
                            _("expected whole numbers before the =, found {key!r}").format(key=key),
                        )
            return MappingProxyType(
                {inner[0](k): self.value(inner[1], v, f"{where}: {k}") for k, v in value.items()}
            )
        if get_origin(hint) is Callable:
            self.expect(str, value, where)
            module = self.functions(self.path.stem) if self.functions else None
            function = getattr(module, value, None)
            if not callable(function):
                self.fail(
                    where, _("the set's module has no function {value!r}").format(value=value)
                )
            return function
        self.expect(hint, value, where)
        if hint is not str:
            return value
        text = " ".join(value.split())
        if not text:
            self.fail(where, _("it is empty"))
        return text

    def expect(self, kind: type, value: Any, where: str) -> None:
        """Refuse a value of another type."""
        if type(value) is not kind:  # not isinstance: true is no whole number
            found = self.kinds.get(type(value), type(value).__name__)
            shown = f" {value!r}" if isinstance(value, str | int | float) else ""
            self.fail(where, f"expected {self.kinds[kind]}, found {found}{shown[:80]}")
