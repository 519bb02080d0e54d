#include "tests/model/asked.h"

#include <algorithm>
#include <map>

namespace carecard::model {

using namespace rules;  // NOLINT(google-build-using-namespace)

bool lists(const MccRanges& ranges, Mcc mcc) {
    return std::ranges::any_of(ranges, [&](auto& r) { return r.first <= mcc && mcc <= r.last; });
}

bool pays(const Authorise& command) { return command.kind < TransactionKind::verification; }
bool gives(const Authorise& command) { return command.kind > TransactionKind::balance_enquiry; }
int sort_of(const Authorise& command) {
    static const std::map<int, int> sorts{{6010, 1}, {6011, 1}, {4829, 2}, {6050, 2},
                                          {6051, 2}, {6540, 2}, {7995, 2}};
    using enum TransactionKind;
    const auto by_code = sorts.find(command.merchant.mcc.value);
    const bool buys = command.kind == purchase || command.kind == purchase_with_cashback;
    if (buys) return by_code == sorts.end() ? 0 : by_code->second;
    return command.kind == cash ? 1 : command.kind == quasi_cash ? 2 : 0;
}
std::pair<int, long> cash_of(const Authorise& command, long amount) {
    if (sort_of(command) != 0) return {sort_of(command), amount};
    if (command.kind != TransactionKind::purchase_with_cashback) return {0, 0};
    const auto& [whole, in, billed, currency, rate, mark_up] = command.amounts;
    return {1, std::min(amount, command.cashback.value * billed.value / whole.value)};
}

bool by_tap(const Authorise& command) {
    const bool tapped = command.entry_mode == EntryMode::contactless_chip ||
                        command.entry_mode == EntryMode::contactless_stripe;
    return tapped && !command.pin_present && pays(command);
}

std::vector<Offer> offers(const Authorise& command, const CreateProgramme& terms, long left,
                          long money) {
    const long asked = std::min<long>(left, command.amounts.billing.value);
    std::vector<Offer> all{{command, asked, asked}};
    const bool series = command.recurring || command.channel == Channel::recurring;
    const bool divides = command.partial_capable;
    if (command.kind == TransactionKind::purchase_with_cashback && divides) {
        Authorise goods = command;
        goods.kind = TransactionKind::purchase;
        const long price = command.amounts.billing.value - command.cashback.value *
                                                               command.amounts.billing.value /
                                                               command.amounts.transaction.value;
        const long part = std::min(asked, price);
        if (part > 0) all.push_back({goods, part, part});
    }
    const bool goods = command.kind == TransactionKind::purchase && sort_of(command) == 0;
    if (!goods || series || money <= 0 || money >= asked) return all;
    const bool enough = terms.partial.allowed && money >= terms.partial.least.value;
    if (divides && enough) all.push_back({command, money, money});
    if (command.estimated && terms.estimate_beyond_balance) all.push_back({command, asked, money});
    return all;
}
std::pair<long, long> hold_of(const Authorise& command, const CreateProgramme& terms, long amount) {
    using enum Channel;
    const int merchant = command.recurring || command.channel == recurring ? 2 : 1;
    const bool by_post = command.channel == e_commerce || command.channel == recurring ||
                         command.channel == mail_order_telephone_order ||
                         command.entry_mode > EntryMode::contactless_stripe;
    for (const HoldRule& rule : terms.hold_rules) {
        const auto other = [](auto wanted, int is) {
            return static_cast<int>(wanted) != 0 && static_cast<int>(wanted) != is;
        };
        if (!lists({rule.merchants}, command.merchant.mcc)) continue;
        if (other(rule.initiator, merchant) || other(rule.presence, by_post ? 2 : 1)) continue;
        if (other(rule.exactness, command.estimated ? 2 : 1)) continue;
        const auto& [share, more, least] = rule.uplift;
        const long raised = amount + amount * share / 10'000 + more.value;
        return {rule.lifetime.value, command.estimated ? std::max(raised, least.value) : amount};
    }
    return {terms.hold_lifetime.value, amount};
}

}  // namespace carecard::model
