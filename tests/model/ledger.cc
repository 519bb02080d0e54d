#include "tests/model/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <tuple>
#include <utility>

#include "tests/model/broken_rule.h"
#include "tests/model/moves.h"
#include "tests/model/quarrel.h"
#include "tests/model/resolutions.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using fmt::format, std::string;

string told(const char* reason, long amount) { return format(", {} {}", reason, amount); }

/// The holder was not there, and asked for it all the same.
bool from_afar(const auto& payment) {
    using enum Channel;
    const bool asked =
        payment.channel == e_commerce || payment.channel == mail_order_telephone_order;
    return asked && !payment.recurring;
}

/// What is available: one that says so is enough.
bool is_hidden_from_terminals(const Card& card) {
    const auto hides = [](const auto& rules) {
        return !rules.empty() && rules.back().balance_hidden;
    };
    const Account& account = card.account;
    return account.programme.terms.defaults.balance_hidden || hides(account.agreements) ||
           hides(card.first().rules);
}

/// What becomes of each command.
struct Clerk {
    Ledger& ledger;
    const Subject& of;
    long now, sequence;
    Account& account = of.card->account;
    const CreateProgramme& terms = account.programme.terms;
    bool matched = of.originals.size() == 1;
    std::map<long, Payment>& payments = ledger.payments;

