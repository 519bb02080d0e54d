// Every order, with repeats, in which the messages about one payment may come, against a model that
// fits on a page. A message that comes again is the network's repeat: it has its first request key.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

constexpr std::int64_t loaded = 1'000;
constexpr std::int64_t asked = 100;

/// By what the messages name the payment.
enum class Naming : unsigned char { network_transaction_id, request_key, trace };

enum class Action : unsigned char {
    authorise,
    reverse_partly,  // to 40
    reverse_fully,
    present,       // 30, more may follow
    present_last,  // 60
    advise,        // the network approved it in our place
    expire,        // eight days pass, and the window of request keys with them
    restart,
};
constexpr std::size_t action_count = 8;

/// The payment as a person would follow it, with pencil and paper.
class Paper {
   public:
    void take(Action action) {
        switch (action) {
            case Action::authorise:
                if (is_new(action)) authorise();
                return;
            case Action::reverse_partly:
                if (is_new(action)) reverse(40);
                return;
            case Action::reverse_fully:
                if (is_new(action)) reverse(0);
                return;
            case Action::present:
                present(action, 30, false);
                return;
            case Action::present_last:
                present(action, 60, true);
                return;
            case Action::advise:
                if (is_new(action)) advise();
                return;
            case Action::expire:
                seen_.clear();
                left_by_reversal_.reset();
                std::fill(holds_.begin(), holds_.end(), 0);
                return;
            case Action::restart:
                return;
        }
    }

    [[nodiscard]] std::int64_t held() const {
        std::int64_t sum = 0;
        for (const std::int64_t hold : holds_) sum += hold;
        return sum;
    }
    [[nodiscard]] std::int64_t cleared() const { return cleared_; }
    [[nodiscard]] std::int64_t available() const { return loaded - held() - cleared_; }

   private:
    /// A message that was answered within the window changes nothing when it comes again.
    bool is_new(Action action) { return seen_.insert(action).second; }

    /// The payment a message speaks of: two under one name are no better than none.
    std::int64_t* original() { return holds_.size() == 1 ? &holds_.front() : nullptr; }

    /// What we know is held once. What we do not is held whatever else was said, or what a reversal
    /// that came first leaves of it; it is a payment from then on.
    void advise() {
        if (holds_.size() == 1) return;
        holds_.push_back(std::min(asked, left_by_reversal_.value_or(asked)));
        left_by_reversal_.reset();
    }

    /// A reversal that came first has the payment decided for what it leaves; it does so once.
    void authorise() {
        const std::int64_t amount = std::min(asked, left_by_reversal_.value_or(asked));
        left_by_reversal_.reset();
        if (amount > 0) holds_.push_back(amount);
    }

    /// It waits when there is no payment; of several that wait the one that leaves least counts.
    void reverse(std::int64_t remaining) {
        if (holds_.empty()) {
            left_by_reversal_ = std::min(remaining, left_by_reversal_.value_or(remaining));
        }
        std::int64_t* hold = original();
        if (hold != nullptr) *hold = std::min(*hold, remaining);
    }

    void present(Action action, std::int64_t pence, bool last) {
        if (!cleared_ids_.insert(action).second) return;  // once, however late it comes again
        cleared_ += pence;
        std::int64_t* hold = original();
        if (hold != nullptr) *hold = last ? 0 : std::max<std::int64_t>(0, *hold - pence);
    }

    std::vector<std::int64_t> holds_;  // what each authorisation still promises
    std::optional<std::int64_t> left_by_reversal_;
    std::set<Action> seen_;
    std::set<Action> cleared_ids_;
    std::int64_t cleared_ = 0;
};

/// The same payment, through the service's core.
class Payment {
   public:
    explicit Payment(Naming naming) {
        machine_->set_up(parties_, loaded);
        authorise_ = parties_.pay(asked);
        const rules::OriginalReference original = name(naming);
        reverse_partly_ = parties_.reverse(original, 40);
        reverse_fully_ = parties_.reverse(original, 0);
        present_ = parties_.present(original, 30, false);
        present_last_ = parties_.present(original, 60, true);
        advise_ = parties_.advise(rules::AdviceKind::stand_in_approved, {}, asked);
        advise_.identity = authorise_.identity;
    }

    void take(Action action) {
        switch (action) {
            case Action::authorise:
                return ask(authorise_);
            case Action::reverse_partly:
                return ask(reverse_partly_);
            case Action::reverse_fully:
                return ask(reverse_fully_);
            case Action::present:
                return ask(present_);
            case Action::present_last:
                return ask(present_last_);
            case Action::advise:
                return ask(advise_);
            case Action::expire:
                clock_.pass(days(8));
                return machine_->run();
            case Action::restart:
                return restart();
        }
    }

