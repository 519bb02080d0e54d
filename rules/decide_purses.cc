#include <algorithm>
#include <string>

#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/purse_units.h"

namespace carecard::rules {
namespace {

/// Where money goes that leaves a purse.
LedgerAccount way_out(const State& state, const Purse& purse) {
    return state.terms_of(purse).persons_own ? LedgerAccount::owed_to_person
                                             : LedgerAccount::recovered;
}

/// Everything that is available in the purse leaves it.
template <class Ending>
Event leave(const State& state, const Account& account, Ending event) {
    const Purse& purse = account.purse(event.purse);
    const PurseTerms terms = state.terms_of(purse);
    event.programme = account.programme;
    event.account = account.id;
    event.surplus = {
        .funder = terms.funder, .persons_own = terms.persons_own, .amount = purse.available};
    post(event.postings, LedgerAccount::available, event.purse, -purse.available);
    post(event.postings, way_out(state, purse), event.purse, purse.available);
    event.available = available_after(account, event.postings);
    return event;
}

/// Whether the purse takes no new money any more.
std::optional<Fault> intake_fault(const PurseTerms& terms, DayNumber today) {
    const DayNumber closed = terms.intake_closed_from;
    if (closed.value == 0 || today < closed) return std::nullopt;
    return conflict("purse", "the purse takes no new money from " + text_of(closed) + " on",
                    "load another purse of the account");
}

Fault not_whole(UnitHundredths units, AmountMinor rate) {
    const NearestUnits nearest = nearest_whole(units, rate);
    std::string works = text_of(nearest.above);
    if (nearest.below.value > 0) works = text_of(nearest.below) + " or " + works;
    return conflict("units_hundredths",
                    "so many hours come to no whole number of pence at the purse's rate",
                    "load " + works + " hours");
}

/// What is to be loaded, in money.
Result<AmountMinor> amount_of(const Load& command, const PurseTerms& terms) {
    if (command.units.value == 0) return command.amount;
    if (terms.unit != PurseUnit::hours) {
        return conflict("units_hundredths", "the purse is counted in money", "give an amount");
    }
    const std::optional<AmountMinor> amount = rules::amount_of(command.units, terms.unit_rate);
    if (!amount) return not_whole(command.units, terms.unit_rate);
    if (*amount > load_minor_max) {
        return conflict("units_hundredths", "so many hours come to more than one load may",
                        "load them in parts");
    }
    return *amount;
}

bool is_new(const State& state, const PurseSpec& spec) {
    const PurseTerms shared = shared_part(spec.terms);
    return shared != PurseTerms{} && state.find(shared) == nullptr;
}

/// What keeps so much of a purse from being released.
std::optional<Fault> release_fault(const Purse& purse, const PurseTerms& terms,
                                   AmountMinor amount) {
    if (!terms.staged) {
        return conflict("purse", "the purse pays without stages",
                        "spend from it: nothing in it waits to be released");
    }
    if (amount > purse.unreleased) {
        return conflict("amount.minor_units",
                        "no more than " + std::to_string(purse.unreleased.value) +
                            " minor units wait in the purse",
                        "release at most so much, or load it first");
    }
    return std::nullopt;
}

}  // namespace

PurseNumber purse_named(const Account& account, const PurseName& name) {
    if (name.empty()) return account.pays_first();
    const auto order = account.spending_order();
    const auto named = std::find_if(order.begin(), order.end(), [&](PurseNumber number) {
        return account.purse(number).name == name;
    });
    return named == order.end() ? PurseNumber{} : *named;
}

Fault no_such_purse() {
    return conflict("purse", "the account has no purse of this name",
                    "read the account for the names of its purses");
}

std::optional<Fault> end_fault(const Purse& purse, std::string remedy) {
    switch (purse.status) {
        case PurseStatus::open:
            return std::nullopt;
        case PurseStatus::ended:
            return conflict("purse", "the purse ended on " + text_of(purse.last_day),
                            std::move(remedy));
        case PurseStatus::closed:
            return conflict("purse", "the purse was closed on " + text_of(purse.last_day),
                            std::move(remedy));
    }
    CHECK(false);
}

bool has_room_for_terms(const State& state, std::span<const PurseSpec> purses) {
    if (state.purse_terms.size() + purses.size() <= purse_terms_max) return true;
    const auto more = std::count_if(purses.begin(), purses.end(),
                                    [&](const PurseSpec& spec) { return is_new(state, spec); });
    return state.purse_terms.size() + static_cast<std::size_t>(more) <= purse_terms_max;
}

Fault too_many_terms(std::string field) {
    return conflict(std::move(field), "too many purses with terms of their own are open already",
                    "give the purse the terms of another, or those of a template");
}

Decision decide(const State& state, const OpenPurse& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "open another account");
    }
    if (account->purses.size() == purses_per_account_max) {
        return conflict("account", "the account has as many purses as it may have",
                        "use one of its purses");
    }
    const bool taken =
        std::any_of(account->purses.begin(), account->purses.end(),
                    [&](const Purse& purse) { return purse.name == command.purse.name; });
    if (taken) {
        return conflict("purse.name", "the account has a purse of this name already",
                        "choose another name");
    }
    if (!has_room_for_terms(state, {&command.purse, 1})) return too_many_terms("purse.terms");
    return Event{PurseOpened{.request = command,
                             .programme = account->programme,
                             .account = account->id,
                             .purse = {static_cast<std::uint8_t>(account->purses.size() + 1)}}};
}

