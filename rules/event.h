#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

#include "common/id.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/authorisation.h"
#include "rules/command.h"
#include "rules/decline.h"
#include "rules/dispute.h"
#include "rules/earmark.h"
#include "rules/exception.h"
#include "rules/kept_reversal.h"
#include "rules/ledger.h"
#include "rules/local_time.h"
#include "rules/spending.h"

/// One struct for each fact. An event is complete: `apply` folds it and decides nothing, so that
/// next year's rules cannot rewrite last year's history. Each embeds the command it answers.
namespace carecard::rules {

/// Whether something holds of each window of local time.
struct WindowFlags {
    bool day = false;
    bool week = false;
    bool month = false;
    friend constexpr bool operator==(const WindowFlags&, const WindowFlags&) = default;
};

/// How the windows of an authorisation that has grown fall, where they fall by different amounts.
struct UncountedApart {
    WindowAmounts amounts;
    WindowFlags places;
    friend constexpr bool operator==(const UncountedApart&, const UncountedApart&) = default;
};

/// How far `counted` of an authorisation falls, and in which windows its spending was counted.
struct Uncounted {
    AmountMinor amount;
    bool place = false;  ///< The windows' counts fall by one as well.
    WindowNumbers windows;
    CashCount cash;  ///< How far `cash` of the authorisation falls, in the day's own counter.
    /// None: every window falls by `amount` and `place`.
    std::optional<UncountedApart> apart;
    Tap tap;  ///< Given back to its card's taps, when the whole of a payment is reversed.
    bool by_card = false;  ///< The card's own counters fall with the account's.

