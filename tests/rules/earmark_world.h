#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/earmarking.h"
#include "tests/rules/fixture.h"

/// What tests of earmarks are written with.
namespace carecard::rules {

inline const DayNumber monday = day_number(2024, 6, 3);
inline const DayNumber friday = day_number(2024, 6, 7);

/// An account with one purse to spend from, and one that pays after it.
class EarmarkedWorld : public World {
   public:
    explicit EarmarkedWorld(std::int64_t social, std::int64_t own = 0) {
        record(load(social, "social"));
        if (own > 0) record(load(own, "own"));
    }

    SetEarmark earmark(std::string_view reference, std::int64_t pence,
                       std::string_view payee = "WAGES", DayNumber due = friday,
                       std::string_view purse = "social") {
        return {.request = asked_by("worker", "earmark-" + std::to_string(++keys_)),
                .account = account_name("A"),
                .reference = EarmarkReference::of(reference),
                .purse = PurseName::of(purse),
                .amount = {pence},
                .currency = gbp,
                .payee = Acceptor::of(payee),
                .due = due,
                .reason = {InlineText<reason_bytes_max>::of("the wages of June")}};
    }
    WithdrawEarmark withdraw(std::string_view reference) {
        return {.request = asked_by("worker", "withdraw-" + std::to_string(++keys_)),
                .account = account_name("A"),
                .reference = EarmarkReference::of(reference),
                .reason = {InlineText<reason_bytes_max>::of("the pay run changed")}};
    }
    Authorise pay_to(std::string_view payee, std::int64_t pence) {
        Authorise command = pay(pence);
        command.merchant.acceptor = Acceptor::of(payee);
        return command;
    }
    Present force(std::string_view payee, std::int64_t pence) {
        Present command = present({}, pence);
        command.merchant.acceptor = Acceptor::of(payee);
        return command;
    }
    /// What the earmark still keeps; -1 when there is none.
    [[nodiscard]] std::int64_t left(std::string_view reference) const {
        const Earmark* found =
            find_earmark(state.earmarks_of(account().id), EarmarkReference::of(reference), monday);
        return found == nullptr ? -1 : found->left.value;
    }

   private:
    int keys_ = 0;
};

}  // namespace carecard::rules
