#include "services/cli/simulate/sample.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "common/pan.h"
#include "services/cli/london_time.h"
#include "services/cli/simulate/sample_reader.h"

namespace carecard::cli::simulate {
namespace {

const SampleOptions july{.seed = 7, .month = day_of({2026, 7, 1})};

const std::string& file(const SampleFiles& files, std::string_view name) {
    for (const auto& [each, bytes] : files) {
        if (each == name) return bytes;
    }
    ADD_FAILURE() << "no file " << name;
    return files.front().second;
}

TEST(Sample, IsTheSameForTheSameSeedAndAnotherForAnother) {
    EXPECT_EQ(make_sample(july), make_sample(july));
    SampleOptions other = july;
    other.seed = 8;
    EXPECT_NE(file(make_sample(other), "payments.csv"), file(make_sample(july), "payments.csv"));
}

TEST(Sample, BeginsAsItAlwaysDid) {
    const SampleFiles files = make_sample(july);
    const auto head = [&](std::string_view name) {
        const std::string& bytes = file(files, name);
        const std::size_t first = bytes.find('\n');
        return bytes.substr(0, bytes.find('\n', first + 1) + 1);
    };
    EXPECT_EQ(head("onboard.csv"),
              "account,arrangement,purse,priority,card_number,expiry,holder,holder_reference\n"
              "RC-1001,direct_payment,social care,1,9999990000041083,2028-05,person,H-1001\n");
    EXPECT_EQ(head("agreements.csv"),
              "date,account,allow,refuse,cash,single_max,day_max,month_max,reason\n"
              "2026-07-01,RC-1001,core_care taxis,,refused,400.00,,,\"home care by an agency, five "
              "mornings a week\"\n");
    EXPECT_EQ(head("loads.csv"),
              "date,account,purse,amount,reference\n"
              "2026-07-01,RC-1001,social care,994.00,RC-1001-2026-07\n");
    EXPECT_EQ(head("payments.csv"),
              "date,account,kind,mcc,merchant,city,amount,currency,expected\n"
              "2026-07-01,RC-1004,purchase,5411,Market Hall Foods,Thornbury,27.66,GBP,approved\n");
}

class SampleDirectory : public testing::Test {
   protected:
    SampleDirectory() {
        std::string name = testing::TempDir() + "sample-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
        for (const auto& [each, bytes] : make_sample(july)) write(each, bytes);
    }
    ~SampleDirectory() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(directory_ + "/" + name) << bytes;
    }

    std::string directory_;
    Secret key_{32};
};

TEST_F(SampleDirectory, IsReadBackAsARunWithEverySortOfDecline) {
    const auto script = read_sample(directory_, key_);
    ASSERT_TRUE(script) << script.fault().detail;
    EXPECT_EQ(script->budgets.size(), july.holders);
    EXPECT_EQ(first_day_of(*script), july.month);
    std::map<std::string, int> expected;
    std::set<PaymentKind> kinds;
    DayNumber last = july.month;
    for (const Payment& payment : script->payments) {
        ++expected[payment.expected];
        kinds.insert(payment.kind);
        EXPECT_GE(payment.day, last);
        last = payment.day;
    }
    EXPECT_LE(last, day_of({2026, 7, 31}));
    EXPECT_EQ(kinds.size(), 3U);
    EXPECT_GT(expected["approved"], 200);
    for (const char* reason : {"mcc_refused", "mcc_not_allowed", "amount_over_single",
                               "cash_not_agreed", "card_frozen", "funds_insufficient"}) {
        EXPECT_GE(expected[reason], 3) << reason;
    }
    EXPECT_EQ(script->loads.size(), july.holders);
    EXPECT_GT(script->changes.size(), july.holders);
}

TEST_F(SampleDirectory, IsTheSameRunAsItsFilesInMemory) {
    SampleFiles files = make_sample(july);
    const auto from_disk = read_sample(directory_, key_);
    const auto from_memory = parse_sample(files, key_);
    ASSERT_TRUE(from_disk);
    ASSERT_TRUE(from_memory);
    EXPECT_EQ(from_memory->run_id, from_disk->run_id);
    EXPECT_EQ(from_memory->payments.size(), from_disk->payments.size());

    files.pop_back();
    const auto incomplete = parse_sample(files, key_);
    ASSERT_FALSE(incomplete);
    EXPECT_EQ(incomplete.fault().kind, FaultKind::not_found);
}

TEST_F(SampleDirectory, LoadsEnoughForWhatIsToBeApproved) {
    const auto script = read_sample(directory_, key_);
    ASSERT_TRUE(script);
    std::map<std::uint32_t, std::int64_t> money;
    for (const Load& load : script->loads) money[load.budget] += load.amount.value;
    for (const Payment& payment : script->payments) {
        std::int64_t& left = money[payment.budget];
        if (payment.expected == "approved") left -= payment.billing.amount.value;
        EXPECT_GE(left, 0);
        if (payment.expected == "funds_insufficient") {
            EXPECT_LT(left, payment.billing.amount.value);
        }
    }
}

TEST_F(SampleDirectory, NamesFileRowAndColumnOfWhatIsWrong) {
    struct Case {
        std::string file;
        std::string bytes;
        std::string_view field;
    };
    const std::string head = "date,account,kind,mcc,merchant,city,amount,currency,expected\n";
    const Case cases[] = {
        {"payments.csv", head + "2026-07-01,nobody,purchase,5411,m,c,1.00,GBP,\n", "account"},
        {"payments.csv", head + "2026-07-01,RC-1001,gift,5411,m,c,1.00,GBP,\n", "kind"},
        {"payments.csv", head + "2026-07-01,RC-1001,refund,5411,m,c,-1.00,GBP,\n", "amount"},
        {"payments.csv", head + "2026-07-01,RC-1001,cash,5411,m,c,1.00,GBP,maybe\n", "expected"},
        {"payments.csv", head, "payments.csv"},
        {"cards.csv", "date,account,status,reason\n2026-07-01,RC-1001,lost,why\n", "status"},
        {"loads.csv", "date,account,purse,amount,reference\n2026-07-01,RC-1001,,x,r\n", "amount"},
    };
    for (const Case& each : cases) {
        for (const auto& [name, bytes] : make_sample(july)) write(name, bytes);
        write(each.file, each.bytes);
        const auto script = read_sample(directory_, key_);
        ASSERT_FALSE(script) << each.bytes;
        EXPECT_EQ(script.fault().field, each.field) << each.bytes;
    }
}

}  // namespace
}  // namespace carecard::cli::simulate
