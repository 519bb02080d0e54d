#include <algorithm>
#include <string>

#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

/// The purse a load names; the one that pays first when it names none; zero when there is none.
PurseNumber purse_named(const Account& account, const PurseName& name) {
    const auto order = account.spending_order();
    if (name.empty()) return order[0];
    const auto named = std::find_if(order.begin(), order.end(), [&](PurseNumber number) {
        return account.purse(number).spec.name == name;
    });
    return named == order.end() ? PurseNumber{} : *named;
}

bool has_money(const Account& account) {
    return account.available().value != 0 || account.held().value != 0 ||
           account.exposure.value != 0;
}

}  // namespace

Decision decide(const State& state, const CreateProgramme& command, const Stamp& stamp) {
    const bool for_another =
        !command.request.council.empty() && command.request.council != command.council;
    if (for_another) {
        return Fault{.kind = FaultKind::denied,
                     .field = "council",
                     .detail = "the certificate is for another council",
                     .remedy = "use an operator's certificate for this council"};
    }
    if (state.find(command.code) != nullptr) {
        return conflict("programme", "a programme has this code already", "choose another code");
    }
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    const bool after_cut_off =
        instant_of(state.offsets, today, command.cut_off_second) <= stamp.now_ns;
    return Event{ProgrammeCreated{.request = command,
                                  .programme = next_id<ProgrammeId>(state.programmes),
                                  .defaults = agreement_id(state, command.defaults),
                                  .first_day = {today.value + (after_cut_off ? 1 : 0)}}};
}

Decision decide(const State& state, const OpenAccount& command, const Stamp&) {
    const Programme* programme = visible(state, command.request, command.account.programme);
    if (programme == nullptr) return no_such_programme();
    if (state.find(command.account) != nullptr) {
        return conflict("account.reference", "an account has this reference already",
                        "read the account, or choose another reference");
    }
    return Event{AccountOpened{.request = command,
                               .programme = programme->id,
                               .account = next_id<AccountId>(state.accounts)}};
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
                    [&](const Purse& purse) { return purse.spec.name == command.purse.name; });
    if (taken) {
        return conflict("purse.name", "the account has a purse of this name already",
                        "choose another name");
    }
    return Event{PurseOpened{.request = command,
                             .programme = account->programme,
                             .account = account->id,
                             .purse = {static_cast<std::uint8_t>(account->purses.size() + 1)}}};
}

Decision decide(const State& state, const Load& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Applied* applied = state.find(
        {.kind = NaturalKey::Kind::load, .account = account->id, .name = command.reference});
    if (applied != nullptr) return AlreadyRecorded{applied->at};
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "load another account");
    }
    if (command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "load in the programme's currency");
    }
    const PurseNumber purse = purse_named(*account, command.purse);
    if (purse.value == 0) {
        return conflict("purse", "the account has no purse of this name",
                        "read the account for the names of its purses");
    }
    Loaded event{.request = command,
                 .programme = account->programme,
                 .account = account->id,
                 .purse = purse};
    post(event.postings, LedgerAccount::funding, {}, -command.amount);
    post(event.postings, LedgerAccount::available, purse, command.amount);
    if (!fits(*account, event.postings)) return does_not_fit("amount.minor_units");
    event.purse_available = {account->purse(purse).available.value + command.amount.value};
    event.available = available_after(*account, event.postings);
    return Event{event};
}

Decision decide(const State& state, const SetAgreement& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    return Event{AgreementSet{.request = command,
                              .programme = account->programme,
                              .account = account->id,
                              .agreement = agreement_id(state, command.rules),
                              .version = account->agreement_version + 1}};
}

Decision decide(const State& state, const SetAccountStatus& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const bool closing = command.status == AccountStatus::closed;
    if (account->status == AccountStatus::closed && !closing) {
        return conflict("status", "a closed account stays closed", "open another account");
    }
    if (closing && has_money(*account)) {
        return conflict("status", "the account still has money, a hold or an exposure",
                        "suspend it until its balance is settled");
    }
    return Event{AccountStatusSet{
        .request = command, .programme = account->programme, .account = account->id}};
}

}  // namespace carecard::rules
