# /// script
# requires-python = ">=3.11"
# dependencies = ["fhir.resources==8.3.0"]
# ///
"""The made-up bundle of lesson 18, read by a library that knows all of FHIR and checks its form.

The library and the six packages that it brings take about 22 MB, for one cell. So the lesson reads
the bundle with Python's json, and a test compares both.
"""

import ast
import json
from importlib.metadata import version
from pathlib import Path

from fhir.resources.R4B.bundle import Bundle

LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "18_capstone.ipynb"
cells = json.loads(LESSON.read_text("utf-8"))["cells"]
source = next("".join(c["source"]) for c in cells if "".join(c["source"]).startswith("bundle = "))
text = ast.literal_eval(ast.parse(source).body[0].value)
bundle = Bundle.model_validate_json(text)
found = []
for entry in bundle.entry:
    one = entry.resource
    if one.get_resource_type() == "Observation" and one.status == "final":
        code, quantity = one.code.coding[0].code, one.valueQuantity
        found.append([str(code), float(quantity.value), str(quantity.code)])
print(json.dumps({"versions": {"fhir.resources": version("fhir.resources")}, "found": found}))
