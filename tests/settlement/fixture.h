#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "common/sha256.h"
#include "services/journal/codec.h"
#include "services/journal/file_system.h"
#include "services/journal/memory_store.h"
#include "services/journal/record.h"
#include "services/settlement/catalogue.h"
#include "services/settlement/memory_book.h"
#include "services/settlement/posix_directories.h"
#include "services/settlement/settlement.h"
#include "services/settlement/shelf.h"
#include "services/settlement/verify_batch.h"
#include "tests/rules/fixture.h"

namespace carecard::settlement {

inline std::string source_directory() {
    const char* const path = std::getenv("CARECARD_SOURCE_DIR");
    return path == nullptr ? "." : path;
}

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

/// A directory that goes away with the object.
class TemporaryDirectory {
   public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "settlement-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

   private:
    std::string path_;
};

/// A certificate authority with all its certificates, made once for the whole test program.
class Authority {
   public:
    static const Authority& one() {
        static const Authority authority;
        return authority;
    }
    static const Authority& another() {
        static const Authority authority;
        return authority;
    }

    [[nodiscard]] std::string file(const std::string& name) const {
        return directory_.path() + "/" + name;
    }
    /// Of a caller in the council hilltown, by the same authority.
    [[nodiscard]] std::string file_of_another_council(const std::string& name) const {
        const std::string folder = file("hilltown");
        if (!std::filesystem::exists(folder)) {
            std::filesystem::create_directory(folder);
            for (const char* const own : {"ca.pem", "ca.key"}) {
                std::filesystem::copy(file(own), folder);
            }
            make(folder, "hilltown");
        }
        return folder + "/" + name;
    }
    [[nodiscard]] Signer signer(const std::string& name = "batch-signer") const {
        journal::PosixFileSystem files;
        const Result<Secret> key =
            files.read_secret({.field = "signing_key", .path = file(name + ".key")});
        Result<Signer> signer = Signer::make(read_text(file(name + ".pem")), *key);
        return std::move(*signer);
    }
    [[nodiscard]] TrustedSigner trusted() const {
        return {.authorities = read_text(file("ca.pem")),
                .certificate = read_text(file("batch-signer.pem"))};
    }

   private:
    Authority() { make(directory_.path(), "riverdale"); }
    static void make(const std::string& folder, const std::string& council) {
        const std::string command = "bash '" + source_directory() + "/deploy/certificates' '" +
                                    folder + "' " + council + " >/dev/null";
        if (std::system(command.c_str()) != 0) ADD_FAILURE() << command;
    }
    TemporaryDirectory directory_;
};

/// Gives each event a record of its own, or `events_per_record` of them, continuing `store`.
class Recorder {
   public:
    explicit Recorder(std::size_t events_per_record = 1) : events_per_record_(events_per_record) {}

    /// Commits the events that it has not seen yet.
    void record(const rules::World& world) {
        while (done_ < world.events.size()) record_one(world);
    }

    journal::MemoryStore store;

   private:
    void record_one(const rules::World& world) {
        const std::size_t end = std::min(done_ + events_per_record_, world.events.size());
        builder_.begin({.epoch = world.events[done_].second.epoch,
                        .first = world.events[done_].second.sequence,
                        .stamp = world.events[end - 1].second.now_ns,
                        .previous = chain_});
        std::vector<std::byte> clear;
        for (; done_ < end; ++done_) {
            const auto& [event, stamp] = world.events[done_];
            clear.clear();
            const std::vector<Hash32> commitments(journal::texts_of(event).size(), Hash32{});
            journal::encode_clear(event, stamp, commitments, clear);
            builder_.append_event(clear, {});
        }
        const journal::RecordBuilder::Built built = builder_.finish();
        chain_ = built.chain;
        ASSERT_TRUE(store.commit(store.tail(), built.record));
    }

