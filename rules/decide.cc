#include "rules/decide.h"

#include <algorithm>
#include <utility>

#include "common/check.h"
#include "common/limits.h"
#include "rules/decide_parts.h"

namespace carecard::rules {

Decision decide(const State& state, const Command& command, const Stamp& stamp) noexcept {
    CHECK(stamp.sequence.value == state.last.value + 1);
    CHECK(stamp.now_ns >= state.last_ns);
    return std::visit([&](const auto& one) { return decide(state, one, stamp); }, command);
}

std::optional<Due> next_cut_off(const State& state, TimestampNs until,
                                const PassedOver& passed_over) {
    const Programme* first = nullptr;
    for (const Programme& programme : state.programmes) {
        if (programme.cut_off_ns > until) continue;
        if (passed_over.programmes.contains(programme.id)) continue;
        if (first == nullptr || programme.cut_off_ns < first->cut_off_ns) first = &programme;
    }
    if (first == nullptr) return std::nullopt;
    return Due{.at = first->cut_off_ns,
               .command = EndBusinessDay{.programme = first->id, .day = first->business_day}};
}

std::optional<Due> next_expiry(const State& state, TimestampNs until,
                               const PassedOver& passed_over) {
    for (const auto& [expires_ns, id] : state.holds_due) {
        if (expires_ns > until) break;
        if (passed_over.holds.contains(id)) continue;
        return Due{.at = expires_ns, .command = ExpireHold{.authorisation = id}};
    }
    return std::nullopt;
}

std::optional<Due> next_purse_end(const State& state, TimestampNs until,
                                  const PassedOver& passed_over) {
    for (const PurseDue& due : state.purses_due) {
        const TimestampNs at = instant_of(state.offsets, {due.last_day.value + 1}, 0);
        if (at > until) break;
        if (passed_over.purses.contains({due.account, due.purse})) continue;
        return Due{.at = at, .command = EndPurse{.account = due.account, .purse = due.purse}};
    }
    return std::nullopt;
}

std::optional<Due> next_council_payment(const State& state, TimestampNs until,
                                        const PassedOver& passed_over) {
    for (const EarmarkDue& due : state.earmarks_due) {
        const TimestampNs at = instant_of(state.offsets, due.due, 0);
        if (at > until) break;
        if (passed_over.earmarks.contains(due.earmark)) continue;
        return Due{.at = at, .command = PayEarmark{.account = due.account, .earmark = due.earmark}};
    }
    return std::nullopt;
}

std::optional<Due> next_due(const State& state, TimestampNs until, const PassedOver& passed_over) {
    std::optional<Due> first = next_cut_off(state, until, passed_over);
    for (const auto next : {next_purse_end, next_council_payment, next_expiry}) {
        std::optional<Due> due = next(state, until, passed_over);
        if (due && (!first || due->at < first->at)) first = std::move(due);
    }
    return first;
}

const Programme* visible(const State& state, const Request& request, const ProgrammeCode& code) {
    const Programme* programme = state.find(code);
    return programme != nullptr && may_touch(request, *programme) ? programme : nullptr;
}

const Account* visible(const State& state, const Request& request, const AccountName& name) {
    return visible(state, request, name.programme) == nullptr ? nullptr : state.find(name);
}

const Card* visible(const State& state, const Request& request, const CardToken& token) {
    const Card* card = state.find(token);
    if (card == nullptr) return nullptr;
    const Programme& programme = state.at(state.at(card->account).programme);
    return may_touch(request, programme) ? card : nullptr;
}

Fault no_such_programme() {
    return {.kind = FaultKind::not_found,
            .field = "programme",
            .detail = "no programme has this code",
            .remedy = "check the code; programmes of other councils cannot be seen"};
}

Fault no_such_account() {
    return {.kind = FaultKind::not_found,
            .field = "account",
            .detail = "no account has this programme and reference",
            .remedy = "check both; accounts of other councils cannot be seen"};
}

Fault no_such_authorisation() {
    return {.kind = FaultKind::not_found,
            .field = "authorisation_id",
            .detail = "the account has no such authorisation, or it is older than 540 days",
            .remedy = "take the id from the list of the account's transactions"};
}

const Authorisation* of_account(const State& state, const Account& account,
                                const AuthorisationId& id) {
    const Authorisation* found = state.find(id);
    return found != nullptr && found->account == account.id ? found : nullptr;
}

bool fits(const Account& account, const Postings& postings) {
    return std::all_of(postings.begin(), postings.end(), [&](const Posting& line) {
        if (!names_purse(line.account)) return true;
        const Purse& purse = account.purse(line.purse);
        if (has_left_purse(line.account)) {
            return checked_add(purse.returned, line.amount).has_value();
        }
        const AmountMinor before =
            line.account == LedgerAccount::available ? purse.available : purse.held;
        const auto after = checked_add(before, line.amount);
        return after && *after >= AmountMinor{0} && *after <= purse_minor_max;
    });
}

std::string text_of(DayNumber day) {
    const Date date = date_of(day);
    const auto two = [](unsigned number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return std::to_string(date.year) + '-' + two(date.month) + '-' + two(date.day);
}

Fault does_not_fit(std::string_view field) {
    return {.kind = FaultKind::conflict,
            .field = std::string(field),
            .detail = "a balance would pass its limit",
            .remedy = "check the amount; the largest balance of a purse is in limits.h"};
}

AmountMinor available_after(const Account& account, const Postings& postings) {
    AmountMinor available = account.available();
    for (const Posting& line : postings) {
        if (line.account == LedgerAccount::available) available.value += line.amount.value;
    }
    return available;
}

std::optional<ReversedBefore> reversals_met(std::span<const KeptReversal> kept,
                                            const Request& request, const NetworkIdentity& identity,
                                            TimestampNs now_ns) {
    std::optional<ReversedBefore> met;
    for (const KeptReversal& one : kept) {
        if (one.until_ns <= now_ns || !names_payment(one.original, request, identity)) continue;
        if (!met) met.emplace(ReversedBefore{.remaining = one.remaining});
        met->remaining = std::min(met->remaining, one.remaining);
        met->kept_by.push_back(one.kept_by);
    }
    return met;
}

bool totals_fit(const Account& account, const Authorisation& after) {
    return after.presented_debit <= purse_minor_max && after.presented_credit <= purse_minor_max &&
           after.taken_back <= purse_minor_max && after.foreign.cleared <= amount_minor_max &&
           checked_add(account.exposure, {after.exposure.value + after.promised.value}).has_value();
}

namespace {

/// How each window falls when `amount` of the whole does: what was counted last falls first.
UncountedApart fall_apart(const WindowAmounts& before, AmountMinor amount) {
    UncountedApart apart;
    const auto fall = [amount](AmountMinor counted, AmountMinor& falls, bool& place) {
        falls = std::min(counted, amount);
        place = counted.value > 0 && falls == counted;
    };
    fall(before.day, apart.amounts.day, apart.places.day);
    fall(before.week, apart.amounts.week, apart.places.week);
    fall(before.month, apart.amounts.month, apart.places.month);
    return apart;
}

}  // namespace

Uncounted uncount(Authorisation& authorisation) {
    const WindowAmounts before = authorisation.counted_by_window();
    const bool was_counted = authorisation.counted.value > 0;
    const AmountMinor in_use{authorisation.reserved().value + authorisation.presented_debit.value};
    const AmountMinor stays = std::min(authorisation.counted, in_use);
    const AmountMinor amount{authorisation.counted.value - stays.value};
    authorisation.counted = stays;
    CashCount& cash = authorisation.cash;
    const AmountMinor cash_stays = std::min(cash.amount, authorisation.counted);
    const CashCount cash_falls{.of = cash.of, .amount = {cash.amount.value - cash_stays.value}};
    cash.amount = cash_stays;
    Uncounted uncounted{.amount = amount,
                        .place = was_counted && stays.value == 0,
                        .windows = authorisation.windows,
                        .cash = cash_falls,
                        .by_card = authorisation.by_card};
    if (authorisation.counted_in) {
        uncounted.apart = fall_apart(before, amount);
        const WindowAmounts& fallen = uncounted.apart->amounts;
        authorisation.counted_in = WindowAmounts{{before.day.value - fallen.day.value},
                                                 {before.week.value - fallen.week.value},
                                                 {before.month.value - fallen.month.value}};
    }
    return uncounted;
}

}  // namespace carecard::rules
