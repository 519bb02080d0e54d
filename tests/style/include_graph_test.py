#!/usr/bin/env python3
"""Derives the real include graph and refuses every edge that the layering does not permit.

`include_graph_test.py --print` prints the graph of modules, as shown in ARCHITECTURE.md.
"""

import fnmatch
import re
import sys
import unittest
from collections import Counter

from source_tree import ROOT, PlantedTree, files, line_of, read

# Who may include whom. A module may always include itself; tests and bench include anything, and
# so does each service's main.cc, which puts the parts together.
ALLOWED = {
    "common": [],
    "rules": ["common"],
    "services/journal": ["common", "rules"],
    "services/sequencer": ["common", "rules", "services/journal"],
    "services/rpc": ["common", "proto"],
    "services/authorisation": ["common", "rules", "services/journal", "services/sequencer",
                               "services/rpc", "proto"],
    "services/settlement": ["common", "rules", "services/journal", "services/rpc", "proto"],
    # It reads what the others write: the projections' rows, and batches, which it renders again.
    "services/fsck": ["common", "rules", "services/journal", "services/rpc",
                      "services/sequencer", "services/settlement"],
    "services/backup": ["common", "rules", "services/journal", "services/settlement"],
    "services/cli": ["common", "services/journal", "services/rpc", "services/settlement",
                     "services/backup", "proto"],
    "services/gateway/iso8583": ["common"],
    "services/gateway": ["common", "services/gateway/iso8583", "services/rpc", "proto"],
}
FREE = ["tests", "bench"]

# These fold the journal and never decide: of rules they see what these headers include.
FOLDERS_THAT_ONLY_FOLD = ["services/settlement", "services/fsck"]
FOLDING_HEADERS = ["rules/event.h", "rules/apply.h", "rules/state.h", "rules/residence.h"]
DECIDING_HEADERS = ["rules/decide.h", "rules/validate.h"]

# Of another module, these headers only.
PERMITTED_HEADERS = {
    ("services/cli", "services/settlement"): ["services/settlement/verify*.h"],
    ("services/fsck", "services/sequencer"): [
        f"services/sequencer/{name}.h"
        for name in ("activity", "archive", "core", "progress", "request_keys", "table_bytes",
                     "tables")],
    ("services/fsck", "services/settlement"): [
        f"services/settlement/{name}.h"
        for name in ("book", "file_names", "period", "signature", "verify_batch")],
    ("services/backup", "services/settlement"): ["services/settlement/seen.h",
                                                 "services/settlement/rocksdb_book.h"],
    ("services/backup", "rules"): ["rules/event.h", "rules/forms.h"],
    ("services/cli", "services/journal"): ["services/journal/file_system.h"],
}

# Named by main.cc and tests only, beside the adapters themselves.
ADAPTERS = ["services/*/rocksdb_*", "services/*/posix_*", "services/*/memory_*"]

# Headers from outside, by the modules that must not see them.
FOREIGN = {
    "common": r"grpc|google/|rocksdb/|boost/|sys/|"
              r"(mutex|shared_mutex|thread|atomic|condition_variable|future|random|fstream|"
              r"iostream|filesystem|ctime|time\.h|unistd\.h)$",
    "rules": r"grpc|google/|rocksdb/|boost/|openssl/|sys/|"
             r"(mutex|shared_mutex|thread|atomic|condition_variable|future|random|fstream|"
             r"iostream|filesystem|ctime|cmath|time\.h|unistd\.h)$",
    "services/journal": r"grpc|google/",
    "services/sequencer": r"grpc|google/",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)
PROTO = re.compile(r"(carecard/v1|google/rpc)/\w+(\.grpc)?\.pb\.h$")


def module_of(path):
    """The module of a path: the longest name of the tables that the path lies under."""
    names = [name for name in list(ALLOWED) + FREE if path.startswith(name + "/")]
    return max(names, key=len, default=None)


def is_adapter(path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in ADAPTERS)


def is_main(path):
    return path.endswith("/main.cc")


