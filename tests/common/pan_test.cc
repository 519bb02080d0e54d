#include "common/pan.h"

#include <gtest/gtest.h>

#include <string>

namespace carecard {
namespace {

enum class Expected : unsigned char { card_number, harmless };

struct Row {
    std::string text;
    Expected expected;
    std::string why;
};

const Row rows[] = {
    {"", Expected::harmless, "empty"},
    {"Greggs, Leeds", Expected::harmless, "no digits"},
    {"4111111111111111", Expected::card_number, "16 digits"},
    {"4111 1111 1111 1111", Expected::card_number, "single spaces"},
    {"4111-1111-1111-1111", Expected::card_number, "hyphens"},
    {"4-1 1-1 1-1 1-1 1-1 1-1 1-1 1-1", Expected::card_number, "a separator between any two"},
    {"card4111111111111111x", Expected::card_number, "letters on both sides"},
    {"4111111111111111 ", Expected::card_number, "a separator after the run"},
    {"-4111111111111111-", Expected::card_number, "separators around the run"},
    {"4111111111111112", Expected::harmless, "wrong check digit"},
    {"4111  1111 1111 1111", Expected::harmless, "a double space ends a run"},
    {"4111- 1111 1111 1111", Expected::harmless, "two separators end a run"},
    {"4111.1111.1111.1111", Expected::harmless, "dots are not separators"},
    {"411111111111", Expected::harmless, "12 digits"},
    {"0000000000000", Expected::card_number, "13 digits, the shortest"},
    {"000000000000", Expected::harmless, "one digit too few"},
    {"0000000000000000000", Expected::card_number, "19 digits, the longest"},
    {"00000000000000000000", Expected::harmless, "one digit too many"},
    {"123 4111 1111 1111 1111", Expected::harmless, "the maximal run has 19 digits, fails Luhn"},
    {"1234, then 4111111111111111", Expected::card_number, "a second run"},
    {"4111111111111112/4111111111111111", Expected::card_number, "a run after a harmless one"},
    {std::string(1000, '0'), Expected::harmless, "a very long run"},
};

TEST(ContainsPan, FindsMaximalRunsThatPassLuhn) {
    for (const Row& row : rows) {
        EXPECT_EQ(contains_pan(row.text), row.expected == Expected::card_number)
            << row.why << ": " << row.text.substr(0, 60);
    }
}

TEST(LuhnHolds, NoticesEveryWrongDigit) {
    const std::string right = "4111111111111111";
    EXPECT_TRUE(luhn_holds(right));
    for (std::size_t index = 0; index < right.size(); ++index) {
        std::string wrong = right;
        wrong[index] = wrong[index] == '9' ? '0' : static_cast<char>(wrong[index] + 1);
        EXPECT_FALSE(luhn_holds(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace carecard
