"""Writes the page of a torture run."""

import dataclasses
import textwrap

# The figures of `tests/check torture --json`.
KEYS = ("kills", "power_cuts", "faults", "simulated_steps", "orders", "fuzz_executions",
        "planted_caught", "planted_total", "lost")


@dataclasses.dataclass
class Run:
    minutes: float
    seed: int
    commit: str
    day: str
    took_minutes: float
    cores: int
    figures: dict   # the keys above
    parts: dict     # by the name of the part, the objects that its programs gave
    failures: list  # what went wrong, for people; empty when nothing did


@dataclasses.dataclass(frozen=True)
class Row:
    title: str
    keys: tuple        # of its part's objects: (key, what it counts)
    part: str
    method: str
    does_not_show: str
    again: str         # with {seed}, {minutes}, {rounds}


ROWS = (
    Row("Kills", (("kills", "kill -9 of the running service"),
                  ("kills_in_recovery", "of them while it was recovering"),
                  ("asked", "requests in all"),
                  ("in_doubt", "requests that a kill left without an answer"),
                  ("in_doubt_done", "of them found done"),
                  ("lost", "answers lost or changed")), "kills",
        "The real programs, over gRPC with mutual TLS. Six callers authorise, reverse, present, "
        "refund and load until the service is killed at a random moment; after one round in four "
        "it is killed again during its recovery. An oracle outside the service has each request "
        "on its own disk before it is sent, and each answer before it counts. Then the journal is "
        "read without the service: every answer is there once, with its amounts, code and time; "
        "nothing is there that was not asked; postings sum to zero and no purse is below zero; "
        "the chain of hashes is unbroken and goes on from where it was. The service starts, "
        "everything is asked again and gets its first answer, what was in doubt is done once, "
        "and balances and spending counters equal a recount from the journal.",
        "A kill leaves the operating system's memory alone, so it says nothing about power. One "
        "machine, one disk, moments at random.",
        "build/dev/bin/kill_torture --rounds {rounds} {seed}"),
    Row("Power cuts, faults and kill points", (
        ("power_cuts", "power cuts"),
        ("faults", "troubles of the disk, each at another call"),
        ("kill_points", "ends of the process, each at another call"),
        ("answers", "answers looked for after a start"),
        ("refused", "damaged disks that a start refused"),
        ("lost", "answers lost or changed")), "disks",
        "The real store, vault, head file, recovery and sequencer in one process, on a simulated "
        "disk beneath RocksDB and beneath the plain files. A power cut keeps of what was not "
        "synced all, nothing or a torn part, of files and of directories. A fault is EIO, ENOSPC, "
        "a short write or a flipped bit at the k-th call of a fixed history, for every k; a kill "
        "point ends the process at the k-th call of the store, the file system or the reply port, "
        "for every k, and again during the recovery. After each start the whole journal is "
        "compared with what was asked and answered.",
        "The disk is a model of one: it keeps what was synced. A disk that says it synced and did "
        "not is shown elsewhere to be noticed, not survived. Threads of RocksDB may take a call "
        "more or less between two runs of one seed.",
        "build/dev/bin/survival_torture {minutes} {seed}"),
    Row("Simulation", (("simulated_steps", "commands"), ("lost", "answers lost or changed")),
        "simulation",
        "One seed drives random commands of every kind, repeats, reorderings, clock jumps, commit "
        "faults and restarts against the core and against a slow model written in another style; "
        "answers and states are compared, and conservation is checked after every event.",
        "What core and model both misunderstand in the same way. No RPC, no disk.",
        "build/dev/bin/simulation_torture --steps 1000000 {seed}"),
    Row("Orders", (("orders", "orders played"),), "orders",
        "Every order, with repeats, of the messages about one payment, restarts and expiry among "
        "them, against sums on paper.",
        "Longer orders, and several payments at once, which the simulation has.",
        "build/dev/test_programs/orders_test"),
    Row("Fuzzing", (("fuzz_executions", "inputs executed"),), "fuzz",
        "libFuzzer with AddressSanitizer and UBSan over every reader of bytes from outside, from "
        "the corpora of tests/fuzz; time and memory of an input are bounded.",
        "A short search finds little that is new; it shows that the targets run.",
        "tests/check fuzz SECONDS"),
    Row("Planted bugs", (("planted_caught", "caught"), ("planted_total", "planted")), "planted",
        "Patches of tests/planted, each a mistake that others have made, are applied to a scratch "
        "copy, one at a time, and the tests named for it must fail.",
        "Mistakes that nobody thought of.",
        "tests/planted/run"),
)

WIDTH = 100


def number(value):
    return f"{int(value):,}"


def wrapped(text, indent=""):
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent),
                         break_long_words=False, break_on_hyphens=False)


def seeds_of(results):
    """The first and the last seed that the programs say they used; empty without any."""
    spans = [f"{result['seed_first']} to {result['seed_last']}" for result in results
             if "seed_first" in result and "seed_last" in result]
    return ", ".join(spans)


def section(row, run):
    results = run.parts.get(row.part, [])
    lines = [f"## {row.title}", ""]
    for key, what in row.keys:
        if not any(key in result for result in results):
            lines.append(f"- not counted: {what}")
            continue
        lines.append(f"- **{number(sum(int(result.get(key, 0)) for result in results))}** {what}")
    lines += ["", wrapped(f"How: {row.method}"), "",
              wrapped(f"What it does not show: {row.does_not_show}"), ""]
    seeds = seeds_of(results)
    if seeds:
        lines.append(f"Seeds: {seeds}.")
    again = row.again.format(seed=run.seed, minutes=f"{run.minutes:g}",
                             rounds=sum(int(result.get("rounds", 0)) for result in results))
    return lines + [f"Again: `{again}`", ""]


def write(run):
    """The page, in Markdown."""
    sound = not run.failures and run.figures["lost"] == 0
    lines = ["# Torture", "",
             wrapped("What was done to the service, and what came of it. Written by `tests/check "
                     "torture MINUTES`; do not edit it. The promise that is tried: every answered "
                     "approval is durable, applied once, and explains itself; what was not "
                     "answered is whole or absent, and a repeat settles it."), "",
             f"- commit: {run.commit}",
             f"- when: {run.day}, {run.took_minutes:.0f} minutes on {run.cores} cores",
             f"- asked for: {run.minutes:g} minutes, first seed {run.seed}",
             f"- answers lost: **{number(run.figures['lost'])}**",
             f"- outcome: {'nothing failed' if sound else 'FAILED: ' + '; '.join(run.failures)}",
             f"- again: `tests/check torture {run.minutes:g} --seed {run.seed}`", "",
             wrapped("No loss in N independent trials shows, with 95 % confidence, only that the "
                     "rate is below 3/N."), ""]
    for row in ROWS:
        lines += section(row, run)
    return "\n".join(lines).rstrip() + "\n"
