#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "services/fsck/check.h"
#include "services/fsck/report.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "services/journal/rocksdb_store.h"

namespace carecard::fsck {
namespace {

constexpr const char* program = "carecard-fsck";
constexpr const char* description =
    "Checks the journal of carecard-authorisation, and changes nothing.\n"
    "\n"
    "It reads every file of the journal and verifies each record: its checksum, the hash that\n"
    "links it to the record before, that no sequence is missing, and that epochs never fall.\n"
    "Then it compares the end with the head file, which knows how far the journal had come: a\n"
    "journal that ends earlier has lost what callers were told is done. Without a head file such\n"
    "a loss does not show.\n"
    "\n"
    "The service may run meanwhile: what it writes later is not looked at. Balances are not\n"
    "calculated again.\n";
constexpr const char* footer =
    "\n"
    "Examples:\n"
    "  carecard-fsck --data /var/lib/carecard/authorisation\n"
    "  carecard-fsck --data backup --json\n"
    "\n"
    "Exit status: 0 the journal is sound; 1 it is not, or cannot be read; 2 wrong usage.\n";
constexpr int exit_usage = 2;

/// One line on a terminal, drawn over; nothing elsewhere.
class ProgressLine {
   public:
    void show(Sequence checked, Sequence tail) {
        const auto now = std::chrono::steady_clock::now();
        if (!on_terminal_ || now < next_) return;
        next_ = now + interval;
        fmt::print(stderr, "\rchecked sequence {} of {} ({}%)", checked.value, tail.value,
                   checked.value * 100 / tail.value);
        shown_ = true;
    }
    void clear() {
        if (shown_) fmt::print(stderr, "\r\x1b[K");
    }

   private:
    static constexpr std::chrono::milliseconds interval{200};

    const bool on_terminal_ = isatty(STDERR_FILENO) != 0;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + interval;
};

Result<Report> run_check(const std::string& data) {
    journal::PosixFileSystem files;
    // Before the journal, so that a running service cannot have written past what is looked at.
    const auto head_file =
        journal::read_head(files, {.field = "data/head", .path = data + "/head"});
    if (!head_file) return head_file.fault();
    const journal::RocksDbPlace place{.field = "data/journal", .directory = data + "/journal"};
    const auto store = journal::RocksDbStore::open_read_only(place);
    if (!store) return store.fault();
    ProgressLine line;
    Report report = check(**store, *head_file,
                          [&line](Sequence checked, Sequence tail) { line.show(checked, tail); });
    line.clear();
    if (!report.sound()) return report;
    const Result<Done> tables = (*store)->check_tables(place);
    if (!tables) return tables.fault();
    return report;
}

int run(int argc, char** argv) {
    CLI::App app{description, program};
    app.footer(footer);
    std::string data;
    bool json = false;
    app.add_option("--data", data, "The data directory of the service: the one with \"journal\"")
        ->required();
    app.add_flag("--json", json, "Say what was found as one JSON object");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    }
    const Result<Report> checked = run_check(data);
    if (!checked) {
        fmt::print("{}\n", json ? to_json(checked.fault()) : to_text(checked.fault()));
        return EXIT_FAILURE;
    }
    fmt::print("{}\n", json ? to_json(*checked) : to_text(*checked));
    return checked->sound() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::fsck

int main(int argc, char** argv) {
    try {
        return carecard::fsck::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "carecard-fsck: ended by an error: {}\n", error.what());
        return EXIT_FAILURE;
    }
}
