#include "rules/kinds.h"

#include <algorithm>
#include <array>

#include "common/check.h"

namespace carecard::rules {
namespace {

constexpr std::array cash_codes{Mcc{6010}, Mcc{6011}};
constexpr std::array unattended_codes{Mcc{4111}, Mcc{4112}, Mcc{4131}, Mcc{4784}, Mcc{7523}};
constexpr std::array quasi_cash_codes{Mcc{4829}, Mcc{6050}, Mcc{6051}, Mcc{6540}, Mcc{7995}};

}  // namespace

Flow flow_of(TransactionKind kind) {
    using enum TransactionKind;
    switch (kind) {
        case unsupported:
        case purchase:
        case cash:
        case purchase_with_cashback:
        case quasi_cash:
            return Flow::takes;
        case refund:
        case original_credit:
            return Flow::gives;
        case verification:
        case balance_enquiry:
            return Flow::asks;
    }
    CHECK(false);
}

CashClass cash_class_at(Mcc mcc) {
    if (std::find(cash_codes.begin(), cash_codes.end(), mcc) != cash_codes.end()) {
        return CashClass::cash;
    }
    const bool quasi =
        std::find(quasi_cash_codes.begin(), quasi_cash_codes.end(), mcc) != quasi_cash_codes.end();
    return quasi ? CashClass::quasi_cash : CashClass::none;
}

CashClass cash_class_of(const Authorise& request) {
    using enum TransactionKind;
    switch (request.kind) {
        case cash:
            return CashClass::cash;
        case quasi_cash:
            return CashClass::quasi_cash;
        case purchase:
        case purchase_with_cashback:
            return cash_class_at(request.merchant.mcc);
        case unsupported:
        case verification:
        case balance_enquiry:
        case refund:
        case original_credit:
            return CashClass::none;
    }
    CHECK(false);
}

bool is_tap(const Authorise& request) {
    const bool contactless = request.entry_mode == EntryMode::contactless_chip ||
                             request.entry_mode == EntryMode::contactless_stripe;
    return contactless && !request.pin_present && flow_of(request.kind) == Flow::takes;
}

bool is_unattended(Mcc mcc) {
    return std::find(unattended_codes.begin(), unattended_codes.end(), mcc) !=
           unattended_codes.end();
}

AmountMinor cashback_billed(const Authorise& request) {
    if (request.cashback.value == 0) return {};
    const int128 product = int128{request.cashback.value} * request.amounts.billing.value;
    return {static_cast<std::int64_t>(product / request.amounts.transaction.value)};
}

CashCount cash_in(const Authorise& request, AmountMinor amount) {
    const CashClass whole = cash_class_of(request);
    if (whole != CashClass::none) return {.of = whole, .amount = amount};
    if (request.kind != TransactionKind::purchase_with_cashback) return {};
    return {.of = CashClass::cash, .amount = std::min(amount, cashback_billed(request))};
}

}  // namespace carecard::rules
