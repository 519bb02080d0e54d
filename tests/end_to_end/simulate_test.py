#!/usr/bin/env python3
"""`carecard simulate` on a small file: its own services, its totals, and what bad input gets."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import council_totals

HERE = pathlib.Path(__file__).resolve().parent
CARECARD = pathlib.Path(os.environ["CARECARD_PROGRAM_DIR"]) / "carecard"
PAYMENTS = HERE / "payments.csv"


class Simulate(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="carecard-test-")
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.services = self.directory / "services"
        self.services.mkdir()

    def run_simulate(self, *words):
        environment = {**os.environ, "TMPDIR": str(self.services)}
        return subprocess.run([str(CARECARD), "simulate", *map(str, words)], env=environment,
                              text=True, capture_output=True, timeout=90, check=False)

    def play(self, *words, path=PAYMENTS):
        done = self.run_simulate("--input", path, "--onboard", "--json", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def file_with(self, old, new):
        """The payments with `old` replaced in one place, and the number of the row."""
        text = PAYMENTS.read_text()
        self.assertEqual(text.count(old), 1, old)
        path = self.directory / "changed.csv"
        path.write_text(text.replace(old, new))
        return path, text[: text.index(old)].count("\n")

    def assert_refused(self, path, row, column):
        done = self.run_simulate("--input", path, "--onboard", "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"{column}: row {row} (line {row + 1}):", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(os.listdir(self.services), [])
        return done.stderr

    def test_agrees_with_its_input_to_the_penny_and_leaves_nothing(self):
        result = self.play()
        expected = council_totals.totals(PAYMENTS)
        self.assertEqual({key: result[key] for key in expected}, expected)
        self.assertGreater(expected["refunded"], 0)
        self.assertEqual(expected["skipped"], 1)
        # Exactly what the rows need is loaded, and no merchant is refused: nothing is declined.
        self.assertEqual(result["approved_minor"], result["offered_minor"])
        self.assertEqual(result["cleared"], result["approved"])
        self.assertEqual(result["cleared_minor"], result["approved_minor"])
        self.assertEqual((result["declined"], result["declined_minor"]), (0, 0))
        self.assertEqual(result["declined_by"], {})
        self.assertGreater(result["batches"], 10)
        self.assertEqual(result["verified"], result["batches"])
        self.assertEqual(os.listdir(self.services), [])

    def test_comes_to_the_same_whatever_the_concurrency(self):
        one, many = (self.play("--concurrency", number) for number in (1, 256))
        one.pop("seconds")
        many.pop("seconds")
        self.assertEqual(one, many)

    def test_declines_what_a_fixed_monthly_load_does_not_cover(self):
        result = self.play("--monthly-load", 15000)
        self.assertGreater(result["declined"], 0)
        self.assertGreater(result["approved"], 0)
        self.assertEqual(result["declined_by"], {"funds_insufficient": result["declined"]})
        self.assertEqual(result["approved_minor"] + result["declined_minor"],
                         result["offered_minor"])
        self.assertEqual(result["cleared_minor"], result["approved_minor"])
        self.assertEqual(result["refunded_minor"],
                         council_totals.totals(PAYMENTS)["refunded_minor"])

    def test_plays_nothing_but_refunds_when_no_money_is_loaded(self):
        result = self.play("--monthly-load", 0)
        self.assertEqual(result["declined_by"].keys(), {"funds_insufficient"})
        self.assertEqual(result["verified"], result["batches"])

    def test_leaves_nothing_when_it_is_interrupted_while_its_services_start(self):
        environment = {**os.environ, "TMPDIR": str(self.services)}
        for delay in (0, 0.2):
            with self.subTest(delay=delay):
                run = subprocess.Popen([str(CARECARD), "simulate", "--onboard", "--input", PAYMENTS],
                                       env=environment, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
                deadline = time.monotonic() + 30
                while not os.listdir(self.services) and time.monotonic() < deadline:
                    time.sleep(0.001)
                time.sleep(delay)
                run.send_signal(signal.SIGINT)
                _, said = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 4, said)
                self.assertIn("stopped by a signal", said)
                self.assertEqual(os.listdir(self.services), [])

    def test_ends_at_a_row_that_the_service_refuses_and_names_row_and_column(self):
        path, row = self.file_with("hotel jadran,7011", "hotel jadran,70x1")
        self.assert_refused(path, row, "mcc")

    def test_refuses_a_card_number_among_the_text_without_repeating_it(self):
        number = "4111 1111 1111 1111"
        path, row = self.file_with("ferry office", f"ferry {number}")
        said = self.assert_refused(path, row, "merchant_name")
        self.assertNotIn("1111 1111", said)

    def test_names_row_and_column_of_what_cannot_be_read(self):
        for old, new, column in (
                ("3132.87,HRK", "3132.875,HRK", "original_amount"),
                ("3132.87,HRK", "3132.87,XXX", "original_currency"),
                (",372.82,", ",372.8.2,", "billing_amount")):
            with self.subTest(column=column):
                path, row = self.file_with(old, new)
                self.assert_refused(path, row, column)

    def test_shows_a_table_to_people(self):
        done = self.run_simulate("--input", PAYMENTS, "--onboard")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("agree to the penny", done.stdout)

    def test_says_what_is_wrong_with_the_command_line(self):
        self.assertEqual(self.run_simulate().returncode, 2)
        self.assertEqual(self.run_simulate("--input", PAYMENTS, "--concurrency", 0).returncode, 2)
        absent = self.run_simulate("--input", self.directory / "absent.csv")
        self.assertEqual(absent.returncode, 1)
        self.assertIn("cannot be opened", absent.stderr)


if __name__ == "__main__":
    unittest.main()
