"""What a council's payments come to, read independently of the project's own reader."""

import csv
import decimal
import gzip


def open_text(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    return opener(path, "rt", encoding="utf-8", newline="")


def pence(amount):
    minor = decimal.Decimal(amount) * 100
    assert minor == minor.to_integral_value(), amount
    return int(minor)


def totals(path):
    """The counts and sums that `carecard simulate --json` must report of its input."""
    result = {"offered": 0, "offered_minor": 0, "refunded": 0, "refunded_minor": 0, "skipped": 0}
    with open_text(path) as file:
        for row in csv.DictReader(file):
            minor = pence(row["billing_amount"])
            if minor == 0:
                result["skipped"] += 1
                continue
            kind = "offered" if minor > 0 else "refunded"
            result[kind] += 1
            result[kind + "_minor"] += abs(minor)
    return result
