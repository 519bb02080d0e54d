#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "tests/rules/fixture.h"

namespace carecard::rules {

/// Disputes about what a state knows, how they end, and what a network answers to them, from one
/// seed: mostly of payments that are disputed, charged back or borne by the programme already.
class RandomDisputes {
   public:
    /// @param state  is looked at whenever the next one is made, and must live as long as this.
    RandomDisputes(const State& state, std::uint64_t seed) : state_(&state), random_(seed) {}

    /// None while no payment has taken anything.
    std::optional<Command> next() {
        const Authorisation* payment = some_payment();
        if (payment == nullptr) return std::nullopt;
        const AmountMinor returnable = payment->returnable();
        switch (up_to(4)) {
            case 0:
            case 1:
                return OpenDispute{.request = by("ann"),
                                   .account = name_of_account(payment->account),
                                   .authorisation = payment->id,
                                   .amount = part_of(returnable),
                                   .currency = gbp,
                                   .category = DisputeCategory::duplicate,
                                   .provisional = !one_in(4)};
            case 2:
                return CloseDispute{.request = by("ben"),
                                    .account = name_of_account(payment->account),
                                    .authorisation = payment->id,
                                    .outcome = static_cast<DisputeOutcome>(1 + up_to(2))};
            case 3:
                return of_network(*payment, PresentmentKind::chargeback,
                                  part_of({returnable.value + payment->lent.value}));
            default:
                return of_network(*payment, PresentmentKind::second,
                                  part_of(payment->charged_back));
        }
    }

   private:
    [[nodiscard]] std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    [[nodiscard]] bool one_in(std::uint64_t count) { return up_to(count - 1) == 0; }
    [[nodiscard]] Request by(std::string_view caller) {
        return asked_by(caller, "office-" + std::to_string(++keys_), "");
    }
    [[nodiscard]] AccountName name_of_account(AccountId id) const {
        const Account& account = state_->at(id);
        return {.programme = state_->at(account.programme).terms.code,
                .reference = account.reference};
    }

    const Authorisation* some_payment() {
        const Authorisation* chosen = nullptr;
        for (const auto& [id, kept] : state_->authorisations) {
            const Authorisation& one = kept.authorisation;
            const bool of_interest =
                one.lent.value > 0 || one.charged_back.value > 0 || one.exposure.value > 0;
            if (one.returnable().value == 0 && !of_interest) continue;
            if (chosen == nullptr || one_in(of_interest ? 3 : 9)) chosen = &one;
        }
        return chosen;
    }
    AmountMinor part_of(AmountMinor whole) {
        const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(1, whole.value));
        return one_in(2) ? AmountMinor{static_cast<std::int64_t>(most)}
                         : AmountMinor{static_cast<std::int64_t>(1 + up_to(most - 1))};
    }

    Command of_network(const Authorisation& payment, PresentmentKind kind, AmountMinor amount) {
        const bool pays = kind == PresentmentKind::chargeback;
        return Present{.request = by("gateway"),
                       .card_token = state_->at(payment.card).tokens[0],
                       .direction = pays ? Direction::credit : Direction::debit,
                       .presentment_id = PresentmentId::of("office-" + std::to_string(keys_)),
                       .original = by_id(payment.id),
                       .amounts = {.transaction = amount,
                                   .transaction_currency = gbp,
                                   .billing = amount,
                                   .billing_currency = gbp},
                       .merchant = {.mcc = groceries},
                       .kind = kind};
    }

    const State* state_;
    std::mt19937_64 random_;
    int keys_ = 0;
};

}  // namespace carecard::rules
