# /// script
# requires-python = ">=3.10"
# dependencies = ["huggingface_hub==2.4.0"]
# ///
"""A card of `medlearn.report` as the Hugging Face Hub's own library reads it.

The card beside this file is written by tests/test_report.py, which compares it byte for byte.
"""

import json
from importlib.metadata import version
from pathlib import Path

from huggingface_hub import ModelCard

card = ModelCard(
    Path(__file__).with_name("card.md").read_text("utf-8"), ignore_metadata_errors=False
)
results = [
    {
        "task": one.task_type,
        "dataset": one.dataset_name,
        "type": one.metric_type,
        "name": one.metric_name,
        "value": one.metric_value,
    }
    for one in card.data.eval_results
]
values = {"text_begins": card.text.strip().splitlines()[0], "results": results}
versions = {"huggingface_hub": version("huggingface_hub")}
print(json.dumps({"versions": versions, **values}, indent=1, ensure_ascii=False))
