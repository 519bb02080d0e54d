#include <algorithm>
#include <string>
#include <vector>

#include "tests/model/parts.h"

namespace carecard::model {
namespace {

const std::string unknown_card = "unrecorded card_unknown";

struct Found {
    std::string by;
    std::vector<Payment*> fitting;
};
Found find_payment(Ledger& all, const Account& account, const rules::OriginalReference& name) {
    Found found{.by = "0"};
    const auto look = [&](const char* by, bool known, auto fits) {
        if (!known || found.fitting.size() == 1) return;
        Found next{.by = by};
        for (Payment& one : all.payments) {
            if (one.account == number_of(all, account) && fits(one)) next.fitting.push_back(&one);
        }
        if (!next.fitting.empty()) found = next;
    };
    const long id = static_cast<long>(name.authorisation_id.sequence.value);
    const std::string trace = trace_of(name.identity);
    look("1", name.authorisation_id.epoch.value == 1, [&](auto& one) { return one.id == id; });
    look("2", !name.request_key.empty(), [&](auto& one) {
        return one.caller == name.caller.view() && one.key == name.request_key.view();
    });
    look("3", !name.identity.network_transaction_id.empty(),
         [&](auto& one) { return one.network_id == name.identity.network_transaction_id.view(); });
    look("4", !trace.empty(), [&](auto& one) { return one.trace == trace; });
    look("5", !name.authorisation_code.empty(),
         [&](auto& one) { return one.code == name.authorisation_code.view(); });
    return found;
}

long release(Account& account, Payment& payment, long amount) {
    long rest = amount;
    for (auto purse = payment.purses.rbegin(); purse != payment.purses.rend(); ++purse) {
        const long part = std::min(rest, payment.held[*purse]);
        payment.held[*purse] -= part;
        account.available[*purse] += part;
        rest -= part;
    }
    payment.counted = std::max(0L, payment.counted - (amount - rest));
    if (sum(payment.held) == 0 && payment.cleared == 0 && payment.counted == 0) {
        payment.has_place = false;
    }
    return amount - rest;
}

long debit(Account& account, Payment& payment, long amount) {
    long rest = amount;
    for (const int purse : payment.purses) {
        const long part = std::min(rest, payment.held[purse]);
        payment.held[purse] -= part;
        payment.debited[purse] += part;
        rest -= part;
    }
    for (const int purse : paying_order(account)) {
        const long part = std::min(rest, account.available[purse]);
        if (part > 0) pay_from(payment, purse);
        account.available[purse] -= part;
        payment.debited[purse] += part;
        rest -= part;
    }
    payment.exposure += rest;
    payment.cleared += amount;
    return rest;
}

/// First every purse's whole pennies, then one more to each that is still short of its share.
long give_back(Account& account, Payment& payment, long amount) {
    const long all = sum(payment.debited);
    long rest = std::min(amount, all - sum(payment.credited));
    const long unmatched = amount - rest;
    const long back = sum(payment.credited) + rest;
    const auto give = [&](int purse, long part) {
        payment.credited[purse] += part;
        account.available[purse] += part;
        rest -= part;
    };
    for (const int purse : payment.purses) {
        if (rest == 0) break;
        const long whole = payment.debited[purse] * back / all;
        give(purse, std::min(rest, std::max(0L, whole - payment.credited[purse])));
    }
    for (const int purse : payment.purses) {
        const bool short_of = payment.credited[purse] * all < payment.debited[purse] * back;
        if (rest > 0 && short_of) give(purse, 1);
    }
    return unmatched;
}

/// Puts a reversal that knows no payment among those that wait, or says why not.
std::string wait(Ledger& all, Account& account, const rules::Reverse& command, long& remaining) {
    const rules::OriginalReference& named = command.original;
    const auto names = whole_names(named.caller, named.request_key, named.identity);
    if (names.empty()) return "original_unmatched";
    std::erase_if(account.waiting, [&](const Waiting& one) {
        if (one.names == names && one.until > all.now)
            remaining = std::min(remaining, one.remaining);
        return one.names == names || one.until <= all.now;
    });
    if (account.waiting.size() == 8) return "kept_reversals_full";
    account.waiting.push_back({names, remaining, all.now + days(7).value});
    return "";
}

/// What the reversals that waited for a payment leave of it. They wait no longer.
long left_by_reversals(const Ledger& all, Account& account, const rules::Authorise& command) {
    long left = command.amounts.billing.value;
    const auto names = whole_names(command.request.caller, command.request.key, command.identity);
    std::erase_if(account.waiting, [&](const Waiting& one) {
        const bool meets = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return std::count(one.names.begin(), one.names.end(), name) > 0;
        });
        if (meets && one.until > all.now) left = std::min(left, one.remaining);
        return meets;
    });
    return left;
}

}  // namespace

