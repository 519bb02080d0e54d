#include "tests/model/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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

/// Payments ask for money; enquiries for none; credits bring some.
bool pays(const Authorise& command) { return command.kind < TransactionKind::verification; }
bool gives(const Authorise& command) { return command.kind > TransactionKind::balance_enquiry; }
/// What the whole of a payment is: 1 for cash, 2 for quasi-cash.
int sort_of(const Authorise& command) {
    static const std::map<int, int> sorts{{6010, 1}, {6011, 1}, {4829, 2}, {6050, 2},
                                          {6051, 2}, {6540, 2}, {7995, 2}};
    using enum TransactionKind;
    const auto by_code = sorts.find(command.merchant.mcc.value);
    const bool buys = command.kind == purchase || command.kind == purchase_with_cashback;
    if (buys) return by_code == sorts.end() ? 0 : by_code->second;
    return command.kind == cash ? 1 : command.kind == quasi_cash ? 2 : 0;
}
/// What a payment is in whole or in part, and how much of it.
std::pair<int, long> cash_of(const Authorise& command, long amount) {
    if (sort_of(command) != 0) return {sort_of(command), amount};
    if (command.kind != TransactionKind::purchase_with_cashback) return {0, 0};
    const auto& [whole, in, billed, currency, rate] = command.amounts;
    return {1, std::min(amount, command.cashback.value * billed.value / whole.value)};
}

/// A card that was held to a terminal, without its PIN.
bool by_tap(const Authorise& command) {
    const bool tapped = command.entry_mode == EntryMode::contactless_chip ||
                        command.entry_mode == EntryMode::contactless_stripe;
    return tapped && !command.pin_present && pays(command);
}

/// What may be agreed to: so much approved, of which so much must be there, with what command.
struct Offer {
    Authorise command;
    long amount, needs;
    long raised_from = -1;  ///< Of an increment: what the payment counted for before.
};
/// The whole that is left, and then the parts that terminal and programme would take.
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
/// How long a payment is held, and how much beyond its amount if there is money enough.
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

/// Where and when a payment is made.
struct Place {
    Mcc mcc;
    Acceptor acceptor;
    bool cash;
    int day;
};
/// What one purse has for it at most, and what stands against that, as the core counts verdicts.
struct Payer {
    Purse purse;
    long most;
    long against;
};
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
            until > 0 && place.day > until,
            place.day<terms.spend_from.value, waits> 0 && most == 0};
        const auto first = std::ranges::find(against, true);
        all.push_back({purse, most, first == against.end() ? 0 : first - against.begin() + 1});
    }
    return all;
}
std::vector<Payer> payers(const Account& account, const Authorise& command, long now) {
    const auto& [mcc, acceptor, terminal, country, name, city] = command.merchant;
    const bool cash = cash_of(command, command.amounts.billing.value).first > 0;
    return payers(account, {mcc, acceptor, cash, day_at(now)});
}
/// Those that may pay; `forced`, what else there is of all of them, after that.
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