    std::size_t events_per_record_;
    std::size_t done_ = 0;
    Hash32 chain_{};
    journal::RecordBuilder builder_;
};

inline std::string letters_of(CurrencyCode code) {
    if (code == rules::gbp) return "GBP";
    if (code == rules::eur) return "EUR";
    return std::to_string(code.value);
}

/// Lets `settlement` follow the journal to its end.
inline Result<Done> follow_to_end(Settlement& settlement, const journal::Store& store,
                                  ClockKind clock) {
    std::vector<std::byte> buffer;
    journal::Record record;
    if (store.tail().value == 0) return Done{};
    const Result<journal::ReadOutcome> last = store.read({store.tail().value - 1}, buffer, record);
    if (!last) return last.fault();
    const Result<journal::RecordHeader> end = journal::parse_record_header(record.bytes);
    if (!end) return end.fault();
    while (true) {
        const Result<journal::ReadOutcome> outcome =
            store.read(settlement.head().sequence, buffer, record);
        if (!outcome) return outcome.fault();
        if (*outcome == journal::ReadOutcome::end) return Done{};
        const Result<journal::RecordView> view = journal::parse_record(record.bytes);
        if (!view) return view.fault();
        const Result<Done> followed =
            settlement.follow(*view, {.clock = clock, .epoch = end->epoch});
        if (!followed) return followed.fault();
    }
}

/// One run of the service over a book and a directory that may be there from a run before.
class Follower {
   public:
    Follower(Book& book, const std::string& root, Directories& directories)
        : shelf_(directories, root), signer_(Authority::one().signer()) {
        Result<std::unique_ptr<Settlement>> opened =
            Settlement::open({.book = book,
                              .shelf = shelf_,
                              .signer = signer_,
                              .catalogue = catalogue,
                              .currency_name = letters_of});
        if (!opened) {
            ADD_FAILURE() << opened.fault().detail;
            return;
        }
        settlement_ = std::move(*opened);
    }

    /// Follows the journal to its end.
    Result<Done> follow(const journal::Store& store) {
        return follow_to_end(*settlement_, store, clock);
    }

    /// The journal was found to be of a later epoch.
    Result<Done> begin_again() { return settlement_->begin_again(); }

    Catalogue catalogue;
    ClockKind clock = ClockKind::system;

   private:
    Shelf shelf_;
    Signer signer_;
    std::unique_ptr<Settlement> settlement_;
};

/// A run over a new book and a new directory.
struct FreshRun {
    TemporaryDirectory root;
    MemoryBook book;
    PosixDirectories directories;
    Follower run{book, root.path(), directories};

    void follow(const journal::Store& store) {
        const Result<Done> followed = run.follow(store);
        if (!followed) ADD_FAILURE() << followed.fault().detail;
    }
    [[nodiscard]] std::string place(int number, const std::string& programme = "care") const {
        std::string digits = std::to_string(number);
        digits.insert(0, 6 - digits.size(), '0');
        return root.path() + "/" + programme + "/" + digits;
    }
    [[nodiscard]] BatchFiles files(int number) const {
        Result<BatchFiles> files = read_batch(place(number));
        if (!files) ADD_FAILURE() << files.fault().field << ": " << files.fault().detail;
        return files ? *files : BatchFiles{};
    }
};

// --- A council's month in small ------------------------------------------------------------------

inline rules::CloseSettlement close_day(DayNumber day, std::string_view key,
                                        std::string_view programme = "care") {
    return {.request = rules::asked_by("settlement", key, ""),
            .programme = ProgrammeCode::of(programme),
            .day = day};
}

inline constexpr DayNumber first_day{19877};  // 2024-06-03

/// Two days with every kind of item: loads, a purchase, one cleared beyond the holder's money and
/// its refund, a refund of nothing, a foreign purchase, a reversal, and a hold that stays.
class SampleMonth {
   public:
    SampleMonth() {
        world.record(world.open_account("B, \"the\" second", {"social"}));
        world.record(world.issue_card("B, \"the\" second", 2));
        world.record(world.programme("other", "riverdale"));
        world.record(world.load(100'00, "social", "june"));
        const auto bought = world.approve(60'00);
        world.record(world.reverse(rules::by_id(world.approve(1'00).id), 0));
        over_ = world.approve(40'00).id;
        world.record(world.present(rules::by_id(bought.id), 55'00));
        world.record(world.present(rules::by_id(over_), 52'50));
        world.advance(rules::utc(2024, 6, 3, 23));
    }

    void second_day() {
        world.advance(rules::utc(2024, 6, 4, 9));
        world.record(world.refund(rules::by_id(over_), 20'00));
        rules::Present foreign = world.present({}, 8'00);
        foreign.amounts.transaction = {9'30};
        foreign.amounts.transaction_currency = rules::eur;
        world.record(foreign);
        world.record(world.refund({}, 1'00));
        world.record(world.load(30'00, "own", "june, own"));
        world.approve(12'00);
        world.advance(rules::utc(2024, 6, 4, 23));
    }

    void close(int day_index) {
        world.record(
            close_day({first_day.value + day_index}, "close-" + std::to_string(day_index)));
    }

    rules::World world;

   private:
    AuthorisationId over_;
};

}  // namespace carecard::settlement
