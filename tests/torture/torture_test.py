#!/usr/bin/env python3
"""The torture driver: what it adds up, and the page it writes."""

import pathlib
import sys
import tempfile
import unittest

import page
import torture


def run_with(failures=(), lost=0):
    parts = {"kills": [{"kills": 61, "kills_in_recovery": 7, "lost": lost, "asked": 4321,
                        "in_doubt": 9, "in_doubt_done": 4, "rounds": 35, "seed_first": 5,
                        "seed_last": 8}],
             "disks": [{"power_cuts": 80, "faults": 1200, "kill_points": 390, "lost": 0}],
             "simulation": [{"simulated_steps": 1_000_000, "lost": 0, "seed_first": 5,
                             "seed_last": 5},
                            {"simulated_steps": 234_567, "lost": 0}],
             "orders": [{"orders": 19_607}], "fuzz": [{"fuzz_executions": 77}],
             "planted": [{"planted_caught": 8, "planted_total": 8}]}
    figures = torture.add_up([result for results in parts.values() for result in results])
    return page.Run(minutes=3, seed=5, commit="abc, with changes", day="2026-11-22 10:00 UTC",
                    took_minutes=19.6, cores=2, figures=figures, parts=parts,
                    failures=list(failures))


class AddingUp(unittest.TestCase):
    def test_has_every_key_and_sums_over_all_programs(self):
        figures = run_with(lost=2).figures
        self.assertEqual(tuple(figures), page.KEYS)
        self.assertEqual(figures["kills"], 61)
        self.assertEqual(figures["simulated_steps"], 1_234_567)
        self.assertEqual(figures["lost"], 2)

    def test_counts_nothing_for_a_program_that_gave_no_figures(self):
        self.assertEqual(torture.add_up([{}, {"kills": 3}])["kills"], 3)
        self.assertEqual(torture.add_up([{}])["power_cuts"], 0)

    def test_takes_the_object_of_the_last_line_that_holds_one(self):
        self.assertEqual(torture.last_json('{"a": 1}\nmore\n{"a": 2}\n'), {"a": 2})
        self.assertIsNone(torture.last_json("no figures\n"))
        self.assertIsNone(torture.last_json('{"a": \n{broken}\n'))

    def test_finds_the_orders_in_a_report_of_googletest(self):
        report = {"testsuites": [{"testsuite": [{"name": "OfAll", "orders": "19607"}]}]}
        self.assertEqual(torture.orders_in(report), {"orders": 19607})
        self.assertEqual(torture.orders_in({}), {"orders": 0})

    def test_divides_the_whole_of_the_minutes(self):
        self.assertAlmostEqual(sum(torture.SHARES.values()), 1.0)


class Running(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        logs = pathlib.Path(self.directory.name) / "logs"
        self.torturer = torture.Torturer(pathlib.Path(self.directory.name), logs, 5)

    def test_reads_the_figures_of_a_program(self):
        found = self.torturer.figures("some", sys.executable, "-c", "print('{\"kills\": 4}')")
        self.assertEqual(found, {"kills": 4})
        self.assertEqual(self.torturer.failures, [])

    def test_notes_a_program_that_fails_and_keeps_its_figures(self):
        found = self.torturer.figures("some", sys.executable, "-c",
                                      "print('{\"lost\": 1}'); raise SystemExit(1)")
        self.assertEqual(found, {"lost": 1})
        self.assertEqual(self.torturer.failures, ["some ended with status 1"])

    def test_notes_a_program_that_is_not_there_or_silent(self):
        self.assertEqual(self.torturer.figures("some", "/nowhere/at/all"), {})
        self.assertEqual(self.torturer.figures("other", sys.executable, "-c", ""), {})
        self.assertEqual(self.torturer.failures,
                         ["some ended with status -1", "some gave no figures",
                          "other gave no figures"])

    def test_takes_no_figures_of_an_earlier_run_from_a_file(self):
        path = pathlib.Path(self.directory.name) / "old.json"
        path.write_text('{"kills": 9}')
        self.assertEqual(self.torturer.file_figures("some", path, sys.executable, "-c", ""), {})
        self.assertEqual(self.torturer.failures, ["some gave no figures"])


class ThePage(unittest.TestCase):
    def test_states_each_figure_with_method_seeds_and_what_it_does_not_show(self):
        text = page.write(run_with())
        for expected in ("**61** kill -9", "**80** power cuts", "**1,200** troubles",
                         "**1,234,567** commands", "**19,607** orders", "**77** inputs",
                         "**8** caught", "Seeds: 5 to 8.", "commit: abc, with changes",
                         "first seed 5", "nothing failed"):
            self.assertIn(expected, text)
        self.assertEqual(text.count("How: "), len(page.ROWS))
        self.assertEqual(text.count("What it does not show: "), len(page.ROWS))
        self.assertEqual(text.count("Again: `"), len(page.ROWS))
        self.assertIn("`build/dev/bin/kill_torture --rounds 35 5`", text)
        self.assertLessEqual(max(map(len, text.splitlines())), page.WIDTH)

    def test_says_what_was_not_counted(self):
        run = run_with()
        run.parts["planted"] = [{}]
        self.assertIn("not counted: caught", page.write(run))

    def test_names_a_failure_and_never_says_that_nothing_failed_then(self):
        for run in (run_with(failures=["kills ended with status 1"]), run_with(lost=1)):
            text = page.write(run)
            self.assertIn("FAILED", text)
            self.assertNotIn("nothing failed", text)

    def test_every_figure_has_a_row(self):
        counted = {key for row in page.ROWS for key, _ in row.keys}
        self.assertEqual(set(page.KEYS) - counted, set())


if __name__ == "__main__":
    unittest.main()
