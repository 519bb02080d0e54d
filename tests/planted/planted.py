"""The planted bugs: one patch each, with a head that says the bug, where it comes from, and which
test must catch it.

    Bug: <one sentence>
    Origin: <who had it>
    Caught by: <test program> <GoogleTest filter>

    <unified diff against this tree, -p1>
"""

import os
import pathlib
import re
import subprocess
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclass
class Bug:
    path: pathlib.Path
    heads: dict

    @property
    def name(self):
        return self.path.stem

    @property
    def program(self):
        return self.heads["Caught by"].split()[0]

    @property
    def tests(self):
        return self.heads["Caught by"].split()[1]


def read(path):
    heads = dict(re.findall(r"^(Bug|Origin|Caught by): (.+)$",
                            path.read_text(encoding="utf-8").split("\n\n")[0], re.MULTILINE))
    missing = {"Bug", "Origin", "Caught by"} - heads.keys()
    if missing or len(heads["Caught by"].split()) != 2:
        raise ValueError(f"{path.name}: the head lacks {sorted(missing) or 'program and filter'}")
    return Bug(path, heads)


def all_bugs():
    return [read(path) for path in sorted(HERE.glob("*.patch"))]


def apply(bug, tree, *options):
    """Runs `git apply` in a tree that need not be a repository. Returns what it complained of."""
    environment = dict(os.environ, GIT_CEILING_DIRECTORIES=str(tree.parent))
    done = subprocess.run(["git", "apply", *options, str(bug.path)], cwd=tree, env=environment,
                          capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""
