"""What a lesson's own cells define, taken out of it so that a test can call it."""

import ast

from medlearn import lessons


def defined(lesson, *names, **known):
    """The functions and constants of these names, as the lesson writes them, over what is known."""
    found = dict(known)
    for cell in lesson.notebook["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.parse(lessons.text_of(cell)).body:
                targets = {getattr(target, "id", "") for target in getattr(node, "targets", [])}
                if getattr(node, "name", "") in names or targets & {*names}:
                    exec(ast.unparse(node), found)
    return [found[name] for name in names]
