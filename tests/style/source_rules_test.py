#!/usr/bin/env python3
"""The rules of STYLE.md that a text can break, checked on every source; each also on a planted
violation, so that a rule that stopped working is noticed."""

import re
import unittest

from source_tree import ROOT, PlantedTree, code_only, files, line_of, read

CORE = ("common/", "rules/")
FUNCTION_LINES_MAX = 70

# (what, pattern over code without comments and literals), for common and rules only.
BANNED_IN_CORE = [
    ("floating point", r"\b(float|double)\b"),
    ("a lock", r"\b(\w*_?mutex|lock_guard|unique_lock|scoped_lock|condition_variable)\b"),
    ("a clock", r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|"
                r"localtime\w*|gmtime\w*)\b|(?<![\w.>])(std::|::)?time\s*\(\s*(nullptr|NULL|0|&)"),
    ("chance", r"\b(s?rand\s*\(|random_device|mt19937(_64)?|\w+_distribution\b|RAND_bytes\b)"),
    ("throw", r"\bthrow\b"),
]

# (what, suffixes, pattern), for every source of ours.
BANNED_EVERYWHERE = [
    ("assert(): write CHECK, which is never compiled out", (".h", ".cc"), r"\bassert\s*\("),
    ("using namespace in a header", (".h",), r"\busing\s+namespace\b"),
    ("NDEBUG: checks are in every build", (".h", ".cc"), r"#\s*(if|elif).*\bNDEBUG\b"),
    ("Result<bool>: name the two outcomes", (".h", ".cc"), r"\bResult<\s*bool\s*>"),
    ("American spelling", (".h", ".cc"), r"(?i)\b\w*authoriz\w*"),
]

# Names that are not ours to spell.
FOREIGN_NAMES = {"AuthorizationPolicyProviderInterface"}

# Published test numbers; and issuer 999999, which no network gives out, is ours for tests.
TEST_CARD_NUMBERS = {
    "4111111111111111", "4012888888881881", "4222222222222", "4242424242424242",
    "4000056655665556", "5555555555554444", "5105105105105100", "5200828282828210",
    "2223003122003222", "378282246310005", "371449635398431", "6011111111111117",
    "6011000990139424", "3530111333300000", "30569309025904", "38520000023237",
    "411111111111116",  # No card: a marker of ours, an id of 15 digits that passes Luhn.
}
# Card networks issue under these first digits; stamps in nanoseconds begin with 1.
CARD_NUMBER = re.compile(r"(?<![\w.])[2-6](?:[ -]?\d){12,18}(?![\w])")


def report(path, text, offset, what):
    return f"{path}:{line_of(text, offset)}: {what}"


def in_core(path):
    return path.startswith(CORE)


def banned_in_core(root):
    found = []
    for path in filter(in_core, files(root, ".h", ".cc")):
        code = code_only(read(root, path))
        for what, pattern in BANNED_IN_CORE:
            for match in re.finditer(pattern, code):
                found.append(report(path, code, match.start(), f"{what}: {match.group().strip()}"))
    return found


def banned_everywhere(root):
    found = []
    for what, suffixes, pattern in BANNED_EVERYWHERE:
        for path in files(root, *suffixes):
            code = code_only(read(root, path))
            for match in re.finditer(pattern, code):
                if match.group() not in FOREIGN_NAMES:
                    found.append(report(path, code, match.start(), what))
    return found


HASH_TABLE = re.compile(r"\b(?:unordered_(?:flat_|node_)?(?:multi)?(?:map|set)|"
                        r"(?:flat|node)_hash_(?:map|set))\s*<")


def hash_table_names(code):
    """Names of the variables and members that `code` declares as hash tables."""
    names = set()
    for match in HASH_TABLE.finditer(code):
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"<": 1, ">": -1}.get(code[at], 0)
            at += 1
        name = re.match(r"[&\s]*(\w+)\s*[;={,)]", code[at:])
        if name:
            names.add(name[1])
    return names