std::string on(Ledger& all, const rules::Authorise& asked) {
    rules::Authorise command = asked;
    const Card* card = find_card(all, command.request, command.card_token);
    if (card == nullptr) return unknown_card;
    Account& account = all.accounts[static_cast<std::size_t>(card->account)];
    command.amounts.billing.value = left_by_reversals(all, account, asked);
    if (command.amounts.billing.value == 0) {
        return "declined " + no("reversed_before", "account") + left(account);
    }
    const std::string why = why_not(all, command, *card);
    if (!why.empty()) return "declined " + why + left(account);
    Payment payment{.id = all.sequence,
                    .account = card->account,
                    .state = "open",
                    .caller = command.request.caller.str(),
                    .key = command.request.key.str(),
                    .network_id = command.identity.network_transaction_id.str(),
                    .trace = trace_of(command.identity),
                    .counted = command.amounts.billing.value,
                    .expires = all.now + programme_of(all, account).terms.hold_lifetime.value,
                    .has_place = true,
                    .day = day_at(all.now)};
    long rest = payment.counted;
    for (const int purse : paying_order(account)) {
        const long part = std::min(rest, account.available[purse]);
        if (part > 0) pay_from(payment, purse);
        payment.held[purse] += part;
        account.available[purse] -= part;
        rest -= part;
    }
    all.payments.push_back(payment);
    return say("approved ", payment.counted, left(account));
}

std::string on(Ledger& all, const rules::Reverse& command) {
    const Card* card = find_card(all, command.request, command.card_token);
    if (card == nullptr) return unknown_card;
    Account& account = all.accounts[static_cast<std::size_t>(card->account)];
    const Found found = find_payment(all, account, command.original);
    const auto refuse = [&](std::string_view reason, long works = 0) {
        return say("not reversed ", no(reason, "account", works), left(account));
    };
    if (command.currency != programme_of(all, account).terms.currency) {
        return refuse("currency_not_programme");
    }
    if (found.fitting.size() > 1) return refuse("original_ambiguous");
    if (found.fitting.empty()) {
        long remaining = command.remaining.value;
        const std::string why = wait(all, account, command, remaining);
        if (!why.empty()) return refuse(why);
        return say("kept to ", remaining, " until ", account.waiting.back().until, left(account));
    }
    Payment& payment = *found.fitting[0];
    const long held = sum(payment.held);
    if (payment.cleared > 0 && held == 0) return refuse("original_already_cleared");
    if (command.remaining.value > held) {
        return payment.state == "open" ? refuse("reversal_exceeds_held", held)
                                       : refuse("original_closed");
    }
    const long freed = release(account, payment, held - command.remaining.value);
    if (payment.state == "open" && command.remaining.value == 0) {
        payment.state = payment.cleared > 0 ? "cleared" : "reversed";
    }
    return say("reversed ", freed, " by ", found.by, left(account));
}

std::string on(Ledger& all, const rules::Present& command) {
    const Card* card = find_card(all, command.request, command.card_token);
    if (card == nullptr) return unknown_card;
    Account& account = all.accounts[static_cast<std::size_t>(card->account)];
    Programme& programme = programme_of(all, account);
    if (command.amounts.billing_currency != programme.terms.currency) {
        return "unrecorded currency_not_programme";
    }
    long& once = all.once[say("p ", card->account, ' ', command.presentment_id.view())];
    if (once != 0) return say("recorded at ", once);
    once = all.sequence;
    Found found = find_payment(all, account, command.original);
    if (found.fitting.size() != 1) {
        all.payments.push_back({.id = all.sequence,
                                .account = card->account,
                                .state = "posted",
                                .caller = command.request.caller.str(),
                                .key = command.request.key.str(),
                                .network_id = command.identity.network_transaction_id.str(),
                                .trace = trace_of(command.identity)});
        found = {.by = "0", .fitting = {&all.payments.back()}};
    }
    Payment& payment = *found.fitting[0];
    const long amount = command.amounts.billing.value;
    long freed = 0, exposed = 0, recovered = 0, unmatched = 0;
    if (command.direction == rules::Direction::debit) {
        exposed = debit(account, payment, amount);
        if (command.final && payment.state == "open") {
            freed = release(account, payment, sum(payment.held));
            payment.state = "cleared";
        }
        account.settled += amount;
        programme.today.debits += 1;
        programme.today.debit_sum += amount;
    } else {
        recovered = std::min(amount, payment.exposure);
        payment.exposure -= recovered;
        unmatched = give_back(account, payment, amount - recovered);
        account.available[paying_order(account)[0]] += unmatched;
        account.settled -= amount;
        programme.today.credits += 1;
        programme.today.credit_sum += amount;
    }
    return say("posted by ", found.by, " to ", payment.id, ", freed ", freed, ", exposed ", exposed,
               ", recovered ", recovered, ", unmatched ", unmatched, left(account));
}

std::string on(Ledger& all, const rules::ExpireHold& command) {
    for (Payment& one : all.payments) {
        if (one.id != static_cast<long>(command.authorisation.sequence.value)) continue;
        Account& account = all.accounts[static_cast<std::size_t>(one.account)];
        one.state = "expired";
        return say("expired ", release(account, one, sum(one.held)));
    }
    return "no such hold";
}

}  // namespace carecard::model
