#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/id.h"
#include "common/inline_text.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/agreement.h"
#include "rules/card_status.h"
#include "rules/hold_rules.h"
#include "rules/local_time.h"
#include "rules/purse_terms.h"
#include "rules/tolerance.h"

/// One struct for each thing that may be asked of the core. Everything that changes state is a
/// command; time is never part of one, it is an argument of `decide`.
///
/// A command holds what the caller sent, in the caller's words, so that the event which embeds it
/// can be compared with a repeat field by field. Members of type `FreeText` are personal data:
/// the codec seals them and the clear part of the event keeps only commitments.
namespace carecard::rules {

template <std::size_t bytes_max>
struct FreeText {
    InlineText<bytes_max> text;
    friend constexpr bool operator==(const FreeText&, const FreeText&) = default;
};
using Reason = FreeText<reason_bytes_max>;

/// Who asks, for whom, under which key. Filled from the client certificate and the request.
struct Request {
    RequestKey key;
    CallerId caller;      ///< The certificate's id; staff are known by it.
    CouncilCode council;  ///< The council whose programmes it may touch; empty means every one.
    friend constexpr bool operator==(const Request&, const Request&) = default;
};

/// An account as people name it.
struct AccountName {
    ProgrammeCode programme;
    AccountReference reference;
    friend constexpr bool operator==(const AccountName&, const AccountName&) = default;
};

// --- What the card network sends -------------------------------------------------------------

enum class TransactionKind : std::uint8_t {
    unsupported = 0,  ///< One that this version does not know: declined.
    purchase = 1,
    cash = 2,
    purchase_with_cashback = 3,
    quasi_cash = 4,       ///< As good as cash: money transfers, currency, top-ups, bets.
    verification = 5,     ///< Asks whether the card is good; no amount.
    balance_enquiry = 6,  ///< Asks what is available; no amount.
    refund = 7,           ///< Announces a credit, which moves money when it clears.
    original_credit = 8,  ///< The same, of a payment to the card that refunds nothing.
};
inline constexpr std::uint8_t transaction_kind_last = 8;
enum class EntryMode : std::uint8_t {
    unspecified = 0,
    manual = 1,
    magnetic_stripe = 2,
    chip = 3,
    contactless_chip = 4,
    contactless_stripe = 5,
    e_commerce = 6,
    credential_on_file = 7,
};
enum class Channel : std::uint8_t {
    unspecified = 0,
    point_of_sale = 1,
    atm = 2,
    e_commerce = 3,
    mail_order_telephone_order = 4,
    recurring = 5,
};

/// What the merchant asked for and what the card is billed, both above zero; both zero for a
/// verification and a balance enquiry.
struct TransactionAmounts {
    AmountMinor transaction;            ///< ISO 8583 field 4.
    CurrencyCode transaction_currency;  ///< Field 49.
    AmountMinor billing;                ///< Field 6; equal to field 4 in the card's currency.
    CurrencyCode billing_currency;      ///< Field 51.
    InlineText<8> conversion_rate;      ///< Field 10 (n8), empty when nothing was converted.
    AmountMinor mark_up;  ///< What of `billing` is the price of converting: field 8. Or zero.
    friend constexpr bool operator==(const TransactionAmounts&,
                                     const TransactionAmounts&) = default;
};

struct Merchant {
    Mcc mcc;                                 ///< Field 18.
    InlineText<15> acceptor;                 ///< Field 42.
    InlineText<8> terminal;                  ///< Field 41.
    InlineText<2> country;                   ///< Field 43, ISO 3166 alpha-2.
    FreeText<merchant_name_bytes_max> name;  ///< Field 43.
    FreeText<merchant_city_bytes_max> city;  ///< Field 43.
    friend constexpr bool operator==(const Merchant&, const Merchant&) = default;
};

/// The network's own names for one exchange of messages. Empty means unknown, never "equal".
struct NetworkIdentity {
    InlineText<15> network_transaction_id;  ///< Field 62.2 (n15).
    InlineText<11> acquirer;                ///< Field 32 (n..11).
    InlineText<6> stan;                     ///< Field 11 (n6).
    InlineText<10> transmission_time;       ///< Field 7 (MMDDhhmmss, UTC).
    InlineText<12> rrn;                     ///< Field 37 (an12).

