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
        const long most = std::max(0L, in(account.available, purse) - waits);
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
            place.day<terms.spend_from.value, waits> 0 && most == 0};
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
    return payers(account, {mcc, acceptor, cash, day_at(now)});
}
std::vector<Payer> walk(const Account& account, const std::vector<Payer>& all, bool forced) {
    std::vector<Payer> walk;
    std::ranges::copy_if(all, std::back_inserter(walk), [](auto& one) { return one.against == 0; });
    for (const Payer& one : all) {
        const auto has = account.available.find(one.purse);
        if (!forced || has == account.available.end()) continue;
        walk.push_back({one.purse, has->second - (one.against == 0 ? one.most : 0), 0});
    }
    return walk;
}
long all_of(const std::vector<Payer>& walk) {
    long total = 0;
    for (const Payer& one : walk) total += one.most;
    return total;
}

}  // namespace carecard::model
