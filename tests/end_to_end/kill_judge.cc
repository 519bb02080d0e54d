#include "tests/end_to_end/kill_judge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "rules/event.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/verify.h"
#include "services/rpc/text.h"
#include "services/sequencer/repeats.h"

namespace carecard::end_to_end {
namespace {

/// An event about money, in the words of an answer.
struct Fact {
    Ask ask;
    Answered answered;
    int times = 0;
};

/// Unset when there is none.
std::string id_at(const rules::Stamp& stamp) {
    return rpc::to_text(AuthorisationId{.epoch = stamp.epoch, .sequence = stamp.sequence});
}

Answered answered_at(const rules::Stamp& stamp) {
    return {.event_id = id_at(stamp), .decided_ns = stamp.now_ns.value};
}

bool same_wish(const Ask& left, const Ask& right) {
    return left.kind == right.kind && left.card == right.card && left.pence == right.pence &&
           left.original == right.original;
}

std::string text_of(const Answered& answered) {
    return fmt::format("{} {} {} {} {} at {}", answered.event_id, answered.code,
                       answered.declined ? "declined" : "approved", answered.pence,
                       answered.exposure, answered.decided_ns);
}

}  // namespace

/// One reading of a journal.
class KillJudge::Reading {
   public:
    explicit Reading(std::map<std::uint32_t, Account>& accounts) : accounts_(accounts) {}

    void see(const rules::Event& event, const rules::Stamp& stamp) {
        stamp_ = stamp;
        std::visit([this](const auto& fact) { see(fact); }, event);
    }

    [[nodiscard]] const std::map<std::string, Fact>& facts() const { return facts_; }

   private:
    void see(const rules::AccountOpened& event) {
        accounts_[event.account.value].reference = event.request.account.reference.str();
    }
    void see(const rules::AuthorisationDecided& event) {
        Answered answered = answered_at(stamp_);
        answered.code = event.code.str();
        answered.declined = event.decline.declined();
        answered.pence = event.approved.value;
        add(event, AskKind::authorise, event.request.amounts.billing.value, {}, answered);
        if (answered.declined) return;
        Account& account = post(event);
        account.spent[answered.event_id] = {
            .day = rpc::to_text(event.windows.day),
            .week = rpc::to_text(rules::first_day_of_week(event.windows.week)),
            .month = rpc::to_text(rules::first_day_of_month(event.windows.month)),
            .approved = event.approved.value};
    }
    void see(const rules::Reversed& event) {
        Answered answered = answered_at(stamp_);
        answered.declined = event.decline.declined();
        answered.pence = event.released.value;
        add(event, AskKind::reverse, event.request.remaining.value,
            event.request.original.authorisation_id, answered);
        if (!answered.declined)
            post(event).spent[rpc::to_text(event.after.id)].released += event.released.value;
    }
    void see(const rules::Presented& event) {
        const bool is_debit = event.request.direction == rules::Direction::debit;
        Answered answered = answered_at(stamp_);
        answered.pence = event.request.amounts.billing.value;
        answered.exposure = is_debit ? event.exposure.value : event.recovered.value;
        add(event, is_debit ? AskKind::present : AskKind::refund, answered.pence,
            event.request.original.authorisation_id, answered);
        Spent& spent = post(event).spent[rpc::to_text(event.after.id)];
        spent.released += event.released.value;
        spent.cleared = true;
    }
    void see(const rules::Loaded& event) {
        Answered answered = answered_at(stamp_);
        answered.pence = event.request.amount.value;
        add(event, AskKind::load, answered.pence, {}, answered);
        post(event);
    }
    void see(const rules::HoldExpired& event) {
        post(event).spent[rpc::to_text(event.after.id)].released += event.released.value;
    }
    void see(const rules::Advised&) {}  // The load sends none.
    void see(const rules::StageReleased&) {}
    void see(const rules::PurseClosed&) {}
    void see(const rules::PurseEnded&) {}
    void see(const rules::EarmarkSet&) {}
    void see(const rules::EarmarkWithdrawn&) {}
    void see(const rules::EarmarkPaid&) {}
    void see(const rules::ProviderSet&) {}
    void see(const rules::ResolutionProposed&) {}
    void see(const rules::ResolutionDecided&) {}
    void see(const rules::ExposureRecovered&) {}
    void see(const rules::DisputeOpened&) {}
    void see(const rules::DisputeClosed&) {}
    // What moves no holder's money, or is never sent by this load.
    void see(const rules::HoldIncreased&) {}
    void see(const rules::ProgrammeCreated&) {}
    void see(const rules::PurseOpened&) {}
    void see(const rules::CardIssued&) {}
    void see(const rules::AgreementSet&) {}
    void see(const rules::CardStatusSet&) {}
    void see(const rules::CardReplaced&) {}
    void see(const rules::CardRulesSet&) {}
    void see(const rules::AccountStatusSet&) {}
    void see(const rules::BusinessDayEnded&) {}
    void see(const rules::SettlementClosed&) {}
    void see(const rules::OffsetTableSet&) {}
    void see(const rules::ClockAdvanced&) {}
    void see(const rules::ClockAccepted&) {}
    void see(const rules::ReversalKept&) {}
    void see(const rules::Restored&) {}

