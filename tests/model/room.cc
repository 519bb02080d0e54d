#include "tests/model/room.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace carecard::model {

using namespace rules;  // NOLINT(google-build-using-namespace)

Room room_of(const CreateProgramme& terms, Mcc mcc, const TransactionAmounts& amounts,
             bool estimated, bool absent) {
    constexpr ToleranceFor every = ToleranceFor::every;
    const ToleranceRule published[] = {
        {{4121}, {4121}, every, 2000},         {{5812}, {5814}, every, 2000},
        {{7230}, {7230}, every, 2000},         {{7298}, {7298}, every, 2000},
        {{4411}, {4411}, every, 1500},         {{7011}, {7011}, every, 1500},
        {{3501}, {3999}, every, 1500},         {{3351}, {3500}, every, 1500, {6000}},
        {{7512}, {7513}, every, 1500, {6000}}, {{0}, {9999}, ToleranceFor::card_absent, 1500}};
    std::vector<ToleranceRule> rules = terms.tolerance.rules;
    if (rules.empty()) rules.assign(std::begin(published), std::end(published));
    const bool abroad = amounts.transaction_currency != amounts.billing_currency;
    Room room{0, abroad ? terms.tolerance.foreign_basis_points.value_or(500) : 0, 0};
    for (const ToleranceRule& one : rules) {
        const bool fits =
            one.payments == every || (one.payments == ToleranceFor::estimated && estimated);
        if (mcc < one.first || mcc > one.last) continue;
        if (!fits && !(one.payments == ToleranceFor::card_absent && absent)) continue;
        return {one.basis_points, room.abroad, one.amount.value};
    }
    return room;
}
long rounded_up(long amount, long part, long whole) { return (amount * part + whole - 1) / whole; }
Abroad abroad_of(const TransactionAmounts& of, long approved) {
    if (of.transaction_currency == of.billing_currency) return {};
    return {of.transaction_currency.value,
            rounded_up(of.transaction.value, approved, of.billing.value), 0};
}

}  // namespace carecard::model
