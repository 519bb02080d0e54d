#!/usr/bin/env python3
"""A journal is backed up under load, lost, looked at, restored to service, and audited across."""

import hashlib
import json
import pathlib
import subprocess
import time
import unittest

import pair

COUNCIL = "riverdale"
PROGRAMME = "riverdale-care"
ACCOUNTS = [f"RC-{number}" for number in range(1001, 1025)]


def sequence_of(event_id):
    return int(event_id.partition("-")[2])


class Backup(unittest.TestCase):
    """One story; each step needs the one before."""

    def setUp(self):
        self.services = pair.Pair(COUNCIL)
        self.addCleanup(self.services.end)
        self.directory = self.services.directory
        self.data = self.directory / "authorisation"
        self.backup = self.directory / "backup"
        self.keys = self.directory / "keys"
        self.environment = self.services.environment(PROGRAMME)

    def carecard(self, *words, code=0):
        done = subprocess.run([str(pair.PROGRAMS / "carecard"), *map(str, words)], text=True,
                              env=self.services.environment(PROGRAMME), capture_output=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def json(self, *words):
        return json.loads(self.carecard(*words, "--json"))

    def back_up(self):
        return self.json("backup", "--data", self.data, "--to", self.backup,
                         "--vault-to", self.keys)

    def kill_a_backup(self, after_seconds):
        """At some moment of its run; the next one goes on from there."""
        run = subprocess.Popen(
            [str(pair.PROGRAMS / "carecard"), "backup", "--data", self.data, "--to", self.backup,
             "--vault-to", self.keys], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after_seconds)
        run.kill()
        run.wait(timeout=30)

    def fsck(self, directory):
        done = subprocess.run([str(pair.PROGRAMS / "carecard-fsck"), "--data", directory, "--json"],
                              text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def sample(self, month):
        directory = self.directory / month
        self.carecard("sample", "--directory", directory, "--seed", 5, "--month", month)
        return directory

    def play_under_backups(self, month):
        """@return what each backup said that was made while the month was played."""
        play = subprocess.Popen(
            [str(pair.PROGRAMS / "carecard"), "play", month, "--council", COUNCIL], text=True,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        backups = []
        try:
            while play.poll() is None and (len(backups) < 3 or len(self.numbers()) < 8):
                self.kill_a_backup(after_seconds=0.03 * len(backups))
                backups.append(self.back_up())
        finally:
            said, _ = play.communicate(timeout=120)
        self.assertEqual(play.returncode, 0, said)
        return backups

    def numbers(self):
        """Of the batches on the settlement service's shelf."""
        shelf = self.directory / "settlement" / "batches" / PROGRAMME
        return sorted(int(each.name) for each in shelf.iterdir()
                      if each.name.isdigit()) if shelf.exists() else []

    def accounts(self):
        return {reference: self.json("show", reference, "--transactions", 500)
                for reference in ACCOUNTS}

    @staticmethod
    def balances_at(accounts, sequence):
        """What each account had after `sequence`, by what the service answered for its events."""
        balances = {}
        for reference, answer in accounts.items():
            balances[reference], freed = 0, 0
            for entry in answer["history"]["transactions"]:  # the newest first
                if sequence_of(entry["event_id"]) > sequence:
                    continue
                if entry["entry_kind"] != "ENTRY_KIND_EXPIRED":
                    balances[reference] = int(entry["available_after"]["minor_units"]) + freed
                    break
                freed += int(entry["amount"]["minor_units"])
        return balances

    @staticmethod
    def balances(accounts):
        return {reference: int(answer["account"]["available"]["minor_units"])
                for reference, answer in accounts.items()}

    @staticmethod
    def files_in(directory):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in directory.iterdir() if path.is_file()}

    def test_a_lost_journal_is_restored_looked_at_and_audited_across_the_fork(self):
        backups = self.play_under_backups(self.sample("2026-07"))
        kept = backups[-1]
        self.assertGreater(len(backups), 1)
        self.assertTrue(all(each["verified"] for each in backups))
        for earlier, later in zip(backups, backups[1:]):
            self.assertGreaterEqual(later["sequence_before"], earlier["sequence"])
        self.assertEqual(self.fsck(self.backup)["sequence"], kept["sequence"])

        self.assertFalse(self.load_once_more()["receipt"]["replay"])
        self.assertTrue(self.load_once_more()["receipt"]["replay"])
        before = self.accounts()
        published = self.numbers()
        whole = self.json("status")
        self.assertGreater(int(whole["durable"]), kept["sequence"])
        self.services.kill()

        self.no_service_on(self.backup, "is a backup")
        self.look(before, kept["sequence"], "everything")
        self.look(before, kept["sequence"] * 2 // 3, "middle")
        self.serve(before, kept, published, int(whole["durable"]))

    def no_service_on(self, data, because):
        stem = self.services.certificates / "authorisation-server"
        done = subprocess.run(
            [str(pair.PROGRAMS / "carecard-authorisation"), "--data", data,
             "--front", "127.0.0.1:0", "--back", "127.0.0.1:0",
             "--ca", self.services.certificates / "ca.pem", "--certificate", f"{stem}.pem",
             "--key", f"{stem}.key", "--master-key", self.services.certificates / "master.key"],
            text=True, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(because, done.stdout + done.stderr)
        self.assertEqual(sorted(path.name for path in pathlib.Path(data).iterdir()),
                         ["copy", "head", "journal"])

    def load_once_more(self):
        return self.json("load", ACCOUNTS[0], "5.00", "--reference", "after the backup",
                         "--reason", "r", "--request-key", "after-the-backup")

    def look(self, before, sequence, name):
        """Restores for inspection, without the vault, and asks the copy."""
        copy = self.directory / name
        done = self.json("restore", "--from", self.backup, "--to", copy, "--sequence", sequence)
        self.assertLessEqual(done["sequence"], sequence)
        self.assertFalse(done["serves"])
        self.assertEqual(self.fsck(copy)["sequence"], done["sequence"])
        files = self.files_in(copy / "journal")
        self.services.start_authorisation(copy)
        status = self.json("status")
        self.assertTrue(status["inspection"])
        self.assertFalse(status["serving"])
        self.assertEqual(status["durable"], str(done["sequence"]))

        accounts = self.accounts()
        self.assertEqual(self.balances(accounts), self.balances_at(before, done["sequence"]))
        entries = [entry for answer in accounts.values()
                   for entry in answer["history"]["transactions"]]
        self.assertGreater(len(entries), 10)
        self.assertLessEqual({entry["merchant"]["name"] for entry in entries
                              if "merchant" in entry}, {""})
        for decided in [entry["authorisation_id"] for entry in entries
                        if entry["entry_kind"] == "ENTRY_KIND_APPROVED"][:2]:
            self.carecard("explain", decided)

        for words in (["load", ACCOUNTS[0], "5.00", "--reference", "now", "--reason", "r"],
                      ["freeze", ACCOUNTS[0], "--reason", "r"],
                      ["clock", "advance", "2026-12-01T00:00:00Z", "--reason", "r"]):
            said = self.carecard(*words, code=1)
            self.assertIn("copy of the journal for inspection, as of sequence", said)
        self.assertEqual(self.json("status")["durable"], str(done["sequence"]))
        self.services.kill()
        self.assertEqual(self.files_in(copy / "journal"), files)

    def serve(self, before, kept, published, last):
        """Restores to service, and goes on in the next month."""
        new = self.directory / "restored"
        words = ["restore", "--from", self.backup, "--to", new, "--serve",
                 "--because", "the disk of the service failed",
                 "--known-head", self.data / "head",
                 "--settlement", self.directory / "settlement"]
        self.assertIn("vault-from", self.carecard(*words, code=1))
        done = self.json(*words, "--vault-from", self.keys)
        self.assertEqual(done["sequence"], kept["sequence"])
        self.assertEqual((done["new_epoch"], done["lost_first"], done["lost_last"]),
                         (2, kept["sequence"] + 1, last))
        lost = done["batches_lost"][0]
        self.assertEqual(lost["last"], published[-1])
        self.assertGreater(lost["first"], 1)
        self.assertEqual(self.fsck(new)["epoch"], 2)

        self.services.start_authorisation(new)
        self.services.start_settlement()
        status = self.json("status")
        self.assertEqual((status["epoch"], status["serving"]), (2, True))
        self.assertEqual(self.balances(self.accounts()),
                         self.balances_at(before, kept["sequence"]))
        approved = next(entry for answer in self.accounts().values()
                        for entry in answer["history"]["transactions"]
                        if entry["entry_kind"] == "ENTRY_KIND_APPROVED")
        self.assertNotEqual(approved["merchant"]["name"], "", "the vault's keys open nothing")
        self.carecard("explain", approved["authorisation_id"])
        # What was lost was never done: its key and reference are new again.
        again = self.load_once_more()
        self.assertFalse(again["receipt"]["replay"])
        self.assertEqual(again["receipt"]["event_id"].partition("-")[0], "2")

        self.carecard("play", self.sample("2026-09"), "--council", COUNCIL)
        self.audit(lost)

    def audit(self, lost):
        audit = self.directory / "audit"
        batches = {int(batch["number"]): batch for batch in self.json("batches", "list")["batches"]}
        lost_numbers = set(range(lost["first"], lost["last"] + 1))
        self.assertEqual({number for number, batch in batches.items() if batch["lost"]},
                         lost_numbers)
        self.assertGreater(max(batches), lost["last"] + 1)
        self.carecard("batches", "download", "all", "--directory", audit)
        directory = audit / PROGRAMME
        said = self.carecard("batches", "verify", directory)
        self.assertIn(f"Before batch {lost['last'] + 1} of {PROGRAMME} the journal was restored",
                      said)
        proved = json.loads(self.carecard("batches", "verify", directory, "--json"))
        self.assertEqual({batch["number"] for batch in proved if batch["lost"]}, lost_numbers)
        self.assertTrue(all(batch["chained"] for batch in proved))

        def place(number):
            return directory / f"{number:06}"
        kept = [place(number) for number in sorted(batches) if number not in lost_numbers]
        self.carecard("batches", "verify", *kept)
        without_first = [each for each in kept if each != place(lost["last"] + 1)]
        self.assertIn("and the one before it here is",
                      self.carecard("batches", "verify", *without_first, code=5))


if __name__ == "__main__":
    unittest.main()
