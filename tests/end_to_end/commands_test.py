#!/usr/bin/env python3
"""The commands of `carecard` against a running pair of services."""

import csv
import json
import pathlib
import subprocess
import unittest

import pair

HERE = pathlib.Path(__file__).resolve().parent
COUNCIL = "riverdale"
PROGRAMME = "riverdale-care"


def setUpModule():
    global services, month
    services = pair.Pair(COUNCIL)
    month = services.directory / "month"
    try:
        for words in (["sample", "--directory", month, "--seed", "3", "--month", "2026-07"],
                      ["play", month, "--council", COUNCIL]):
            done = carecard(*words)
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
    except BaseException:
        services.end()
        raise


def tearDownModule():
    services.end()


def carecard(*words):
    return subprocess.run([str(pair.PROGRAMS / "carecard"), *map(str, words)], text=True,
                          env=services.environment(PROGRAMME), capture_output=True, timeout=90,
                          check=False)


def rows_of(name):
    with open(month / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Commands(unittest.TestCase):
    def ok(self, *words):
        done = carecard(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, code, *words):
        done = carecard(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def account(self, reference):
        return json.loads(self.ok("show", reference, "--json", "--transactions", "500"))

    def declined_account(self, reason):
        return next(row["account"] for row in rows_of("payments.csv") if row["expected"] == reason)

    def test_show_tells_why_a_payment_was_declined_and_explain_which_rule(self):
        reference = self.declined_account("mcc_not_allowed")
        self.assertIn("mcc_not_allowed: ", self.ok("show", reference))
        declined = next(entry for entry in self.account(reference)["history"]["transactions"]
                        if entry["entry_kind"] == "ENTRY_KIND_DECLINED")
        said = self.ok("explain", declined["authorisation_id"])
        self.assertRegex(said, r"mcc_allowed +agreement +failed")
        self.assertIn(declined["merchant"]["name"], said)

    def test_onboarding_again_finds_everything_and_changes_nothing(self):
        before = self.account("RC-1003")["account"]
        counts = json.loads(self.ok("onboard", month / "onboard.csv", "--json"))
        self.assertEqual(counts["accounts_found"], 24)
        self.assertEqual(counts["cards_found"], 24)
        self.assertEqual(counts["accounts_opened"] + counts["cards_issued"], 0)
        self.assertEqual(self.account("RC-1003")["account"]["purses"], before["purses"])

    def test_onboarding_adds_what_is_missing(self):
        path = services.directory / "more.csv"
        path.write_text("account,arrangement,purse,priority,card_number,expiry\n"
                        "RC-1004,voucher,food,1,,\n"
                        "RC-1004,voucher,warmth,2,9999990999990008,2029-08\n")
        number = next(f"999999099999{digit}008" for digit in range(10)
                      if luhn_holds(f"999999099999{digit}008"))
        path.write_text(path.read_text().replace("9999990999990008", number))
        counts = json.loads(self.ok("onboard", path, "--json"))
        self.assertEqual((counts["accounts_found"], counts["purses_added"],
                          counts["cards_issued"]), (1, 1, 1))
        purses = [purse["name"] for purse in self.account("RC-1004")["account"]["purses"]]
        self.assertEqual(purses, ["food", "warmth"])
        elsewhere = path.with_name("elsewhere.csv")
        elsewhere.write_text(path.read_text().replace("RC-1004", "RC-2004"))
        said = self.refused(1, "onboard", elsewhere)
        self.assertIn("card_number: row 2 (line 3): the card has been issued to another", said)
        self.assertNotIn(number, said)

    def test_a_card_of_another_programme_is_not_taken_for_this_ones(self):
        self.ok("programme", "create", "--programme", "riverdale-help", "--council", COUNCIL,
                "--name", "Help", "--reason", "new scheme")
        path = services.directory / "two-programmes.csv"
        path.write_text("account,arrangement,purse,card_number,expiry\n"
                        f"RC-3000,voucher,food,{card_number(3000)},2029-08\n")
        self.ok("onboard", path)
        said = self.refused(1, "onboard", path, "--programme", "riverdale-help")
        self.assertIn("the card has been issued to another account", said)

    def test_all_cards_of_an_account_are_frozen_by_one_request_in_one_document(self):
        path = services.directory / "two-cards.csv"
        path.write_text("account,arrangement,purse,card_number,expiry\n"
                        f"RC-3001,voucher,food,{card_number(3001)},2029-08\n"
                        f"RC-3001,voucher,food,{card_number(3002)},2029-08\n")
        self.ok("onboard", path)
        words = ["RC-3001", "--reason", "lost", "--json", "--request-key"]
        first, again = (json.loads(self.ok("freeze", *words, "both")) for _ in range(2))
        self.assertEqual([answer["receipt"]["replay"] for answer in first], [False, False])
        self.assertEqual([answer["receipt"]["replay"] for answer in again], [True, True])
        states = {card["status"] for card in self.account("RC-3001")["account"]["cards"]}
        self.assertEqual(states, {"CARD_STATUS_FROZEN"})
        one = json.loads(self.ok("unfreeze", *words, "one", "--card", card_number(3001)[-4:]))
        self.assertFalse(one["receipt"]["replay"])

    def test_a_load_happens_once(self):
        words = ["load", "RC-1008", "12.34", "--reference", "top-up", "--reason", "agreed", "--json"]
        first, second = (json.loads(self.ok(*words)) for _ in range(2))
        self.assertFalse(first["receipt"]["replay"])
        self.assertTrue(second["receipt"]["replay"])
        self.assertEqual(first["available"], second["available"])
        said = self.refused(1, *words[:2], "12.35", *words[3:])
        self.assertIn("reference", said)

    def test_a_card_is_frozen_and_unfrozen(self):
        status = lambda: self.account("RC-1002")["account"]["cards"][0]["status"]
        self.ok("freeze", "RC-1002", "--reason", "lost")
        self.assertEqual(status(), "CARD_STATUS_FROZEN")
        self.ok("unfreeze", "RC-1002", "--reason", "found")
        self.assertEqual(status(), "CARD_STATUS_ACTIVE")
        last_four = self.account("RC-1002")["account"]["cards"][0]["last_four"]
        other = "0000" if last_four != "0000" else "0001"
        self.refused(1, "freeze", "RC-1002", "--card", other, "--reason", "lost")

    def test_a_helpers_card_is_issued_activated_limited_lost_and_replaced(self):
        because = ["--reason", "agreed at the review"]
        token = lambda digit: "k1:" + digit * 64
        issued = json.loads(self.ok("card", "issue", "RC-1009", "--token", token("a"),
                                    "--last-four", "7001", "--expiry", "2029-06", "--helper",
                                    "H-17", "--activate", "--json", *because))
        card = lambda number: next(each for each in self.account("RC-1009")["account"]["cards"]
                                   if each["card_id"] == number)
        self.assertEqual(card(issued["card_id"])["status"], "CARD_STATUS_INACTIVE")
        self.ok("card", "activate", "RC-1009", "--card", "7001", "--by", "holder", *because)
        said = self.ok("card", "rules", "RC-1009", "--card", "7001", "--day-max", "20", *because)
        self.assertIn("20.00", said)
        self.ok("card", "lost", "RC-1009", "--card", "7001", "--by", "holder", *because)
        said = self.refused(1, "card", "unfreeze", "RC-1009", "--card", "7001", *because)
        self.assertIn("replace", said)
        replaced = json.loads(self.ok("card", "replace", "RC-1009", "--card", "7001", "--because",
                                      "lost", "--token", token("b"), "--last-four", "7002",
                                      "--expiry", "2029-07", "--json", *because))
        new = card(replaced["card_id"])
        self.assertEqual((new["status"], new["replaces"], new["holder_reference"]),
                         ("CARD_STATUS_ACTIVE", issued["card_id"], "H-17"))
        self.assertIn(f"replaces card {issued['card_id']}", self.ok("show", "RC-1009"))

    def test_a_purse_is_opened_from_a_template_and_released_in_stages(self):
        because = ["--reason", "grant agreed"]
        self.assertIn("disabled-facilities", self.ok("purse", "templates"))
        self.ok("purse", "open", "RC-1010", "ramp", "--template", "disabled-facilities", *because)
        self.ok("load", "RC-1010", "900", "--purse", "ramp", "--reference", "grant", *because)
        self.assertIn("£900.00 waits for a stage", self.ok("show", "RC-1010"))
        self.ok("purse", "release", "RC-1010", "ramp", "400", "--stage", "built", *because)
        self.assertIn("£500.00 waits for a stage", self.ok("show", "RC-1010"))
        self.ok("purse", "open", "RC-1010", "course", "--template", "skills", *because)
        self.ok("provider", "colleges", "RIVERSIDE 01", "--from", "2026-01-01", *because)
        self.refused(1, "purse", "open", "RC-1010", "course", "--template", "skills", *because)

    def test_a_payment_is_disputed_and_the_dispute_closed(self):
        reference = rows_of("onboard.csv")[0]["account"]
        cleared = next(entry for entry in self.account(reference)["history"]["transactions"]
                       if entry["entry_kind"] == "ENTRY_KIND_CLEARED")
        payment = cleared["authorisation_id"]
        before = self.account(reference)["account"]["available"]
        because = ["--reason", "the chair never came"]
        asked = ["dispute", "open", reference, payment, "0.50", "not-received"]
        self.assertIn("credited £0.50 now", self.ok(*asked, "--credit-now", *because))
        self.assertRegex(self.ok("show", reference), payment + r" +not_received +credited +£0.50")
        self.assertIn("is open already", self.refused(1, *asked, *because))
        said = self.ok("dispute", "close", reference, payment, "won", *because)
        self.assertIn("£0.50 is to come", said)
        said = self.ok("dispute", "close", reference, payment, "lost", "--as", "finance", *because)
        self.assertIn("£0.50 was taken back", said)
        after = self.account(reference)["account"]
        self.assertEqual(after["available"], before)
        self.assertEqual(after.get("disputes", []), [])

    def test_an_agreement_is_set_and_an_unknown_group_is_named(self):
        self.ok("agree", "RC-1006", "--allow", "groceries,taxis", "--single-max", "20",
                "--week-count", "3", "--reason", "review")
        rules = self.account("RC-1006")["account"]["agreement"]["rules"]
        self.assertCountEqual(rules["mcc_allowed"], ["groceries", "taxis"])
        self.assertEqual(rules["single_max"]["minor_units"], "2000")
        self.assertEqual(rules["week"]["count_max"], 3)
        self.assertIn("nosuch", self.refused(1, "agree", "RC-1006", "--allow", "nosuch",
                                             "--reason", "review"))

    def test_batches_are_downloaded_verified_and_a_changed_one_is_named(self):
        audit = services.directory / "audit"
        self.ok("batches", "download", "all", "--directory", audit)
        proved = json.loads(self.ok("batches", "verify", audit / PROGRAMME, "--json"))
        listed = json.loads(self.ok("batches", "list", "--json"))["batches"]
        self.assertEqual([batch["number"] for batch in proved],
                         [int(batch["number"]) for batch in listed])
        self.assertTrue(all(batch["chained"] for batch in proved))
        self.assertGreater(len(proved), 20)
        last = f"{len(proved):06}"
        (audit / PROGRAMME / "000004").rename(audit / "set aside")
        said = self.refused(5, "batches", "verify", audit / PROGRAMME)
        self.assertIn("it is batch 5, and the one before it here is batch 3", said)
        self.ok("batches", "verify", audit / PROGRAMME / last)
        (audit / "set aside").rename(audit / PROGRAMME / "000004")
        items = audit / PROGRAMME / "000005" / "items.csv"
        items.write_text(items.read_text().replace("debit", "debiT", 1))
        said = self.refused(5, "batches", "verify", audit / PROGRAMME)
        self.assertIn("items.csv", said)
        self.assertIn("000005", said)
        day = listed[3]["day"]
        again = json.loads(self.ok("batches", "close", day, "--json"))
        self.assertTrue(again["replay"])
        self.assertEqual(again["batch"]["number"], listed[3]["number"])

    def test_a_clock_that_is_believed_needs_no_acceptance(self):
        said = self.refused(1, "clock", "accept", "--reason", "none")
        self.assertIn("there is nothing to confirm", said)

    def test_quarantine_is_empty_and_releases_nothing(self):
        self.assertEqual(self.ok("quarantine", "list"), "nothing is quarantined\n")
        self.assertEqual(json.loads(self.ok("quarantine", "list", "--json")), {"commands": []})
        said = self.refused(1, "quarantine", "release", "0123456789abcdef")
        self.assertIn("no command with this id is quarantined", said)

    def test_status_names_the_simulated_clock(self):
        status = json.loads(self.ok("status", "--json"))
        self.assertEqual(status["clock"], "CLOCK_KIND_SIMULATED")
        self.assertTrue(status["serving"])

    def test_a_run_that_begins_before_the_clock_is_refused_with_both_dates(self):
        for words in (["play", month],
                      ["simulate", "--server", "--input", HERE / "payments.csv", "--onboard"]):
            said = self.refused(1, *words)
            self.assertIn("clock: the service's clock shows 2026-", said)
            self.assertIn("2026-07-01" if words[0] == "play" else "2017-02-01", said)

    def test_says_what_to_do_when_nothing_can_be_reached(self):
        said = self.refused(3, "--admin", "127.0.0.1:1", "status")
        self.assertIn("127.0.0.1:1", said)
        self.refused(1, "--certificates", "/nonexistent", "status")
        self.refused(1, "show", "no such account")

    def test_help_teaches_every_command(self):
        commands = ["onboard", "load", "agree", "freeze", "unfreeze", "show", "explain", "status",
                    "simulate", "sample", "play", "backup", "restore"]
        for words in [[command] for command in commands] + [
                ["programme", "create"], ["clock", "advance"], ["clock", "accept"],
                ["dispute", "open"], ["dispute", "close"], ["quarantine", "list"],
                ["quarantine", "release"], ["batches", "list"], ["batches", "close"],
                ["batches", "download"], ["batches", "verify"]]:
            said = self.ok(*words, "--help")
            self.assertIn("carecard " + " ".join(words), said)


class LaterRuns(unittest.TestCase):
    """Run last, since they move the clock: their name comes after the other's."""

    def test_another_month_agrees_beside_changes_made_by_hand(self):
        september = services.directory / "september"
        for words in (["load", "RC-1001", "5", "--reference", "by hand", "--reason", "gift"],
                      ["sample", "--directory", september, "--month", "2026-09"],
                      ["play", september, "--json"]):
            done = carecard(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(result["cleared_minor"], result["approved_minor"])
        self.assertEqual(result["verified"], result["batches"])


def card_number(index):
    return next(number for number in (f"9999990{index:08d}{digit}" for digit in range(10))
                if luhn_holds(number))


def luhn_holds(number):
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


if __name__ == "__main__":
    unittest.main()
