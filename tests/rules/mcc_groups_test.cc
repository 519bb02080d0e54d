#include "rules/mcc_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace carecard::rules {
namespace {

using Items = std::vector<std::string_view>;

MccRange codes(std::uint16_t first, std::uint16_t last, std::string_view group = {}) {
    return {.first = {first}, .last = {last}, .group = InlineText<24>::of(group)};
}

MccRanges parsed(const Items& items) {
    const Result<MccRanges> ranges = parse_mcc_list(items);
    EXPECT_TRUE(ranges) << ranges.fault().field << " " << ranges.fault().detail;
    return *ranges;
}

bool names_code(std::string_view group, std::uint16_t code) {
    const auto ranges = mcc_group(group);
    return ranges && std::ranges::any_of(*ranges, [&](const MccRange& range) {
               return range.first.value <= code && code <= range.last.value;
           });
}

TEST(MccGroups, HaveNamesAndADescriptionOfOneLine) {
    EXPECT_GE(mcc_groups().size(), 20U);
    for (const MccGroup& each : mcc_groups()) {
        EXPECT_FALSE(each.ranges.empty()) << each.name;
        EXPECT_FALSE(each.description.empty()) << each.name;
        EXPECT_EQ(each.description.find('\n'), std::string_view::npos) << each.name;
        EXPECT_TRUE(mcc_group(each.name).has_value()) << each.name;
    }
}

TEST(MccGroup, NamesTheCodesThatPeopleExpect) {
    struct Row {
        std::string_view group;
        std::uint16_t code;
        bool named;
    };
    const std::vector<Row> rows{
        {"core_care", 8050, true},
        {"core_care", 8042, true},
        {"core_care", 5411, false},
        {"equipment", 5976, true},
        {"daily_living", 7349, true},
        {"groceries", 5411, true},
        {"groceries", 5813, false},
        {"eating_out", 5812, true},
        {"transport", 4121, true},
        {"taxis", 4121, true},
        {"taxis", 4111, false},
        {"fuel", 5542, true},
        {"skills", 8299, true},
        {"pharmacy", 5912, true},
        {"community_leisure", 7832, true},
        {"community_leisure", 7995, false},
        {"cash", 6011, true},
        {"cash", 6051, false},
        {"quasi_cash", 6051, true},
        {"gambling", 7995, true},
        {"gambling", 9406, true},
        {"alcohol", 5921, true},
        {"tobacco", 5993, true},
        {"dating_escort", 7273, true},
        {"travel_air", 3000, true},
        {"travel_air", 3351, false},
        {"car_hire", 3351, true},
        {"car_hire", 3501, false},
        {"hotels", 3501, true},
        {"hotels", 7011, true},
        {"animals", 742, true},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(names_code(row.group, row.code), row.named) << row.group << " " << row.code;
    }
}

TEST(MccGroup, IsNothingForAnUnknownName) {
    for (const std::string_view name : {"", "grocery", "Groceries", "zzz", "groceries "}) {
        EXPECT_FALSE(mcc_group(name).has_value()) << name;
    }
}

TEST(ParseMccList, ReadsCodesRangesAndGroups) {
    struct Row {
        std::string name;
        Items items;
        MccRanges ranges;
    };
    const std::vector<Row> rows{
        {"nothing", {}, {}},
        {"a code", {"5411"}, {codes(5411, 5411)}},
        {"a code with zeros in front", {"0742"}, {codes(742, 742)}},
        {"both ends of the codes", {"0000-9999"}, {codes(0, 9999)}},
        {"a range", {"5411-5499"}, {codes(5411, 5499)}},
        {"a range of one code is that code", {"5411-5411"}, {codes(5411, 5411)}},
        {"a group", {"fuel"}, {codes(5541, 5542, "fuel"), codes(5552, 5552, "fuel")}},
        {"repeated codes", {"5411", "5411"}, {codes(5411, 5411)}},
        {"repeated groups", {"taxis", "taxis"}, {codes(4121, 4121, "taxis")}},
        {"codes that touch", {"5412", "5411", "5413"}, {codes(5411, 5413)}},
        {"codes that do not", {"5413", "5411"}, {codes(5411, 5411), codes(5413, 5413)}},
        {"a range within a range", {"5000-5999", "5411-5412"}, {codes(5000, 5999)}},
        {"ranges that overlap", {"5450-5600", "5400-5500"}, {codes(5400, 5600)}},
        {"a code beside its group",
         {"taxis", "4121", "4120"},
         {codes(4120, 4121), codes(4121, 4121, "taxis")}},
    };
    for (const Row& row : rows) EXPECT_EQ(parsed(row.items), row.ranges) << row.name;
}

TEST(ParseMccList, GivesEqualListsForWhatSaysTheSame) {
    const Items one_way{"groceries", "4121", "5411-5412", "skills", "5413"};
    Items another{"5411-5413", "skills", "4121", "groceries", "4121"};
    EXPECT_EQ(parsed(one_way), parsed(another));
    std::ranges::reverse(another);
    EXPECT_EQ(parsed(one_way), parsed(another));
    EXPECT_NE(parsed(one_way), parsed({"groceries", "4121", "5411-5412", "skills"}));
}

TEST(ParseMccList, RefusesByItemAndSaysWhy) {
    struct Row {
        std::string name;
        Items items;
        std::string field;
        std::string detail;
    };
    const std::vector<Row> rows{
        {"nothing in it", {"5411", ""}, "rules.mcc_allowed[1]", "is empty"},
        {"three digits", {"541"}, "rules.mcc_allowed[0]", "\"541\" is neither"},
        {"five digits", {"54110"}, "rules.mcc_allowed[0]", "\"54110\" is neither"},
        {"a sign", {"+541"}, "rules.mcc_allowed[0]", "\"+541\" is neither"},
        {"a minus", {"-541"}, "rules.mcc_allowed[0]", "\"-541\" is neither"},
        {"a range without its end", {"5411-"}, "rules.mcc_allowed[0]", "\"5411-\" is neither"},
        {"a range of three", {"5411-5412-5413"}, "rules.mcc_allowed[0]", "is neither"},
        {"spaces", {" 5411"}, "rules.mcc_allowed[0]", "\" 5411\" is neither"},
        {"a backward range", {"5499-5411"}, "rules.mcc_allowed[0]", "ends before it begins"},
        {"an unknown group",
         {"skills", "grocerys"},
         "rules.mcc_allowed[1]",
         "names no group: \"grocerys\"; near it are groceries"},
        {"part of a name", {"leisure"}, "rules.mcc_allowed[0]", "near it are community_leisure"},
        {"capitals", {"Groceries"}, "rules.mcc_allowed[0]", "\"Groceries\" is neither"},
    };
    for (const Row& row : rows) {
        const Result<MccRanges> ranges = parse_mcc_list(row.items, "rules.mcc_allowed");
        ASSERT_FALSE(ranges) << row.name;
        EXPECT_EQ(ranges.fault().kind, FaultKind::malformed) << row.name;
        EXPECT_EQ(ranges.fault().field, row.field) << row.name;
        EXPECT_NE(ranges.fault().detail.find(row.detail), std::string::npos)
            << row.name << ": " << ranges.fault().detail;
        EXPECT_FALSE(ranges.fault().remedy.empty()) << row.name;
    }
}

TEST(ParseMccList, NeverRepeatsACardNumber) {
    for (const std::string_view item : {"4111111111111111", "4111 1111 1111 1111"}) {
        const Result<MccRanges> ranges = parse_mcc_list(Items{item});
        ASSERT_FALSE(ranges);
        EXPECT_EQ(ranges.fault().detail.find("4111"), std::string::npos) << ranges.fault().detail;
    }
}

TEST(ParseMccList, RefusesMoreRangesThanAnAgreementHolds) {
    std::vector<std::string> texts;
    for (std::size_t index = 0; index < mcc_ranges_per_list_max; ++index) {
        texts.push_back(std::to_string(1000 + 2 * index));
    }
    Items items(texts.begin(), texts.end());
    EXPECT_EQ(parsed(items).size(), mcc_ranges_per_list_max);
    items.push_back("9999");
    const Result<MccRanges> ranges = parse_mcc_list(items, "rules.mcc_refused");
    ASSERT_FALSE(ranges);
    EXPECT_EQ(ranges.fault().field, "rules.mcc_refused");
}

TEST(MccListText, GivesBackWhatWasWritten) {
    struct Row {
        Items items;
        std::vector<std::string> text;
    };
    const std::vector<Row> rows{
        {{}, {}},
        {{"0742"}, {"0742"}},
        {{"groceries", "4121"}, {"4121", "groceries"}},
        {{"5411-5413", "skills", "transport"}, {"transport", "5411-5413", "skills"}},
    };
    for (const Row& row : rows) EXPECT_EQ(mcc_list_text(parsed(row.items)), row.text);
}

TEST(MccListText, WritesCodesWhereAGroupHasChangedSince) {
    const MccRanges agreed{codes(4121, 4121, "taxis"), codes(5541, 5542, "fuel"),
                           codes(9000, 9000, "retired")};
    EXPECT_EQ(mcc_list_text(agreed), (std::vector<std::string>{"taxis", "5541-5542", "9000"}));
}

TEST(MccListText, IsReadBackAsTheSameList) {
    for (const MccGroup& each : mcc_groups()) {
        const MccRanges ranges = parsed({each.name, "1234", "2000-2999"});
        const std::vector<std::string> texts = mcc_list_text(ranges);
        EXPECT_EQ(parsed(Items(texts.begin(), texts.end())), ranges) << each.name;
    }
}

}  // namespace
}  // namespace carecard::rules
