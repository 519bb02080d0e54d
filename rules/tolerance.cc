#include "rules/tolerance.h"

#include <algorithm>
#include <array>

#include "rules/command.h"

namespace carecard::rules {
namespace {

constexpr ToleranceRule rule(std::uint16_t first, std::uint16_t last, std::uint16_t basis_points,
                             AmountMinor amount = {}) {
    return {.first = {first}, .last = {last}, .basis_points = basis_points, .amount = amount};
}

constexpr AmountMinor rental_amount{6'000};
constexpr std::array defaults{
    rule(3351, 3500, 1'500, rental_amount),  // vehicle rental, by company
    rule(3501, 3999, 1'500),                 // lodging, by company
    rule(4121, 4121, 2'000),                 // taxis
    rule(4411, 4411, 1'500),                 // cruises
    rule(5812, 5814, 2'000),                 // restaurants, bars, fast food
    rule(7011, 7011, 1'500),                 // lodging
    rule(7230, 7230, 2'000),                 // hairdressers
    rule(7298, 7298, 2'000),                 // spas
    rule(7512, 7513, 1'500, rental_amount),  // vehicle rental
    ToleranceRule{.first = {0},
                  .last = {9'999},
                  .payments = ToleranceFor::card_absent,
                  .basis_points = 1'500,
                  .amount = {}},
};

bool is_about(const ToleranceRule& rule, const TolerancePayment& payment) {
    if (payment.mcc < rule.first || payment.mcc > rule.last) return false;
    switch (rule.payments) {
        case ToleranceFor::every:
            return true;
        case ToleranceFor::estimated:
            return payment.estimated;
        case ToleranceFor::card_absent:
            return payment.card_absent;
    }
    return false;
}

/// Paid from afar by the holder, not by the merchant on an instruction given before.
bool is_card_absent(const Authorise& request) {
    return !request.recurring && (request.channel == Channel::e_commerce ||
                                  request.channel == Channel::mail_order_telephone_order);
}

std::int64_t share_of(AmountMinor amount, std::uint16_t basis_points) {
    return static_cast<std::int64_t>(int128{amount.value} * basis_points / 10'000);
}

}  // namespace

std::span<const ToleranceRule> default_tolerance() { return defaults; }

TolerancePayment tolerance_payment_of(const Authorise& request) {
    return {.mcc = request.merchant.mcc,
            .estimated = request.estimated,
            .card_absent = is_card_absent(request),
            .foreign = request.amounts.transaction_currency != request.amounts.billing_currency};
}

Tolerance tolerance_of(const ToleranceRules& rules, const TolerancePayment& payment) {
    Tolerance tolerance;
    if (payment.foreign) {
        tolerance.foreign_basis_points =
            rules.foreign_basis_points.value_or(foreign_tolerance_default);
    }
    const std::span<const ToleranceRule> in_force =
        rules.rules.empty() ? default_tolerance() : std::span<const ToleranceRule>(rules.rules);
    const auto first = std::ranges::find_if(
        in_force, [&](const ToleranceRule& one) { return is_about(one, payment); });
    if (first == in_force.end()) return tolerance;
    tolerance.basis_points = first->basis_points;
    tolerance.amount = first->amount;
    return tolerance;
}

AmountMinor most_cleared(AmountMinor authorised, const Tolerance& tolerance) {
    const std::int64_t above =
        std::max(share_of(authorised, tolerance.basis_points), tolerance.amount.value);
    return {authorised.value + above + share_of(authorised, tolerance.foreign_basis_points)};
}

}  // namespace carecard::rules
