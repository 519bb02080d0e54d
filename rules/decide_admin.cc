#include <algorithm>
#include <string>

#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

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
    if (!has_room_for_terms(state, command.purses)) return too_many_terms("purses");
    return Event{AccountOpened{.request = command,
                               .programme = programme->id,
                               .account = next_id<AccountId>(state.accounts)}};
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
    if (closing && !state.disputes_of(account->id).empty()) {
        return conflict("status", "a dispute of a payment of this account is open",
                        "suspend it until the dispute is closed");
    }
    return Event{AccountStatusSet{
        .request = command, .programme = account->programme, .account = account->id}};
}

}  // namespace carecard::rules
