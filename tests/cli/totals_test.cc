#include "services/cli/simulate/totals.h"

#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace carecard::cli::simulate {
namespace {

using testing::HasSubstr;

Tally tally(std::uint64_t count, std::int64_t minor) { return {count, TotalMinor{minor}}; }

Totals that_agree() {
    Totals totals;
    totals.offered = tally(10, 1'000'00);
    totals.approved = tally(8, 900'00);
    totals.declined = tally(2, 100'00);
    totals.cleared = totals.approved;
    totals.refunded = tally(1, 5'00);
    totals.loaded = tally(3, 950'00);
    totals.loaded_in_batches = totals.loaded;
    totals.declined_by = {{"cash_not_agreed", tally(2, 100'00)}};
    totals.batches = 4;
    totals.verified = 4;
    totals.batch_debits = totals.cleared;
    totals.batch_credits = totals.refunded;
    totals.batch_loads = totals.loaded;
    totals.skipped = 1;
    totals.milliseconds = 1'250;
    return totals;
}

TEST(Totals, AgreeToThePenny) { EXPECT_TRUE(disagreements(that_agree()).empty()); }

TEST(Totals, AreFoundOutByOnePennyOrOnePayment) {
    const std::function<void(Totals&)> changes[] = {
        [](Totals& t) { ++t.offered.sum.value; },
        [](Totals& t) { ++t.offered.count; },
        [](Totals& t) { ++t.declined.sum.value; },
        [](Totals& t) { --t.cleared.sum.value; },
        [](Totals& t) { --t.batch_debits.sum.value; },
        [](Totals& t) { ++t.batch_credits.count; },
        [](Totals& t) { ++t.batch_loads.sum.value; },
        [](Totals& t) { --t.verified; },
        [](Totals& t) { t.surprises.emplace_back("row 1 was to be approved"); },
    };
    for (const auto& change : changes) {
        Totals totals = that_agree();
        change(totals);
        EXPECT_FALSE(disagreements(totals).empty());
        EXPECT_THAT(render(totals, {826}), HasSubstr("DOES NOT AGREE"));
    }
}

TEST(Totals, AreOneObjectOfJson) {
    const std::string line = to_json(that_agree());
    EXPECT_EQ(line.find('\n'), line.npos);
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object["offered"], 10);
    EXPECT_EQ(object["offered_minor"], 100'000);
    EXPECT_EQ(object["approved_minor"], object["cleared_minor"]);
    EXPECT_EQ(object["refunded"], 1);
    EXPECT_EQ(object["refunded_minor"], 500);
    EXPECT_EQ(object["declined"], 2);
    EXPECT_EQ(object["declined_minor"], 10'000);
    EXPECT_EQ(object["declined_by"], nlohmann::json({{"cash_not_agreed", 2}}));
    EXPECT_EQ(object["batches"], 4);
    EXPECT_EQ(object["verified"], 4);
    EXPECT_EQ(object["skipped"], 1);
    EXPECT_TRUE(object["seconds"].is_number());
    EXPECT_EQ(nlohmann::json::parse(to_json({}))["declined_by"], nlohmann::json::object());
}

TEST(Totals, AreATableForPeople) {
    const std::string text = render(that_agree(), {826});
    EXPECT_THAT(text, HasSubstr("cash_not_agreed"));
    EXPECT_THAT(text, HasSubstr("£1,000.00"));
    EXPECT_THAT(text, HasSubstr("agree to the penny"));
}

}  // namespace
}  // namespace carecard::cli::simulate
