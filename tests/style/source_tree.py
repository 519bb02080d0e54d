"""Reads the repository's own sources for the style tests."""

import os
import re
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__"}


def files(root, *suffixes):
    """Paths relative to `root`, sorted, of all files that end in one of `suffixes`."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if name not in SKIPPED_FOLDERS and not name.startswith(".")]
        for name in names:
            if name.endswith(suffixes):
                found.append((Path(folder) / name).relative_to(root).as_posix())
    return sorted(found)


def read(root, path):
    return (Path(root) / path).read_text(encoding="utf-8")


TOKENS = re.compile(
    r"""(?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<character>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')
      | (?P<comment>//[^\n]*|/\*.*?\*/)""",
    re.DOTALL | re.VERBOSE)


def code_only(text):
    """C++ text with comments and the insides of literals blanked, line numbers unchanged."""
    def blank(match):
        kept = '""' if match.lastgroup in ("string", "raw", "delimiter") else " "
        return kept + "\n" * match.group().count("\n")
    return TOKENS.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class PlantedTree:
    """A temporary tree with the given {path: text}, for tests that plant a violation."""

    def __init__(self, contents):
        self._contents = contents

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        for path, text in self._contents.items():
            target = Path(self._folder.name) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return self._folder.name

    def __exit__(self, *_):
        self._folder.cleanup()
