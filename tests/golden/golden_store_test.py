#!/usr/bin/env python3
"""Stores of each version of the events since the second, kept in store_2.tar.xz and so on, are opened
by every later release; store.tar.xz is this release's.

With CARECARD_GOLDEN_UPDATE=1 it makes store.tar.xz and store.json anew: run it so when a stored
format has changed, and only then; when events have a new version, rename the old ones first. The
archive holds the data directories of both services after a
small month on a simulated clock, stopped in order, with the certificates and the master key that
are needed to read them. These were made for this test alone and open nothing else.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))
import pair

STORE = HERE / "store.tar.xz"
KNOWN = HERE / "store.json"
COUNCIL = "riverdale"
PROGRAMME = "riverdale-care"
LAST_DAY = "2026-07-07"
MADE_FOR_THE_MACHINE = ("LOG", "LOCK", "OPTIONS")
STORE_BYTES_MAX = 100 * 1024


def carecard(services, *words):
    done = subprocess.run([str(pair.PROGRAMS / "carecard"), *map(str, words)], text=True,
                          env=services.environment(PROGRAMME), capture_output=True, timeout=90,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stderr}")
    return done.stdout


def fsck(directory, certificates):
    done = subprocess.run(
        [str(pair.PROGRAMS / "carecard-fsck"), "--data", directory / "authorisation",
         "--batches", directory / "settlement" / "batches", "--ca", certificates / "ca.pem",
         "--signer", certificates / "batch-signer.pem",
         "--master-key", certificates / "master.key", "--json"],
        text=True, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return json.loads(done.stdout)


def balances(services, accounts):
    """What the service answers about each account's purses, in pence: available and held."""
    known = {}
    for account in accounts:
        shown = json.loads(carecard(services, "show", account, "--json"))["account"]
        known[account] = {purse["name"]: [int(purse[kind]["minor_units"])
                                          for kind in ("available", "held")]
                          for purse in shown["purses"]}
    return known


def play(services):
    """Plays the first days of a sample month, and gives back its accounts."""
    directory = services.directory / "month"
    carecard(services, "sample", "--directory", directory, "--seed", "5", "--month", "2026-07")
    for path in directory.glob("*.csv"):
        head, *rows = path.read_text().splitlines(keepends=True)
        if head.startswith("date,"):
            path.write_text(head + "".join(row for row in rows if row[:10] <= LAST_DAY))
    carecard(services, "play", directory, "--council", COUNCIL)
    return sorted({line.split(",")[0] for line in
                   (directory / "onboard.csv").read_text().splitlines()[1:]})


def without_the_machine(member):
    """Nothing that names the machine, the user or the time."""
    name = pathlib.PurePath(member.name).name
    if name.startswith(MADE_FOR_THE_MACHINE):
        return None
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def make_store():
    services = pair.Pair(COUNCIL)
    try:
        accounts = play(services)
        known = {"balances": balances(services, accounts)}
        services.stop()
        report = fsck(services.directory, services.certificates)
        known["sequence"] = report["sequence"]
        known["chain"] = report["chain"]
        known["batches"] = report["batches"]["agreed"]
        with tarfile.open(STORE, "w:xz", preset=9) as archive:
            for name in ("authorisation", "settlement"):
                archive.add(services.directory / name, name, filter=without_the_machine)
            for name in ("ca.pem", "batch-signer.pem", "master.key"):
                archive.add(services.certificates / name, f"certificates/{name}",
                            filter=without_the_machine)
    finally:
        services.end()
    KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    if STORE.stat().st_size > STORE_BYTES_MAX:
        raise AssertionError(f"{STORE} has {STORE.stat().st_size} bytes, more than it should")


def setUpModule():
    if os.environ.get("CARECARD_GOLDEN_UPDATE"):
        make_store()


class GoldenStore(unittest.TestCase):
    store, known_of = STORE, KNOWN

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="carecard-golden-"))
        self.addCleanup(shutil.rmtree, self.directory)
        with tarfile.open(self.store) as archive:
            archive.extractall(self.directory)
        self.certificates = self.directory / "certificates"
        self.known = json.loads(self.known_of.read_text())

    def start(self):
        """The services of this release on a copy of the store, with TLS certificates of today."""
        def before(services):
            for name in ("authorisation", "settlement"):
                shutil.copytree(self.directory / name, services.directory / name)
            shutil.copy(self.certificates / "master.key", services.certificates / "master.key")
        services = pair.Pair(COUNCIL, before, settlement=(
            "--earlier-signing-certificate", self.certificates / "batch-signer.pem"))
        self.addCleanup(services.end)
        return services

    def test_is_sound_and_its_batches_verify_as_they_lie(self):
        report = fsck(self.directory, self.certificates)
        self.assertTrue(report["sound"])
        self.assertEqual((report["sequence"], report["chain"], report["batches"]["agreed"]),
                         (self.known["sequence"], self.known["chain"], self.known["batches"]))
        self.assertTrue(report["batches"]["signatures_checked"])
        verified = subprocess.run(
            [str(pair.PROGRAMS / "carecard"), "batches", "verify",
             self.directory / "settlement" / "batches" / PROGRAMME,
             "--ca", self.certificates / "ca.pem",
             "--signer", self.certificates / "batch-signer.pem"],
            text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertIn(f"{self.known['batches']} batches verified", verified.stdout)

    def test_is_served_with_the_balances_it_had_and_stays_sound(self):
        services = self.start()
        self.assertEqual(balances(services, sorted(self.known["balances"])),
                         self.known["balances"])
        audit = services.directory / "audit"
        carecard(services, "batches", "download", "all", "--directory", audit)
        downloaded = [path for path in (audit / PROGRAMME).iterdir() if path.is_dir()]
        self.assertEqual(len(downloaded), self.known["batches"])
        services.stop()
        report = fsck(services.directory, self.certificates)
        self.assertEqual(report["projections"]["checked"], "yes")
        self.assertEqual(report["batches"]["agreed"], self.known["batches"])
        self.assertGreaterEqual(report["sequence"], self.known["sequence"])


class GoldenStoreOfVersion2(GoldenStore):
    store, known_of = HERE / "store_2.tar.xz", HERE / "store_2.json"


if __name__ == "__main__":
    unittest.main()
