#!/usr/bin/env python3
"""Every C++ file is as clang-format-16 writes it under the repository's .clang-format."""

import subprocess
import unittest

from source_tree import ROOT, PlantedTree, files, read


def misformatted(root):
    """The files of `root` that clang-format would change."""
    paths = files(root, ".h", ".cc")
    result = subprocess.run(["clang-format-16", "--dry-run", "--Werror", "--style=file", *paths],
                            cwd=root, capture_output=True, text=True, check=False)
    found = {line.split(":")[0] for line in result.stderr.splitlines() if ": error:" in line}
    if result.returncode != 0 and not found:
        raise RuntimeError(result.stderr)
    return sorted(found)


class Format(unittest.TestCase):
    def test_is_that_of_clang_format(self):
        self.assertEqual(misformatted(ROOT), [],
                         "run clang-format-16 -i on these files")

    def test_reports_a_file_that_is_not(self):
        style = read(ROOT, ".clang-format")
        with PlantedTree({".clang-format": style, "a.cc": "int  f( ) {return 1;}\n",
                          "b.cc": "int f() { return 1; }\n"}) as root:
            self.assertEqual(misformatted(root), ["a.cc"])


if __name__ == "__main__":
    unittest.main()
