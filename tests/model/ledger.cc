#include "tests/model/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using fmt::format, std::string;
using Rules = SpendingRules;

constexpr long unlimited = 1L << 60;
long most(const std::optional<AmountMinor>& limit) { return limit ? limit->value : unlimited; }
long most(const std::optional<std::uint32_t>& limit) { return limit ? *limit : unlimited; }
bool lists(const MccRanges& ranges, Mcc mcc) {
    return std::ranges::any_of(ranges, [&](auto& r) { return r.first <= mcc && mcc <= r.last; });
}

/// The first rule that a payment breaks, in words; empty when it breaks none.
string broken_rule(const std::map<long, Payment>& payments, const Authorise& command,
                   const Card& card, long now, long amount) {
    string first;
    const auto rule = [&](const string& reason, const char* level, bool broken, long works = 0,
                          long times = 0, int from = 0) {
        if (!broken || !first.empty()) return;
        first = format("{} by {}, works {}, count {}, from {}", reason, level, works, times, from);
    };
    const Account& account = card.account;
    const CreateProgramme& terms = account.programme.terms;
    const Mcc mcc = command.merchant.mcc;
    std::vector<std::pair<const char*, Rules>> levels{{"programme", terms.defaults}};
    if (!account.agreements.empty()) levels.emplace_back("agreement", account.agreements.back());
    rule("reversed_before", "account", amount == 0);
    rule("card_closed", "card", card.status == CardStatus::closed);
    rule("card_frozen", "card", card.status == CardStatus::frozen);
    rule("account_closed", "account", account.status == AccountStatus::closed);
    rule("account_suspended", "account", account.status == AccountStatus::suspended);
    rule("card_expired", "card", expired(card.terms.expiry, now));
    rule("expiry_mismatch", "card", command.expiry.month && command.expiry != card.terms.expiry);
    rule("kind_not_supported", "programme", command.kind == TransactionKind::unsupported);
    const bool same_currency = command.amounts.billing_currency == terms.currency;
    rule("currency_not_programme", "programme", !same_currency);
    for (auto& [level, one] : levels) rule("mcc_refused", level, lists(one.mcc_refused, mcc));
    for (auto& [level, one] : levels) {
        rule("mcc_not_allowed", level, !one.mcc_allowed.empty() && !lists(one.mcc_allowed, mcc));
    }
    const auto& [last, agreed] = levels.back();
    const bool cash =
        command.kind == TransactionKind::cash || mcc.value == 6010 || mcc.value == 6011;
    const bool cashback = command.kind == TransactionKind::purchase_with_cashback;
    rule("cash_not_agreed", last, cash && !agreed.cash_agreed);
    rule("cashback_not_agreed", last, cashback && !agreed.cash_agreed);
    for (auto& [level, one] : levels) {
        rule("amount_over_single", level, amount > most(one.single_max), most(one.single_max));
    }
    const auto [day, week, month] = windows_at(now);
    for (const auto& [name, limit, window] :
         {std::tuple("day", &Rules::day, day), std::tuple("week", &Rules::week, week),
          std::tuple("month", &Rules::month, month)}) {
        long spent = 0, times = 0;
        for (const auto& [id, one] : payments) {
            if (&one.account != &account || one.day < window.first) continue;
            spent += one.counted;
            times += one.counted > 0 ? 1 : 0;
        }
        for (auto& [level, one] : levels) {
            const long left = std::max(0L, most((one.*limit).amount_max) - spent);
            rule(format("amount_over_{}", name), level, amount > left, left, 0, window.next);
        }
        for (auto& [level, one] : levels) {
            const long may = most((one.*limit).count_max);
            rule(format("count_over_{}", name), level, times >= may, 0, may, window.next);
        }
    }
    const long money = sum(account.available), full = open_authorisations_per_account_max;
    const long open = std::ranges::count_if(payments, [&](auto& one) {
        return &one.second.account == &account && one.second.state == AuthorisationState::open;
    });
    rule("funds_insufficient", "ledger", amount > money, money);
    rule("open_authorisations_full", "account", open >= full, 0, full);
    return first;
}

std::vector<Purse> paying_order(const Account& account) {
    std::vector<Purse> order;
    for (const auto& [purse, name] : account.purses) order.push_back(purse);
    return order;
}
/// Moves up to `amount` of a payment, purse by purse. @return what there was not.
long move(Payment& payment, Money& from, Money& to, const std::vector<Purse>& purses, long amount) {
    for (const Purse& purse : std::vector<Purse>(purses)) {
        const long part = std::min(amount, from[purse]);
        const bool joins = part > 0 && std::ranges::count(payment.purses, purse) == 0;
        if (joins) payment.purses.push_back(purse);
        from[purse] -= part;
        to[purse] += part;
        amount -= part;
    }
    return amount;
}
/// Frees all but `remaining`, from the purse that came last. @return what was freed.
long release(Payment& payment, long remaining) {
    const long freed = sum(payment.held) - remaining;
    const std::vector<Purse> purses(payment.purses.rbegin(), payment.purses.rend());
    move(payment, payment.held, payment.account.available, purses, freed);
    payment.counted -= freed;
    return freed;
}
/// Gives each purse the whole pennies of its share of all that has come back, then one more penny
/// to each that is still short of its share. @return what no debit accounts for.
long give_back(Payment& payment, long amount) {
    const long debited = sum(payment.debited), before = sum(payment.credited);
    const long back = std::min(debited, before + amount);
    long rest = back - before;
    for (const bool whole : {true, false}) {
        for (const Purse& purse : payment.purses) {
            const long owed = payment.debited[purse] * back - payment.credited[purse] * debited;
            const long part = std::min(rest, owed <= 0 ? 0 : whole ? owed / debited : 1);
            payment.credited[purse] += part;
            payment.account.available[purse] += part;
            rest -= part;
        }
    }
    return amount - (back - before);
}

