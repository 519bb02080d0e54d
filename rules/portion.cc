#include "rules/portion.h"

#include <algorithm>

#include "rules/kinds.h"

namespace carecard::rules {
namespace {

/// Nothing of cash, of a series, or of anything but a purchase is approved in part.
bool is_divisible(const Authorise& request) {
    return request.kind == TransactionKind::purchase && !request.recurring &&
           request.channel != Channel::recurring && cash_class_of(request) == CashClass::none;
}

}  // namespace

InlineVector<Portion, portions_max> portions_of(const Authorise& request,
                                                const SpendingFacts& facts,
                                                const CreateProgramme& terms) {
    InlineVector<Portion, portions_max> portions;
    const AmountMinor asked = amount_decided(request, facts);
    const AmountMinor available = facts.available;
    if (request.kind == TransactionKind::purchase_with_cashback && request.partial_capable) {
        const AmountMinor purchase{request.amounts.billing.value - cashback_billed(request).value};
        const AmountMinor part = std::min(asked, purchase);
        if (part.value > 0) portions.push_back({PortionKind::without_cashback, part, part});
    }
    const bool is_short = available.value > 0 && available < asked;
    if (!is_short || !is_divisible(request)) return portions;
    const PartialApproval& partial = terms.partial;
    if (request.partial_capable && partial.allowed && available >= partial.least) {
        portions.push_back({PortionKind::available, available, available});
    }
    if (request.estimated && terms.estimate_beyond_balance) {
        portions.push_back({PortionKind::beyond_balance, asked, available});
    }
    return portions;
}

}  // namespace carecard::rules