    Payment& begin(AuthorisationState state) {
        Payment& begun =
            payments.insert({sequence, Payment{account, of.card, state}}).first->second;
        begun.day = day_at(now);
        return begun;
    }
    /// What cannot be refused is taken from whoever has it.
    std::vector<Payer> forced(const Payment& payment, const auto& command) {
        const Mcc mcc = command.merchant.mcc;
        const bool cash = sort_of({.merchant = command.merchant}) > 0;
        const Acceptor& payee = command.merchant.acceptor;
        const int today = day_at(now);
        return walk(account, payers(account, {mcc, payee, cash, payment.day, today}), payee, today,
                    true);
    }
    std::vector<Payer> willing(const Authorise& command) {
        return walk(account, payers(account, command, now), command.merchant.acceptor, day_at(now),
                    false);
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
        const long left = least(unlimited, meets);
        const auto may = willing(command);
        const long money = all_of(may);
        const auto all = offers(command, terms, left, money);
        std::vector<string> broken;
        for (const Offer& one : all) {
            broken.push_back(broken_rule(ledger, one, *of.card, now, left));
            if (broken.back().empty()) break;
        }
        if (!broken.back().empty()) return "declined " + broken[0];
        const auto& [agreed, amount, needs, none] = all[broken.size() - 1];
        if (command.pin_present) ++ledger.pins_given[&of.card->first()];
        if (!pays(command) && !gives(command)) return "approved 0";
        const auto [lifetime, raised] = hold_of(command, terms, amount);
        const bool whole = broken.size() == 1 && left == unlimited && raised <= money;
        Payment& payment = begin(AuthorisationState::open);
        payment.lifetime = lifetime;
        payment.expires = now + lifetime;
        payment.gives = gives(command);
        payment.approved = amount;
        payment.abroad = abroad_of(command.amounts, amount);
        const bool known = matched && !payments.at(of.originals[0]).gives;
        if (payment.gives && known) payment.refunds = of.originals[0];
        if (payment.gives) return format("approved {}", amount);
        payment.room = room_of(terms, command.merchant.mcc, command.amounts, command.estimated,
                               from_afar(command));
        payment.counts.emplace_back(day_at(now), amount);
        std::tie(payment.sort, payment.cash) = cash_of(agreed, amount);
        payment.tap = by_tap(command) ? amount : 0;
        payment.round = ledger.pins_given[&of.card->first()];
        payment.by_card = !of.card->first().rules.empty();
        if (of.card->terms.single_use) of.card->status = CardStatus::used;
        const long held = whole ? raised : needs;
        take(payment, payment.held, willing(agreed), held);
        return format("approved {}", amount);
    }
    string operator()(const Increment& command) {
        const auto no = [](const string& why) { return "not increased " + why; };
        const auto refuse = [&](const char* reason, const char* level = "account") {
            return no(format("{} by {}, works 0, count 0, from 0", reason, level));
        };
        const Authorise extra{.amounts = command.amounts, .merchant = command.merchant};
        const auto meets = [&](const Waiting& one) { return share_one(one.names, of.names); };
        const long left = least(unlimited, meets);
        const long more = std::min<long>(left, command.amounts.billing.value);
        const long from = matched ? payments.at(of.originals[0]).counted() : 0;
        const string broken = broken_rule(ledger, {extra, more, more, from}, *of.card, now, left);
        if (!broken.empty()) return no(broken);
        if (of.originals.size() > 1) return refuse("original_ambiguous");
        if (!matched) return refuse("original_unmatched");
        Payment& payment = payments.at(of.originals[0]);
        const bool cash = payment.sort != 0 || sort_of(extra) != 0;
        if (payment.gives || cash) return refuse("kind_not_supported", "programme");
        const bool cleared = payment.state == AuthorisationState::cleared;
        if (cleared) return refuse("original_already_cleared");
        if (payment.state != AuthorisationState::open) return refuse("original_closed");
        if (&payment.card->first() != &of.card->first())
            return refuse("original_other_card", "card");
        take(payment, payment.held, willing(extra), more);
        payment.counts.emplace_back(day_at(now), more);
        payment.approved += more;
        const Abroad abroad = abroad_of(command.amounts, more);
        if (payment.abroad.currency == abroad.currency) payment.abroad.approved += abroad.approved;
        payment.expires = now + payment.lifetime;
        return format("increased {} by {} to {}", more, of.by, payment.counted());
    }
    /// Reserves `amount` more, whatever the holder has. @return what the holder has not.
    long promise(Payment& payment, const Advise& command, long amount) {
        const long beyond = take(payment, payment.held, forced(payment, command), amount);
        payment.promised += beyond;
        return beyond;
    }
    string operator()(const Advise& command) {
        if (command.amounts.billing_currency != terms.currency)
            return "refused currency_not_programme";
        const bool completes = command.advice == AdviceKind::completion;
        const bool declines = command.advice == AdviceKind::stand_in_declined;
        const long billing = command.amounts.billing.value;
        if (completes && of.other_card) return "refused original_other_card";
        if (!matched && declines) return "advised of nothing";
        long more = 0, freed = 0, beyond = 0;
        string exception = told("none", 0);
        Payment& payment = matched ? payments.at(of.originals[0]) : begin(AuthorisationState::open);
        const bool open = payment.state == AuthorisationState::open;
        if (!matched) {
            more =
                least(billing, [&](const Waiting& one) { return share_one(one.names, of.names); });
            const Authorise as_if{.amounts = command.amounts,
                                  .merchant = command.merchant,
                                  .entry_mode = command.entry_mode,
                                  .channel = command.channel,
                                  .estimated = command.estimated,
                                  .recurring = command.recurring};
            payment.lifetime = hold_of(as_if, terms, more).first;
            payment.expires = now + payment.lifetime;
            payment.approved = more;
            payment.abroad = abroad_of(command.amounts, more);
            payment.room = room_of(terms, command.merchant.mcc, command.amounts, command.estimated,
                                   from_afar(command));
            if (more == 0) payment.state = AuthorisationState::reversed;
            const bool uses = more > 0 && of.card->terms.single_use && !of.card->over();
            if (uses) of.card->status = CardStatus::used;
        } else if (open && completes && !payment.gives) {
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
            payment.reversed = payment.approved;
            payment.tap = 0;
            freed = release(payment, 0);
        } else if (!open && !declines && payment.cleared == 0) {
            exception = told("advice_after_release", billing);
        }
        if (more > 0) beyond = promise(payment, command, more);
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
        const long stays = payment.cleared - payment.taken_back + remaining;
        payment.reversed = payment.approved - std::min(payment.approved - payment.reversed, stays);
        if (open && remaining == 0) {
            using enum AuthorisationState;
            payment.state = payment.cleared > 0 ? cleared : reversed;
            if (payment.state == reversed) payment.tap = 0;
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
        if (command.kind == PresentmentKind::second) return second(command, payment, id);
        if (command.kind == PresentmentKind::chargeback) {
            payment.charged_back += command.amounts.billing.value;
            return back(command, payment, id, matched ? of.by : 0, command.amounts.billing.value);
        }
        if (command.direction == Direction::credit) {
            const bool waits = payment.gives && payment.state == AuthorisationState::open;
            if (waits && command.final) payment.state = AuthorisationState::cleared;
            const long to = payment.refunds > 0 ? payment.refunds : id;
            return back(command, payments.at(to), to, matched ? of.by : 0,
                        command.amounts.billing.value);
        }
        Ledger::Debit& one = ledger.debits[sequence] = {id, command.amounts.billing.value};
        one.paid = payment.debited;
        string said = debit(command, payment, id);
        for (auto& [purse, before] : one.paid) before = -before;
        for (const auto& [purse, debited] : payment.debited) one.paid[purse] += debited;
        return said;
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
        left = take(payment, payment.debited, forced(payment, command), left);
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
        const bool open = payment.state == AuthorisationState::open;
        const bool ends = command.final && open && !payment.gives;
        if (ends || reserved(payment) > keep) freed = release(payment, keep);
        if (ends) payment.state = AuthorisationState::cleared;
        payment.finished |= command.final;
        const char* unfunded = known ? "clearing_unfunded" : "force_post_unfunded";
        const string staff = after                      ? told("presentment_after_final", amount)
                             : known && beyond > 0      ? told("clearing_beyond_tolerance", beyond)
                             : left > 0                 ? told(unfunded, left)
                             : of.originals.size() > 1U ? told("original_ambiguous", amount)
                                                        : told("none", 0);
        return posted(matched ? of.by : 0, id, freed, exposed, 0, 0, 0) + staff;
    }
    static string posted(int by, long id, long freed, long exposed, long recovered, long repaid,
                         long unmatched, Parts parts = {}) {
        return format(
            "posted by {} to {}, freed {}, exposed {}, recovered {}, repaid {}, unmatched {}, "
            "settled {}, owed {}",
            by, id, freed, exposed, recovered, repaid, unmatched, parts.settled, parts.owed);
    }
    string second(const Present& command, Payment& payment, long id) {
        const long amount = command.amounts.billing.value;
        const Again done = take_again(ledger, payment, amount, sequence, forced(payment, command));
        const long again = amount - done.owed;
        return posted(matched ? of.by : 0, id, 0, done.exposed, 0, 0, 0, {0, done.owed}) +
               told(again > 0 ? "presented_again" : "none", again);
    }
    /// A credit of which no more than `most` is for what was taken.
    string back(const Present& command, Payment& payment, long id, int by, long most,
                Money own = {}) {
        const long amount = command.amounts.billing.value, may = std::min(amount, most);
        const long recovered = std::min(may, payment.exposure);
        const long repaid = std::min(may - recovered, payment.written_off);
        payment.exposure -= recovered;
        payment.written_off -= repaid;
        long unmatched = amount - may;
        const Parts parts = credit_holder(payment, may - recovered - repaid, own, unmatched);
        came(payment, amount - unmatched - parts.owed);
        account.available[pays_first(account)] += unmatched;
        return posted(by, id, 0, 0, recovered, repaid, unmatched, parts) +
               (unmatched > 0    ? told("credit_unmatched", unmatched)
                : parts.owed > 0 ? told("owed_to_network", parts.owed)
                                 : told("none", 0));
    }
    string take_back(const Present& command) {
        const long amount = command.amounts.billing.value;
        const auto cleared = ledger.debits.find(of.reverses);
        if (cleared != ledger.debits.end() && cleared->second.amount < 0)
            return "in vain" + told("presentment_reversed_twice", amount);
        if (cleared == ledger.debits.end())
            return "in vain" + told("presentment_reversal_unmatched", amount);
        const auto [id, was, paid] = cleared->second;
        Payment& payment = payments.at(id);
        payment.taken_back += std::min(amount, was);
        payment.finished = false;
        cleared->second.amount = -1;
        return back(command, payment, id, 7, was, paid);
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

long Payment::counted(int since) const {
    long sum = 0;
    for (const auto& [on, amount] : counts) sum += on >= since ? amount : 0;
    return sum;
}

namespace {

/// Gives back to earmarks what payments no longer hold of them, unless they were paid.
void give_back_to_earmarks(std::map<long, Payment>& payments, Account& account, int today,
                           bool clears) {
    std::map<long, Money> accounted;
    for (Earmark& one : account.earmarks) {
        if (!one.stands(today)) continue;
        for (auto& [id, used] : one.used) {
            Payment& by = payments.at(id);
            const bool paid = clears && by.state == AuthorisationState::cleared;
            long& before = accounted[id][one.purse];
            const long stays = by.held[one.purse] + by.debited[one.purse] - before;
            if (!paid && used > stays) one.left += std::exchange(used, stays) - stays;
            before += used;
            if (by.state != AuthorisationState::open) used = 0;
        }
        std::erase_if(one.used, [](auto& each) { return each.second == 0; });
    }
}

/// What was taken for the payee lowers its earmarks. @return what is taken of those of others.
long lower_earmarks(Account& account, const Money& before, const string& payee, long by, bool open,
                    int today) {
    long broken = 0;
    Money taken, kept;
    for (const auto& [purse, amount] : account.available) {
        const auto had = before.find(purse);
        taken[purse] = (had == before.end() ? 0 : had->second) - amount;
    }
    for (Earmark& one : account.earmarks) {
        if (!one.stands(today)) continue;
        const bool own = !payee.empty() && one.payee == payee;
        const long part = own ? std::clamp(taken[one.purse], 0L, one.left) : 0;
        taken[one.purse] -= part;
        one.left -= part;
        if (part > 0 && open) one.used[by] += part;
        kept[one.purse] += one.left;
    }
    for (Earmark& one : std::views::reverse(account.earmarks)) {
        if (!one.stands(today)) continue;
        const long part = std::clamp(kept[one.purse] - account.available[one.purse], 0L, one.left);
        one.left -= part;
        kept[one.purse] -= part;
        broken += part;
    }
    return broken;
}

}  // namespace

string Ledger::answer(const Command& command, const Subject& of, long now, long sequence) {
    if (const auto* expiry = std::get_if<ExpireHold>(&command)) {
        Payment& payment = payments.at(static_cast<long>(expiry->authorisation.sequence.value));
        payment.state = AuthorisationState::expired;
        const string expired = format("expired {}", release(payment, 0));
        send_on(payment.account);
        give_back_to_earmarks(payments, payment.account, day_at(now), false);
        return expired;
    }
    if (const auto* pay = std::get_if<PayEarmark>(&command)) {
        Account& account = *of.account;
        const auto kept = std::ranges::find(account.earmarks, static_cast<long>(pay->earmark.value),
                                            &Earmark::set_by);
        const long paid = std::min(kept->left, account.available[kept->purse]);
        account.available[kept->purse] -= paid;
        council_paid[account.programme.number] += paid;
        const long set_aside = kept->set_aside;
        account.earmarks.erase(kept);
        return format("paid {} of {}", paid, set_aside);
    }
    const bool resolves = std::holds_alternative<ProposeResolution>(command) ||
                          std::holds_alternative<DecideResolution>(command) ||
                          std::holds_alternative<RecoverExposure>(command);
    if (resolves) return resolve(*this, command, of, now, sequence);
    if (const auto* dispute = std::get_if<OpenDispute>(&command)) {
        return model::answer(*this, *dispute, of, sequence);
    }
    if (const auto* dispute = std::get_if<CloseDispute>(&command)) {
        return model::answer(*this, *dispute, of, now);
    }
    if (of.card == nullptr) return "refused card_unknown";
    Account& account = of.card->account;
    const Money before = account.available;
    string answer = std::visit(Clerk{*this, of, now, sequence}, command);
    const bool to_terminal =
        std::holds_alternative<Authorise>(command) || std::holds_alternative<Increment>(command);
    if (to_terminal && is_hidden_from_terminals(*of.card)) answer += ", balance hidden";
    send_on(account);
    const int today = day_at(now);
    const auto* present = std::get_if<Present>(&command);
    give_back_to_earmarks(payments, account, today, present != nullptr);
    const long by = of.originals.size() == 1 && !std::holds_alternative<Authorise>(command)
                        ? of.originals[0]
                        : sequence;
    const auto payment = payments.find(by);
    if (payment == payments.end()) return answer;
    string payee;
    const auto read_payee = [&](const auto& one) {
        if constexpr (requires { one.merchant.acceptor; }) payee = one.merchant.acceptor.str();
    };
    std::visit(read_payee, command);
    const bool open = payment->second.state == AuthorisationState::open;
    const long broken = lower_earmarks(account, before, payee, by, open, today);
    const string none = told("none", 0);
    if (broken > 0 && answer.ends_with(none)) {
        answer.resize(answer.size() - none.size());
        answer += told("earmark_broken", broken);
    }
    if (broken > 0) answer += format(", {} kept for others", broken);
    return answer;
}

std::pair<long, long> Ledger::taps_of(const Card* card) const {
    const auto given = pins_given.find(&card->first());
    const int round = given == pins_given.end() ? 0 : given->second;
    std::pair<long, long> taps;
    for (const auto& [id, one] : payments) {
        const bool same = &one.card->first() == &card->first();
        if (!same || one.round != round || one.tap == 0) continue;
        taps.first += one.tap;
        ++taps.second;
    }
    return taps;
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
        if (&one.account != &account) continue;
        money += reserved(one) + one.exposure + (one.quarrel ? 1 : 0);
    }
    return money;
}

}  // namespace carecard::model