def hash_iterations(root):
    """Walks over a hash table: their order differs between libraries and runs."""
    codes = {path: code_only(read(root, path)) for path in filter(in_core, files(root, ".h", ".cc"))}
    names = set().union(*map(hash_table_names, codes.values()))
    if not names:
        return []
    name = "(?:" + "|".join(sorted(names)) + ")"
    walk = re.compile(rf"\bfor\s*\([^;{{}}]*:\s*[\w.>()*-]*?\b{name}\s*\)|\b{name}\s*(?:\.|->)\s*c?begin\s*\(")
    return [report(path, code, match.start(), "iteration over a hash table")
            for path, code in codes.items() for match in walk.finditer(code)]


def functions(code):
    """(first line, last line) of each function body with its signature, in stripped code."""
    stack, found = [], []      # stack of (kind, first offset); found of (first, last) offsets
    last_function = None       # first offset of the function that closed just before
    start = 0
    for match in re.finditer(r"[;{}]", code):
        header = code[start:match.start()]
        at = start + len(header) - len(header.lstrip())
        start = match.end()
        if match.group() == "{":
            kind, first = block_kind(header, stack, last_function), at
            if kind == "function" and last_function is not None and continues(header):
                first = last_function
            stack.append((kind, first))
        elif match.group() == "}" and stack:
            kind, first = stack.pop()
            last_function = first if kind == "function" else None
            if kind == "function":
                found.append((first, match.start()))
            continue
        last_function = None
    return [(line_of(code, first), line_of(code, last)) for first, last in found]


def continues(header):
    """A member initialiser `a_{x}, b_{y} {`: the block before belongs to the same function."""
    return header.strip() == "" or header.lstrip().startswith(",")


def block_kind(header, stack, last_function):
    if stack and stack[-1][0] in ("function", "inner"):
        return "inner"
    if re.search(r"\bnamespace\b|\bextern\s*\"", header):
        return "scope"
    if re.search(r"\b(class|struct|union|enum)\b[^()]*$", header):
        return "scope"
    if "(" in header or (last_function is not None and continues(header)):
        return "function"
    return "inner"


def long_functions(root):
    found = []
    for path in filter(in_core, files(root, ".h", ".cc")):
        spans = {}
        for first, last in functions(code_only(read(root, path))):
            spans[first] = max(last, spans.get(first, 0))
        for first, last in spans.items():
            lines = last - first + 1
            if lines > FUNCTION_LINES_MAX:
                found.append(f"{path}:{first}: a function of {lines} lines, "
                             f"over {FUNCTION_LINES_MAX}")
    return found


def orphans(root):
    """Sources that no CMakeLists.txt builds."""
    built = set()
    for path in files(root, "CMakeLists.txt"):
        folder = path.rpartition("/")[0]
        for name in re.findall(r"[\w./-]+\.cc\b", read(root, path)):
            built.add(f"{folder}/{name}".lstrip("/"))
    return [f"{path}: named in no CMakeLists.txt"
            for path in files(root, ".cc") if path not in built]


