// What each step of the sequencer costs by itself: deciding, encoding, sealing, hashing and
// committing; and what an account takes of memory. `bench/run core` runs it.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bench/allocations.h"
#include "bench/core_world.h"
#include "common/check.h"
#include "common/secret.h"
#include "common/sha256.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/sealer.h"

namespace carecard::bench {
namespace {

/// Reports allocations for each of `count` events since it was made.
class AllocationCount {
   public:
    AllocationCount() : before_(allocations_so_far()) {}
    void report(benchmark::State& state, std::int64_t count) const {
        const auto made = static_cast<double>(allocations_so_far() - before_);
        state.counters["allocations"] = made / static_cast<double>(count);
        state.SetItemsProcessed(count);
    }

   private:
    std::uint64_t before_;
};

void decide_and_apply(benchmark::State& state) {
    CoreWorld world({.purses = static_cast<std::size_t>(state.range(0)),
                     .mcc_ranges = static_cast<std::size_t>(state.range(1))});
    const AllocationCount allocations;
    for (auto _ : state) benchmark::DoNotOptimize(world.take(world.next_payment()));
    allocations.report(state, state.iterations());
}

/// A payment that three purses share, and its reversal: two events in each turn. What is over
/// leaves memory, as it does once the archive has it. Every account has paid before.
void split_and_reverse(benchmark::State& state) {
    CoreWorld world({.purses = 3, .mcc_ranges = 24, .pence_in_all_but_the_last = 50});
    for (std::size_t turn = 0; turn < 15 * CoreWorld::accounts; ++turn) world.split_and_reverse();
    const AllocationCount allocations;
    for (auto _ : state) world.split_and_reverse();
    allocations.report(state, 2 * state.iterations());
}

/// What the core keeps for an account with a card, and for each open authorisation: bytes, not
/// time.
void memory(benchmark::State& state) {
    constexpr std::uint64_t payments = 10'000;
    for (auto _ : state) {
        const std::uint64_t before = bytes_in_use();
        CoreWorld world({.purses = static_cast<std::size_t>(state.range(0)),
                         .mcc_ranges = static_cast<std::size_t>(state.range(1))});
        const std::uint64_t opened = bytes_in_use();
        for (std::uint64_t payment = 0; payment < payments; ++payment) {
            world.take(world.next_payment());
        }
        const std::uint64_t spent = bytes_in_use();
        state.counters["account_bytes"] =
            static_cast<double>(opened - before) / CoreWorld::accounts;
        state.counters["open_authorisation_bytes"] = static_cast<double>(spent - opened) / payments;
    }
}

void decide_only(benchmark::State& state) {
    CoreWorld world({.purses = static_cast<std::size_t>(state.range(0)),
                     .mcc_ranges = static_cast<std::size_t>(state.range(1))});
    rules::Stamp stamp = world.last_stamp();
    stamp.sequence = {world.state().last.value + 1};
    const AllocationCount allocations;
    for (auto _ : state) {
        benchmark::DoNotOptimize(rules::decide(world.state(), world.next_payment(), stamp));
    }
    allocations.report(state, state.iterations());
}

/// The parts of an event that are stored, made again and again in the same buffers.
class Encoder {
   public:
    void encode_clear(const rules::Event& event, const rules::Stamp& stamp) {
        clear_.clear();
        texts_ = journal::texts_of(event);
        journal::make_salts(salts());
        journal::Commitments commitments;
        for (std::size_t index = 0; index < texts_.size(); ++index) {
            commitments.push_back(journal::commitment(salts_[index], texts_[index]));
        }
        journal::encode_clear(event, stamp, commitments, clear_);
    }
    void seal(const rules::Stamp& stamp) {
        sealed_.clear();
        sealer_.seal(key_, {1}, stamp.sequence, texts_, salts(), sealed_);
    }
    [[nodiscard]] std::span<const std::byte> clear() const { return clear_; }
    [[nodiscard]] std::span<const std::byte> sealed() const { return sealed_; }

   private:
    std::span<journal::Salt> salts() { return std::span(salts_).first(texts_.size()); }

