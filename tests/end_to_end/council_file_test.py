#!/usr/bin/env python3
"""`carecard simulate` on the whole of a real council's payments: equal to the penny to what an
independent reader finds, and every batch verified."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import council_totals

CARECARD = pathlib.Path(os.environ["CARECARD_PROGRAM_DIR"]) / "carecard"
PAYMENTS = (pathlib.Path(os.environ["CARECARD_DATA_DIR"]).resolve()
            / "council-card-transactions.csv.gz")


class CouncilFile(unittest.TestCase):
    def test_is_played_to_the_penny_and_every_batch_is_verified(self):
        done = subprocess.run(
            [str(CARECARD), "simulate", "--input", str(PAYMENTS), "--onboard", "--json"],
            stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        result = json.loads(done.stdout.splitlines()[-1])
        print(f"seconds={result['seconds']} batches={result['batches']}")
        expected = council_totals.totals(PAYMENTS)
        self.assertEqual({key: result[key] for key in expected}, expected)
        self.assertEqual(result["approved_minor"], expected["offered_minor"])
        self.assertEqual(result["approved"], expected["offered"])
        self.assertEqual(result["cleared_minor"], result["approved_minor"])
        self.assertEqual(result["cleared"], result["approved"])
        self.assertEqual(result["declined_by"], {})
        self.assertGreater(result["batches"], 1000)
        self.assertEqual(result["verified"], result["batches"])


if __name__ == "__main__":
    if not PAYMENTS.exists():
        print(f"ABSENT: {PAYMENTS} is not there; the real file is NOT tested", file=sys.stderr)
        sys.exit(77)
    unittest.main()