    template <class Event>
    void add(const Event& event, AskKind kind, std::int64_t pence, const AuthorisationId& original,
             const Answered& answered) {
        const std::string key = event.request.request.key.str();
        Fact& fact = facts_[key];
        ++fact.times;
        const std::string& reference = accounts_[event.account.value].reference;
        fact.ask = {.key = key,
                    .kind = kind,
                    .card = static_cast<unsigned>(std::strtoul(&reference[1], nullptr, 10)),
                    .pence = pence,
                    .original = rpc::to_text(original)};
        fact.answered = answered;
    }

    template <class Event>
    Account& post(const Event& event) {
        Account& account = accounts_[event.account.value];
        std::int64_t sum = 0;
        for (const rules::Posting& line : event.postings) {
            sum += line.amount.value;
            if (!rules::is_in_purse(line.account)) continue;
            Sum& purse = account.purses[line.purse.value];
            const bool is_held = line.account == rules::LedgerAccount::held;
            (is_held ? purse.held : purse.available) += line.amount.value;
        }
        EXPECT_EQ(sum, 0) << "the postings at " << id_at(stamp_);
        for (const auto& [number, purse] : account.purses) {
            EXPECT_GE(purse.available, 0) << "purse " << number << " at " << id_at(stamp_);
            EXPECT_GE(purse.held, 0) << "purse " << number << " at " << id_at(stamp_);
        }
        return account;
    }

    std::map<std::uint32_t, Account>& accounts_;
    std::map<std::string, Fact> facts_;
    rules::Stamp stamp_;
};

std::uint64_t KillJudge::judge(const std::string& data, const std::vector<Oracle::Entry>& entries) {
    accounts_.clear();
    const auto store =
        journal::RocksDbStore::open_read_only({.field = "journal", .directory = data + "/journal"});
    if (!store) {
        ADD_FAILURE() << store.fault().detail;
        return 0;
    }
    const auto head = journal::verify_chain(**store, {}, [](const auto&) { return Done{}; });
    if (!head) {
        ADD_FAILURE() << head.fault().detail;
        return 0;
    }
    const Result<Done> goes_on = journal::check_head(**store, *head, last_);
    EXPECT_TRUE(goes_on) << goes_on.fault().detail;
    last_ = *head;

    Reading reading(accounts_);
    sequencer::Recall recall(**store);
    for (Sequence at{1}; at <= head->sequence; ++at.value) {
        const auto recorded = recall.read(at, nullptr);
        if (!recorded) {
            ADD_FAILURE() << recorded.fault().detail;
            return 0;
        }
        reading.see(recorded->event, recorded->stamp);
    }
    std::map<std::string, const Oracle::Entry*> asked;
    for (const Oracle::Entry& entry : entries) asked[entry.ask.key] = &entry;
    for (const auto& [key, fact] : reading.facts()) {
        EXPECT_EQ(fact.times, 1) << key;
        if (key.starts_with("opening-")) continue;
        const auto found = asked.find(key);
        EXPECT_TRUE(found != asked.end() && same_wish(found->second->ask, fact.ask))
            << key << " was not asked for like this: " << text_of(fact.answered);
    }
    std::uint64_t lost = 0;
    for (const Oracle::Entry& entry : entries) {
        if (!entry.answered) continue;
        const auto found = reading.facts().find(entry.ask.key);
        const bool there =
            found != reading.facts().end() && found->second.answered == *entry.answered;
        EXPECT_TRUE(there) << entry.ask.key << " was answered " << text_of(*entry.answered);
        if (!there) ++lost;
    }
    return lost;
}

void KillJudge::expect_recounted(const v1::ReadAccountResponse& account) const {
    const std::string& reference = account.account().reference();
    const auto found = std::ranges::find_if(
        accounts_, [&](const auto& one) { return one.second.reference == reference; });
    ASSERT_NE(found, accounts_.end()) << reference;
    const Account& known = found->second;
    Sum sum;
    for (const auto& [number, purse] : known.purses) {
        sum.available += purse.available;
        sum.held += purse.held;
    }
    EXPECT_EQ(account.available().minor_units(), sum.available) << reference;
    EXPECT_EQ(account.held().minor_units(), sum.held) << reference;
    EXPECT_EQ(account.counters_size(), 3);
    for (const v1::SpendingCounter& counter : account.counters()) {
        std::int64_t amount = 0;
        std::uint32_t count = 0;
        for (const auto& [id, spent] : known.spent) {
            const std::string& start = counter.window() == v1::WINDOW_DAY    ? spent.day
                                       : counter.window() == v1::WINDOW_WEEK ? spent.week
                                                                             : spent.month;
            if (start != counter.window_start()) continue;
            amount += spent.approved - spent.released;
            if (spent.cleared || spent.released < spent.approved) ++count;
        }
        EXPECT_EQ(counter.amount().minor_units(), amount)
            << reference << counter.ShortDebugString();
        EXPECT_EQ(counter.count(), count) << reference << counter.ShortDebugString();
    }
}

}  // namespace carecard::end_to_end