class Graph:
    """Every include of a tree: `edges` is {file: [(line, included, is_foreign)]}."""

    def __init__(self, root):
        self.files = set(files(root, ".h", ".cc"))
        self.edges = {}
        for path in sorted(self.files):
            text = read(root, path)
            self.edges[path] = [
                (line_of(text, match.start()), match[1] or match[2], match[1] is None)
                for match in INCLUDE.finditer(text)]

    def included(self, path):
        return [name for _, name, _ in self.edges.get(path, []) if name in self.files]

    def reached(self, path):
        seen, waiting = set(), [path]
        while waiting:
            for name in self.included(waiting.pop()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return seen

    def cycle(self):
        """The files of one cycle, first repeated at the end, or nothing."""
        done, trail = set(), []

        def visit(path):
            if path in trail:
                return trail[trail.index(path):] + [path]
            if path in done:
                return None
            trail.append(path)
            for name in self.included(path):
                found = visit(name)
                if found:
                    return found
            trail.pop()
            done.add(path)
            return None

        return next(filter(None, map(visit, sorted(self.files))), None)

    def modules(self):
        """{(module, module): number of includes}."""
        counts = Counter()
        for path, edges in self.edges.items():
            for _, name, _ in edges:
                target = "proto" if PROTO.match(name) else module_of(name)
                if name not in self.files and target != "proto":
                    continue
                if target != module_of(path):
                    counts[(module_of(path), target)] += 1
        return counts


def edge_fault(graph, folding, path, name, foreign):
    """Why `path` must not include `name`, or nothing when it may."""
    module = module_of(path)
    if module is None:
        return "the folder is not in the table of tests/style/include_graph_test.py"
    if module in FREE:
        return None
    is_proto = PROTO.match(name)
    if name not in graph.files and not is_proto:
        if not foreign:
            return "no such file from the root of the repository"
        return foreign_fault(module, path, name)
    if is_main(path):
        return None
    target = "proto" if is_proto else module_of(name)
    if target != module and target not in ALLOWED[module]:
        return f"{module} may not include {target}"
    if not is_proto and is_adapter(name) and not is_adapter(path):
        return "an adapter is named by main.cc and tests only"
    patterns = PERMITTED_HEADERS.get((module, target))
    if patterns and not any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
        return f"of {target}, {module} may include {', '.join(patterns)} only"
    if module in FOLDERS_THAT_ONLY_FOLD and target == "rules" and name not in folding:
        return f"{module} only folds: it may include what {', '.join(FOLDING_HEADERS)} include"
    return None


def foreign_fault(module, path, name):
    if name.startswith("rocksdb/") and not (is_adapter(path) or is_main(path)):
        return "RocksDB is known to its adapters only"
    if module in FOREIGN and re.match(FOREIGN[module], name):
        return f"{module} may not include it"
    return None


def faults(root):
    """Every breach of the layering, as `file:line: includes X: why`."""
    graph = Graph(root)
    folding = set(FOLDING_HEADERS).union(*(graph.reached(name) for name in FOLDING_HEADERS))
    folding -= set(DECIDING_HEADERS)
    found = []
    for path, edges in graph.edges.items():
        for line, name, foreign in edges:
            why = edge_fault(graph, folding, path, name, foreign)
            if why:
                found.append(f"{path}:{line}: includes {name}: {why}")
        if module_of(path) in FOLDERS_THAT_ONLY_FOLD and not is_main(path):
            direct = set(graph.included(path))
            for name in (graph.reached(path) - direct) & set(DECIDING_HEADERS):
                found.append(f"{path}: reaches {name} through its headers, and it only folds")
    cycle = graph.cycle()
    if cycle:
        found.append("cycle: " + " -> ".join(cycle))
    return found


def picture(root):
    counts = Graph(root).modules()
    lines = []
    for module in list(ALLOWED) + FREE:
        targets = sorted(target for source, target in counts if source == module)
        if targets:
            lines.append(f"{module:24} -> {', '.join(targets)}")
    return "\n".join(lines)


class IncludeGraph(unittest.TestCase):
    def test_has_permitted_edges_only(self):
        self.assertEqual(faults(ROOT), [])

    def test_is_not_empty(self):
        self.assertIn(("rules", "common"), Graph(ROOT).modules())


class IncludeGraphFaults(unittest.TestCase):
    """Plants each forbidden edge in a tree of its own and sees it reported."""

    def assert_reported(self, contents, *expected):
        with PlantedTree(contents) as root:
            found = faults(root)
        self.assertEqual(len(found), 1, found)
        for part in expected:
            self.assertIn(part, found[0])

    def test_accepts_a_layered_tree(self):
        with PlantedTree({
            "common/a.h": "#include <vector>\n",
            "rules/event.h": '#include "common/a.h"\n',
            "services/journal/store.h": '#include "rules/event.h"\n',
            "services/journal/rocksdb_store.h": '#include "services/journal/store.h"\n',
            "services/journal/rocksdb_store.cc": '#include "services/journal/rocksdb_store.h"\n'
                                                 "#include <rocksdb/db.h>\n",
            "services/settlement/close.cc": '#include "carecard/v1/types.pb.h"\n'
                                            '#include "rules/event.h"\n',
            "services/settlement/main.cc": '#include "services/journal/rocksdb_store.h"\n',
            "tests/journal/store_test.cc": '#include "services/journal/rocksdb_store.h"\n',
        }) as root:
            self.assertEqual(faults(root), [])

    def test_reports_an_edge_against_the_layers(self):
        self.assert_reported({"common/a.h": '\n#include "rules/b.h"\n', "rules/b.h": ""},
                             "common/a.h:2", "common may not include rules")

    def test_reports_proto_in_the_core(self):
        for path in "common/a.cc", "rules/a.cc", "services/journal/a.h":
            self.assert_reported({path: "#include <carecard/v1/types.pb.h>\n"},
                                 "may not include proto")

    def test_reports_a_projection_that_decides(self):
        self.assert_reported({"rules/decide.h": "",
                              "services/fsck/replay.cc": '#include "rules/decide.h"\n'},
                             "only folds")

    def test_reports_a_projection_that_decides_through_another_header(self):
        self.assert_reported({"rules/decide.h": "",
                              "services/journal/a.h": '#include "rules/decide.h"\n',
                              "services/fsck/replay.cc": '#include "services/journal/a.h"\n'},
                             "reaches rules/decide.h")

    def test_reports_an_adapter_outside_main(self):
        self.assert_reported({"services/journal/rocksdb_store.h": "",
                              "services/sequencer/turn.cc":
                                  '#include "services/journal/rocksdb_store.h"\n'},
                             "services/sequencer/turn.cc:1", "adapter")

    def test_reports_rocksdb_outside_its_adapters(self):
        self.assert_reported({"services/journal/store.h": "#include <rocksdb/db.h>\n"},
                             "adapters only")

    def test_reports_a_lock_in_rules(self):
        self.assert_reported({"rules/a.h": "#include <mutex>\n"}, "rules may not include it")

    def test_reports_a_header_of_settlement_that_is_not_the_verifier(self):
        self.assert_reported({"services/settlement/close.h": "",
                              "services/cli/a.cc": '#include "services/settlement/close.h"\n'},
                             "verify*.h only")

    def test_reports_a_relative_include(self):
        self.assert_reported({"rules/a.h": "", "rules/b.h": '#include "a.h"\n'}, "from the root")

    def test_reports_a_folder_outside_the_table(self):
        self.assert_reported({"common/a.h": "", "services/new/b.h": '#include "common/a.h"\n'},
                             "not in the table")

    def test_reports_a_cycle(self):
        self.assert_reported({"rules/a.h": '#include "rules/b.h"\n',
                              "rules/b.h": '#include "rules/c.h"\n',
                              "rules/c.h": '#include "rules/a.h"\n'},
                             "rules/a.h -> rules/b.h -> rules/c.h -> rules/a.h")


if __name__ == "__main__":
    print(picture(ROOT))
    if sys.argv[1:] != ["--print"]:
        unittest.main()