    /// Acquirer, STAN, transmission time and RRN are all known.
    [[nodiscard]] bool has_trace() const {
        return !acquirer.empty() && !stan.empty() && !transmission_time.empty() && !rrn.empty();
    }
    [[nodiscard]] bool same_trace(const NetworkIdentity& other) const {
        return same_reference(other) && transmission_time == other.transmission_time;
    }
    /// Acquirer, STAN and RRN are all known: with the date at the terminal a name.
    [[nodiscard]] bool has_reference() const {
        return !acquirer.empty() && !stan.empty() && !rrn.empty();
    }
    [[nodiscard]] bool same_reference(const NetworkIdentity& other) const {
        return acquirer == other.acquirer && stan == other.stan && rrn == other.rrn;
    }
    friend constexpr bool operator==(const NetworkIdentity&, const NetworkIdentity&) = default;
};

using AuthorisationCode = InlineText<6>;  ///< Field 38.

/// How a caller names the authorisation it speaks of: anything that it knows.
struct OriginalReference {
    AuthorisationId authorisation_id;
    CallerId caller;  ///< With `request_key`: who sent the original, and under which key.
    RequestKey request_key;
    NetworkIdentity identity;
    AuthorisationCode authorisation_code;
    InlineText<4> local_date;  ///< Field 13, MMDD; with acquirer, STAN and RRN of `identity`.
    friend constexpr bool operator==(const OriginalReference&, const OriginalReference&) = default;
};

/// The purchase that a refund says it gives back, by any of the names that a merchant keeps for so
/// long.
struct RefundedPurchase {
    AuthorisationId authorisation_id;
    InlineText<15> network_transaction_id;

