#include "services/cli/show_transactions.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace carecard::cli {
namespace {

void set_pence(std::int64_t pence, v1::Money& out) {
    out.set_minor_units(pence);
    out.set_currency("GBP");
}

v1::AccountName name_of(const std::string& reference) {
    v1::AccountName name;
    name.set_programme("care");
    name.set_reference(reference);
    return name;
}

using Fill = std::function<void(v1::Transaction&)>;

std::string remark(const Fill& fill, const std::string& reference = "DP-1001") {
    v1::Transaction entry;
    fill(entry);
    return remark_of(entry, name_of(reference));
}

TEST(Remark, IsEmptyForAPlainClearing) {
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_CLEARED);
                  set_pence(10'00, *e.mutable_amount());
              }),
              "");
}

TEST(Remark, SaysWhatBecameOfEachShareOfAnAmount) {
    using T = v1::Transaction;
    const std::vector<std::pair<v1::Money* (T::*)(), std::string>> rows{
        {&T::mutable_exposure, "of it £20.00 is borne by the programme"},
        {&T::mutable_earmarks_broken, "of it £20.00 was kept for others"},
        {&T::mutable_recovered, "of it £20.00 made good what the programme bore"},
        {&T::mutable_repaid, "of it £20.00 repaid what had been written off"},
        {&T::mutable_settled, "of it £20.00 had been credited before (dispute)"},
        {&T::mutable_owed_back, "of it £20.00 is kept for the network"},
        {&T::mutable_returned, "£20.00 left a purse that is over, for whoever it belongs to"}};
    for (const auto& [field, words] : rows) {
        EXPECT_EQ(remark([&](auto& e) { set_pence(20'00, *(e.*field)()); }), words);
    }
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_PRESENTED_AGAIN);
                  set_pence(20'00, *e.mutable_owed_back());
              }),
              "of it £20.00 had been kept for the network");
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_STAND_IN_APPROVED);
                  set_pence(20'00, *e.mutable_exposure());
              }),
              "of it £20.00 is promised by the programme");
}

TEST(Remark, SaysAllOfItAndTheExceptionLast) {
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_CLEARED);
                  set_pence(20'00, *e.mutable_exposure());
                  set_pence(40'00, *e.mutable_earmarks_broken());
                  e.mutable_transaction()->set_minor_units(75'00);
                  e.mutable_transaction()->set_currency("EUR");
                  e.mutable_exception()->set_reason(v1::EXCEPTION_REASON_CLEARING_UNFUNDED);
                  set_pence(20'00, *e.mutable_exception()->mutable_amount());
                  e.mutable_exception()->set_text("The programme bears it.");
              }),
              "of it £20.00 is borne by the programme; of it £40.00 was kept for others; = 75.00 "
              "EUR; clearing_unfunded £20.00: The programme bears it.");
}

TEST(Remark, SaysWhatWasAskedForAndWhy) {
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_APPROVED);
                  set_pence(80'00, *e.mutable_asked());
                  set_pence(60'00, *e.mutable_held());
              }),
              "in part; asked for £80.00; held £60.00");
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_APPROVED);
                  e.set_cashback_refused(true);
                  set_pence(80'00, *e.mutable_asked());
              }),
              "without the cashback; asked for £80.00");
    const auto decided = [](v1::EntryKind as) {
        return remark([as](auto& e) {
            e.set_entry_kind(as);
            e.set_kind(v1::TRANSACTION_KIND_REFUND);
        });
    };
    EXPECT_EQ(decided(v1::ENTRY_KIND_APPROVED), "announced: comes when it clears");
    EXPECT_EQ(decided(v1::ENTRY_KIND_DECLINED), "");
}

