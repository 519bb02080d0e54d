#include <algorithm>

#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

bool has_money(const AccountCount& account) {
    return account.exposure.value != 0 ||
           std::ranges::any_of(account.purses, [](const PurseCount& purse) {
               return purse.available.value != 0 || purse.held.value != 0;
           });
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::ProgrammeCreated& event,
           Claims& claims) {
    const rules::State& state = before.state;
    claims.that(is_next(event.programme, state.programmes), "the programme has a wrong number");
    claims.that(state.find(event.request.code) == nullptr, "a programme has its code already");
    audit_rules_id(before, event.defaults, event.request.defaults, claims);
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    const bool has_ended =
        instant_of(state.offsets, today, event.request.cut_off_second) <= stamp.now_ns;
    claims.equal("its first business day", event.first_day.value,
                 today.value + (has_ended ? 1 : 0));
}

void audit(const Before& before, const rules::Stamp&, const rules::AccountOpened& event,
           Claims& claims) {
    if (!programme_is_named(before, event, claims)) return;
    claims.that(is_next(event.account, before.state.accounts), "the account has a wrong number");
    claims.that(before.state.find(event.request.account) == nullptr,
                "an account has its reference already");
    claims.that(!event.request.purses.empty(), "the account has no purse");
}

void audit(const Before& before, const rules::Stamp&, const rules::PurseOpened& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const auto& purses = before.state.at(event.account).purses;
    claims.that(is_next(event.purse, purses) && purses.size() < purses_per_account_max,
                "the purse has a wrong number");
    claims.that(std::ranges::none_of(purses,
                                     [&](const rules::Purse& purse) {
                                         return purse.name == event.request.purse.name;
                                     }),
                "the account has a purse of its name already");
}

void audit(const Before& before, const rules::Stamp&, const rules::StageReleased& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const AccountCount& account = before.recount.at(event.account);
    claims.that(before.applied.value == 0, "its stage was released before");
    claims.that(event.purse.value >= 1 && event.purse.value <= account.purses.size(),
                "it names a purse that the account does not have");
    if (!claims.hold()) return;
    const PurseCount& purse = account.purses[event.purse.value - 1U];
    claims.that(before.state.at(event.account).purse(event.purse).name == event.request.purse,
                "it names another purse than it was asked for");
    claims.that(event.request.amount.value > 0 && event.request.amount <= purse.unreleased,
                "it releases more than waits in its purse");
    claims.equal("what still waits", event.unreleased.value,
                 purse.unreleased.value - event.request.amount.value);
    claims.equal("the amount available", event.available, account.available());
}

namespace {

/// What was available in the purse leaves it, for whoever it belongs to.
/// @pre  the account is known.
template <class Ending>
void audit_end(const Before& before, const Ending& event, Claims& claims) {
    const AccountCount& account = before.recount.at(event.account);
    const bool there = event.purse.value >= 1 && event.purse.value <= account.purses.size();
    claims.that(there, "it names a purse that the account does not have");
    if (!claims.hold()) return;
    const PurseCount& counted = account.purses[event.purse.value - 1U];
    const rules::State& state = before.state;
    const rules::PurseTerms terms = state.terms_of(state.at(event.account).purse(event.purse));
    claims.that(!counted.over, "it ends a purse that was over");
    claims.that(
        event.surplus.funder == terms.funder && event.surplus.persons_own == counted.persons_own,
        "it says that the money is somebody else's");
    claims.equal("what leaves the purse", event.surplus.amount, counted.available);
    if (!claims.hold()) return;
    Moved moved;
    moved.available[event.purse.value] = -counted.available.value;
    (counted.persons_own ? moved.owed_to_person : moved.recovered)[event.purse.value] =
        counted.available.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::PurseClosed& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    audit_end(before, event, claims);
    if (!claims.hold()) return;
    claims.that(before.state.at(event.account).purse(event.purse).name == event.request.purse,
                "it names another purse than it was asked for");
    claims.equal("its day", event.day, local_day(before.state.offsets, stamp.now_ns));
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::PurseEnded& event,
           Claims& claims) {
    if (!account_is_known(before, event, claims)) return;
    audit_end(before, event, claims);
    if (!claims.hold()) return;
    claims.that(event.request.account == event.account && event.request.purse == event.purse,
                "it ends another purse than it was asked to");
    const DayNumber last_day = before.state.at(event.account).purse(event.purse).spend_until;
    claims.that(last_day.value != 0 && event.last_day == last_day,
                "it names another last day than the purse has");
    claims.that(local_day(before.state.offsets, stamp.now_ns) > last_day,
                "it ends a purse before its time");
}

void audit(const Before& before, const rules::Stamp&, const rules::ProviderSet& event,
           Claims& claims) {
    const bool there = exists(event.programme, before.state.programmes);
    claims.that(there && before.state.at(event.programme).terms.code == event.request.programme,
                "it names another programme than it was asked for");
    if (!claims.hold()) return;
    const auto& providers = before.state.at(event.programme).providers;
    claims.that(providers.contains({event.request.provider_register, event.request.acceptor}) ||
                    providers.size() < providers_per_programme_max,
                "its programme's registers are full");
}

void audit(const Before& before, const rules::Stamp&, const rules::AgreementSet& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    audit_rules_id(before, event.agreement, event.request.rules, claims);
    claims.equal("the agreement's version", event.version,
                 before.state.at(event.account).agreement_version + 1);
}

void audit(const Before& before, const rules::Stamp&, const rules::AccountStatusSet& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const bool closes = event.request.status == rules::AccountStatus::closed;
    const bool is_closed = before.state.at(event.account).status == rules::AccountStatus::closed;
    claims.that(closes || !is_closed, "it opens a closed account");
    claims.that(!closes || !has_money(before.recount.at(event.account)),
                "it closes an account that has money");
}

}  // namespace carecard::fsck
