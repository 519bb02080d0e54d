#include "services/cli/simulate/council_file.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

#include "services/cli/card_number.h"
#include "services/cli/london_time.h"

namespace carecard::cli::simulate {
namespace {

using testing::HasSubstr;

constexpr CurrencyCode sterling{826};
constexpr CurrencyCode kuna{191};
constexpr std::string_view header =
    "trans_date,merchant_name,mcc,mcc_source,original_amount,original_currency,billing_amount,"
    "billing_currency,card_last4,cost_centre,expense_category,directorate\n";

Result<Script> read(const std::string& rows, std::optional<AmountMinor> monthly_load = {}) {
    const Secret key(32);
    return parse_council_file(std::string(header) + rows,
                              {.programme = "simulation", .monthly_load = monthly_load}, key);
}

std::string row(std::string_view date, std::string_view original, std::string_view currency,
                std::string_view billing, std::string_view card = "1234",
                std::string_view centre = "AB1", std::string_view mcc = "5411") {
    std::string text(date);
    for (const std::string_view field :
         {std::string_view("market"), mcc, std::string_view("published"), original, currency,
          billing, std::string_view("GBP"), card, centre, std::string_view("Food"),
          std::string_view("Adults")}) {
        text += ',';
        text += field;
    }
    return text + '\n';
}

TEST(CouncilFile, TurnsRowsIntoPaymentsAndRefunds) {
    const auto script = read(row("2014-04-01", "94.93", "GBP", "94.93") +
                             row("2014-04-02", "-10.54", "GBP", "-10.54"));
    ASSERT_TRUE(script);
    ASSERT_EQ(script->payments.size(), 2U);
    EXPECT_EQ(script->payments[0].kind, PaymentKind::purchase);
    EXPECT_EQ(script->payments[0].billing, (rpc::Price{{9493}, sterling}));
    EXPECT_EQ(script->payments[1].kind, PaymentKind::refund);
    EXPECT_EQ(script->payments[1].billing, (rpc::Price{{1054}, sterling}));
    EXPECT_EQ(script->payments[1].place.number, 2U);
    EXPECT_EQ(script->payments[1].place.line, 3U);
}

TEST(CouncilFile, KeepsBothAmountsOfAForeignRowInAWithdrawnCurrency) {
    const auto script = read(row("2017-03-31", "3132.87", "HRK", "372.82"));
    ASSERT_TRUE(script);
    EXPECT_EQ(script->payments[0].transaction, (rpc::Price{{313'287}, kuna}));
    EXPECT_EQ(script->payments[0].billing, (rpc::Price{{37'282}, sterling}));
}

TEST(CouncilFile, SkipsAndCountsRowsOfZero) {
    const auto script =
        read(row("2014-04-01", "0.00", "GBP", "0.00") + row("2014-04-01", "1.00", "GBP", "1.00"));
    ASSERT_TRUE(script);
    EXPECT_EQ(script->skipped, 1U);
    EXPECT_EQ(script->payments.size(), 1U);
}

TEST(CouncilFile, OpensOneAccountAndCardForEachCardAndCostCentre) {
    const auto script = read(row("2014-04-01", "1.00", "GBP", "1.00", "1234", "AB1") +
                             row("2014-04-01", "1.00", "GBP", "1.00", "1234", "") +
                             row("2014-04-02", "1.00", "GBP", "1.00", "1234", "AB1"));
    ASSERT_TRUE(script);
    ASSERT_EQ(script->budgets.size(), 2U);
    EXPECT_EQ(script->budgets[0].reference, "1234/AB1");
    EXPECT_EQ(script->budgets[1].reference, "1234/");
    EXPECT_EQ(script->payments[2].budget, 0U);
    const NewCard& card = script->budgets[0].cards.front();
    EXPECT_EQ(card.last_four, "1234");
    EXPECT_EQ(card.expiry, "2015-12");
    EXPECT_NE(card.token, script->budgets[1].cards.front().token);
}

TEST(CouncilFile, GivesEveryCardANumberOfItsOwn) {
    std::string rows;
    for (int centre = 0; centre < 5'000; ++centre) {
        rows += row("2014-04-01", "1.00", "GBP", "1.00", "1234", std::to_string(centre));
    }
    const auto script = read(rows);
    ASSERT_TRUE(script);
    std::set<std::string> tokens;
    for (const NewBudget& budget : script->budgets) tokens.insert(budget.cards.front().token);
    EXPECT_EQ(tokens.size(), 5'000U);
}

TEST(CouncilFile, LoadsOnTheFirstExactlyWhatTheMonthsPositiveRowsNeed) {
    const auto script =
        read(row("2014-04-12", "1.50", "GBP", "1.50") + row("2014-04-13", "-9.00", "GBP", "-9.00") +
             row("2014-04-30", "2.25", "GBP", "2.25") + row("2014-05-01", "4.00", "GBP", "4.00") +
             row("2014-05-02", "-1.00", "GBP", "-1.00", "1234", "refund only"));
    ASSERT_TRUE(script);
    ASSERT_EQ(script->loads.size(), 2U);
    EXPECT_EQ(script->loads[0].day, day_of({2014, 4, 1}));
    EXPECT_EQ(script->loads[0].amount, AmountMinor{375});
    EXPECT_EQ(script->loads[1].day, day_of({2014, 5, 1}));
    EXPECT_EQ(script->loads[1].amount, AmountMinor{400});
    EXPECT_NE(script->loads[0].reference, script->loads[1].reference);
}

TEST(CouncilFile, LoadsAFixedFigureWhenAsked) {
    const auto script = read(row("2014-04-12", "1.50", "GBP", "1.50"), AmountMinor{50'000});
    ASSERT_TRUE(script);
    ASSERT_EQ(script->loads.size(), 1U);
    EXPECT_EQ(script->loads[0].amount, AmountMinor{50'000});
}

TEST(CouncilFile, PutsDaysInOrderAndKeepsTheRowsWithinThem) {
    const auto script =
        read(row("2014-04-02", "1.00", "GBP", "1.00") + row("2014-04-01", "2.00", "GBP", "2.00") +
             row("2014-04-01", "3.00", "GBP", "3.00"));
    ASSERT_TRUE(script);
    EXPECT_EQ(script->payments[0].place.number, 2U);
    EXPECT_EQ(script->payments[1].place.number, 3U);
    EXPECT_EQ(script->payments[2].place.number, 1U);
}

TEST(CouncilFile, SendsCashMachinesAsCash) {
    const auto script = read(row("2014-04-01", "20.00", "GBP", "20.00", "1234", "AB1", "6011"));
    ASSERT_TRUE(script);
    EXPECT_EQ(script->payments[0].kind, PaymentKind::cash);
}

TEST(CouncilFile, NamesRowAndColumnOfWhatIsWrong) {
    struct Case {
        std::string row;
        std::string_view column;
    };
    const Case cases[] = {
        {row("2014-02-30", "1.00", "GBP", "1.00"), "trans_date"},
        {row("01/02/2014", "1.00", "GBP", "1.00"), "trans_date"},
        {row("2014-04-01", "1.001", "GBP", "1.00"), "original_amount"},
        {row("2014-04-01", "1.00", "GBP", "1e3"), "billing_amount"},
        {row("2014-04-01", "1.00", "GBP", ""), "billing_amount"},
        {row("2014-04-01", "1.00", "GBP", "99999999999999999999.00"), "billing_amount"},
        {row("2014-04-01", "1.00", "XXX", "1.00"), "original_currency"},
        {row("2014-04-01", "-1.00", "GBP", "1.00"), "original_amount"},
        {row("2014-04-01", "1.00", "GBP", "1.00", "123"), "card_last4"},
        {row("2014-04-01", "1.00", "GBP", "1.00", "12a4"), "card_last4"},
    };
    for (const Case& each : cases) {
        const auto script = read(row("2014-04-01", "1.00", "GBP", "1.00") + each.row);
        ASSERT_FALSE(script) << each.row;
        EXPECT_EQ(script.fault().field, each.column) << each.row;
        EXPECT_THAT(script.fault().detail, HasSubstr("row 2 (line 3)")) << each.row;
    }
}

TEST(CouncilFile, WithoutARowToPlayIsRefused) {
    EXPECT_FALSE(read(""));
    EXPECT_FALSE(read(row("2014-04-01", "0.00", "GBP", "0.00")));
}

TEST(CouncilFile, GivesTheSameRunForTheSameBytesOnly) {
    const std::string one = row("2014-04-01", "1.00", "GBP", "1.00");
    const std::string other = row("2014-04-01", "1.00", "GBP", "1.01");
    EXPECT_EQ(read(one)->run_id, read(one)->run_id);
    EXPECT_NE(read(one)->run_id, read(other)->run_id);
}

TEST(CouncilFile, HasNoMoreAccountsOfOneLastFourThanThereAreCardNumbers) {
    std::string rows;
    for (std::uint32_t account = 0; account <= test_card_serials; ++account) {
        rows += row("2014-04-01", "1", "GBP", "1", "1234", std::to_string(account));
    }
    const auto script = read(rows);
    ASSERT_FALSE(script);
    EXPECT_EQ(script.fault().field, "card_last4");
    EXPECT_THAT(script.fault().detail, HasSubstr("row 100001"));
}

}  // namespace
}  // namespace carecard::cli::simulate
