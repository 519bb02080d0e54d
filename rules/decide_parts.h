#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "rules/decide.h"
#include "rules/eligibility.h"

/// The parts of `decide`, one overload for each command; used by decide.cc and its own files only.
namespace carecard::rules {

Decision decide(const State& state, const Authorise& command, const Stamp& stamp);
Decision decide(const State& state, const Reverse& command, const Stamp& stamp);
Decision decide(const State& state, const Present& command, const Stamp& stamp);
Decision decide(const State& state, const CreateProgramme& command, const Stamp& stamp);
Decision decide(const State& state, const OpenAccount& command, const Stamp& stamp);
Decision decide(const State& state, const OpenPurse& command, const Stamp& stamp);
Decision decide(const State& state, const IssueCard& command, const Stamp& stamp);
Decision decide(const State& state, const Load& command, const Stamp& stamp);
Decision decide(const State& state, const SetAgreement& command, const Stamp& stamp);
Decision decide(const State& state, const SetCardStatus& command, const Stamp& stamp);
Decision decide(const State& state, const SetAccountStatus& command, const Stamp& stamp);
Decision decide(const State& state, const CloseSettlement& command, const Stamp& stamp);
Decision decide(const State& state, const SetOffsetTable& command, const Stamp& stamp);
Decision decide(const State& state, const ExpireHold& command, const Stamp& stamp);
Decision decide(const State& state, const EndBusinessDay& command, const Stamp& stamp);
Decision decide(const State& state, const AdvanceClock& command, const Stamp& stamp);
Decision decide(const State& state, const AcceptClock& command, const Stamp& stamp);
Decision decide(const State& state, const Increment& command, const Stamp& stamp);
Decision decide(const State& state, const Advise& command, const Stamp& stamp);
Decision decide(const State& state, const ReleaseStage& command, const Stamp& stamp);
Decision decide(const State& state, const SetProvider& command, const Stamp& stamp);
Decision decide(const State& state, const ReplaceCard& command, const Stamp& stamp);
Decision decide(const State& state, const SetCardRules& command, const Stamp& stamp);
Decision decide(const State& state, const ClosePurse& command, const Stamp& stamp);
Decision decide(const State& state, const EndPurse& command, const Stamp& stamp);
Decision decide(const State& state, const ProposeResolution& command, const Stamp& stamp);
Decision decide(const State& state, const DecideResolution& command, const Stamp& stamp);
Decision decide(const State& state, const RecoverExposure& command, const Stamp& stamp);
Decision decide(const State& state, const SetEarmark& command, const Stamp& stamp);
Decision decide(const State& state, const WithdrawEarmark& command, const Stamp& stamp);
Decision decide(const State& state, const PayEarmark& command, const Stamp& stamp);
Decision decide(const State& state, const OpenDispute& command, const Stamp& stamp);
Decision decide(const State& state, const CloseDispute& command, const Stamp& stamp);

/// Whether a caller may touch this programme at all. To one who may not, it does not exist.
[[nodiscard]] inline bool may_touch(const Request& request, const Programme& programme) {
    return request.council.empty() || request.council == programme.terms.council;
}

/// The programme a caller names, or null when there is none or it is another council's.
[[nodiscard]] const Programme* visible(const State& state, const Request& request,
                                       const ProgrammeCode& code);
/// The account a caller names, or null when there is none or it is another council's.
[[nodiscard]] const Account* visible(const State& state, const Request& request,
                                     const AccountName& name);
/// The card a caller names, or null when there is none or it is another council's.
[[nodiscard]] const Card* visible(const State& state, const Request& request,
                                  const CardToken& token);

/// Whether the terms of these purses can be kept beside those that are.
[[nodiscard]] bool has_room_for_terms(const State& state, std::span<const PurseSpec> purses);
[[nodiscard]] Fault too_many_terms(std::string field);

/// The state of things stands against what staff ask.
[[nodiscard]] inline Fault conflict(std::string field, std::string detail, std::string remedy) {
    return {.kind = FaultKind::conflict,
            .field = std::move(field),
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}
/// The id of equal rules that are stored already, or the next free one.
[[nodiscard]] inline AgreementId agreement_id(const State& state, const SpendingRules& rules) {
    const AgreementId* known = state.find(rules);
    if (known != nullptr) return *known;
    return {static_cast<std::uint32_t>(state.agreements.size() + 1)};
}
/// A number that comes after those of `items`.
template <class Id, class Items>
[[nodiscard]] Id next_id(const Items& items) {
    return {static_cast<std::uint32_t>(items.size() + 1)};
}

[[nodiscard]] Fault no_such_programme();
[[nodiscard]] Fault no_such_account();
[[nodiscard]] Fault no_such_authorisation();

/// The account's authorisation of that id; null when it has none, or another account has it.
[[nodiscard]] const Authorisation* of_account(const State& state, const Account& account,
                                              const AuthorisationId& id);
/// The purse that staff name; the open one that pays first when they name none; zero when there is
/// none.
[[nodiscard]] PurseNumber purse_named(const Account& account, const PurseName& name);
[[nodiscard]] Fault no_such_purse();
/// That the purse is over; none while it is open.
[[nodiscard]] std::optional<Fault> end_fault(const Purse& purse, std::string remedy);

/// Whether applying `postings` leaves every balance of `account` within its limits. It always
/// does, short of a thousand million pounds in one purse; checked so that `apply` cannot abort.
[[nodiscard]] bool fits(const Account& account, const Postings& postings);
[[nodiscard]] Fault does_not_fit(std::string_view field);
/// YYYY-MM-DD.
[[nodiscard]] std::string text_of(DayNumber day);

/// What `postings` bring back to a purse that is not open leaves it for its funder, or for the
/// person whose own it is: never spendable again by accident.
void send_on(const State& state, const Account& account, Postings& postings);

/// The account's available money after `postings`.
[[nodiscard]] AmountMinor available_after(const Account& account, const Postings& postings);

/// Everything that the spending rules look at, but for the reversals that came first.
[[nodiscard]] SpendingFacts spending_facts(const State& state, const Card& card,
                                           const Authorise& request, const WindowNumbers& windows);

/// The leg of `purse`, added when there is none yet.
Leg& leg_of(Legs& legs, PurseNumber purse);

/// Looks at the purses afresh: at the purchase alone of `request`, without its cashback.
void leave_out_cashback(const State& state, const Card& card, const Authorise& request,
                        const WindowNumbers& windows, SpendingFacts& facts);

/// Promises `amount` along `walk`; there is enough on it.
void hold(const Walk& walk, AmountMinor amount, Legs& legs, Postings& postings);

/// How long the payment is held from now on.
[[nodiscard]] inline DurationNs lifetime_of(const CreateProgramme& terms, const HoldRule* rule) {
    return rule == nullptr ? terms.hold_lifetime : rule->lifetime;
}

/// Whether the sums that an authorisation keeps are within their limits after an event. They always
/// are, short of a thousand million pounds; checked so that `apply` cannot abort.
[[nodiscard]] bool totals_fit(const Account& account, const Authorisation& after);

/// The reversals that came before a payment, of those that its account keeps; none if none did.
[[nodiscard]] std::optional<ReversedBefore> reversals_met(std::span<const KeptReversal> kept,
                                                          const Request& request,
                                                          const NetworkIdentity& identity,
                                                          TimestampNs now_ns);

/// Lowers what `authorisation` counts for to what of it is reserved or was cleared, and by its
/// place in the windows' counts when that is nothing. What it counts for as cash falls last.
[[nodiscard]] Uncounted uncount(Authorisation& authorisation);

}  // namespace carecard::rules
