#include <gtest/gtest.h>

#include <string>

#include "tests/survival/extent.h"
#include "tests/survival/history.h"

namespace carecard::survival {
namespace {

class EveryCall : public testing::TestWithParam<Trouble> {};

TEST_P(EveryCall, MayMeetItAndNoAnswerIsLost) {
    const Trouble trouble = GetParam();
    const std::vector<Operation> calls = calls_without_trouble(extent().seed);
    EXPECT_GT(calls.size(), 200U);
    EXPECT_LE(calls.size(), 400U);
    Tally tally;
    std::uint64_t wanted = 0;
    for (std::uint64_t call = 0; call < calls.size(); call += extent().share) {
        if (!can_befall(trouble, calls[call])) continue;
        ++wanted;
        tally.add(trouble_at(extent().seed, call, trouble));
    }
    for (const std::string& breach : tally.breaches) ADD_FAILURE() << breach;
    EXPECT_EQ(tally.lost, 0U);
    EXPECT_GT(tally.answers, 0U);
    EXPECT_GE(tally.faults + 4, wanted);  // RocksDB's threads may take a call more or less
    if (trouble == Trouble::flipped_bit) {
        EXPECT_GT(tally.refused, 0U);
    } else {
        EXPECT_EQ(tally.refused, 0U);
    }
    RecordProperty("tally", text_of(tally));
}

INSTANTIATE_TEST_SUITE_P(Trouble, EveryCall,
                         testing::Values(Trouble::io_error, Trouble::no_space, Trouble::short_write,
                                         Trouble::flipped_bit),
                         [](const testing::TestParamInfo<Trouble>& one) {
                             std::string name(name_of(one.param));
                             std::erase(name, ' ');
                             return name;
                         });

}  // namespace
}  // namespace carecard::survival
