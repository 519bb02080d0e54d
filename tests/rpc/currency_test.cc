#include "services/rpc/currency.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace carecard::rpc {
namespace {

TEST(Currency, KnowsTheMinorUnitsPeopleGetWrong) {
    const struct {
        const char* alpha;
        std::uint16_t number;
        int minor_digits;
    } rows[] = {{"GBP", 826, 2}, {"EUR", 978, 2}, {"USD", 840, 2}, {"JPY", 392, 0},
                {"HUF", 348, 2}, {"ISK", 352, 0}, {"KWD", 414, 3}, {"BHD", 48, 3},
                {"CLF", 990, 4}, {"ALL", 8, 2},   {"KRW", 410, 0}, {"HRK", 191, 2}};
    for (const auto& row : rows) {
        const Currency* const by_alpha = find_currency(row.alpha);
        ASSERT_NE(by_alpha, nullptr) << row.alpha;
        EXPECT_EQ(by_alpha->code.value, row.number) << row.alpha;
        EXPECT_EQ(by_alpha->minor_digits, row.minor_digits) << row.alpha;
        EXPECT_EQ(find_currency(CurrencyCode{row.number}), by_alpha) << row.alpha;
    }
}

TEST(Currency, KeepsWithdrawnCodes) {
    for (const char* alpha : {"HRK", "LTL", "EEK", "DEM", "ITL"}) {
        const Currency* const currency = find_currency(alpha);
        ASSERT_NE(currency, nullptr) << alpha;
        EXPECT_EQ(currency->use, CurrencyUse::withdrawn) << alpha;
    }
}

TEST(Currency, FindsNothingForWhatIsNoCurrency) {
    for (const char* alpha : {"", "gbp", "GB", "GBPX", "XXX", "XTS", "XAU", "QQQ", "ZZZ", "AAA"}) {
        EXPECT_EQ(find_currency(alpha), nullptr) << alpha;
    }
    for (const int number : {0, 1, 999, 1'000, 65'535}) {
        EXPECT_EQ(find_currency(CurrencyCode{static_cast<std::uint16_t>(number)}), nullptr)
            << number;
    }
}

TEST(Currency, PrefersTheSuccessorOfANumber) {
    ASSERT_NE(find_currency("ANG"), nullptr);
    EXPECT_EQ(find_currency(find_currency("ANG")->code)->alpha, "XCG");
}

TEST(Currency, IsFoundByItsNumberUnlessASuccessorHasIt) {
    for (const Currency& currency : currencies()) {
        const Currency* const found = find_currency(currency.code);
        ASSERT_NE(found, nullptr) << currency.alpha;
        EXPECT_EQ(found->code, currency.code) << currency.alpha;
        if (currency.use == CurrencyUse::active) {
            EXPECT_EQ(found, &currency);
        }
    }
}

TEST(Currency, AgreesWithThePublishedList) {
    const char* const folder = std::getenv("CARECARD_DATA_DIR");
    std::ifstream list(std::string(folder == nullptr ? "" : folder) + "/lists/iso4217.csv");
    if (!list) GTEST_SKIP() << "ABSENT: lists/iso4217.csv, so the table is not compared with it";
    int compared = 0;
    std::string line;
    for (std::getline(list, line); std::getline(list, line);) {
        const std::string alpha = line.substr(0, 3);
        const std::string rest = line.substr(8);
        if (rest.starts_with("N.A.")) continue;
        const Currency* const currency = find_currency(alpha);
        ASSERT_NE(currency, nullptr) << line;
        EXPECT_EQ(currency->code.value, std::stoi(line.substr(4, 3))) << line;
        EXPECT_EQ(currency->minor_digits, std::stoi(rest.substr(0, 1))) << line;
        ++compared;
    }
    EXPECT_GT(compared, 160);
}

}  // namespace
}  // namespace carecard::rpc
