"""Tables that people write, as frozen dataclasses: each field checked, each fault named.

Cards of data sets, questions, the facts of a lesson: they come as plain dicts and lists, from TOML
or from a notebook's metadata. The types are those that the dataclass declares. An unknown key is
refused, because it is most often a misspelt one.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType, ModuleType, UnionType
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from medlearn.language import N_, _

__all__ = ["Reader"]


class Reader:
    """Reads the tables of one place.

    Parameters
    ----------
    place : path or str
        The file, or what else errors call it.
    error : type of Exception
        What a fault raises.
    functions : callable, optional
        Gives the module in which functions that a table names are looked up.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Person:
    ...     name: str
    ...     age: int | None = None
    >>> reader = Reader("ann.toml", ValueError)
    >>> reader.record(Person, reader.tables('name = "Ann"'))
    Person(name='Ann', age=None)
    >>> reader.record(Person, reader.tables('nam = "Ann"'))
    Traceback (most recent call last):
        ...
    ValueError: ann.toml: nam: there is no field of that name, did you mean 'name'.
    """

    kinds = MappingProxyType(
        {str: N_("a text"), int: N_("a whole number"), bool: N_("true or false")}
        | {list: N_("a list"), dict: N_("a table"), float: N_("a number")}
    )

    def __init__(
        self,
        place: PurePath | str,
        error: type[Exception],
        functions: Callable[[], ModuleType] | None = None,
    ) -> None:
        self.place, self.error, self.functions = place, error, functions

    def fail(self, where: str, what: str) -> NoReturn:
        """Raise the error that names the file, the field and the fault."""
        raise self.error(f"{self.place}: {where}: {what}.")

    def tables(self, text: str) -> dict[str, Any]:
        """Return what stands in the text, as plain dicts and lists."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self.error(
                _("{place} is no TOML: {error}.").format(place=self.place, error=error)
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
            module = self.functions() if self.functions else None
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
            found = _(self.kinds.get(type(value), type(value).__name__))
            if isinstance(value, str | int | float):
                found += f" {value!r}"[:80]
            words = _("expected {kind}, found {found}")
            self.fail(where, words.format(kind=_(self.kinds[kind]), found=found))
