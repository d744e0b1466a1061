"""What tests of data need: files made up in memory, and cards that promise them."""

import hashlib
import io
import json
import re

import numpy as np


def npz(**arrays):
    """The bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def rewrite(path, table="", /, **values):
    """Change lines `key = value` of a TOML file, in one of its tables ("shape", "[source]")."""
    text = path.read_text(encoding="utf-8")
    begin = text.index(f"\n[{table}]\n") + 1 if table else 0
    for key, value in values.items():
        if isinstance(value, dict):
            value = "{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items()) + " }"
        else:
            value = json.dumps(value)
        line = re.compile(rf"(?m)^{key} = .*$")
        assert line.search(text, begin), f"{path.name} has no line {key} = ... in [{table}]"
        text = text[:begin] + line.sub(lambda _: f"{key} = {value}", text[begin:], count=1)  # noqa: B023
    path.write_text(text, encoding="utf-8")