Decision decide(const State& state, const Load& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Applied* applied = state.find(
        {.kind = NaturalKey::Kind::load, .account = account->id, .name = command.reference});
    if (applied != nullptr) return AlreadyRecorded{applied->at};
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "load another account");
    }
    const bool in_money = command.units.value == 0;
    if (in_money && command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "load in the programme's currency");
    }
    const PurseNumber purse = purse_named(*account, command.purse);
    if (purse.value == 0) return no_such_purse();
    if (auto over = end_fault(account->purse(purse), "load another purse of the account")) {
        return *over;
    }
    const PurseTerms terms = state.terms_of(account->purse(purse));
    if (auto closed = intake_fault(terms, local_day(state.offsets, stamp.now_ns))) return *closed;
    const Result<AmountMinor> amount = amount_of(command, terms);
    if (!amount) return amount.fault();
    Loaded event{.request = command,
                 .programme = account->programme,
                 .account = account->id,
                 .purse = purse};
    post(event.postings, LedgerAccount::funding, {}, -*amount);
    post(event.postings, LedgerAccount::available, purse, *amount);
    if (!fits(*account, event.postings)) return does_not_fit("amount.minor_units");
    event.purse_available = {account->purse(purse).available.value + amount->value};
    event.available = available_after(*account, event.postings);
    return Event{event};
}

Decision decide(const State& state, const ReleaseStage& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const PurseNumber number = purse_named(*account, command.purse);
    if (number.value == 0 || command.purse.empty()) return no_such_purse();
    const Applied* applied = state.find(stage_key(account->id, number, command.stage));
    if (applied != nullptr) return AlreadyRecorded{applied->at};
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "release from another account");
    }
    if (command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "release in the programme's currency");
    }
    const Purse& purse = account->purse(number);
    if (auto over = end_fault(purse, "nothing waits in it any more")) return *over;
    if (auto fault = release_fault(purse, state.terms_of(purse), command.amount)) return *fault;
    return Event{StageReleased{.request = command,
                               .programme = account->programme,
                               .account = account->id,
                               .purse = number,
                               .unreleased = {purse.unreleased.value - command.amount.value},
                               .available = account->available()}};
}

Decision decide(const State& state, const ClosePurse& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const PurseNumber number = purse_named(*account, command.purse);
    if (number.value == 0 || command.purse.empty()) return no_such_purse();
    if (auto over = end_fault(account->purse(number), "nothing needs to be done")) return *over;
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    return leave(state, *account, PurseClosed{.request = command, .purse = number, .day = today});
}

Decision decide(const State& state, const EndPurse& command, const Stamp&) {
    const Account& account = state.at(command.account);
    const Purse& purse = account.purse(command.purse);
    CHECK(purse.status == PurseStatus::open && purse.spend_until.value != 0);
    return leave(
        state, account,
        PurseEnded{.request = command, .purse = command.purse, .last_day = purse.spend_until});
}

void send_on(const State& state, const Account& account, Postings& postings) {
    for (Posting& line : postings) {
        if (line.account != LedgerAccount::available) continue;
        const Purse& purse = account.purse(line.purse);
        if (purse.status != PurseStatus::open) line.account = way_out(state, purse);
    }
}

Decision decide(const State& state, const SetProvider& command, const Stamp&) {
    const Programme* programme = visible(state, command.request, command.programme);
    if (programme == nullptr) return no_such_programme();
    const bool known = programme->providers.contains({command.provider_register, command.acceptor});
    if (!known && programme->providers.size() >= providers_per_programme_max) {
        return conflict("acceptor", "the programme's registers are full",
                        "put no more providers on them; call an operator");
    }
    return Event{ProviderSet{.request = command, .programme = programme->id}};
}

}  // namespace carecard::rules
