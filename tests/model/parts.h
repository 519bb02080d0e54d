#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/model/ledger.h"

/// What the model's files share: words, the calendar, and finding things by looking at them all.
namespace carecard::model {

template <class... Words>
std::string say(const Words&... words) {
    std::ostringstream sentence;
    (sentence << ... << words);
    return sentence.str();
}

// The calendar. Instants are nanoseconds since 1970, days are counted from 1970-01-01.
int day_at(long ns);
int monday_of(int day);
int first_of_month(int day, int months_later = 0);
long instant(int day, int second);

/// Whether the card's last month has passed in London.
bool expired(const Card& card, long now);

inline bool may(const rules::Request& who, const Programme& programme) {
    return who.council.empty() || who.council == programme.terms.council;
}
inline int find_programme(const Ledger& all, const rules::Request& who, const ProgrammeCode& code) {
    for (std::size_t index = 0; index < all.programmes.size(); ++index) {
        const Programme& one = all.programmes[index];
        if (one.terms.code == code && may(who, one)) return static_cast<int>(index);
    }
    return -1;
}
inline Account* find_account(Ledger& all, const rules::Request& who,
                             const rules::AccountName& name) {
    const int programme = find_programme(all, who, name.programme);
    for (Account& one : all.accounts) {
        if (one.programme == programme && one.name == name.reference.view()) return &one;
    }
    return nullptr;
}
inline Card* find_card(Ledger& all, const rules::Request& who, const CardToken& token) {
    for (Card& one : all.cards) {
        const Account& account = all.accounts[static_cast<std::size_t>(one.account)];
        if (!may(who, all.programmes[static_cast<std::size_t>(account.programme)])) continue;
        if (std::count(one.tokens.begin(), one.tokens.end(), token) > 0) return &one;
    }
    return nullptr;
}
inline int number_of(const Ledger& all, const Account& account) {
    return static_cast<int>(&account - all.accounts.data());
}
inline Programme& programme_of(Ledger& all, const Account& account) {
    return all.programmes[static_cast<std::size_t>(account.programme)];
}
inline std::string trace_of(const rules::NetworkIdentity& names) {
    if (!names.has_trace()) return "";
    return say(names.acquirer.view(), '|', names.stan.view(), '|', names.transmission_time.view(),
               '|', names.rrn.view());
}
/// The names that no other payment has.
inline std::vector<std::string> whole_names(const CallerId& caller, const RequestKey& key,
                                            const rules::NetworkIdentity& names) {
    std::vector<std::string> whole;
    if (!key.empty()) whole.push_back(say("key ", caller.view(), ' ', key.view()));
    const std::string_view network = names.network_transaction_id.view();
    if (!network.empty()) whole.push_back(say("network ", network));
    if (names.has_trace()) whole.push_back("trace " + trace_of(names));
    return whole;
}
inline long sum(const std::map<int, long>& parts) {
    long total = 0;
    for (const auto& [purse, amount] : parts) total += amount;
    return total;
}
inline std::string left(const Account& account) { return say("; left ", sum(account.available)); }

inline std::vector<int> paying_order(const Account& account) {
    std::set<std::pair<int, int>> order;
    for (std::size_t index = 0; index < account.purses.size(); ++index) {
        order.emplace(account.purses[index].priority, static_cast<int>(index));
    }
    std::vector<int> purses;
    for (const auto& [priority, purse] : order) purses.push_back(purse);
    return purses;
}
inline void pay_from(Payment& payment, int purse) {
    if (std::count(payment.purses.begin(), payment.purses.end(), purse) == 0) {
        payment.purses.push_back(purse);
    }
}

/// A refusal in words.
inline std::string no(std::string_view reason, std::string_view level, long works = 0,
                      std::uint32_t count = 0, int from = 0) {
    return say(reason, " by ", level, ", works ", works, ", count ", count, ", from ", from);
}

/// Why a payment may not be; empty when it may.
std::string why_not(Ledger& all, const rules::Authorise& command, const Card& card);

std::string on(Ledger& all, const rules::Authorise& command);
std::string on(Ledger& all, const rules::Reverse& command);
std::string on(Ledger& all, const rules::Present& command);
std::string on(Ledger& all, const rules::ExpireHold& command);

}  // namespace carecard::model
