#include "tests/model/resolutions.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/model/moves.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using fmt::format, std::string;

const string not_that = "refused conflict proposal";

struct Council {
    Ledger& ledger;
    const Subject& of;
    long now, sequence;

    /// The account's payment of this number; null when it has none.
    [[nodiscard]] Payment* payment(long number) const {
        const auto found = ledger.payments.find(number);
        const bool here = found != ledger.payments.end() && &found->second.account == of.account;
        return here ? &found->second : nullptr;
    }
    [[nodiscard]] Proposal* proposal(Sequence number) const {
        const auto found = ledger.proposals.find(static_cast<long>(number.value));
        const bool here =
            found != ledger.proposals.end() && payment(found->second.payment) != nullptr;
        return here ? &found->second : nullptr;
    }
    void end(Sequence number) const { ledger.proposals.erase(static_cast<long>(number.value)); }

    string operator()(const ProposeResolution& command) const {
        const long about = static_cast<long>(command.authorisation.sequence.value);
        const Payment* const known = payment(about);
        const bool recovers = command.kind == ResolutionKind::recovery;
        if (known == nullptr) return "refused not_found authorisation_id";
        if (command.currency != of.programme->terms.currency)
            return "refused conflict amount.currency";
        if (command.amount.value > known->exposure) return "refused conflict amount.minor_units";
        if (recovers && command.notice_until.value < day_at(now) + 28)
            return "refused conflict notice_until";
        const auto about_it = [&](auto& one) { return one.second.payment == about; };
        const auto of_it = [&](auto& one) { return payment(one.second.payment) != nullptr; };
        if (std::ranges::any_of(ledger.proposals, about_it))
            return "refused conflict authorisation_id";
        if (std::ranges::count_if(ledger.proposals, of_it) == 8) return "refused conflict account";
        ledger.proposals[sequence] = {.payment = about,
                                      .recovers = recovers,
                                      .amount = command.amount.value,
                                      .notice_until = command.notice_until.value,
                                      .by = command.request.caller.str()};
        return format("proposed, of {}", known->exposure);
    }
    string operator()(const DecideResolution& command) const {
        Proposal* const open = proposal(command.proposal);
        if (open == nullptr) return "refused not_found proposal";
        if (open->by == command.request.caller.str()) return not_that;
        if (command.approve && open->approved) return not_that;
        if (!command.approve) {
            end(command.proposal);
            return "resolved 0";
        }
        Payment& about = *payment(open->payment);
        const long amount = std::min(open->amount, about.exposure);
        if (amount == 0) return not_that;
        open->approved = true;
        open->amount = amount;
        if (open->recovers) return format("resolved {}", amount);
        about.exposure -= amount;
        about.written_off += amount;
        end(command.proposal);
        return format("resolved {}", amount);
    }
    string operator()(const RecoverExposure& command) const {
        Proposal* const open = proposal(command.proposal);
        if (open == nullptr) return "refused not_found proposal";
        if (!open->recovers || !open->approved || day_at(now) < open->notice_until) return not_that;
        Payment& about = *payment(open->payment);
        const long due = std::min(open->amount, about.exposure);
        if (due == 0) return not_that;
        const long taken = due - take(about, about.debited, all_money(), due);
        if (taken == 0) return "refused conflict account";
        about.exposure -= taken;
        open->amount -= taken;
        if (open->amount == 0 || about.exposure == 0) end(command.proposal);
        return format("recovered {}", taken);
    }
    template <class Other>
    string operator()(const Other&) const {
        return "refused by the council";
    }

    /// What may be spent first, purse by purse, and then what waits for a stage; nothing that is
    /// earmarked.
    [[nodiscard]] std::vector<Payer> all_money() const {
        std::vector<Payer> all;
        std::vector<Payer> waiting;
        for (const auto& [purse, spec] : of.account->purses) {
            const auto waits = of.account->unreleased.find(purse);
            const long not_yet = waits == of.account->unreleased.end() ? 0 : waits->second;
            const long kept = kept_of(*of.account, purse, {}, day_at(now));
            const long has = of.account->available[purse];
            const long first = std::max(0L, has - not_yet - kept);
            all.push_back({purse, first, 0});
            waiting.push_back({purse, std::max(0L, has - first - kept), 0});
        }
        all.insert(all.end(), waiting.begin(), waiting.end());
        return all;
    }
};

}  // namespace

string resolve(Ledger& ledger, const Command& command, const Subject& of, long now, long sequence) {
    if (of.account == nullptr) return "refused not_found account";
    return std::visit(Council{ledger, of, now, sequence}, command);
}

}  // namespace carecard::model
