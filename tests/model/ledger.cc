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
            times += one.place ? 1 : 0;
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
long reserved(const Payment& payment) { return sum(payment.held) + payment.promised; }
/// Frees all but `remaining`: the programme's part, then from the purse that came last. @return
/// what was freed.
long release(Payment& payment, long remaining) {
    const long freed = reserved(payment) - remaining, given_up = std::min(freed, payment.promised);
    const std::vector<Purse> purses(payment.purses.rbegin(), payment.purses.rend());
    payment.promised -= given_up;
    move(payment, payment.held, payment.account.available, purses, freed - given_up);
    payment.counted -= std::max(0L, std::min(freed, payment.counted - reserved(payment)));
    if (reserved(payment) + payment.counted + payment.cleared == 0) payment.place = false;
    return freed;
}
/// Gives each purse the whole pennies of its share of all that has come back, then the odd pennies
/// to the largest remainders. @return what no debit accounts for.
long give_back(Payment& payment, long amount) {
    const long debited = sum(payment.debited), before = sum(payment.credited);
    const long back = std::min(debited, before + amount);
    long rest = back - before;
    const auto owed = [&](const Purse& purse) {
        return payment.debited[purse] * back - payment.credited[purse] * debited;
    };
    const auto give = [&](const Purse& purse, long part) {
        payment.credited[purse] += part;
        payment.account.available[purse] += part;
        rest -= part;
    };
    for (const Purse& purse : payment.purses) {
        give(purse, debited == 0 ? 0 : std::clamp(owed(purse) / debited, 0L, rest));
    }
    while (rest > 0) give(*std::ranges::max_element(payment.purses, {}, owed), 1);
    return amount - (back - before);
}

string told(const char* reason, long amount) { return format(", {} {}", reason, amount); }