    [[nodiscard]] UncountedApart by_window() const {
        return apart ? *apart : UncountedApart{{amount, amount, amount}, {place, place, place}};
    }
    friend constexpr bool operator==(const Uncounted&, const Uncounted&) = default;
};

struct AuthorisationDecided {
    Authorise request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    AuthorisationId id;
    Decline decline;
    AuthorisationCode code;  ///< Empty when declined.
    AmountMinor approved;    ///< Zero when declined.
    AmountMinor available;   ///< Over all purses, after this event.
    AgreementId defaults;    ///< Rules in force: the programme's.
    AgreementId agreement;   ///< Rules in force: the account's; none when nothing was agreed.
    /// Which of the account's agreements that was; none when nothing was agreed.
    std::optional<AgreementVersion> agreement_version;
    SpendingFacts facts;     ///< What the rules were asked about, so that they can be asked again.
    WindowNumbers windows;   ///< Local windows of the stamp.
    TimestampNs expires_ns;  ///< When the hold ends by itself.
    Legs legs;
    Postings postings;
    CashCount cash;           ///< What of `approved` is cash or quasi-cash.
    AuthorisationId refunds;  ///< Of a refund: the purchase that it names, if that is known.
    AmountMinor uplift;       ///< Held of an estimate beyond what must be.
    Tap tap;                  ///< What it counts for among its card's taps.
    Tolerance tolerance;      ///< How far its clearings may exceed what was approved.
    /// Rules in force: the card's own; none when it has none. With them it counts by card as well.
    AgreementId card_rules;
    bool uses_card = false;   ///< It was the one payment that the card could be used for.
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    friend bool operator==(const AuthorisationDecided&, const AuthorisationDecided&) = default;
};

/// Which of the names in an `OriginalReference` found the authorisation. `find_original` knows
/// which is stronger. The numbers are stored. Never change or reuse one.
enum class MatchedBy : std::uint8_t {
    nothing = 0,
    authorisation_id = 1,
    request_key = 2,
    network_transaction_id = 3,
    trace = 4,               ///< Acquirer, STAN, transmission time and RRN.
    authorisation_code = 5,  ///< With the card, and an amount that it may be about. The weakest.
    local_reference = 6,     ///< Acquirer, STAN, RRN and the date at the terminal.
    presentment_id = 7,      ///< The clearing that the network takes back.
};
inline constexpr std::uint8_t matched_by_last = 7;

struct Reversed {
    Reverse request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    MatchedBy matched_by = MatchedBy::nothing;
    Decline decline;
    AmountMinor released;
    AmountMinor available;
    Authorisation after;  ///< The whole authorisation after this event; none when declined.
    Uncounted uncounted;
    Postings postings;
    Exception exception;
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    friend bool operator==(const Reversed&, const Reversed&) = default;
};

struct Presented {
    Present request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    MatchedBy matched_by = MatchedBy::nothing;
    AmountMinor released;   ///< Freed from the hold beyond what was cleared.
    AmountMinor exposure;   ///< A debit's part beyond the holder's money, promised before or not.
    AmountMinor recovered;  ///< A credit's part that made good earlier exposure.
    AmountMinor unmatched;  ///< A credit's part that no debit of `after` accounts for.
    AmountMinor available;
    Authorisation after;  ///< None, and nothing moved, when a clearing is taken back in vain.
    Uncounted uncounted;
    Postings postings;
    Exception exception;
    /// The announced refund that this credit clears, after this event, when its money goes back to
    /// the purchase that it named: `after` is the purchase then.
    std::optional<Authorisation> announced;
    AmountMinor repaid;       ///< A credit's part that repaid what had been written off.
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    AmountMinor settled;      ///< A credit's part that repaid what the holder was lent.
    /// A credit's part that is kept for the network, or a second presentment's that was.
    AmountMinor owed_back;
    /// The dispute of `after`, after this event, when that changes it.
    std::optional<Dispute> dispute;
    AmountMinor broken;  ///< What a debit took of earmarks for others.
    friend bool operator==(const Presented&, const Presented&) = default;
};

struct Advised {
    Advise request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    MatchedBy matched_by = MatchedBy::nothing;
    AmountMinor reserved;   ///< What this advice newly holds or promises.
    AmountMinor released;   ///< What it frees of a hold.
    AmountMinor exposure;   ///< The part of `reserved` beyond the holder's money.
    AmountMinor available;  ///< Over all purses, after this event.
    /// What it met when the reversal of its payment came first: no more than that is promised.
    std::optional<ReversedBefore> reversed_before;
    Authorisation after;  ///< None when the network declined what is not known here.
    Uncounted uncounted;
    Postings postings;
    Exception exception;
    bool uses_card = false;   ///< It was the one payment that the card could be used for.
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    AmountMinor broken;       ///< What it took of earmarks for others.
    friend bool operator==(const Advised&, const Advised&) = default;
};

struct ProgrammeCreated {
    CreateProgramme request;
    ProgrammeId programme;
    AgreementId defaults;
    DayNumber first_day;  ///< The business day it begins in.
    friend bool operator==(const ProgrammeCreated&, const ProgrammeCreated&) = default;
};

struct AccountOpened {
    OpenAccount request;
    ProgrammeId programme;
    AccountId account;
    friend bool operator==(const AccountOpened&, const AccountOpened&) = default;
};

struct PurseOpened {
    OpenPurse request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    friend bool operator==(const PurseOpened&, const PurseOpened&) = default;
};

struct CardIssued {
    IssueCard request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    TimestampNs expires_ns;  ///< The first instant after its last month, in local time.
    friend bool operator==(const CardIssued&, const CardIssued&) = default;
};

struct Loaded {
    Load request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    AmountMinor purse_available;  ///< In this purse, after this event.
    AmountMinor available;        ///< Over all purses, after this event.
    Postings postings;