    std::array<journal::Salt, commitments_per_event_max> salts_{};
    journal::PersonalTexts texts_;
    std::vector<std::byte> clear_;
    std::vector<std::byte> sealed_;
    journal::Sealer sealer_;
    Secret key_{journal::aes_key_bytes};
};

void encode(benchmark::State& state) {
    CoreWorld world({});
    const rules::Event& event = world.take(world.next_payment());
    Encoder encoder;
    encoder.encode_clear(event, world.last_stamp());
    const AllocationCount allocations;
    for (auto _ : state) encoder.encode_clear(event, world.last_stamp());
    allocations.report(state, state.iterations());
    state.counters["bytes"] = static_cast<double>(encoder.clear().size());
}

void seal(benchmark::State& state) {
    CoreWorld world({});
    const rules::Event& event = world.take(world.next_payment());
    Encoder encoder;
    encoder.encode_clear(event, world.last_stamp());
    encoder.seal(world.last_stamp());
    const AllocationCount allocations;
    for (auto _ : state) encoder.seal(world.last_stamp());
    allocations.report(state, state.iterations());
    state.counters["bytes"] = static_cast<double>(encoder.sealed().size());
}

void hash(benchmark::State& state) {
    const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
    const AllocationCount allocations;
    for (auto _ : state) benchmark::DoNotOptimize(sha256(bytes));
    allocations.report(state, state.iterations());
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// A journal in a directory of its own, removed at the end.
class Journal {
   public:
    Journal() {
        const char* base = std::getenv("TMPDIR");
        directory_ = fmt::format("{}/carecard-bench-XXXXXX", base == nullptr ? "/tmp" : base);
        CHECK(mkdtemp(directory_.data()) != nullptr);
        auto store = journal::RocksDbStore::open(
            {.field = "directory", .directory = directory_ + "/journal"});
        CHECK(store);
        store_ = *std::move(store);
    }
    ~Journal() {
        store_.reset();
        std::error_code error;
        std::filesystem::remove_all(directory_, error);
    }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Commits a group of `count` events with these bytes.
    void commit(std::int64_t count, const Encoder& encoder) {
        builder_.begin({.first = {store_->tail().value + 1}, .previous = chain_});
        for (std::int64_t added = 0; added < count; ++added) {
            builder_.append_event(encoder.clear(), encoder.sealed());
        }
        const journal::RecordBuilder::Built built = builder_.finish();
        chain_ = built.chain;
        CHECK(store_->commit(store_->tail(), built.record));
    }

   private:
    std::string directory_;
    std::unique_ptr<journal::RocksDbStore> store_;
    journal::RecordBuilder builder_;
    Hash32 chain_{};
};

void commit(benchmark::State& state) {
    CoreWorld world({});
    Encoder encoder;
    encoder.encode_clear(world.take(world.next_payment()), world.last_stamp());
    encoder.seal(world.last_stamp());
    Journal journal;
    const AllocationCount allocations;
    for (auto _ : state) journal.commit(state.range(0), encoder);
    allocations.report(state, state.iterations() * state.range(0));
}

void shapes(benchmark::internal::Benchmark* one) {
    one->ArgNames({"purses", "mcc_ranges"})
        ->Args({1, 0})
        ->Args({3, 0})
        ->Args({3, 24})
        ->Args({16, 96});
}

BENCHMARK(decide_only)->Apply(shapes)->MinTime(0.3);
BENCHMARK(split_and_reverse)->MinTime(0.3);
BENCHMARK(decide_and_apply)->Apply(shapes)->MinTime(0.3);
BENCHMARK(memory)->Apply(shapes)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(encode)->MinTime(0.3);
BENCHMARK(seal)->MinTime(0.3);
BENCHMARK(hash)->ArgName("bytes")->Arg(300)->Arg(4'096)->Arg(131'072)->MinTime(0.3);
BENCHMARK(commit)->ArgName("events")->Arg(1)->Arg(16)->Arg(512)->UseRealTime()->MinTime(0.5);

}  // namespace
}  // namespace carecard::bench

BENCHMARK_MAIN();