/// What becomes of each command.
struct Clerk {
    std::map<long, Payment>& payments;
    std::map<long, std::pair<long, long>>& debits;
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
        const bool absent =
            !command.recurring && (command.channel == Channel::e_commerce ||
                                   command.channel == Channel::mail_order_telephone_order);
        payment.day = day_at(now);
        payment.counted = amount;
        payment.place = true;
        approve(payment, command, amount);
        payment.room =
            room_of(terms, command.merchant.mcc, command.amounts, command.estimated, absent);
        move(payment, account.available, payment.held, paying_order(account), amount);
        return format("approved {}", amount);
    }
    /// What an approval and an advice have in common.
    void approve(Payment& payment, const auto& command, long amount) {
        payment.expires = now + terms.hold_lifetime.value;
        payment.approved = amount;
        payment.abroad = abroad_of(command.amounts, amount);
        payment.room = room_of(terms, command.merchant.mcc, command.amounts, command.estimated);
    }
    /// Reserves `amount` more, whatever the holder has. @return what the holder has not.
    long promise(Payment& payment, long amount) {
        const long beyond =
            move(payment, account.available, payment.held, paying_order(account), amount);
        payment.promised += beyond;
        return beyond;
    }
    string operator()(const Advise& command) {
        if (command.amounts.billing_currency != terms.currency)
            return "refused currency_not_programme";
        const bool completes = command.advice == AdviceKind::completion;
        const bool declines = command.advice == AdviceKind::stand_in_declined;
        const long billing = command.amounts.billing.value;
        if (completes && of.other_card) return "refused original_of_other_card";
        if (!matched && declines) return "advised of nothing";
        long more = 0, freed = 0, beyond = 0;
        string exception = told("none", 0);
        Payment& payment = matched ? payments.at(of.originals[0]) : begin(AuthorisationState::open);
        const bool open = payment.state == AuthorisationState::open;
        if (!matched) {
            more =
                least(billing, [&](const Waiting& one) { return share_one(one.names, of.names); });
            approve(payment, command, more);
            if (more == 0) payment.state = AuthorisationState::reversed;
        } else if (open && completes) {
            const long still = std::max(0L, billing - payment.cleared + payment.taken_back);
            const long cleared = payment.abroad.cleared;
            payment.approved = billing;
            payment.reversed = 0;
            payment.abroad = abroad_of(command.amounts, billing);
            payment.abroad.cleared = cleared;
            more = std::max(0L, still - reserved(payment));
            if (more == 0) freed = release(payment, still);
        } else if (open && declines && payment.cleared == 0) {
            payment.state = AuthorisationState::reversed;
            payment.reversed += freed = release(payment, 0);
        } else if (!open && !declines && payment.cleared == 0) {
            exception = told("advice_after_release", billing);
        }
        if (more > 0) beyond = promise(payment, more);
        if (beyond > 0) exception = told("advice_unfunded", beyond);
        return format("advised by {} of {}, reserved {}, freed {}, beyond {}{}",
                      matched ? of.by : 0, matched ? of.originals[0] : sequence, more, freed,
                      beyond, exception);
    }
    string operator()(const Reverse& command) {
        const auto no = [](const char* reason, long works = 0,
                           const string& staff = told("none", 0)) {
            return format("not reversed {} by account, works {}, count 0, from 0{}", reason, works,
                          staff);
        };
        const string unmatched = told("reversal_unmatched", 0);
        if (command.currency != terms.currency) return no("currency_not_programme");
        if (of.originals.size() > 1) return no("original_ambiguous", 0, unmatched);
        if (!matched && of.names == WholeNames{}) return no("original_unmatched", 0, unmatched);
        if (!matched) {
            const auto same = [&](const Waiting& one) { return one.names == of.names; };
            const long left = least(command.remaining.value, same), until = now + days(7).value;
            if (account.waiting.size() == 8) return no("kept_reversals_full", 0, unmatched);
            account.waiting.push_back({of.names, left, until});
            return format("kept to {} until {}", left, until);
        }
        Payment& payment = payments.at(of.originals[0]);
        const long held = reserved(payment), remaining = command.remaining.value;
        const bool open = payment.state == AuthorisationState::open;
        const long back = std::max(0L, payment.cleared - payment.taken_back - remaining);
        if (payment.cleared > 0 && held == 0)
            return no("original_already_cleared", 0, told("reversal_after_clearing", back));
        if (remaining > held && !open) return no("original_closed");
        if (remaining > held) return no("reversal_exceeds_held", held);
        const long freed = release(payment, remaining);
        Abroad& abroad = payment.abroad;
        const long left = abroad.approved - abroad.cleared;
        if (left > 0 && held > 0)
            abroad.approved = abroad.cleared + rounded_up(left, remaining, held);
        payment.reversed += freed;
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
        if (!command.reverses.empty()) return take_back(command);
        const long id = matched ? of.originals[0] : sequence;
        Payment& payment = matched ? payments.at(id) : begin(AuthorisationState::posted);
        if (command.direction == Direction::credit)
            return back(command, payment, id, matched ? of.by : 0, command.amounts.billing.value);
        debits[sequence] = {id, command.amounts.billing.value};
        return debit(command, payment, id);
    }
    /// How much of what is reserved a part is for.
    long share_of(const Payment& payment, const TransactionAmounts& part) {
        const long all = reserved(payment);
        const Abroad& abroad = payment.abroad;
        if (abroad.currency == 0 || abroad.currency != part.transaction_currency.value)
            return std::min(all, part.billing.value);
        const long left = std::max(0L, abroad.approved - abroad.cleared - part.transaction.value);
        const long authorised = payment.approved - payment.reversed;
        return left == 0 ? all : all - std::min(all, rounded_up(authorised, left, abroad.approved));
    }
    string debit(const Present& command, Payment& payment, long id) {
        const long amount = command.amounts.billing.value, all = reserved(payment);
        const long share = share_of(payment, command.amounts);
        long exposed = 0, freed = 0;
        const auto clear = [&](long part) {
            const long rest = move(payment, payment.held, payment.debited, payment.purses, part);
            const long promised = std::min(rest, payment.promised);
            payment.promised -= promised;
            exposed += promised;
            return rest - promised;
        };
        const long first = std::min(amount, share);
        long left = amount - first + clear(first);
        left = move(payment, account.available, payment.debited, paying_order(account), left);
        left = clear(left);
        const bool known = payment.state != AuthorisationState::posted, after = payment.finished;
        const long authorised = payment.approved - payment.reversed;
        const Room& room = payment.room;
        const long most = authorised + std::max(authorised * room.points / 10'000, room.least) +
                          authorised * room.abroad / 10'000;
        const long before = payment.cleared - payment.taken_back;
        const long beyond = std::max(0L, before + amount - std::max(most, before));
        payment.cleared += amount;
        payment.exposure += exposed += left;
        if (payment.abroad.currency == command.amounts.transaction_currency.value)
            payment.abroad.cleared += command.amounts.transaction.value;
        const long keep = command.final ? 0 : all - share;
        if (reserved(payment) > keep) freed = release(payment, keep);
        if (command.final && payment.state == AuthorisationState::open)
            payment.state = AuthorisationState::cleared;
        payment.finished |= command.final;
        const char* unfunded = known ? "clearing_unfunded" : "force_post_unfunded";
        const string staff = after                      ? told("presentment_after_final", amount)
                             : known && beyond > 0      ? told("clearing_beyond_tolerance", beyond)
                             : left > 0                 ? told(unfunded, left)
                             : of.originals.size() > 1U ? told("original_ambiguous", amount)
                                                        : told("none", 0);
        return posted(matched ? of.by : 0, id, freed, exposed, 0, 0) + staff;
    }
    static string posted(int by, long id, long freed, long exposed, long recovered,
                         long unmatched) {
        return format("posted by {} to {}, freed {}, exposed {}, recovered {}, unmatched {}", by,
                      id, freed, exposed, recovered, unmatched);
    }
    /// A credit of which no more than `most` is for what was taken.
    string back(const Present& command, Payment& payment, long id, int by, long most) {
        const long amount = command.amounts.billing.value, may = std::min(amount, most);
        const long recovered = std::min(may, payment.exposure);
        payment.exposure -= recovered;
        const long unmatched = give_back(payment, may - recovered) + amount - may;
        account.available[paying_order(account)[0]] += unmatched;
        return posted(by, id, 0, 0, recovered, unmatched) +
               (unmatched > 0 ? told("credit_unmatched", unmatched) : told("none", 0));
    }
    string take_back(const Present& command) {
        const long amount = command.amounts.billing.value;
        const auto cleared = debits.find(of.reverses);
        if (cleared != debits.end() && cleared->second.second < 0)
            return "in vain" + told("presentment_reversed_twice", amount);
        if (cleared == debits.end())
            return "in vain" + told("presentment_reversal_unmatched", amount);
        const auto [id, was] = cleared->second;
        Payment& payment = payments.at(id);
        payment.taken_back += std::min(amount, was);
        payment.finished = false;
        cleared->second.second = -1;
        return back(command, payment, id, 7, was);
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
    return std::visit(Clerk{payments, debits_, of, now, sequence}, command);
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
        if (&one.account == &account) money += reserved(one) + one.exposure;
    }
    return money;
}

}  // namespace carecard::model