    /// What was put in: what was asked, or what the units asked come to.
    [[nodiscard]] AmountMinor amount() const {
        return request.units.value == 0 ? request.amount : -postings[0].amount;
    }
    friend bool operator==(const Loaded&, const Loaded&) = default;
};

struct AgreementSet {
    SetAgreement request;
    ProgrammeId programme;
    AccountId account;
    AgreementId agreement;      ///< Equal rules have one id.
    std::uint32_t version = 1;  ///< Of this account's agreement, 1 for the first.
    friend bool operator==(const AgreementSet&, const AgreementSet&) = default;
};

struct CardStatusSet {
    SetCardStatus request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    /// Whose freeze stands after it; none when none does, or it was set before that was asked.
    Actor frozen_by = Actor::none;
    CardId ended;  ///< The card whose place this one takes by being activated; none for others.
    friend bool operator==(const CardStatusSet&, const CardStatusSet&) = default;
};

struct AccountStatusSet {
    SetAccountStatus request;
    ProgrammeId programme;
    AccountId account;
    friend bool operator==(const AccountStatusSet&, const AccountStatusSet&) = default;
};

struct HoldExpired {
    ExpireHold request;
    ProgrammeId programme;
    AccountId account;
    AmountMinor released;
    Authorisation after;
    Uncounted uncounted;
    Postings postings;
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    friend bool operator==(const HoldExpired&, const HoldExpired&) = default;
};

/// What a programme's presentments came to since its last business day ended.
struct DayTotals {
    std::uint32_t debit_count = 0;
    std::uint32_t credit_count = 0;
    TotalMinor debit;
    TotalMinor credit;
    friend bool operator==(const DayTotals&, const DayTotals&) = default;
};

struct BusinessDayEnded {
    EndBusinessDay request;
    Sequence last;  ///< The last event of the day: the one before this.
    DayTotals cleared;
    LedgerTotals trial_balance;
    friend bool operator==(const BusinessDayEnded&, const BusinessDayEnded&) = default;
};

struct SettlementClosed {
    CloseSettlement request;
    ProgrammeId programme;
    std::uint32_t number = 0;  ///< 1 for a programme's first batch, no gaps.
    Sequence first;            ///< The batch is the programme's events first..last.
    Sequence last;
    DayTotals cleared;
    friend bool operator==(const SettlementClosed&, const SettlementClosed&) = default;
};

struct OffsetTableSet {
    SetOffsetTable request;
    friend bool operator==(const OffsetTableSet&, const OffsetTableSet&) = default;
};

struct ClockAdvanced {
    AdvanceClock request;
    friend bool operator==(const ClockAdvanced&, const ClockAdvanced&) = default;
};

struct ClockAccepted {
    AcceptClock request;
    TimestampNs last;  ///< The last stamp before the jump.
    friend bool operator==(const ClockAccepted&, const ClockAccepted&) = default;
};

/// A reversal whose original has not come: kept until it does, or its time is over.
struct ReversalKept {
    Reverse request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    KeptReversal kept;
    Sequence replaces;      ///< `kept_by` of one with the same names, kept no longer; none if zero.
    AmountMinor available;  ///< Over all purses; nothing changed.
    friend bool operator==(const ReversalKept&, const ReversalKept&) = default;
};

/// Numbers of a programme's batches that were published of a part of the journal that is lost.
struct LostBatches {
    ProgrammeId programme;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    friend constexpr bool operator==(const LostBatches&, const LostBatches&) = default;
};

/// The journal goes on in a new epoch after `restored_to`. What came after that in an earlier epoch
/// is lost: its sequences are given again, and the numbers of its batches never.
struct Restored {
    RestoreToService request;
    Epoch epoch;           ///< The new one.
    Sequence restored_to;  ///< The event before this one.
    Sequence lost_first;   ///< The next one's sequence: of this event, and of the first one lost.
    Sequence lost_last;    ///< The last that is known to have been there; less when none is.
    std::vector<LostBatches> batches_lost;  ///< By programme; those that are known to exist.
    friend bool operator==(const Restored&, const Restored&) = default;
};

/// A hold was raised, or was not.
struct HoldIncreased {
    Increment request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    MatchedBy matched_by = MatchedBy::nothing;
    Decline decline;
    AmountMinor extra;       ///< Approved and held by this event; zero when declined.
    AmountMinor cumulative;  ///< What it counts for from now on; zero when declined.
    AmountMinor available;   ///< Over all purses, after this event.
    AgreementId defaults;    ///< Rules in force, as in `AuthorisationDecided`.
    AgreementId agreement;
    std::optional<AgreementVersion> agreement_version;
    SpendingFacts facts;
    WindowNumbers windows;  ///< Local windows of the stamp, in which `extra` counts.
    WindowFlags places;     ///< The windows in which the payment takes a place by it.
    Authorisation after;    ///< The whole authorisation after this event; none when declined.
    Postings postings;
    AgreementId card_rules;   ///< As in `AuthorisationDecided`.
    EarmarkChanges earmarks;  ///< What it makes of the account's.
    friend bool operator==(const HoldIncreased&, const HoldIncreased&) = default;
};

/// What waited in a purse may be spent.
struct StageReleased {
    ReleaseStage request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    AmountMinor unreleased;  ///< What waits in this purse after this event.
    AmountMinor available;   ///< Over all purses; nothing changed.
    friend bool operator==(const StageReleased&, const StageReleased&) = default;
};

struct ProviderSet {
    SetProvider request;
    ProgrammeId programme;
    friend bool operator==(const ProviderSet&, const ProviderSet&) = default;
};

/// A card has a successor: the old one's end and the new one's issue in one step.
struct CardReplaced {
    ReplaceCard request;
    ProgrammeId programme;
    AccountId account;
    CardId old_card;
    CardStatus old_status = CardStatus::replaced;  ///< From now on.
    CardId ended;  ///< An earlier card of the chain, good until now, that is replaced as well.
    CardId card;   ///< The new one.
    TimestampNs expires_ns;  ///< As in `CardIssued`.
    friend bool operator==(const CardReplaced&, const CardReplaced&) = default;
};

struct CardRulesSet {
    SetCardRules request;
    ProgrammeId programme;
    AccountId account;
    CardId card;
    AgreementId rules;          ///< Equal rules have one id, whoever they are of.
    std::uint32_t version = 1;  ///< Of this card's rules, 1 for the first.
    friend bool operator==(const CardRulesSet&, const CardRulesSet&) = default;
};

/// Whose the money was that left a purse when it ended or was closed, and how much.
struct PurseSurplus {
    FunderCode funder;  ///< As in its terms; empty: the council.
    bool persons_own = false;
    AmountMinor amount;  ///< Not of what is held: that leaves it when it is released.
    friend constexpr bool operator==(const PurseSurplus&, const PurseSurplus&) = default;
};

/// The last day of a purse is over.
struct PurseEnded {
    EndPurse request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    DayNumber last_day;
    PurseSurplus surplus;
    AmountMinor available;  ///< Over all purses, after this event.
    Postings postings;
    friend bool operator==(const PurseEnded&, const PurseEnded&) = default;
};

struct PurseClosed {
    ClosePurse request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    DayNumber day;  ///< Local, of the stamp.
    PurseSurplus surplus;
    AmountMinor available;  ///< Over all purses, after this event.
    Postings postings;
    friend bool operator==(const PurseClosed&, const PurseClosed&) = default;
};

struct ResolutionProposed {
    ProposeResolution request;
    ProgrammeId programme;
    AccountId account;
    AmountMinor exposure;  ///< What the programme bears of the payment.
    friend bool operator==(const ResolutionProposed&, const ResolutionProposed&) = default;
};

/// A second person has approved or rejected a proposal. What is approved is no more than the
/// programme still bears of the payment.
struct ResolutionDecided {
    DecideResolution request;
    ProgrammeId programme;
    AccountId account;
    AuthorisationId authorisation;
    ResolutionKind kind = ResolutionKind::write_off;
    AmountMinor amount;   ///< Written off, or to be recovered; zero when rejected.
    Authorisation after;  ///< The whole authorisation after this event; none when rejected.
    Postings postings;    ///< Of a write-off that was approved.
    friend bool operator==(const ResolutionDecided&, const ResolutionDecided&) = default;
};

struct ExposureRecovered {
    RecoverExposure request;
    ProgrammeId programme;
    AccountId account;
    AmountMinor amount;     ///< Taken from the purses: what is due, or less when less is there.
    AmountMinor available;  ///< Over all purses, after this event.
    Authorisation after;    ///< The whole authorisation after this event.
    Postings postings;
    friend bool operator==(const ExposureRecovered&, const ExposureRecovered&) = default;
};

/// Money of a purse is kept for a payee.
struct EarmarkSet {
    SetEarmark request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    DayNumber until;          ///< The last day on which it stands, given or not.
    DayNumber today;          ///< Local, of the stamp: those that ended before it are let go.
    AmountMinor unearmarked;  ///< What of the purse may be spent on anything, after this event.
    AmountMinor available;    ///< Over all purses; nothing changed.
    friend bool operator==(const EarmarkSet&, const EarmarkSet&) = default;
};

/// It is not kept any more.
struct EarmarkWithdrawn {
    WithdrawEarmark request;
    ProgrammeId programme;
    AccountId account;
    Sequence earmark;       ///< The event that set it.
    AmountMinor freed;      ///< What it still kept.
    AmountMinor available;  ///< Over all purses; nothing changed.
    friend bool operator==(const EarmarkWithdrawn&, const EarmarkWithdrawn&) = default;
};

/// The council's own payment of what an earmark kept: a line of the settlement batch.
struct EarmarkPaid {
    PayEarmark request;
    ProgrammeId programme;
    AccountId account;
    PurseNumber purse;
    EarmarkReference reference;
    AmountMinor amount;     ///< What the earmark still kept, as far as its purse has it.
    AmountMinor available;  ///< Over all purses, after this event.
    Postings postings;
    AmountMinor earmarked;  ///< What was set aside: more than `amount` when it was broken into.
    friend bool operator==(const EarmarkPaid&, const EarmarkPaid&) = default;
};

struct DisputeOpened {
    OpenDispute request;
    ProgrammeId programme;
    AccountId account;
    Dispute dispute;
    AmountMinor lent;       ///< Credited to the holder before anyone has paid.
    AmountMinor available;  ///< Over all purses, after this event.
    Authorisation after;    ///< The whole authorisation after this event.
    Postings postings;
    friend bool operator==(const DisputeOpened&, const DisputeOpened&) = default;
};

/// A dispute has ended, or was won and waits for its money.
struct DisputeClosed {
    CloseDispute request;
    ProgrammeId programme;
    AccountId account;
    Dispute dispute;        ///< After this event.
    AmountMinor taken;      ///< Taken back from the purses of what the holder was lent.
    AmountMinor exposure;   ///< What of that was there no more.
    AmountMinor available;  ///< Over all purses, after this event.
    Authorisation after;    ///< The whole authorisation after this event.
    Postings postings;
    Exception exception;
    friend bool operator==(const DisputeClosed&, const DisputeClosed&) = default;
};

/// The order is the kind's number in the journal, from 1. Append only.
using EventKinds =
    std::variant<AuthorisationDecided, Reversed, Presented, ProgrammeCreated, AccountOpened,
                 PurseOpened, CardIssued, Loaded, AgreementSet, CardStatusSet, AccountStatusSet,
                 HoldExpired, BusinessDayEnded, SettlementClosed, OffsetTableSet, ClockAdvanced,
                 ClockAccepted, ReversalKept, Restored, HoldIncreased, Advised, StageReleased,
                 ProviderSet, CardReplaced, CardRulesSet, PurseClosed, PurseEnded,
                 ResolutionProposed, ResolutionDecided, ExposureRecovered, EarmarkSet,
                 EarmarkWithdrawn, EarmarkPaid, DisputeOpened, DisputeClosed>;

/// A fact. A variant whose copies, moves and end are compiled once, in event.cc: every source that
/// holds an event would otherwise make that code for each kind, most of the time of its build.
struct Event : EventKinds {
    using EventKinds::EventKinds;
    using EventKinds::operator=;
    Event();
    Event(const Event& other);
    Event(Event&& other) noexcept;
    Event& operator=(const Event& other);
    Event& operator=(Event&& other) noexcept;
    ~Event();
};

/// Where and when an event stands in the journal.
struct Stamp {
    Epoch epoch;
    Sequence sequence;
    TimestampNs now_ns;
    friend constexpr bool operator==(const Stamp&, const Stamp&) = default;
};

}  // namespace carecard::rules
