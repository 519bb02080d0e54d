#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/parts.h"

namespace carecard::model {
namespace {

bool lists(const rules::MccRanges& ranges, rules::Mcc mcc) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](auto& one) { return one.first <= mcc && mcc <= one.last; });
}

using Levels = std::vector<std::pair<std::string, rules::SpendingRules>>;

std::string no_by_merchant(const rules::Authorise& command, const Levels& levels) {
    const rules::Mcc mcc = command.merchant.mcc;
    for (const auto& [level, rules] : levels) {
        if (lists(rules.mcc_refused, mcc)) return no("mcc_refused", level);
    }
    for (const auto& [level, rules] : levels) {
        if (!rules.mcc_allowed.empty() && !lists(rules.mcc_allowed, mcc)) {
            return no("mcc_not_allowed", level);
        }
    }
    const auto& [level, rules] = levels.back();
    const bool cash =
        command.kind == rules::TransactionKind::cash || mcc.value == 6010 || mcc.value == 6011;
    if (cash && !rules.cash_agreed) return no("cash_not_agreed", level);
    if (command.kind == rules::TransactionKind::purchase_with_cashback && !rules.cash_agreed) {
        return no("cashback_not_agreed", level);
    }
    return "";
}

std::string no_by_window(const Levels& levels, rules::WindowLimit rules::SpendingRules::*which,
                         const std::string& name, long amount, long spent, std::uint32_t times,
                         int from) {
    for (const auto& [level, rules] : levels) {
        const auto most = (rules.*which).amount_max;
        if (most && spent + amount > most->value) {
            return no("amount_over_" + name, level, std::max(0L, most->value - spent), 0, from);
        }
    }
    for (const auto& [level, rules] : levels) {
        const auto most = (rules.*which).count_max;
        if (most && times >= *most) return no("count_over_" + name, level, 0, *most, from);
    }
    return "";
}

std::string no_by_limits(const Ledger& all, const Account& account, const Levels& levels,
                         long amount) {
    for (const auto& [level, rules] : levels) {
        if (rules.single_max && amount > rules.single_max->value) {
            return no("amount_over_single", level, rules.single_max->value);
        }
    }
    long day = 0, week = 0, month = 0;
    std::uint32_t days = 0, weeks = 0, months = 0;
    const int today = day_at(all.now);
    for (const Payment& one : all.payments) {
        if (one.account != number_of(all, account)) continue;
        const bool today_too = one.day == today;
        const bool this_week = monday_of(one.day) == monday_of(today);
        const bool this_month = first_of_month(one.day) == first_of_month(today);
        day += today_too ? one.counted : 0;
        week += this_week ? one.counted : 0;
        month += this_month ? one.counted : 0;
        days += today_too && one.has_place ? 1 : 0;
        weeks += this_week && one.has_place ? 1 : 0;
        months += this_month && one.has_place ? 1 : 0;
    }
    using Rules = rules::SpendingRules;
    std::string why = no_by_window(levels, &Rules::day, "day", amount, day, days, today + 1);
    if (why.empty()) {
        why = no_by_window(levels, &Rules::week, "week", amount, week, weeks, monday_of(today) + 7);
    }
    if (why.empty()) {
        why = no_by_window(levels, &Rules::month, "month", amount, month, months,
                           first_of_month(today, 1));
    }
    return why;
}

}  // namespace

std::string why_not(Ledger& all, const rules::Authorise& command, const Card& card) {
    const Account& account = all.accounts[static_cast<std::size_t>(card.account)];
    const Programme& programme = programme_of(all, account);
    if (card.status != "active") return no("card_" + card.status, "card");
    if (account.status != "open") return no("account_" + account.status, "account");
    if (expired(card, all.now)) return no("card_expired", "card");
    if (command.expiry.month != 0 && command.expiry != card.expiry) {
        return no("expiry_mismatch", "card");
    }
    if (command.amounts.billing_currency != programme.terms.currency) {
        return no("currency_not_programme", "programme");
    }
    Levels levels{{"programme", programme.terms.defaults}};
    if (account.agreed) levels.emplace_back("agreement", account.rules);
    const long amount = command.amounts.billing.value;
    std::string why = no_by_merchant(command, levels);
    if (why.empty()) why = no_by_limits(all, account, levels, amount);
    const long money = sum(account.available);
    if (why.empty() && amount > money) why = no("funds_insufficient", "ledger", money);
    return why;
}

}  // namespace carecard::model