/// The first rule that a payment breaks, in words; empty when it breaks none.
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
    const std::vector<Payer> may = walk(account, all, false);
    const auto told = [&](const Payer& one) {
        first += format(", purse {} {}", one.purse[2], one.against);
    };
    if (rule("purse_not_eligible", "account", pays(command) && may.empty()))
        told(*std::ranges::max_element(all, {}, &Payer::against));
    const long money = all_of(may);
    const long open = std::ranges::count_if(payments, [&](auto& one) {
        return &one.second.account == &account && one.second.state == AuthorisationState::open;
    });
    const bool begins = is_new && (pays(command) || gives(command));
    if (rule("funds_insufficient", "ledger", pays(command) && needs > money, money))
        told(may.back());
    rule("open_authorisations_full", "account", begins && open >= full, 0, full);
    return first;
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
/// The same from what an account has, along a walk.
long take(Payment& payment, Money& to, const std::vector<Payer>& walk, long amount) {
    for (const Payer& one : walk) {
        const long part = std::min(amount, one.most);
        if (part == 0) continue;
        if (std::ranges::count(payment.purses, one.purse) == 0) payment.purses.push_back(one.purse);
        payment.account.available[one.purse] -= part;
        to[one.purse] += part;
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
    long less = std::max(0L, payment.counted() - reserved(payment) - payment.cleared);
    for (auto count = payment.counts.rbegin(); count != payment.counts.rend(); ++count) {
        const long part = std::min(less, count->second);
        count->second -= part;
        less -= part;
    }
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
        const Place place{mcc, command.merchant.acceptor, cash, payment.day};
        return walk(account, payers(account, place), true);
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
        const auto may = walk(account, payers(account, command, now), false);
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
        payment.expires = now + lifetime;
        payment.gives = gives(command);
        payment.approved = amount;
        payment.abroad = abroad_of(command.amounts, amount);
        const bool known = matched && !payments.at(of.originals[0]).gives;
        if (payment.gives && known) payment.refunds = of.originals[0];
        if (payment.gives) return format("approved {}", amount);
        const bool absent =
            !command.recurring && (command.channel == Channel::e_commerce ||
                                   command.channel == Channel::mail_order_telephone_order);
        payment.room =
            room_of(terms, command.merchant.mcc, command.amounts, command.estimated, absent);
        payment.counts.emplace_back(day_at(now), amount);
        std::tie(payment.sort, payment.cash) = cash_of(agreed, amount);
        payment.tap = by_tap(command) ? amount : 0;
        payment.round = ledger.pins_given[&of.card->first()];
        payment.by_card = !of.card->first().rules.empty();
        if (of.card->terms.single_use) of.card->status = CardStatus::used;
        const long held = whole ? raised : needs;
        const auto pay = walk(account, payers(account, agreed, now), false);
        take(payment, payment.held, pay, held);
        return format("approved {}", amount);
    }
    string operator()(const Increment& command) {
        const auto no = [](const string& why) { return "not increased " + why; };
        const auto refuse = [&](const char* reason, const char* level = "account") {
            return no(format("{} by {}, works 0, count 0, from 0", reason, level));
        };
        const Authorise extra{.amounts = command.amounts,
                              .merchant = command.merchant,
                              .estimated = command.estimated};
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
        take(payment, payment.held, walk(account, payers(account, extra, now), false), more);
        payment.counts.emplace_back(day_at(now), more);
        payment.approved += more;
        const Abroad abroad = abroad_of(command.amounts, more);
        if (payment.abroad.currency == abroad.currency) payment.abroad.approved += abroad.approved;
        payment.expires = std::max(payment.expires, now + hold_of(extra, terms, more).first);
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
                                  .estimated = command.estimated};
            payment.expires = now + hold_of(as_if, terms, more).first;
            payment.approved = more;
            payment.abroad = abroad_of(command.amounts, more);
            payment.room = room_of(terms, command.merchant.mcc, command.amounts, command.estimated);
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
        if (command.direction == Direction::credit) {
            const bool waits = payment.gives && payment.state == AuthorisationState::open;
            if (waits && command.final) payment.state = AuthorisationState::cleared;
            const long to = payment.refunds > 0 ? payment.refunds : id;
            return back(command, payments.at(to), to, matched ? of.by : 0,
                        command.amounts.billing.value);
        }
        ledger.debits[sequence] = {id, command.amounts.billing.value};
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
        account.available[account.purses.begin()->first] += unmatched;
        return posted(by, id, 0, 0, recovered, unmatched) +
               (unmatched > 0 ? told("credit_unmatched", unmatched) : told("none", 0));
    }
    string take_back(const Present& command) {
        const long amount = command.amounts.billing.value;
        const auto cleared = ledger.debits.find(of.reverses);
        if (cleared != ledger.debits.end() && cleared->second.second < 0)
            return "in vain" + told("presentment_reversed_twice", amount);
        if (cleared == ledger.debits.end())
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

long Payment::counted(int since) const {
    long sum = 0;
    for (const auto& [on, amount] : counts) sum += on >= since ? amount : 0;
    return sum;
}

string Ledger::answer(const Command& command, const Subject& of, long now, long sequence) {
    if (const auto* expiry = std::get_if<ExpireHold>(&command)) {
        Payment& payment = payments.at(static_cast<long>(expiry->authorisation.sequence.value));
        payment.state = AuthorisationState::expired;
        return format("expired {}", release(payment, 0));
    }
    if (of.card == nullptr) return "refused card_unknown";
    return std::visit(Clerk{*this, of, now, sequence}, command);
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
        if (&one.account == &account) money += reserved(one) + one.exposure;
    }
    return money;
}

}  // namespace carecard::model
