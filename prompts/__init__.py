"""Every text that people or models read, as data: reply templates, prompts, intent examples.

Nothing here imports anything of ours. A reply template file is `replies/NAME.yaml`, a mapping
of key to `{en: …, zh: …}`; placeholders are `str.format`'s.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def replies(name: str) -> dict[str, dict[str, str]]:
    """The templates of one skill, by key and language. Raises FileNotFoundError for none."""
    return load(f"replies/{name}.yaml")


@cache
def load(path: str) -> dict[str, Any]:
    """A YAML file below this folder."""
    text = (resources.files("prompts") / path).read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return dict(loaded or {})
