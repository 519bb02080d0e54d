#include <algorithm>
#include <string>

#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"

namespace carecard::rules {
namespace {

/// What of a purse may be spent on anything.
AmountMinor unearmarked_in(const State& state, const Account& account, PurseNumber number,
                           DayNumber today) {
    const AmountMinor kept = kept_in(state.earmarks_of(account.id), number, today);
    const AmountMinor spendable = account.purse(number).spendable();
    return {std::max<std::int64_t>(0, spendable.value - kept.value)};
}

bool is_full(const Earmarks* earmarks, DayNumber today) {
    if (earmarks == nullptr) return false;
    const auto standing = std::count_if(earmarks->all.begin(), earmarks->all.end(),
                                        [&](const Earmark& one) { return one.stands_on(today); });
    return static_cast<std::size_t>(standing) >= earmarks_per_account_max;
}

Fault too_much(AmountMinor unearmarked) {
    if (unearmarked.value == 0) {
        return conflict("amount.minor_units",
                        "nothing in the purse is free: it is spent, held or earmarked already",
                        "load the purse first, or withdraw another earmark");
    }
    return conflict(
        "amount.minor_units",
        "no more than " + std::to_string(unearmarked.value) + " minor units of the purse are free",
        "earmark at most so much, load the purse first, or withdraw another earmark");
}

/// The last day, given or not.
DayNumber last_day_of(const SetEarmark& command) {
    if (command.until.value != 0) return command.until;
    if (command.payee.empty()) return command.due;
    return {std::min(command.due.value + earmark_stays_days, calendar_end_day.value - 1)};
}

}  // namespace

Decision decide(const State& state, const SetEarmark& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Applied* applied = state.find(earmark_key(account->id, command.reference));
    if (applied != nullptr) return AlreadyRecorded{applied->at};
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    if (find_earmark(state.earmarks_of(account->id), command.reference, today) != nullptr) {
        return conflict("reference", "an earmark of this reference stands, set long ago",
                        "choose another reference");
    }
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "earmark money of another account");
    }
    if (command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "earmark in the programme's currency");
    }
    const PurseNumber purse = purse_named(*account, command.purse);
    if (purse.value == 0) return no_such_purse();
    if (auto over = end_fault(account->purse(purse), "earmark money of another purse"))
        return *over;
    const DayNumber until = last_day_of(command);
    if (command.due < today) {
        return conflict("due", "this day is over", "give today or a later day");
    }
    if (is_full(state.earmarks_of(account->id), today)) {
        return conflict("account", "the account has as many earmarks as it may have",
                        "withdraw one that is not needed");
    }
    const AmountMinor unearmarked = unearmarked_in(state, *account, purse, today);
    if (command.amount > unearmarked) return too_much(unearmarked);
    return Event{EarmarkSet{.request = command,
                            .programme = account->programme,
                            .account = account->id,
                            .purse = purse,
                            .until = until,
                            .today = today,
                            .unearmarked = {unearmarked.value - command.amount.value},
                            .available = account->available()}};
}

Decision decide(const State& state, const WithdrawEarmark& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    const Earmark* earmark = find_earmark(state.earmarks_of(account->id), command.reference, today);
    if (earmark == nullptr) {
        return conflict("reference", "no earmark of this reference stands",
                        "list the account's earmarks: it was paid, withdrawn, or its time is over");
    }
    return Event{EarmarkWithdrawn{.request = command,
                                  .programme = account->programme,
                                  .account = account->id,
                                  .earmark = earmark->set_by,
                                  .freed = earmark->left,
                                  .available = account->available()}};
}

Decision decide(const State& state, const PayEarmark& command, const Stamp&) {
    const Account& account = state.at(command.account);
    const Earmarks* earmarks = state.earmarks_of(account.id);
    CHECK(earmarks != nullptr);
    const auto found =
        std::find_if(earmarks->all.begin(), earmarks->all.end(),
                     [&](const Earmark& one) { return one.set_by == command.earmark; });
    CHECK(found != earmarks->all.end() && found->is_council_run());
    EarmarkPaid event{.request = command,
                      .programme = account.programme,
                      .account = account.id,
                      .purse = found->purse,
                      .reference = found->reference,
                      .amount = std::min(found->left, account.purse(found->purse).available),
                      .earmarked = found->amount};
    post(event.postings, LedgerAccount::available, event.purse, -event.amount);
    post(event.postings, LedgerAccount::settlement, {}, event.amount);
    event.available = available_after(account, event.postings);
    return Event{event};
}

}  // namespace carecard::rules
