#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/fsck/check.h"
#include "services/fsck/report.h"
#include "services/journal/derive_key.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "services/journal/master_key.h"
#include "services/journal/rocksdb_store.h"
#include "services/sequencer/rocksdb_tables.h"
#include "services/settlement/currency_letters.h"
#include "services/settlement/memory_book.h"

namespace carecard::fsck {
namespace {

constexpr const char* program = "carecard-fsck";
constexpr const char* description =
    "Checks the store of carecard-authorisation against its journal, and changes nothing.\n"
    "\n"
    "It reads the journal once, from the first record. Of each record it verifies the checksum "
    "and\n"
    "the hash that links it to the record before; of each event, that its postings sum to zero "
    "and\n"
    "that every number it states follows from the events before it: balances, holds, counters,\n"
    "business days, batches. All of these are counted again, in two ways that must agree. Then it\n"
    "compares the end with the head file, which knows how far the journal had come: a journal "
    "that\n"
    "ends earlier has lost what callers were told is done. Without a head file such a loss does\n"
    "not show.\n"
    "\n"
    "Projections are held against the same count: each image, archived row, list and request key,\n"
    "none missing, none too many. With --batches every settlement batch is made again from the\n"
    "journal alone and compared byte for byte, and with certificates its signature is checked.\n"
    "\n"
    "The service may run meanwhile: what it writes later is not looked at.\n";
constexpr const char* footer =
    "\n"
    "Examples:\n"
    "  carecard-fsck --data /var/lib/carecard/authorisation\n"
    "  carecard-fsck --data backup/authorisation --batches backup/settlement/batches\n"
    "      --ca ca.pem --signer batch-signer.pem --json\n"
    "\n"
    "When it is not sound, the first sequence that is not is named, with the reason and with what\n"
    "to do. A flaw of the projections alone costs nothing but the time to make them anew.\n"
    "\n"
    "Exit status: 0 all that was looked at is sound; 1 it is not, or cannot be read; 2 wrong "
    "usage.\n";
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

struct Options {
    std::string data;
    std::string master_key;
    std::string batches;
    std::string ca;
    std::vector<std::string> signers;
    bool json = false;
};

Result<std::string> read_text(journal::FileSystem& files, const journal::NamedPath& file) {
    const Result<std::vector<std::byte>> bytes = files.read_all(file);
    if (!bytes) return bytes.fault();
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

Result<std::vector<settlement::TrustedSigner>> read_signers(journal::FileSystem& files,
                                                            const Options& options) {
    std::vector<settlement::TrustedSigner> signers;
    for (const std::string& path : options.signers) {
        const Result<std::string> authorities =
            read_text(files, {.field = "ca", .path = options.ca});
        if (!authorities) return authorities.fault();
        const Result<std::string> certificate = read_text(files, {.field = "signer", .path = path});
        if (!certificate) return certificate.fault();
        signers.push_back({.authorities = *authorities, .certificate = *certificate});
    }
    return signers;
}

/// Everything that is looked at, opened.
struct Opened {
    std::optional<journal::Head> head_file;
    std::unique_ptr<sequencer::RocksDbTables> projections;
    std::optional<Fault> projections_fault;
    std::unique_ptr<sequencer::Fingerprints> fingerprints;
    settlement::MemoryBook book;
    std::vector<settlement::TrustedSigner> signers;
    std::unique_ptr<journal::RocksDbStore> journal;
};

Result<Done> open_projections(const Options& options, Opened& opened) {
    journal::PosixFileSystem files;
    auto tables = sequencer::RocksDbTables::open_read_only(
        {.field = "data/projections", .directory = options.data + "/projections"});
    if (tables) {
        opened.projections = *std::move(tables);
    } else if (tables.fault().kind != FaultKind::not_found) {
        opened.projections_fault =
            not_as_journaled("they cannot be opened: " + tables.fault().detail);
    }
    if (options.master_key.empty()) return Done{};
    const Result<Secret> key =
        journal::read_master_key(files, {.field = "master-key", .path = options.master_key});
    if (!key) return key.fault();
    using sequencer::Fingerprints;
    opened.fingerprints = std::make_unique<Fingerprints>(
        journal::derive_key(*key, Fingerprints::key_purpose, Fingerprints::key_bytes));
    return Done{};
}

/// In the order that a running service cannot upset: it may have written past what is opened
/// first, never past what is opened last.
Result<Done> open(const Options& options, Opened& opened) {
    journal::PosixFileSystem files;
    const auto head_file =
        journal::read_head(files, {.field = "data/head", .path = options.data + "/head"});
    if (!head_file) return head_file.fault();
    opened.head_file = *head_file;
    const Result<Done> projections = open_projections(options, opened);
    if (!projections) return projections.fault();
    auto signers = read_signers(files, options);
    if (!signers) return signers.fault();
    opened.signers = *std::move(signers);
    auto store = journal::RocksDbStore::open_read_only(
        {.field = "data/journal", .directory = options.data + "/journal"});
    if (!store) return store.fault();
    opened.journal = *std::move(store);
    return Done{};
}

Beside beside_of(const Options& options, Opened& opened) {
    Beside beside{.head_file = opened.head_file,
                  .projections = opened.projections.get(),
                  .fingerprints = opened.fingerprints.get()};
    if (!options.batches.empty()) {
        beside.batches.emplace(Batches::Parts{.book = opened.book,
                                              .directory = options.batches,
                                              .currency_name = settlement::currency_letters,
                                              .signers = opened.signers});
    }
    return beside;
}

Result<Report> run_check(const Options& options) {
    Opened opened;
    const Result<Done> ready = open(options, opened);
    if (!ready) return ready.fault();
    ProgressLine line;
    Report report = check(*opened.journal, beside_of(options, opened),
                          [&line](Sequence checked, Sequence tail) { line.show(checked, tail); });
    line.clear();
    if (opened.projections_fault) {
        report.cache = {.sequence = {1}, .fault = *opened.projections_fault};
    }
    if (report.journal) return report;
    const Result<Done> tables = opened.journal->check_tables(
        {.field = "data/journal", .directory = options.data + "/journal"});
    if (!tables) return tables.fault();
    return report;
}

void describe(CLI::App& app, Options& options) {
    app.add_option("--data", options.data,
                   "The data directory of the service: the one with \"journal\"")
        ->required();
    app.add_option("--master-key", options.master_key,
                   "The service's master key: then the request keys are compared as well");
    app.add_option("--batches", options.batches,
                   "The directory \"batches\" of the settlement service's data");
    CLI::Option* const ca =
        app.add_option("--ca", options.ca, "The certificate authority (PEM), with --signer");
    app.add_option("--signer", options.signers,
                   "The certificate (PEM) that signs batches; each one that ever did")
        ->needs(ca);
    app.add_flag("--json", options.json, "Say what was found as one JSON object");
}

int run(int argc, char** argv) {
    CLI::App app{description, program};
    app.footer(footer);
    Options options;
    describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    }
    const Result<Report> checked = run_check(options);
    if (!checked) {
        fmt::print("{}\n", options.json ? to_json(checked.fault()) : to_text(checked.fault()));
        return EXIT_FAILURE;
    }
    fmt::print("{}\n", options.json ? to_json(*checked) : to_text(*checked));
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
