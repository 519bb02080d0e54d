#pragma once

#include <array>

#include "rules/event.h"
#include "rules/state.h"
#include "services/fsck/audit.h"
#include "services/fsck/claims.h"

/// What the parts of `objection` share. Not for other files.
namespace carecard::fsck {

/// One overload for each kind of event. Each asks what it needs before it reads: what `claims` hold
/// so far can be relied on.
void audit(const Before&, const rules::Stamp&, const rules::AuthorisationDecided&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::Reversed&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::Presented&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::HoldExpired&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::Loaded&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ProgrammeCreated&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::AccountOpened&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::PurseOpened&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::CardIssued&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::StageReleased&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ProviderSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::AgreementSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::CardStatusSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::AccountStatusSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::BusinessDayEnded&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::SettlementClosed&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::OffsetTableSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ClockAdvanced&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ClockAccepted&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ReversalKept&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::Restored&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::HoldIncreased&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::Advised&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::CardReplaced&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::CardRulesSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::PurseClosed&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::PurseEnded&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ResolutionProposed&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ResolutionDecided&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::ExposureRecovered&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::DisputeOpened&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::DisputeClosed&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::EarmarkSet&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::EarmarkWithdrawn&, Claims&);
void audit(const Before&, const rules::Stamp&, const rules::EarmarkPaid&, Claims&);

/// That an event which moves money makes of the account's earmarks what its postings lead to.
/// @pre  `audit` had nothing against it.
void audit_earmarks(const Before&, const rules::Stamp&, const rules::AuthorisationDecided&,
                    Claims&);
void audit_earmarks(const Before&, const rules::Stamp&, const rules::HoldIncreased&, Claims&);
void audit_earmarks(const Before&, const rules::Stamp&, const rules::Reversed&, Claims&);
void audit_earmarks(const Before&, const rules::Stamp&, const rules::Presented&, Claims&);
void audit_earmarks(const Before&, const rules::Stamp&, const rules::Advised&, Claims&);
void audit_earmarks(const Before&, const rules::Stamp&, const rules::HoldExpired&, Claims&);
template <class Other>
void audit_earmarks(const Before&, const rules::Stamp&, const Other&, Claims&) {}

/// What earmarks of a purse keep from a payment to `payee`: all that stand but those for it.
[[nodiscard]] AmountMinor kept_from(const AccountCount& account, PurseNumber purse,
                                    const rules::Acceptor& payee, DayNumber today);

/// The reversals that came before a payment, of those that its account keeps; none if none did.
/// @pre  the account is known.
[[nodiscard]] std::optional<rules::ReversedBefore> reversals_met(
    const Before& before, const rules::Stamp& stamp, AccountId account,
    const rules::Request& request, const rules::NetworkIdentity& identity);

/// What an event says that the spending rules looked at.
struct ToldFacts {
    const rules::Authorise& request;
    const rules::SpendingFacts& facts;
    const rules::WindowNumbers& windows;
    ProgrammeId programme;
    AccountId account;
    CardId card;
};
/// That each of them is what the events before add up to; portions and increments by themselves.
/// @pre  the card is known.
void audit_facts(const Before& before, const rules::Stamp& stamp, const ToldFacts& told,
                 Claims& claims);

/// Whether `facts` let `purse` pay so much. Events before version 3 do not say, and let every one.
[[nodiscard]] bool may_pay(const rules::SpendingFacts& facts, PurseNumber purse,
                           AmountMinor amount);

/// That an event which follows rules names those of its card, or none when it has none.
/// @pre  the card is known.
void audit_card_rules(const Before& before, CardId card, AgreementId named, Claims& claims);

/// The id of these rules is the one that equal rules have, or the next.
void audit_rules_id(const Before& before, AgreementId id, const rules::SpendingRules& rules,
                    Claims& claims);

template <class Id, class Items>
[[nodiscard]] bool exists(Id id, const Items& items) {
    return id.value >= 1 && id.value <= items.size();
}

template <class Id, class Items>
[[nodiscard]] bool is_next(Id id, const Items& items) {
    return id.value == items.size() + 1;
}

/// The account is there and belongs to the programme.
template <class Fact>
[[nodiscard]] bool account_is_known(const Before& before, const Fact& event, Claims& claims) {
    const bool there = exists(event.account, before.state.accounts) &&
                       exists(event.programme, before.state.programmes);
    claims.that(there && before.state.at(event.account).programme == event.programme,
                "it names an account and programme that the events before do not have");
    return claims.hold();
}

/// The programme is there, and the request names it.
template <class Fact>
[[nodiscard]] bool programme_is_named(const Before& before, const Fact& event, Claims& claims) {
    const bool there = exists(event.programme, before.state.programmes);
    claims.that(
        there && before.state.at(event.programme).terms.code == event.request.account.programme,
        "it names another programme than it was asked for");
    return claims.hold();
}

/// The account is there, and the request names it.
template <class Fact>
[[nodiscard]] bool account_is_named(const Before& before, const Fact& event, Claims& claims) {
    if (!account_is_known(before, event, claims)) return false;
    const bool named = programme_is_named(before, event, claims) &&
                       before.state.at(event.account).reference == event.request.account.reference;
    claims.that(named, "it names another account than it was asked for");
    return claims.hold();
}

/// The account, and a card of it.
template <class Fact>
[[nodiscard]] bool card_is_known(const Before& before, const Fact& event, Claims& claims) {
    if (!account_is_known(before, event, claims)) return false;
    const bool there = exists(event.card, before.state.cards);
    claims.that(there && before.state.at(event.card).account == event.account,
                "it names a card that the account does not have");
    return claims.hold();
}

/// What postings move, by where it stands; by purse, from 1.
struct Moved {
    std::array<std::int64_t, purses_per_account_max + 1> available{};
    std::array<std::int64_t, purses_per_account_max + 1> held{};
    std::array<std::int64_t, purses_per_account_max + 1> recovered{};
    std::array<std::int64_t, purses_per_account_max + 1> owed_to_person{};
    std::int64_t funding = 0;
    std::int64_t settlement = 0;
    std::int64_t exposure = 0;
    std::int64_t fees = 0;
    std::int64_t promised = 0;
    std::int64_t written_off = 0;
    std::int64_t disputed = 0;
    friend bool operator==(const Moved&, const Moved&) = default;
};

/// Conservation, and that the postings are those which the rest of the event leads to, but that
/// what comes back to a purse that is over leaves it; that no balance leaves its limits.
/// @pre  the account is known.
void audit_postings(const Before& before, AccountId account, const rules::Postings& postings,
                    const Moved& expected, Claims& claims);

/// That what was declined moves nothing.
inline void audit_refused(const rules::Postings& postings, Claims& claims) {
    claims.that(postings.empty(), "it was declined, and moves money");
}

/// The whole account's money once these postings are in.
[[nodiscard]] AmountMinor available_after(const Before& before, AccountId account,
                                          const rules::Postings& postings);

}  // namespace carecard::fsck
