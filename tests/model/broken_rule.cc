#include "tests/model/broken_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "tests/model/payers.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using fmt::format, std::string;
using Rules = SpendingRules;

long most(const std::optional<AmountMinor>& limit) { return limit ? limit->value : unlimited; }
long most(const std::optional<std::uint32_t>& limit) { return limit ? *limit : unlimited; }

}  // namespace

string broken_rule(const Ledger& ledger, const Offer& offer, const Card& card, long now,
                   long left) {
    const std::map<long, Payment>& payments = ledger.payments;
    const auto& [command, amount, needs, raised_from] = offer;
    const bool is_new = raised_from < 0;
    string first;
    const auto rule = [&](const string& reason, const char* level, bool broken, long works = 0,
                          long times = 0, int from = 0) {
        if (!broken || !first.empty()) return false;
        first = format("{} by {}, works {}, count {}, from {}", reason, level, works, times, from);
        return true;
    };
    const Account& account = card.account;
    const CreateProgramme& terms = account.programme.terms;
    const Mcc mcc = command.merchant.mcc;
    std::vector<std::pair<const char*, Rules>> levels{{"programme", terms.defaults}};
    if (!account.agreements.empty()) levels.emplace_back("agreement", account.agreements.back());
    const auto [last, agreed] = levels.back();
    const Card& first_card = card.first();
    const bool own_rules = !first_card.rules.empty();
    if (own_rules) levels.emplace_back("card", first_card.rules.back());
    const bool asked = !gives(command);
    rule("reversed_before", "account", left == 0);
    using enum CardStatus;
    for (const auto& [status, reason] :
         {std::pair(closed, "card_closed"), std::pair(lost, "card_lost"),
          std::pair(stolen, "card_stolen"), std::pair(inactive, "card_not_active"),
          std::pair(frozen, "card_frozen")}) {
        rule(reason, "card", asked && card.status == status);
    }
    rule("card_damaged", "card", asked && is_new && card.status == damaged);
    rule("card_replaced", "card", asked && is_new && card.status == replaced);
    rule("card_used", "card", asked && is_new && card.status == used);
    rule("account_closed", "account", account.status == AccountStatus::closed);
    rule("account_suspended", "account", asked && account.status == AccountStatus::suspended);
    rule("card_expired", "card", asked && expired(card.terms.expiry, now));
    const bool other_expiry = command.expiry.month && command.expiry != card.terms.expiry;
    rule("expiry_mismatch", "card", asked && other_expiry);
    rule("kind_not_supported", "programme", command.kind == TransactionKind::unsupported);
    for (auto& [level, one] : levels) {
        const bool enquires = command.kind == TransactionKind::balance_enquiry;
        rule("kind_not_supported", level, enquires && one.balance_hidden);
    }
    const bool same_currency = command.amounts.billing_currency == terms.currency;
    rule("currency_not_programme", "programme", !same_currency);
    const bool at_merchant = asked && command.kind != TransactionKind::balance_enquiry;
    for (auto& [level, one] : levels) {
        rule("mcc_refused", level, at_merchant && lists(one.mcc_refused, mcc));
    }
    for (auto& [level, one] : levels) {
        const bool listed = one.mcc_allowed.empty() || lists(one.mcc_allowed, mcc);
        rule("mcc_not_allowed", level, at_merchant && !listed);
    }
    const bool cashback = command.kind == TransactionKind::purchase_with_cashback;
    std::vector<std::pair<const char*, Rules>> agreeing{{last, agreed}};
    if (own_rules) agreeing.push_back(levels.back());
    for (const auto& [reason, asks, may] :
         {std::tuple("cash_not_agreed", sort_of(command) == 1, &Rules::cash_agreed),
          std::tuple("quasi_cash_not_agreed", sort_of(command) == 2, &Rules::quasi_cash_agreed),
          std::tuple("cashback_not_agreed", cashback, &Rules::cash_agreed)}) {
        for (auto& [level, one] : agreeing) rule(reason, level, asks && !(one.*may));
    }
    const bool tap = by_tap(command);
    for (auto& [level, one] : levels) {
        rule("contactless_off", level, tap && one.contactless.off);
    }
    for (auto& [level, one] : levels) {
        const long limit = most(one.contactless.single_max);
        rule("contactless_over_single", level, tap && amount > limit, limit);
    }
    for (auto& [level, one] : levels) {
        const auto& [off, single, total, count] = one.contactless;
        const auto [tapped, taps] = ledger.taps_of(&card);
        const bool asked_here = tap && mcc.value != 4111;
        const bool places = taps < most(count);
        const long all = total ? total->value : transaction_minor_max.value;
        const long works = places ? std::max(0L, all - tapped) : 0;
        const bool limited = total || count;
        const bool broken = asked_here && limited && (!places || amount > works);
        rule("contactless_needs_pin", level, broken, works, count.value_or(0));
    }
    /// @param had  of the account, and by the card.
    const auto over = [&](const string& reason, auto limit_of, bool applies, long what,
                          std::array<long, 2> had, int from) {
        for (auto& [level, one] : levels) {
            const long works = std::max(0L, most(limit_of(one)) - had[string(level) == "card"]);
            rule(reason, level, applies && what > works, works, 0, from);
        }
    };
    const auto [day, week, month] = windows_at(now);
    const auto [sort, cash] = cash_of(command, amount);
    const string sort_name = sort == 2 ? "quasi_cash" : "cash";
    const auto own = sort == 2 ? &Rules::quasi_cash : &Rules::cash;
    over(
        "amount_over_single", [](auto& one) { return one.single_max; }, pays(command), amount,
        {std::max(0L, raised_from), std::max(0L, raised_from)}, 0);
    over(
        sort_name + "_over_single", [&](auto& one) { return (one.*own).single_max; }, sort > 0,
        cash, {}, 0);
    for (const auto& [name, limit, window] :
         {std::tuple("day", &Rules::day, day), std::tuple("week", &Rules::week, week),
          std::tuple("month", &Rules::month, month)}) {
        std::array<long, 2> spent{}, times{}, taken{};
        for (const auto& [id, one] : payments) {
            if (&one.account != &account) continue;
            const long here = one.counted(window.first);
            for (const std::size_t by : {0U, 1U}) {
                if (by == 1 && (!one.by_card || &one.card->first() != &first_card)) continue;
                spent[by] += here;
                times[by] += here > 0 ? 1 : 0;
                taken[by] += one.sort == sort ? std::min(one.cash, here) : 0;
            }
        }
        over(
            format("amount_over_{}", name), [&](auto& one) { return (one.*limit).amount_max; },
            pays(command), amount, spent, window.next);
        for (auto& [level, one] : levels) {
            const long may = most((one.*limit).count_max);
            const bool broken = pays(command) && is_new && times[string(level) == "card"] >= may;
            rule(format("count_over_{}", name), level, broken, 0, may, window.next);
        }
        const bool today = window.first == day.first && sort > 0 && string(name) == "day";
        over(
            sort_name + "_over_day", [&](auto& one) { return (one.*own).day_max; }, today, cash,
            taken, window.next);
    }
    const long full = open_authorisations_per_account_max;
    const std::vector<Payer> all = payers(account, command, now);
    const Acceptor& payee = command.merchant.acceptor;
    const std::vector<Payer> may = walk(account, all, payee, day_at(now), false);
    const auto told = [&](const Payer& one) {
        first += format(", purse {} {}", one.purse[2], one.against);
    };
    if (rule("purse_not_eligible", "account", pays(command) && may.empty()))
        told(*std::ranges::max_element(all, {}, &Payer::against));
    const long money = all_of(may);
    const long open = std::ranges::count_if(payments, [&](auto& one) {
        return &one.second.account == &account && one.second.state == AuthorisationState::open;
    });
    long kept = 0;
    for (const Payer& one : all) {
        if (one.against > 0 || !account.available.contains(one.purse)) continue;
        const auto waits = account.unreleased.find(one.purse);
        const long waiting = waits == account.unreleased.end() ? 0 : waits->second;
        kept += std::max(0L, account.available.at(one.purse) - waiting) - one.most;
    }
    const bool earmarked = needs > money && needs <= money + kept;
    if (rule("funds_earmarked", "account", pays(command) && earmarked, money)) told(may.back());
    const bool begins = is_new && (pays(command) || gives(command));
    if (rule("funds_insufficient", "ledger", pays(command) && needs > money, money))
        told(may.back());
    rule("open_authorisations_full", "account", begins && open >= full, 0, full);
    return first;
}

}  // namespace carecard::model
