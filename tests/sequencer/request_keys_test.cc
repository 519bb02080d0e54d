#include "services/sequencer/request_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <unordered_map>
#include <vector>

#include "common/limits.h"

namespace carecard::sequencer {
namespace {

template <class Table>
std::vector<std::uint64_t> found(const Table& table, std::uint64_t fingerprint) {
    std::vector<std::uint64_t> sequences;
    table.find(fingerprint, [&](Sequence sequence) {
        sequences.push_back(sequence.value);
        return false;
    });
    std::ranges::sort(sequences);
    return sequences;
}

TEST(FingerprintTable, HoldsWhatAMultimapHoldsAfterAnyInsertsAndErasures) {
    std::mt19937_64 random(20'240'603);
    FingerprintTable table;
    std::unordered_multimap<std::uint64_t, std::uint64_t> model;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    std::uint64_t next = 0;
    // Few values, and all in the last slots of the table: long runs that wrap around its end.
    const auto draw = [&random] { return ~std::uint64_t{0} - random() % 300; };
    for (int step = 0; step < 60'000; ++step) {
        const bool grow = step < 30'000 ? random() % 3 != 0 : random() % 3 == 0;
        if (grow || all.empty()) {
            all.emplace_back(draw(), ++next);
            table.insert(all.back().first, {next});
            model.emplace(all.back());
        } else {
            std::swap(all[random() % all.size()], all.back());
            const auto [fingerprint, sequence] = all.back();
            all.pop_back();
            table.erase(fingerprint, {sequence});
            const auto [first, last] = model.equal_range(fingerprint);
            model.erase(std::find_if(first, last, [sequence = sequence](const auto& entry) {
                return entry.second == sequence;
            }));
        }
        ASSERT_EQ(table.size(), model.size());
        if (step % 50 != 0) continue;
        const std::uint64_t probe = draw();
        std::vector<std::uint64_t> expected;
        const auto [first, last] = model.equal_range(probe);
        for (auto entry = first; entry != last; ++entry) expected.push_back(entry->second);
        std::ranges::sort(expected);
        ASSERT_EQ(found(table, probe), expected) << "step " << step;
    }
}

TEST(FingerprintTable, EndsASearchWhenTheVisitorHasEnough) {
    FingerprintTable table;
    for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) table.insert(9, {sequence});
    int visits = 0;
    table.find(9, [&visits](Sequence) { return ++visits == 2; });
    EXPECT_EQ(visits, 2);
}

TEST(FingerprintTable, LeavesAloneWhatIsNotThere) {
    FingerprintTable table;
    table.erase(1, {1});
    table.insert(1, {1});
    table.erase(1, {2});
    table.erase(2, {1});
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(found(table, 1), (std::vector<std::uint64_t>{1}));
}

Secret key_of(unsigned char first) {
    Secret key(Fingerprints::key_bytes);
    key.writable()[0] = std::byte{first};
    return key;
}

rules::Request request_of(const char* caller, const char* key, const char* council = "") {
    return {.key = RequestKey::of(key),
            .caller = CallerId::of(caller),
            .council = CouncilCode::of(council)};
}

TEST(Fingerprints, TellCallersAndKeysApart) {
    const Fingerprints prints(key_of(1));
    const auto print = [&prints](const char* caller, const char* key) {
        return prints.of(request_of(caller, key));
    };
    EXPECT_EQ(print("gateway-1", "k"), print("gateway-1", "k"));
    EXPECT_NE(print("gateway-1", "k"), print("gateway-2", "k"));
    EXPECT_NE(print("gateway-1", "k"), print("gateway-1", "l"));
    EXPECT_NE(print("ab", "c"), print("a", "bc"));
}

TEST(Fingerprints, TellOneCouncilsCallerFromAnothersOfTheSameId) {
    const Fingerprints prints(key_of(1));
    const auto print = [&prints](const char* council, const char* caller) {
        return prints.of(request_of(caller, "k", council));
    };
    EXPECT_EQ(print("riverdale", "support-1"), print("riverdale", "support-1"));
    EXPECT_NE(print("riverdale", "support-1"), print("hilltown", "support-1"));
    EXPECT_NE(print("riverdale", "support-1"), print("", "support-1"));
    EXPECT_NE(print("a", "bc"), print("ab", "c"));
}

TEST(Fingerprints, AreTheSameUnderTheSameKeyAndOthersUnderAnother) {
    const auto print = [](unsigned char first) {
        return Fingerprints(key_of(first)).of(request_of("gateway-1", "k"));
    };
    EXPECT_EQ(print(1), print(1));
    EXPECT_NE(print(1), print(2));
}

TEST(RequestKeys, KeepsAKeyForTheWholeWindowAndForgetsItSoonAfter) {
    RequestKeys keys;
    const TimestampNs start{1'000};
    for (int second = 0; second < 600; ++second) {
        keys.insert(static_cast<std::uint64_t>(second), {static_cast<std::uint64_t>(second) + 1},
                    start + seconds(second));
    }
    for (int second = 0; second < 600; ++second) {
        const auto fingerprint = static_cast<std::uint64_t>(second);
        const TimestampNs end = start + seconds(second) + request_window;
        keys.expire(end);
        ASSERT_EQ(found(keys, fingerprint).size(), 1U) << second;
        // What is two minutes older is gone.
        if (second >= 121) {
            ASSERT_TRUE(found(keys, fingerprint - 121).empty()) << second;
        }
    }
    keys.expire(start + seconds(600) + request_window + minutes(2));
    EXPECT_EQ(keys.size(), 0U);
}

}  // namespace
}  // namespace carecard::sequencer