    [[nodiscard]] std::int64_t available() const { return machine_->available(); }
    [[nodiscard]] std::int64_t held() const { return account().held().value; }
    [[nodiscard]] std::int64_t cleared() const {
        const auto& ledger = machine_->state().programmes.front().ledger;
        return static_cast<std::int64_t>(ledger[rules::LedgerAccount::settlement].value);
    }

   private:
    /// Gives the payment a name of this kind, by which the other messages call it.
    rules::OriginalReference name(Naming naming) {
        rules::NetworkIdentity& identity = authorise_.identity;
        switch (naming) {
            case Naming::network_transaction_id:
                identity.network_transaction_id = InlineText<15>::of("300000000000077");
                return {.identity = identity};
            case Naming::request_key:
                return {.caller = authorise_.request.caller, .request_key = authorise_.request.key};
            case Naming::trace:
                identity.acquirer = InlineText<11>::of("123456");
                identity.stan = InlineText<6>::of("000077");
                identity.transmission_time = InlineText<10>::of("0603090000");
                identity.rrn = InlineText<12>::of("416510000077");
                return {.identity = identity};
        }
        CHECK(false);
    }

    [[nodiscard]] const rules::Account& account() const {
        return *machine_->state().find(rules::account_name("A"));
    }
    void ask(const rules::Command& command) { EXPECT_TRUE(machine_->ask(command).event); }

    /// Half of the times with images and archive, half from the first event.
    void restart() {
        if (++restarts_ % 2 == 1) machine_->sweep();
        const journal::Head head = machine_->core().head;
        machine_ = std::make_unique<Machine>(disks_, clock_, nullptr, head);
    }

    Disks disks_;
    HandClock clock_;
    rules::World parties_;
    std::unique_ptr<Machine> machine_ = std::make_unique<Machine>(disks_, clock_);
    rules::Authorise authorise_;
    rules::Reverse reverse_partly_;
    rules::Reverse reverse_fully_;
    rules::Present present_;
    rules::Present present_last_;
    rules::Advise advise_;
    int restarts_ = 0;
};

std::string name_of(const std::vector<Action>& order) {
    constexpr const char* names[action_count] = {"authorise",  "reverse to 40",    "reverse",
                                                 "present 30", "present 60, last", "advise",
                                                 "expire",     "restart"};
    std::string text;
    for (const Action action : order) {
        text += std::string(text.empty() ? "" : ", ") + names[static_cast<std::size_t>(action)];
    }
    return text;
}

void play(Naming naming, const std::vector<Action>& order) {
    Payment payment(naming);
    Paper paper;
    for (const Action action : order) {
        payment.take(action);
        paper.take(action);
    }
    EXPECT_EQ(payment.held(), paper.held()) << name_of(order);
    EXPECT_EQ(payment.cleared(), paper.cleared()) << name_of(order);
    EXPECT_EQ(payment.available(), paper.available()) << name_of(order);
}

/// Plays every order of up to `length_max` messages. @return how many there were.
std::size_t play_all(Naming naming, std::size_t length_max) {
    std::size_t orders = 0;
    std::vector<Action> order;
    const std::function<void()> extend = [&] {
        if (order.size() == length_max) return;
        for (std::size_t next = 0; next < action_count; ++next) {
            // An advice repeats the network's marks, and knows no key of the gateway's.
            const bool is_advice = static_cast<Action>(next) == Action::advise;
            if (is_advice && naming == Naming::request_key) continue;
            order.push_back(static_cast<Action>(next));
            play(naming, order);
            ++orders;
            if (!testing::Test::HasFailure()) extend();
            order.pop_back();
        }
    };
    extend();
    return orders;
}

TEST(Orders, OfAllMessagesAboutAPaymentEndAsOnPaper) {
    std::size_t orders = play_all(Naming::network_transaction_id, 5);
    orders += play_all(Naming::request_key, 4);
    orders += play_all(Naming::trace, 4);
    std::printf("orders=%zu\n", orders);
    RecordProperty("orders", static_cast<int>(orders));
    const std::size_t of_eight = 8 + 64 + 512 + 4096;
    EXPECT_EQ(orders, of_eight + 32'768U + (7U + 49U + 343U + 2401U) + of_eight);
}

}  // namespace
}  // namespace carecard::sequencer
