#!/usr/bin/env python3
"""Lets the programs of tests/ hurt the service for a while, and writes down what came of it.

usage: torture.py MINUTES [--json FILE] [--seed N] [--build DIRECTORY]

Called by `tests/check torture`, which builds first. Writes tests/TORTURE.md, and FILE with the
figures as one JSON object. The exit status is 0 only when nothing was lost and nothing failed.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

import page

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIMULATED_STEPS_MIN = 1_000_000
# How MINUTES is divided. Orders and planted bugs run once besides.
SHARES = {"kills": 0.4, "disks": 0.3, "simulation": 0.15, "fuzz": 0.15}


def last_json(text):
    """The object on the last line that holds one; None when there is none."""
    for line in reversed(text.splitlines()):
        if line.startswith("{") and line.endswith("}"):
            try:
                return json.loads(line)
            except json.JSONDecodeError:
                return None
    return None


class Torturer:
    """Runs one program after another, and keeps what each said and how it ended."""

    def __init__(self, build, log_directory, seed):
        self.build = build
        self.logs = log_directory
        self.seed = seed
        self.failures = []
        self.logs.mkdir(parents=True, exist_ok=True)

    def run(self, name, *words):
        """Returns what the program wrote; a failure is noted and the run goes on."""
        print(f"torture: {name}: {' '.join(map(str, words))}", flush=True)
        log = self.logs / f"{name}.log"
        environment = {**os.environ, "CARECARD_PROGRAM_DIR": str(self.build / "bin"),
                       "CARECARD_SOURCE_DIR": str(ROOT)}
        try:
            with open(log, "wb") as output:
                status = subprocess.run(words, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT,
                                        env=environment, check=False).returncode
        except OSError as error:
            log.write_text(f"{error}\n")
            status = -1
        text = log.read_text(errors="replace")
        if status != 0:
            self.failures.append(f"{name} ended with status {status}")
            print("".join(f"  {line}\n" for line in text.splitlines()[-15:]), flush=True)
        return text

    def figures(self, name, *words):
        """Runs a program whose last line is a JSON object, and returns that."""
        found = last_json(self.run(name, *words))
        if found is None:
            self.failures.append(f"{name} gave no figures")
            return {}
        return found

    def file_figures(self, name, path, *words):
        """Runs a program that writes its JSON object to `path`, and returns that."""
        path.unlink(missing_ok=True)
        self.run(name, *words)
        try:
            return json.loads(path.read_text())
        except (OSError, json.JSONDecodeError):
            self.failures.append(f"{name} gave no figures")
            return {}

    def kills(self, minutes):
        return [self.figures("kills", self.build / "bin/kill_torture", f"{minutes:.3f}",
                             str(self.seed))]

    def disks(self, minutes):
        return [self.figures("disks", self.build / "bin/survival_torture", f"{minutes:.3f}",
                             str(self.seed))]

    def simulation(self, minutes):
        """At least the steps that are asked for, and the rest of the time with other seeds."""
        program = self.build / "bin/simulation_torture"
        began = time.monotonic()
        found = [self.figures("simulation", program, "--steps", str(SIMULATED_STEPS_MIN),
                              str(self.seed))]
        left = minutes - (time.monotonic() - began) / 60
        if left > 0:
            found.append(self.figures("simulation-on", program, f"{left:.3f}",
                                      str(self.seed + 1_000_000)))
        return found

    def fuzz(self, minutes):
        path = self.logs / "fuzz.json"
        return [self.file_figures("fuzz", path, ROOT / "tests/check", "fuzz",
                                  str(max(16, round(minutes * 60))), "--json", path)]

    def orders(self):
        path = self.logs / "orders.json"
        report = self.file_figures("orders", path, self.build / "test_programs/orders_test",
                                   f"--gtest_output=json:{path}")
        return [orders_in(report)]

    def planted(self):
        path = self.logs / "planted.json"
        return [self.file_figures("planted", path, ROOT / "tests/planted/run", "--json", path)]


def orders_in(report):
    """The number of orders in a report of GoogleTest."""
    orders = sum(int(test.get("orders", 0)) for suite in report.get("testsuites", [])
                 for test in suite.get("testsuite", []))
    return {"orders": orders}


def add_up(results):
    """One object with the keys of page.KEYS, from the objects of all programs."""
    return {key: sum(int(result.get(key, 0)) for result in results) for key in page.KEYS}


def commit():
    """The commit at hand, and whether the sources differ from it."""
    def git(*words):
        return subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True,
                              check=False).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!tests/TORTURE.md")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + (
        ", with changes" if changed else "")


def parse(words):
    parser = argparse.ArgumentParser(
        description="Hurts the service and writes down what came of it.")
    parser.add_argument("minutes", type=float, help="for kills, disks, simulation and fuzzing")
    parser.add_argument("--json", type=pathlib.Path, help="file for the figures")
    parser.add_argument("--seed", type=int, help="the first seed; a new one each time without it")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev",
                        help="where the programs were built")
    arguments = parser.parse_args(words)
    if arguments.minutes <= 0:
        parser.error("MINUTES must be above zero, for example 3")
    return arguments


def main(words):
    arguments = parse(words)
    seed = arguments.seed
    if seed is None:
        seed = int.from_bytes(os.urandom(4), "big")
    torturer = Torturer(arguments.build.resolve(), ROOT / "build/torture", seed)
    began = time.monotonic()
    parts = {name: getattr(torturer, name)(arguments.minutes * share)
             for name, share in SHARES.items()}
    parts["orders"] = torturer.orders()
    parts["planted"] = torturer.planted()
    figures = add_up([result for results in parts.values() for result in results])
    if figures["planted_caught"] < figures["planted_total"]:
        torturer.failures.append("a planted bug was not caught")
    if figures["lost"] > 0:
        torturer.failures.append(f"{figures['lost']} answers were lost")

    run = page.Run(minutes=arguments.minutes, seed=seed, commit=commit(),
                   day=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
                   took_minutes=(time.monotonic() - began) / 60, cores=os.cpu_count() or 1,
                   figures=figures, parts=parts, failures=torturer.failures)
    (ROOT / "tests/TORTURE.md").write_text(page.write(run))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures) + "\n")
    print(json.dumps(figures))
    for failure in torturer.failures:
        print(f"torture: {failure}; see build/torture/")
    return 1 if torturer.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
