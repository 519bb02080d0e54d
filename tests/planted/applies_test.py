#!/usr/bin/env python3
"""Every planted bug still fits the sources, and the tests that must catch it exist."""

import unittest

import planted

BUGS_MIN = 8


class PlantedBugs(unittest.TestCase):
    def test_are_as_many_as_promised(self):
        self.assertGreaterEqual(len(planted.all_bugs()), BUGS_MIN)

    def test_apply_to_the_sources(self):
        for bug in planted.all_bugs():
            with self.subTest(bug.name):
                self.assertEqual(planted.apply(bug, planted.ROOT, "--check"), "")

    def test_name_tests_that_exist(self):
        def texts(name):
            found = (planted.ROOT / "tests").glob(f"*/{name}")
            return "\n".join(path.read_text(encoding="utf-8") for path in found)

        targets, sources = texts("CMakeLists.txt"), texts("*.cc")
        for bug in planted.all_bugs():
            with self.subTest(bug.name):
                self.assertRegex(targets, rf"_test\({bug.program}\b")
                suite, test = bug.tests.split(".")
                name = r"\w+" if test == "*" else test
                self.assertRegex(sources, rf"TEST(_F|_P)?\({suite},\s*{name}\)")

    def test_a_patch_that_does_not_apply_is_noticed(self):
        bug = planted.all_bugs()[0]
        self.assertNotEqual(planted.apply(bug, planted.HERE.parent, "--check"), "")


if __name__ == "__main__":
    unittest.main()