/// What becomes of each command.
struct Clerk {
    std::map<long, Payment>& payments;
    const Subject& of;
    long now, sequence;
    Account& account = of.card->account;
    const CreateProgramme& terms = account.programme.terms;
    bool matched = of.originals.size() == 1;

    Payment& begin(AuthorisationState state) {
        return payments.insert({sequence, Payment{account, state}}).first->second;
    }
    /// The least of `amount` and what the reversals that wait and `fit` leave. They wait no longer.
    long least(long amount, const auto& fit) {
        for (const Waiting& one : account.waiting) {
            if (fit(one) && one.until > now) amount = std::min(amount, one.remaining);
        }
        std::erase_if(account.waiting, [&](auto& one) { return fit(one) || one.until <= now; });
        return amount;
    }
    string operator()(const Authorise& command) {
        const auto meets = [&](const Waiting& one) { return share_one(one.names, of.names); };
        const long amount = least(command.amounts.billing.value, meets);
        const string broken = broken_rule(payments, command, *of.card, now, amount);
        if (!broken.empty()) return "declined " + broken;
        Payment& payment = begin(AuthorisationState::open);
        payment.day = day_at(now);
        payment.expires = now + terms.hold_lifetime.value;
        payment.counted = amount;
        move(payment, account.available, payment.held, paying_order(account), payment.counted);
        return format("approved {}", payment.counted);
    }
    string operator()(const Reverse& command) {
        const auto no = [](const char* reason, long works = 0) {
            return format("not reversed {} by account, works {}, count 0, from 0", reason, works);
        };
        if (command.currency != terms.currency) return no("currency_not_programme");
        if (of.originals.size() > 1) return no("original_ambiguous");
        if (!matched && of.names == WholeNames{}) return no("original_unmatched");
        if (!matched) {
            const auto same = [&](const Waiting& one) { return one.names == of.names; };
            const long left = least(command.remaining.value, same), until = now + days(7).value;
            if (account.waiting.size() == 8) return no("kept_reversals_full");
            account.waiting.push_back({of.names, left, until});
            return format("kept to {} until {}", left, until);
        }
        Payment& payment = payments.at(of.originals[0]);
        const long held = sum(payment.held), remaining = command.remaining.value;
        const bool open = payment.state == AuthorisationState::open;
        if (payment.cleared > 0 && held == 0) return no("original_already_cleared");
        if (remaining > held && !open) return no("original_closed");
        if (remaining > held) return no("reversal_exceeds_held", held);
        const long freed = release(payment, remaining);
        if (open && remaining == 0) {
            using enum AuthorisationState;
            payment.state = payment.cleared > 0 ? cleared : reversed;
        }
        return format("reversed {} by {}", freed, of.by);
    }
    string operator()(const Present& command) {
        const bool same_currency = command.amounts.billing_currency == terms.currency;
        if (!same_currency) return "refused currency_not_programme";
        if (of.recorded > 0) return format("refused recorded at {}", of.recorded);
        const long id = matched ? of.originals[0] : sequence;
        Payment& payment = matched ? payments.at(id) : begin(AuthorisationState::posted);
        const long amount = command.amounts.billing.value;
        long freed = 0, exposed = 0, recovered = 0, unmatched = 0;
        if (command.direction == Direction::debit) {
            const auto order = paying_order(account);
            exposed = move(payment, payment.held, payment.debited, payment.purses, amount);
            exposed = move(payment, account.available, payment.debited, order, exposed);
            payment.cleared += amount;
            const bool ends = command.final && payment.state == AuthorisationState::open;
            if (ends) freed = release(payment, 0);
            if (ends) payment.state = AuthorisationState::cleared;
        } else {
            recovered = std::min(amount, payment.exposure);
            unmatched = give_back(payment, amount - recovered);
            account.available[paying_order(account)[0]] += unmatched;
        }
        payment.exposure += exposed - recovered;
        return format("posted by {} to {}, freed {}, exposed {}, recovered {}, unmatched {}",
                      matched ? of.by : 0, id, freed, exposed, recovered, unmatched);
    }
    template <class Staff>
    string operator()(const Staff&) {
        return "refused by the ledger";
    }
};

}  // namespace

long sum(const Money& money) {
    long total = 0;
    for (const auto& [purse, amount] : money) total += amount;
    return total;
}

string Ledger::answer(const Command& command, const Subject& of, long now, long sequence) {
    if (const auto* expiry = std::get_if<ExpireHold>(&command)) {
        Payment& payment = payments.at(static_cast<long>(expiry->authorisation.sequence.value));
        payment.state = AuthorisationState::expired;
        return format("expired {}", release(payment, 0));
    }
    if (of.card == nullptr) return "refused card_unknown";
    return std::visit(Clerk{payments, of, now, sequence}, command);
}

std::pair<long, long> Ledger::next_expiry() const {
    std::pair<long, long> first;
    for (const auto& [id, one] : payments) {
        const bool earlier = first.first == 0 || one.expires < first.second;
        if (one.state == AuthorisationState::open && earlier) first = {id, one.expires};
    }
    return first;
}

long Ledger::money_of(const Account& account) const {
    long money = sum(account.available);
    for (const auto& [id, one] : payments) {
        if (&one.account == &account) money += sum(one.held) + one.exposure;
    }
    return money;
}

}  // namespace carecard::model
