#!/usr/bin/env python3
"""deploy/quickstart, with the programs that are built: its month, its commands, and what the README
and the example configuration say about them."""

import collections
import csv
import decimal
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ["CARECARD_PROGRAM_DIR"])
SERVICES = ("authorisation", "settlement")

# What the sample month of seed 1 comes to. A change is a change of the month or of the rules.
GOLDEN_COUNTS = {
    "loaded": 24, "offered": 255, "approved": 231, "declined": 24, "amount_over_single": 3,
    "card_frozen": 6, "cash_not_agreed": 3, "funds_insufficient": 3, "mcc_not_allowed": 3,
    "mcc_refused": 6, "cleared": 231, "refunded": 3, "batches: loads": 24,
    "batches: debits": 231, "batches: credits": 3,
}


class Installation:
    """A quickstart in a directory of its own, ended when the test ends."""

    def __init__(self):
        # A space, because a home directory may have one.
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="carecard quickstart "))
        self.state = self.base / "state"

    def call(self, *words, script=ROOT / "deploy" / "quickstart"):
        environment = {**os.environ, "CARECARD_QUICKSTART_DIR": str(self.state),
                       "CARECARD_BUILD_DIR": str(PROGRAMS.parent)}
        return subprocess.run([str(script), *words], env=environment, cwd=self.base, text=True,
                              capture_output=True, timeout=150, check=False)

    def process(self, service):
        return int((self.state / f"{service}.pid").read_text())

    def end(self):
        self.call("stop")
        shutil.rmtree(self.base)


def is_running(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_ended(process):
    give_up = time.monotonic() + 10
    while is_running(process) and time.monotonic() < give_up:
        time.sleep(0.02)


def table_rows(text):
    """{first cell: (count, pounds)} of the month's table."""
    rows = {}
    for line in text.splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) >= 3 and re.fullmatch(r"[\d,]+", cells[1]):
            rows[cells[0]] = (int(cells[1].replace(",", "")), pounds(cells[2]))
    return rows


def pounds(text):
    return decimal.Decimal(re.sub(r"[^\d.-]", "", text))


def tally(payments):
    """(count, pounds) of rows of payments.csv."""
    return len(payments), sum((pounds(row["amount"]) for row in payments), decimal.Decimal(0))


def readme_line(beginning):
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith(beginning):
            return line
    raise AssertionError(f"the README has no line that begins with {beginning}")