def luhn_valid(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_numbers(root):
    found = []
    for path in files(root, ".h", ".cc", ".py", ".proto", ".sh", ".md"):
        text = read(root, path)
        for match in CARD_NUMBER.finditer(text):
            digits = re.sub(r"\D", "", match.group())
            if luhn_valid(digits) and digits not in TEST_CARD_NUMBERS:
                found.append(report(path, text, match.start(), "reads as a card number"))
    return found


class Sources(unittest.TestCase):
    maxDiff = None

    def test_keep_the_core_pure(self):
        self.assertEqual(banned_in_core(ROOT), [])

    def test_use_no_banned_words(self):
        self.assertEqual(banned_everywhere(ROOT), [])

    def test_walk_over_no_hash_table_in_the_core(self):
        self.assertEqual(hash_iterations(ROOT), [])

    def test_keep_functions_of_the_core_short(self):
        self.assertEqual(long_functions(ROOT), [])

    def test_are_all_built(self):
        self.assertEqual(orphans(ROOT), [])

    def test_hold_no_card_number(self):
        self.assertEqual(card_numbers(ROOT), [])

    def test_are_found(self):
        self.assertIn("common/result.h", files(ROOT, ".h"))


def body(lines):
    """A file with one function of `lines` lines."""
    return ("namespace carecard {\nint f(int a,\n      int b) {\n" +
            "    a += b;\n" * (lines - 4) + "    return a;\n}\n}\n")


class Violations(unittest.TestCase):
    def found(self, check, path, text):
        with PlantedTree({path: text}) as root:
            return check(root)

    def assert_reported(self, check, path, text):
        found = self.found(check, path, text)
        self.assertEqual(len(found), 1, (text, found))
        self.assertTrue(found[0].startswith(path), found)

    def assert_accepted(self, check, path, text):
        self.assertEqual(self.found(check, path, text), [], text)

    def test_of_purity_are_reported(self):
        for line in ("double share;", "std::mutex mutex_;", "auto t = steady_clock::now();",
                     "auto t = time(nullptr);", "int n = rand();", "throw 1;"):
            found = self.found(banned_in_core, "rules/a.cc", line)
            self.assertGreaterEqual(len(found), 1, line)
        self.assert_accepted(banned_in_core, "services/rpc/a.cc", "double seconds;")
        self.assert_accepted(banned_in_core, "rules/a.cc", "// a double of time(nullptr)\n")
        self.assert_accepted(banned_in_core, "rules/a.cc", "auto t = local_time(0);")

    def test_of_words_are_reported(self):
        for line in ("assert(a > 0);", "#if !defined(NDEBUG)", "#ifdef NDEBUG",
                     "Result<bool> f();", "struct AuthorizationId {};"):
            self.assert_reported(banned_everywhere, "services/journal/a.cc", line)
        self.assert_reported(banned_everywhere, "common/a.h", "using namespace std;")
        self.assert_accepted(banned_everywhere, "common/a.h", "static_assert(true);")
        self.assert_accepted(banned_everywhere, "tests/a.cc", 'auto s = "authorization: x";')

    def test_of_order_are_reported(self):
        for walk in ("for (const auto& [k, v] : cards_) f(k);", "auto i = state.cards_.begin();",
                     "for (auto& pair : state->cards_) f(pair);"):
            self.assert_reported(hash_iterations, "rules/a.cc",
                                 "std::unordered_map<int, std::pair<int, int>> cards_;\n" + walk)
        self.assert_accepted(hash_iterations, "rules/a.cc",
                             "std::unordered_map<int, int> cards_;\nstd::map<int, int> days_;\n"
                             "for (auto& pair : days_) f(pair);\nauto i = cards_.find(3);")

    def test_of_length_are_reported(self):
        self.assert_accepted(long_functions, "rules/a.cc", body(FUNCTION_LINES_MAX))
        self.assert_reported(long_functions, "rules/a.cc", body(FUNCTION_LINES_MAX + 1))
        self.assert_reported(long_functions, "common/a.h",
                             "struct A {\n    A(int x) : a_{x}, b_{x} {\n" + "    x += 1;\n" * 70 +
                             "    }\n    int a_, b_;\n};\n")
        self.assert_accepted(long_functions, "common/a.h",
                             "struct A {\n" + "    int f() { return 1; }\n" * 90 + "};\n")

    def test_of_orphans_are_reported(self):
        self.assert_reported(orphans, "rules/lost.cc", "")
        with PlantedTree({"rules/a.cc": "", "rules/CMakeLists.txt": "lib(x SOURCES a.cc)"}) as root:
            self.assertEqual(orphans(root), [])

    def test_of_card_numbers_are_reported(self):
        # Put together here, so that this file does not hold what it looks for.
        number = "45320151" + "12830366"
        spaced = " ".join(number[i:i + 4] for i in range(0, 16, 4))
        for text in (number, spaced, spaced.replace(" ", "-")):
            self.assert_reported(card_numbers, "tests/a.cc", f'auto pan = "{text}";')
        for text in ("4111111111111111", "9999990000000000", number[:-1] + "7", number + "0000"):
            self.assert_accepted(card_numbers, "tests/a.cc", f'auto pan = "{text}";')


if __name__ == "__main__":
    unittest.main()