    [[nodiscard]] bool is_named() const {
        return !authorisation_id.none() || !network_transaction_id.empty();
    }
    [[nodiscard]] OriginalReference reference() const {
        OriginalReference names{.authorisation_id = authorisation_id};
        names.identity.network_transaction_id = network_transaction_id;
        return names;
    }
    friend constexpr bool operator==(const RefundedPurchase&, const RefundedPurchase&) = default;
};

struct Authorise {
    Request request;
    CardToken card_token;
    TransactionKind kind = TransactionKind::purchase;
    TransactionAmounts amounts;
    AmountMinor cashback;  ///< Part of the transaction amount; field 54, type 40.
    Merchant merchant;
    NetworkIdentity identity;
    InlineText<4> local_date;  ///< Field 13, MMDD.
    InlineText<6> local_time;  ///< Field 12, hhmmss.
    ExpiryMonth expiry;        ///< Field 14; month 0 when the message had none.
    EntryMode entry_mode = EntryMode::unspecified;  ///< Field 22.
    Channel channel = Channel::unspecified;
    bool pin_present = false;
    bool partial_capable = false;
    bool estimated = false;
    bool recurring = false;
    RefundedPurchase refunds;  ///< Of a refund only.
    friend constexpr bool operator==(const Authorise&, const Authorise&) = default;
};

/// Raises a hold by an amount, at the merchant's word.
struct Increment {
    Request request;
    CardToken card_token;
    OriginalReference original;
    TransactionAmounts amounts;  ///< Of what is asked for beyond what was approved, alone.
    Merchant merchant;
    NetworkIdentity identity;  ///< Its own; the original's names stand in `original`.
    bool estimated = false;    ///< Recorded: the hold is prolonged as its original was begun.
    friend constexpr bool operator==(const Increment&, const Increment&) = default;
};

/// Lowers a hold to the amount that remains, so that a repeat changes nothing.
struct Reverse {
    Request request;
    CardToken card_token;
    OriginalReference original;
    AmountMinor remaining;  ///< What is still to be held; zero reverses in full.
    CurrencyCode currency;
    Reason reason;
    friend constexpr bool operator==(const Reverse&, const Reverse&) = default;
};

enum class Direction : std::uint8_t { debit = 1, credit = 2 };

/// The network's or acquirer's own name of a clearing item; unique for the card.
using PresentmentId = InlineText<64>;

/// What a presentment is of. Numbers are stored. Never change or reuse one.
enum class PresentmentKind : std::uint8_t {
    clearing = 1,    ///< A purchase or a refund, or a clearing that the network takes back.
    chargeback = 2,  ///< A credit: what the network pays of a payment that was disputed.
    second = 3,      ///< A debit: the merchant contests a chargeback, and has its money again.
};
inline constexpr std::uint8_t presentment_kind_last = 3;

/// A cleared purchase or refund, or the network's answer to a dispute: a fact, never refused.
struct Present {
    Request request;
    CardToken card_token;
    Direction direction = Direction::debit;
    PresentmentId presentment_id;
    OriginalReference original;
    TransactionAmounts amounts;
    Merchant merchant;
    NetworkIdentity identity;  ///< Its own; the original's names stand in `original`.
    InlineText<4> local_date;  ///< Field 13, MMDD.
    bool final = true;         ///< No more presentments follow: what is still held is freed.
    /// Of a credit: the clearing that the network takes back, in whole; else empty. A second
    /// presentment is taken back by another chargeback.
    PresentmentId reverses;
    PresentmentKind kind = PresentmentKind::clearing;
    friend constexpr bool operator==(const Present&, const Present&) = default;
};

enum class AdviceKind : std::uint8_t {
    stand_in_approved = 1,  ///< The network answered for us, and approved.
    stand_in_declined = 2,  ///< The network answered for us, and declined.
    completion = 3,         ///< The final amount of an estimated payment, such as at a fuel pump.
};
inline constexpr std::uint8_t advice_kind_last = 3;

/// What was decided without us: a fact, never refused. Its own identity is that of the request it
/// is about, which we may have seen.
struct Advise {
    Request request;
    CardToken card_token;
    AdviceKind advice = AdviceKind::stand_in_approved;
    OriginalReference original;  ///< What is not said of the network's marks is as in `identity`.
    TransactionAmounts amounts;
    Merchant merchant;
    NetworkIdentity identity;
    InlineText<4> local_date;  ///< Field 13, MMDD.
    AuthorisationCode code;    ///< Field 38, as stand-in gave it; empty when it gave none.
    EntryMode entry_mode = EntryMode::unspecified;  ///< Field 22.
    Channel channel = Channel::unspecified;
    bool estimated = false;
    bool recurring = false;
    friend constexpr bool operator==(const Advise&, const Advise&) = default;
};

// --- What staff ask --------------------------------------------------------------------------

struct CreateProgramme {
    Request request;
    ProgrammeCode code;
    CouncilCode council;
    InlineText<80> name;
    CurrencyCode currency;
    std::int32_t cut_off_second = 23 * 3600;  ///< Local seconds after midnight.
    DurationNs hold_lifetime = days(7);       ///< Where no hold rule fits.
    SpendingRules defaults;
    InlineText<reason_bytes_max> reason;
    HoldRules hold_rules;
    PartialApproval partial;
    bool estimate_beyond_balance = false;  ///< An estimate is approved, and what is there is held.
    ToleranceRules tolerance;
    friend bool operator==(const CreateProgramme&, const CreateProgramme&) = default;
};

enum class Arrangement : std::uint8_t {
    direct_payment = 1,
    personal_budget = 2,
    individual_budget = 3,
    carers_budget = 4,
    voucher = 5,
    skills_account = 6,
};

/// A funding stream within an account. Payments take from the lowest priority number first.
struct PurseSpec {
    PurseName name;
    std::uint8_t priority = 1;
    PurseTerms terms;
    friend constexpr bool operator==(const PurseSpec&, const PurseSpec&) = default;
};

struct OpenAccount {
    Request request;
    AccountName account;
    Arrangement arrangement = Arrangement::direct_payment;
    std::vector<PurseSpec> purses;  ///< At least one, at most `purses_per_account_max`.
    VaultKeyId vault_key;  ///< Of the key that seals its personal data; made by the service.
    Reason reason;
    friend bool operator==(const OpenAccount&, const OpenAccount&) = default;
};

struct OpenPurse {
    Request request;
    AccountName account;
    PurseSpec purse;
    Reason reason;
    friend constexpr bool operator==(const OpenPurse&, const OpenPurse&) = default;
};

enum class CardHolder : std::uint8_t { person = 1, helper = 2 };

struct IssueCard {
    Request request;
    AccountName account;
    InlineVector<CardToken, tokens_per_card_max> tokens;
    InlineText<4> last_four;
    ExpiryMonth expiry;
    CardHolder holder = CardHolder::person;
    AccountReference holder_reference;  ///< The council's own for a helper; never a name.
    Reason reason;
    bool activation_required = false;  ///< It may be spent once it is made active.
    bool single_use = false;           ///< It may be spent once.
    friend bool operator==(const IssueCard&, const IssueCard&) = default;
};

/// Hundredths of an hour.
struct UnitHundredths {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(UnitHundredths, UnitHundredths) = default;
};

struct Load {
    Request request;
    AccountName account;
    PurseName purse;     ///< Empty: the one with the lowest priority number.
    AmountMinor amount;  ///< Zero when `units` says how much.
    CurrencyCode currency;
    LoadReference reference;  ///< A load is applied once for each reference in an account.
    Reason reason;
    UnitHundredths units;  ///< Of a purse of hours, in place of `amount` and `currency`; else zero.
    friend constexpr bool operator==(const Load&, const Load&) = default;
};

/// The council's own name of a stage of works; unique in a purse.
using StageReference = InlineText<48>;

/// Lets so much of what waits in a staged purse be spent: a stage of the works is complete.
struct ReleaseStage {
    Request request;
    AccountName account;
    PurseName purse;
    AmountMinor amount;
    CurrencyCode currency;
    StageReference stage;  ///< A stage is released once.
    Reason reason;         ///< With the evidence that it is complete.
    friend constexpr bool operator==(const ReleaseStage&, const ReleaseStage&) = default;
};

/// Ends a purse for good, before its last day or without one: a surplus goes back to its funder, or
/// to the person whose own it is. What is held in it still clears.
struct ClosePurse {
    Request request;
    AccountName account;
    PurseName purse;
    Reason reason;
    friend constexpr bool operator==(const ClosePurse&, const ClosePurse&) = default;
};

/// The council's own name of an earmark; unique in an account among those that stand and those of
/// the last 540 days.
using EarmarkReference = InlineText<48>;

/// Keeps money of a purse for one payee, ahead of the day on which it is due. What the council pays
/// itself leaves the purse with the first instant of that day.
struct SetEarmark {
    Request request;
    AccountName account;
    EarmarkReference reference;
    PurseName purse;  ///< Empty: the one with the lowest priority number.
    AmountMinor amount;
    CurrencyCode currency;
    Acceptor payee;  ///< As field 42 of its messages has it. Empty: the council pays it itself.
    DayNumber due;   ///< Local.
    /// Local: the last day on which it stands; zero: `earmark_stays_days`. Zero without a payee.
    DayNumber until;
    Reason reason;
    friend constexpr bool operator==(const SetEarmark&, const SetEarmark&) = default;
};

/// Lets what an earmark still keeps be spent on anything.
struct WithdrawEarmark {
    Request request;
    AccountName account;
    EarmarkReference reference;
    Reason reason;
    friend constexpr bool operator==(const WithdrawEarmark&, const WithdrawEarmark&) = default;
};

/// Puts a provider on a programme's register, or changes from when to when it stands there. What
/// was decided before stays as it was.
struct SetProvider {
    Request request;
    ProgrammeCode programme;
    RegisterName provider_register;
    Acceptor acceptor;
    ProviderDates dates;
    InlineText<reason_bytes_max> reason;
    friend constexpr bool operator==(const SetProvider&, const SetProvider&) = default;
};

struct SetAgreement {
    Request request;
    AccountName account;
    SpendingRules rules;
    Reason reason;
    friend bool operator==(const SetAgreement&, const SetAgreement&) = default;
};

struct SetCardStatus {
    Request request;
    CardId card;           ///< Either its number,
    CardToken card_token;  ///< or one of its tokens.
    CardStatus status = CardStatus::active;
    Reason reason;
    Actor by = Actor::council;  ///< Whose word it is, whoever sends it.
    friend constexpr bool operator==(const SetCardStatus&, const SetCardStatus&) = default;
};

enum class AccountStatus : std::uint8_t { open = 1, suspended = 2, closed = 3 };

/// Why a card gets a successor. Numbers are stored. Never change or reuse one.
enum class ReplacedBecause : std::uint8_t { lost = 1, stolen = 2, damaged = 3, renewal = 4 };

/// Gives a card a successor, which takes its place with all that limits it.
struct ReplaceCard {
    Request request;
    CardId card;           ///< The old one: either its number,
    CardToken card_token;  ///< or one of its tokens.
    ReplacedBecause because = ReplacedBecause::lost;
    InlineVector<CardToken, tokens_per_card_max> tokens;  ///< The new one's, as the three below.
    InlineText<4> last_four;
    ExpiryMonth expiry;
    bool activation_required = false;
    Reason reason;
    friend bool operator==(const ReplaceCard&, const ReplaceCard&) = default;
};

/// Sets the rules of one card, beside those of its account: a payment must satisfy both.
struct SetCardRules {
    Request request;
    CardId card;           ///< Either its number,
    CardToken card_token;  ///< or one of its tokens.
    SpendingRules rules;
    Reason reason;
    friend bool operator==(const SetCardRules&, const SetCardRules&) = default;
};

struct SetAccountStatus {
    Request request;
    AccountName account;
    AccountStatus status = AccountStatus::open;
    Reason reason;
    friend constexpr bool operator==(const SetAccountStatus&, const SetAccountStatus&) = default;
};

/// What becomes of an exposure that no credit will make good. Numbers are stored. Never change or
/// reuse one.
enum class ResolutionKind : std::uint8_t {
    write_off = 1,  ///< The council bears it for good.
    recovery = 2,   ///< It is taken from the holder's money, after notice.
};

/// Proposes what to do about what the programme bears of one payment. Nothing moves until another
/// person has decided.
struct ProposeResolution {
    Request request;
    AccountName account;
    AuthorisationId authorisation;
    ResolutionKind kind = ResolutionKind::write_off;
    AmountMinor amount;
    CurrencyCode currency;
    DayNumber notice_until;  ///< Of a recovery: the first local day on which money may be taken.
    Reason reason;
    friend constexpr bool operator==(const ProposeResolution&, const ProposeResolution&) = default;
};

/// Decides about a proposal of somebody else's.
struct DecideResolution {
    Request request;
    AccountName account;
    Sequence proposal;  ///< Of its `ResolutionProposed`.
    bool approve = false;
    Reason reason;
    friend constexpr bool operator==(const DecideResolution&, const DecideResolution&) = default;
};

/// Takes an approved recovery from what the holder has, once the notice is over.
struct RecoverExposure {
    Request request;
    AccountName account;
    Sequence proposal;
    Reason reason;
    friend constexpr bool operator==(const RecoverExposure&, const RecoverExposure&) = default;
};

/// Why a holder disputes a payment. Numbers are stored. Never change or reuse one.
enum class DisputeCategory : std::uint8_t {
    none = 0,            ///< Nobody said: the merchant's second presentment opened the dispute.
    not_recognised = 1,  ///< The holder does not know of it.
    duplicate = 2,
    wrong_amount = 3,
    not_received = 4,
    refund_not_processed = 5,
    cash_not_dispensed = 6,
};
inline constexpr std::uint8_t dispute_category_last = 6;

/// Disputes what a payment took, or a part of it.
struct OpenDispute {
    Request request;
    AccountName account;
    AuthorisationId authorisation;  ///< By which the dispute is named as well.
    AmountMinor amount;             ///< At most what was taken and has not come back.
    CurrencyCode currency;
    DisputeCategory category = DisputeCategory::not_recognised;
    bool provisional = false;  ///< The holder's part is credited now, before the network has paid.
    Reason reason;
    friend constexpr bool operator==(const OpenDispute&, const OpenDispute&) = default;
};

/// How a dispute ends. Numbers are stored. Never change or reuse one.
enum class DisputeOutcome : std::uint8_t {
    won = 1,        ///< The network has decided for the holder: its money is to come.
    lost = 2,       ///< The network has decided for the merchant.
    withdrawn = 3,  ///< The holder disputes it no more.
};

/// Says how a dispute ended. What the holder was credited before the network paid is taken back,
/// unless it was won: then it stays listed until the money has come.
struct CloseDispute {
    Request request;
    AccountName account;
    AuthorisationId authorisation;
    DisputeOutcome outcome = DisputeOutcome::lost;
    Reason reason;
    friend constexpr bool operator==(const CloseDispute&, const CloseDispute&) = default;
};

/// Closes the settlement of one ended business day: gives the batch its number and its range.
/// The same day asked for again gets the same answer.
struct CloseSettlement {
    Request request;
    ProgrammeCode programme;
    DayNumber day;
    CallerId requested_by;  ///< For whom the settlement service asks; empty for itself.
    friend constexpr bool operator==(const CloseSettlement&, const CloseSettlement&) = default;
};

// --- What the machine asks of itself ---------------------------------------------------------

/// Replaces the table of UTC offsets, when tzdata has changed since it was last journaled.
struct SetOffsetTable {
    InlineText<32> zone;
    OffsetTable table;
    friend bool operator==(const SetOffsetTable&, const SetOffsetTable&) = default;
};

/// Frees one authorisation's hold whose time has come.
struct ExpireHold {
    AuthorisationId authorisation;
    friend constexpr bool operator==(const ExpireHold&, const ExpireHold&) = default;
};

/// Ends one purse whose last day is over.
struct EndPurse {
    AccountId account;
    PurseNumber purse;
    friend constexpr bool operator==(const EndPurse&, const EndPurse&) = default;
};

/// Pays what an earmark keeps that the council pays itself, on the day on which it is due.
struct PayEarmark {
    AccountId account;
    Sequence earmark;  ///< The event that set it.
    friend constexpr bool operator==(const PayEarmark&, const PayEarmark&) = default;
};

/// Ends one business day of a programme at its cut-off.
struct EndBusinessDay {
    ProgrammeId programme;
    DayNumber day;
    friend constexpr bool operator==(const EndBusinessDay&, const EndBusinessDay&) = default;
};

/// Moves a simulated clock. Refused on a system clock before it gets here.
struct AdvanceClock {
    Request request;
    TimestampNs to;
    InlineText<reason_bytes_max> reason;
    friend constexpr bool operator==(const AdvanceClock&, const AdvanceClock&) = default;
};

/// Confirms that the system clock is right although it jumped.
struct AcceptClock {
    Request request;
    TimestampNs seen;  ///< What the clock read when the operator confirmed it.
    InlineText<reason_bytes_max> reason;
    friend constexpr bool operator==(const AcceptClock&, const AcceptClock&) = default;
};

/// Begins a new life of a journal after a part of it was lost. Never submitted: `carecard restore`
/// writes the event of it, while no service runs.
struct RestoreToService {
    TimestampNs seen;  ///< What the clock of the machine read; the stamp goes on from the journal.
    InlineText<reason_bytes_max> reason;
    friend constexpr bool operator==(const RestoreToService&, const RestoreToService&) = default;
};

using CommandKinds =
    std::variant<Authorise, Reverse, Present, CreateProgramme, OpenAccount, OpenPurse, IssueCard,
                 Load, SetAgreement, SetCardStatus, SetAccountStatus, CloseSettlement,
                 SetOffsetTable, ExpireHold, EndBusinessDay, AdvanceClock, AcceptClock, Increment,
                 Advise, ReleaseStage, SetProvider, ReplaceCard, SetCardRules, ClosePurse, EndPurse,
                 ProposeResolution, DecideResolution, RecoverExposure, SetEarmark, WithdrawEarmark,
                 PayEarmark, OpenDispute, CloseDispute>;

/// What someone asks for. Copied, moved and ended in command.cc, as `Event` is in event.cc.
struct Command : CommandKinds {
    using CommandKinds::CommandKinds;
    using CommandKinds::operator=;
    Command();
    Command(const Command& other);
    Command(Command&& other) noexcept;
    Command& operator=(const Command& other);
    Command& operator=(Command&& other) noexcept;
    ~Command();
};

// --- The sealed fields of each command, in the order in which they are sealed -----------------

template <class C, class Visit>
    requires(std::is_same_v<std::remove_const_t<C>, Authorise> ||
             std::is_same_v<std::remove_const_t<C>, Present> ||
             std::is_same_v<std::remove_const_t<C>, Increment> ||
             std::is_same_v<std::remove_const_t<C>, Advise>)
void visit_free_text(C& command, Visit&& visit) {
    visit(command.merchant.name.text);
    visit(command.merchant.city.text);
}

template <class C, class Visit>
    requires requires(C& command) { command.reason.text; }
void visit_free_text(C& command, Visit&& visit) {
    visit(command.reason.text);
}

/// Every other command is clear throughout.
template <class C, class Visit>
void visit_free_text(C&, Visit&&) {}

}  // namespace carecard::rules