class Quickstart(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.here = Installation()
        cls.addClassCleanup(cls.here.end)
        cls.first = cls.here.call()
        if cls.first.returncode != 0:
            raise AssertionError(cls.first.stdout + cls.first.stderr)
        with open(cls.here.state / "month" / "payments.csv", encoding="utf-8") as file:
            cls.payments = list(csv.DictReader(file))

    def run_ok(self, *words):
        ran = self.here.call(*words)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        return ran.stdout

    def test_agrees_to_the_penny_with_the_payments_that_it_offered(self):
        rows = table_rows(self.first.stdout)
        paid = [row for row in self.payments if row["kind"] != "refund"]
        refunds = [row for row in self.payments if row["kind"] == "refund"]
        approved = [row for row in paid if row["expected"] == "approved"]
        declined = [row for row in paid if row["expected"] != "approved"]
        self.assertEqual(rows["offered"], tally(paid))
        self.assertEqual(rows["approved"], tally(approved))
        self.assertEqual(rows["declined"], tally(declined))
        for reason in {row["expected"] for row in declined}:
            self.assertEqual(rows[reason],
                             tally([row for row in declined if row["expected"] == reason]), reason)
        self.assertEqual(rows["cleared"], rows["approved"])
        self.assertEqual(rows["refunded"], tally(refunds))
        self.assertEqual(rows["batches: debits"], rows["cleared"])
        self.assertEqual(rows["batches: credits"], rows["refunded"])
        self.assertIn("The batches agree to the penny with what was offered.", self.first.stdout)

    def test_plays_the_same_month_each_time(self):
        counts = {name: count for name, (count, _) in table_rows(self.first.stdout).items()}
        self.assertEqual(counts, GOLDEN_COUNTS)

    def test_shows_how_far_the_month_has_come(self):
        self.assertIn("100%", self.first.stderr)

    def test_downloads_each_batch_and_verifies_it(self):
        batches = sorted((self.here.state / "audit" / "sample").iterdir())
        self.assertGreater(len(batches), 20)
        self.assertIn(f"{len(batches)} batches verified", self.first.stdout)
        self.assertIn(f"signatures of all {len(batches)} batches", self.first.stdout)

    def test_names_three_commands_that_work(self):
        commands = [line.strip() for line in self.first.stdout.splitlines()
                    if line.startswith("  deploy/quickstart run ")]
        self.assertEqual(len(commands), 3, self.first.stdout)
        for command in commands:
            self.run_ok(*shlex.split(command)[1:])
        self.assertIn("declined", self.run_ok(*shlex.split(commands[0])[1:]))
        self.assertIn("carecard explain", commands[1])

    def test_runs_a_command_in_the_directory_of_the_caller_with_its_exit_status(self):
        self.assertEqual(self.run_ok("run", "pwd").strip(), str(self.here.base))
        self.assertEqual(self.here.call("run", "sh", "-c", "exit 7").returncode, 7)

    def test_says_what_is_wrong_with_a_command_that_it_does_not_know(self):
        ran = self.here.call("begin")
        self.assertEqual(ran.returncode, 2)
        self.assertIn('there is no command "begin"', ran.stderr)
        self.assertIn("usage:", ran.stderr)

    def test_readme_line_verifies_a_batch_and_refuses_one_that_was_changed(self):
        line = readme_line("openssl cms -verify")
        batch = max((self.here.state / "audit" / "sample").iterdir())
        directory = self.here.base / "auditor"
        shutil.copytree(batch, directory)
        for name in ("ca.pem", "batch-signer.pem"):
            shutil.copy(self.here.state / "certificates" / name, directory)
        verified = subprocess.run(line, shell=True, cwd=directory, capture_output=True, text=True,
                                  check=False)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertIn("CMS Verification successful", verified.stderr)
        hashes = subprocess.run(readme_line("sha256sum"), shell=True, cwd=directory, text=True,
                                capture_output=True, check=True).stdout.split()[::2]
        manifest = (directory / "manifest.json").read_text(encoding="utf-8")
        self.assertEqual(len(hashes), 2)
        for digest in hashes:
            self.assertIn(digest, manifest)
        number = re.search(r'"number": (\d+)', manifest)
        (directory / "manifest.json").write_text(
            manifest.replace(number[0], f'"number": {int(number[1]) + 1}'), encoding="utf-8")
        changed = subprocess.run(line, shell=True, cwd=directory, capture_output=True, text=True,
                                 check=False)
        self.assertNotEqual(changed.returncode, 0)
        self.assertIn("CMS Verification failure", changed.stderr)


class Example(unittest.TestCase):
    def test_configuration_names_every_setting_of_its_program(self):
        for service in SERVICES:
            shown = subprocess.run([PROGRAMS / f"carecard-{service}", "--help"], text=True,
                                   capture_output=True, check=True).stdout
            options = set(re.findall(r"--([a-z][a-z-]+)", shown)) - {"help", "version", "config"}
            example = ROOT / "deploy" / "example" / f"carecard-{service}.conf"
            named = re.findall(r"^(?:# )?([a-z-]+)=", example.read_text(encoding="utf-8"), re.MULTILINE)
            self.assertEqual(sorted(named), sorted(options))


class QuickstartAgain(unittest.TestCase):
    def setUp(self):
        self.here = Installation()
        self.addCleanup(self.here.end)

    def test_begins_anew_beside_what_is_left_of_a_run_before_and_stop_ends_it(self):
        first = self.here.call()
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        old = {service: self.here.process(service) for service in SERVICES}
        # One service has died, and its number has gone to a program that is not ours.
        os.kill(old["settlement"], signal.SIGKILL)
        wait_until_ended(old["settlement"])
        (self.here.state / "settlement.pid").write_text(f"{os.getpid()}\n", encoding="ascii")

        again = self.here.call()
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertFalse(is_running(old["authorisation"]))
        self.assertEqual(table_rows(again.stdout), table_rows(first.stdout))
        new = {service: self.here.process(service) for service in SERVICES}
        self.assertTrue(all(map(is_running, new.values())))

        stopped = self.here.call("stop")
        self.assertEqual((stopped.returncode, stopped.stdout), (0, "stopped\n"), stopped.stderr)
        self.assertFalse(any(map(is_running, new.values())))
        self.assertEqual(self.here.call("stop").stdout, "nothing was running\n")
        refused = self.here.call("run", "carecard", "status")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("deploy/quickstart starts both", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
