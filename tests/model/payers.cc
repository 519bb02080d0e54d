#include "tests/model/payers.h"

#include <algorithm>
#include <iterator>

#include "tests/model/asked.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using std::string;

std::vector<Payer> payers(const Account& account, const Place& place) {
    const auto pays_at = [&](const PurseTerms& terms) {
        return terms.mccs.empty() || std::ranges::any_of(terms.mccs, [&](auto& span) {
                   return span.first <= place.mcc && place.mcc <= span.last;
               });
    };
    const bool kept = std::ranges::any_of(account.purses, [&](auto& one) {
        return one.second.terms.exclusive && pays_at(one.second.terms);
    });
    const auto in = [](const Money& money, const Purse& purse) {
        const auto found = money.find(purse);
        return found == money.end() ? 0 : found->second;
    };
    std::vector<Payer> all;
    for (const auto& [purse, spec] : account.purses) {
        const auto over = account.over.find(purse);
        const bool closed = over != account.over.end() && over->second.closed;
        const bool ended = over != account.over.end() && !closed;
        const PurseTerms& terms = spec.terms;
        const long waits = in(account.unreleased, purse);
        const long has = std::max(0L, in(account.available, purse) - waits);
        const long most = std::max(0L, has - kept_of(account, purse, place.acceptor, place.today));
        const auto& providers = account.programme.providers;
        const string on = terms.provider_register.str();
        const auto place_on = providers.find({on, place.acceptor.str()});
        const bool listed = place_on != providers.end() && place_on->second.include({place.day});
        const int until = terms.spend_until.value, weekday = (place.day + 3) % 7;
        const std::vector<bool> against{
            !pays_at(terms),
            kept && !terms.exclusive,
            terms.no_cash && place.cash,
            !on.empty() && !listed,
            terms.weekdays.value > 0 && (terms.weekdays.value >> weekday) % 2 == 0,
            ended || (until > 0 && place.day > until),
            place.day<terms.spend_from.value, waits> 0 && has == 0};
        const auto first = std::ranges::find(against, true);
        const long days = 5;  // The first that is about days: whether it is closed comes before.
        const long number = first == against.end() ? 0 : first - against.begin() + 1;
        all.push_back({purse, most, closed && (number == 0 || number > days) ? 9 : number});
    }
    return all;
}
std::vector<Payer> payers(const Account& account, const Authorise& command, long now) {
    const auto& [mcc, acceptor, terminal, country, name, city] = command.merchant;
    const bool cash = cash_of(command, command.amounts.billing.value).first > 0;
    return payers(account, {mcc, acceptor, cash, day_at(now), day_at(now)});
}
long kept_of(const Account& account, const Purse& purse, const Acceptor& payee, int today) {
    long kept = 0;
    for (const Earmark& one : account.earmarks) {
        const bool own = !payee.empty() && one.payee == payee.str();
        if (one.purse == purse && !own && one.stands(today)) kept += one.left;
    }
    return kept;
}
std::vector<Payer> walk(const Account& account, const std::vector<Payer>& all,
                        const Acceptor& payee, int today, bool forced) {
    std::vector<Payer> walk;
    Money gone;
    const auto add = [&](const Purse& purse, long most) {
        gone[purse] += most;
        walk.push_back({purse, most, 0});
    };
    const auto add_up_to = [&](const Purse& purse, long whole) {
        add(purse, std::max(0L, whole - gone[purse]));
    };
    for (const Earmark& one : account.earmarks) {
        const auto payer = std::ranges::find(all, one.purse, &Payer::purse);
        const bool own = !payee.empty() && one.payee == payee.str() && one.stands(today);
        if (own && payer->against == 0)
            add(one.purse, std::min(one.left, std::max(0L, payer->most - gone[one.purse])));
    }
    for (const Payer& one : all) {
        if (one.against == 0) add_up_to(one.purse, one.most);
    }
    if (!forced) return walk;
    for (const bool others : {false, true}) {
        for (const Payer& one : all) {
            const auto has = account.available.find(one.purse);
            if (has == account.available.end()) continue;
            const long kept = others ? 0 : kept_of(account, one.purse, payee, today);
            add_up_to(one.purse, has->second - kept);
        }
    }
    return walk;
}
long all_of(const std::vector<Payer>& walk) {
    long total = 0;
    for (const Payer& one : walk) total += one.most;
    return total;
}

}  // namespace carecard::model
