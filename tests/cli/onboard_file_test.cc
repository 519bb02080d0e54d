#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "services/cli/onboard.h"

namespace carecard::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class OnboardFile : public testing::Test {
   protected:
    OnboardFile() {
        std::string name = testing::TempDir() + "onboard-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    ~OnboardFile() override { std::filesystem::remove_all(directory_); }

    Result<std::vector<NewBudget>> read(const std::string& rows) const {
        const std::string path = directory_ + "/people.csv";
        std::ofstream(path) << "account,arrangement,purse,priority,card_number,expiry,holder\n"
                            << rows;
        return read_onboard_file(path, key_);
    }

    std::string directory_;
    Secret key_{32};
};

TEST_F(OnboardFile, GathersPursesAndCardsOfAnAccountFromItsRows) {
    const auto budgets = read(
        "DP-1,direct_payment,social care,1,4111111111111111,2029-08,person\n"
        "DP-2,voucher,food,,,,\n"
        "DP-1,direct_payment,own money,2,4012888888881881,2029-09,helper\n");
    ASSERT_TRUE(budgets) << budgets.fault().detail;
    ASSERT_EQ(budgets->size(), 2U);
    const NewBudget& first = budgets->front();
    EXPECT_EQ(first.reference, "DP-1");
    ASSERT_EQ(first.purses.size(), 2U);
    EXPECT_EQ(first.purses[1].priority(), 2U);
    ASSERT_EQ(first.cards.size(), 2U);
    EXPECT_EQ(first.cards[0].last_four, "1111");
    EXPECT_EQ(first.cards[1].holder, v1::CARD_HOLDER_HELPER);
    EXPECT_TRUE(budgets->back().cards.empty());
    EXPECT_EQ(budgets->back().purses[0].priority(), 1U);
}

TEST_F(OnboardFile, NamesEveryFaultyRowByLineColumnAndRemedyAndNoCardNumber) {
    const auto budgets = read(
        "DP-1,pension,social care,1,,,\n"
        "DP-2,voucher,food,0,,,\n"
        "DP-3,voucher,food,1,4111111111111112,2029-08,person\n"
        "DP-4,voucher,food,1,4111111111111111,2029-13,person\n"
        "DP-5,voucher,,1,,,\n"
        ",voucher,food,1,,,\n"
        "DP-6,voucher,food,1,5555555555554444,2029-08,person\n"
        "DP-7,voucher,food,1,5555555555554444,2029-08,dog\n"
        "DP-8,voucher,food,1,5555555555554444,2029-08,person\n");
    ASSERT_FALSE(budgets);
    const Fault& fault = budgets.fault();
    EXPECT_EQ(fault.kind, FaultKind::malformed);
    for (const char* part :
         {"8 of its rows", "arrangement: row 1 (line 2)", "priority: row 2 (line 3)",
          "card_number: row 3 (line 4)", "expiry: row 4 (line 5)", "purse: row 5 (line 6)",
          "account: row 6 (line 7)", "holder: row 8 (line 9)",
          "card_number: row 9 (line 10): is that of row 7"}) {
        EXPECT_THAT(fault.detail, HasSubstr(part));
    }
    for (const char* number : {"4111111111111112", "5555555555554444"}) {
        EXPECT_THAT(fault.detail, Not(HasSubstr(number)));
    }
}

TEST_F(OnboardFile, RefusesAnAccountThatContradictsItself) {
    EXPECT_FALSE(read("DP-1,voucher,food,1,,,\nDP-1,direct_payment,food,1,,,\n"));
    EXPECT_FALSE(read("DP-1,voucher,food,1,,,\nDP-1,voucher,food,2,,,\n"));
}

TEST_F(OnboardFile, RefusesMorePursesThanAnAccountMayHave) {
    std::string rows;
    for (int purse = 0; purse < 17; ++purse) {
        rows += "DP-1,voucher,purse " + std::to_string(purse) + ",1,,,\n";
    }
    const auto budgets = read(rows);
    ASSERT_FALSE(budgets);
    EXPECT_THAT(budgets.fault().detail, HasSubstr("purse: row 17 (line 18)"));
}

}  // namespace
}  // namespace carecard::cli