TEST(Remark, NamesTheEarmarkThePurseAndTheStage) {
    EXPECT_EQ(remark([](auto& e) {
                  e.set_entry_kind(v1::ENTRY_KIND_EARMARK_SET);
                  e.set_earmark("wages June");
                  e.set_purse("care");
              }),
              "earmark wages June; purse care");
    EXPECT_EQ(remark([](auto& e) {
                  e.set_stage("ramp");
                  e.set_purse("works");
              }),
              "stage ramp; purse works");
    const auto paid = [](std::int64_t pence) {
        return remark([pence](auto& e) {
            e.set_entry_kind(v1::ENTRY_KIND_COUNCIL_PAID);
            e.set_earmark("rent");
            e.set_purse("care");
            set_pence(pence, *e.mutable_amount());
            set_pence(420'00, *e.mutable_earmarked());
        });
    };
    EXPECT_EQ(paid(420'00), "earmark rent; purse care");
    EXPECT_EQ(paid(380'00), "earmark rent; purse care; paid £380.00 of £420.00");
    EXPECT_EQ(paid(0), "earmark rent; purse care; paid £0.00 of £420.00");
}

TEST(Remark, SaysWhyAPaymentIsDisputedAndHowThatEnded) {
    const auto opened = [](std::int64_t credited) {
        return remark([credited](auto& e) {
            e.set_entry_kind(v1::ENTRY_KIND_DISPUTE_OPENED);
            e.set_dispute_category(v1::DISPUTE_CATEGORY_WRONG_AMOUNT);
            if (credited != 0) set_pence(credited, *e.mutable_credited());
        });
    };
    EXPECT_EQ(opened(0), "disputed: wrong amount; nothing credited now");
    EXPECT_EQ(opened(25'00), "disputed: wrong amount; £25.00 of it credited now");
    const auto closed = [](v1::DisputeOutcome outcome, const Fill& fill) {
        return remark([&](auto& e) {
            e.set_entry_kind(v1::ENTRY_KIND_DISPUTE_CLOSED);
            e.set_dispute_outcome(outcome);
            fill(e);
        });
    };
    EXPECT_EQ(closed(v1::DISPUTE_OUTCOME_WON, [](auto& e) { set_pence(45'00, *e.mutable_due()); }),
              "won; £45.00 is to come");
    EXPECT_EQ(closed(v1::DISPUTE_OUTCOME_LOST,
                     [](auto& e) {
                         set_pence(35'00, *e.mutable_taken_back());
                         set_pence(15'00, *e.mutable_exposure());
                     }),
              "lost; £35.00 of the credit taken back; £15.00 of the credit had been spent: the "
              "programme bears it");
    EXPECT_EQ(closed(v1::DISPUTE_OUTCOME_WITHDRAWN, [](auto&) {}), "withdrawn");
}

void disputable(v1::Transaction& entry) {
    entry.set_authorisation_id("1-42");
    entry.mutable_exception()->set_reason(v1::EXCEPTION_REASON_CLEARING_BEYOND_TOLERANCE);
    entry.mutable_exception()->set_dispute(v1::DISPUTE_CATEGORY_WRONG_AMOUNT);
    entry.mutable_exception()->set_text("Dispute the amount.");
    set_pence(50'00, *entry.mutable_exception()->mutable_amount());
}

TEST(Remark, EndsWithTheDisputeThatAnExceptionAsksForReadyForAShell) {
    const std::string before = "clearing_beyond_tolerance £50.00: Dispute the amount. ";
    EXPECT_EQ(remark(disputable), before +
                                      "carecard dispute open DP-1001 1-42 50.00 wrong-amount "
                                      "--programme care");
    EXPECT_EQ(remark(disputable, "Ann O'Hara"),
              before +
                  "carecard dispute open 'Ann O'\\''Hara' 1-42 50.00 wrong-amount "
                  "--programme care");
    const auto abroad = [](v1::Transaction& entry) {
        disputable(entry);
        entry.mutable_exception()->mutable_amount()->set_currency("EUR");
    };
    EXPECT_EQ(remark(abroad),
              "clearing_beyond_tolerance 50.00 EUR: Dispute the amount. carecard dispute open "
              "DP-1001 1-42 50.00 wrong-amount --currency EUR --programme care");
}

TEST(TransactionTable, HasALineForEachEntryAndIsEmptyForNone) {
    v1::ListTransactionsResponse list;
    EXPECT_EQ(table_of(list, name_of("DP-1001")), "");
    v1::Transaction& entry = *list.add_transactions();
    entry.set_entry_kind(v1::ENTRY_KIND_EARMARK_WITHDRAWN);
    entry.set_earmark("wages June");
    set_pence(420'00, *entry.mutable_amount());
    const std::string table = table_of(list, name_of("DP-1001"));
    EXPECT_TRUE(table.starts_with("\nLast transactions\n")) << table;
    EXPECT_NE(table.find("earmark_withdrawn"), std::string::npos) << table;
    EXPECT_NE(table.find("£420.00"), std::string::npos) << table;
    EXPECT_TRUE(table.ends_with("earmark wages June\n")) << table;
}

}  // namespace
}  // namespace carecard::cli
