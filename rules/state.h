#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "common/id.h"
#include "common/money.h"
#include "common/node_pool.h"
#include "common/time.h"
#include "rules/agreement.h"
#include "rules/authorisation.h"
#include "rules/earmark.h"
#include "rules/event.h"
#include "rules/kept_reversal.h"
#include "rules/ledger.h"
#include "rules/local_time.h"
#include "rules/purse_terms.h"
#include "rules/resolution.h"
#include "rules/spending.h"

/// Everything the core knows, as folded from the journal. `apply` is the only writer of balances;
/// `restore` puts images back and `residence` moves what is over in and out. Everyone else holds it
/// const, on the sequencer's thread.
namespace carecard::rules {

struct Purse {
    PurseName name;
    std::uint8_t priority = 1;
    PurseTermsId terms;      ///< Without the two days, which are the purse's own.
    DayNumber spend_from;    ///< As in `PurseTerms`.
    DayNumber spend_until;   ///< As in `PurseTerms`.
    AmountMinor available;   ///< Never below zero.
    AmountMinor held;        ///< Never below zero; the sum of the open authorisations' legs.
    AmountMinor unreleased;  ///< Put into a staged purse, and waiting for a stage to be completed.
    PurseStatus status = PurseStatus::open;
    DayNumber last_day;    ///< When it ended or was closed: its last local day; zero while open.
    AmountMinor returned;  ///< What has left it since, for its funder or the person.

    /// What of `available` may be spent. Less may be there than waits, when a payment that cannot
    /// be refused took of it.
    [[nodiscard]] AmountMinor spendable() const {
        return {available > unreleased ? available.value - unreleased.value : 0};
    }
};

/// A window's count, with the number of the window it belongs to. A later window starts at zero.
struct WindowCounter {
    std::int32_t number = 0;
    WindowCount count;
};

struct Account {
    AccountId id;
    ProgrammeId programme;
    AccountReference reference;
    Arrangement arrangement = Arrangement::direct_payment;
    AccountStatus status = AccountStatus::open;
    VaultKeyId vault_key;
    AgreementId agreement;  ///< None until one is set: the programme's defaults alone hold.
    std::uint32_t agreement_version = 0;
    Sequence agreement_set;     ///< Where the agreement stands in the journal.
    TimestampNs opened_ns;      ///< Also since when its counters count.
    std::vector<Purse> purses;  ///< By number, from 1.
    std::vector<CardId> cards;
    WindowCounter day;
    WindowCounter week;
    WindowCounter month;
    WindowCounter cash_day;             ///< Of cash alone, and
    WindowCounter quasi_cash_day;       ///< of quasi-cash alone.
    std::vector<AuthorisationId> open;  ///< Authorisations in state `open`, oldest first.
    AmountMinor open_held;  ///< What they hold, summed from authorisations, not postings.
    AmountMinor exposure;   ///< What they, and closed ones, took or promised beyond its money.
    Sequence as_of;         ///< The last event folded into this account, its cards included.

    [[nodiscard]] AmountMinor available() const;
    [[nodiscard]] AmountMinor held() const;
    /// Purse numbers from the one that pays first: by priority, then by the last day on which they
    /// may be spent, then by number.
    [[nodiscard]] InlineVector<PurseNumber, purses_per_account_max> spending_order() const;
    /// The first of them that is open, or the first of all when none is: what no purse is named
    /// for goes there.
    [[nodiscard]] PurseNumber pays_first() const;
    [[nodiscard]] const Purse& purse(PurseNumber number) const;
    [[nodiscard]] Purse& purse(PurseNumber number);
};

/// A card's taps since its PIN was last given.
struct TapCounter {
    std::uint32_t round = 0;  ///< How many times it was given.
    WindowCount count;
};

/// A card, its predecessors and its successors are one chain: what limits spending is the chain's,
/// and stands at its first card, so that a replacement neither loosens nor tightens anything.
/// What a decision looks at comes first, so that it is in one place in memory.
struct Card {
    CardId id;
    AccountId account;
    CardId first;  ///< Of its chain; itself when it replaces no other.
    ExpiryMonth expiry;
    CardStatus status = CardStatus::active;
    bool single_use = false;
    bool has_rules = false;  ///< Of a first card: the chain has rules of its own, in `card_rules`.
    Actor frozen_by = Actor::none;
    TimestampNs expires_ns;
    TapCounter taps;  ///< Of a first card: the chain's.
    InlineVector<CardToken, tokens_per_card_max> tokens;
    InlineText<4> last_four;
    CardHolder holder = CardHolder::person;
    AccountReference holder_reference;
    CardId replaces;     ///< None for a first card.
    CardId replaced_by;  ///< None when it has no successor.
};

/// A chain's own rules, and what was spent by it since it has any.
struct CardRules {
    CardId first;  ///< Of the chain.
    AgreementId rules;
    std::uint32_t version = 0;
    TimestampNs since_ns;  ///< When its first rules were set, and counting began.
    WindowCounter day;
    WindowCounter week;
    WindowCounter month;
    WindowCounter cash_day;
    WindowCounter quasi_cash_day;
};

/// A business day that has ended and is in no batch yet.
struct EndedDay {
    DayNumber day;
    Sequence last;
    DayTotals cleared;
};

struct ClosedBatch {
    std::uint32_t number = 0;
    DayNumber day;
    Sequence first;
    Sequence last;
    Sequence closed_at;  ///< Of the `SettlementClosed` event.
};

struct Programme {
    ProgrammeId id;
    CreateProgramme terms;
    AgreementId defaults;
    LedgerTotals ledger;
    DayTotals today;         ///< Cleared since the last business day ended.
    DayNumber business_day;  ///< The one that is running.
    TimestampNs cut_off_ns;  ///< When it ends.
    std::vector<EndedDay> ended;
    std::vector<ClosedBatch> batches;
    std::map<ProviderKey, ProviderDates> providers;
    std::uint32_t batch_number = 0;  ///< The highest of a batch, lost ones included.
    Sequence as_of;
};

struct NameHash {
    std::size_t operator()(const AuthorisationId& id) const {
        return std::hash<std::uint64_t>{}((std::uint64_t{id.epoch.value} << 48) ^
                                          id.sequence.value);
    }
    std::size_t operator()(const CardToken& token) const;
};

/// A name that a council or a network chose, within an account: a load's reference or a
/// presentment's id. What is recorded under it happened once.
struct NaturalKey {
    /// `presentment_reversal`: under the id of the presentment that the network took back.
    /// `stage`: as `stage_key` makes it.
    enum class Kind : std::uint8_t {
        load = 1,
        presentment = 2,
        presentment_reversal = 3,
        stage = 4,
        earmark = 5
    };
    Kind kind = Kind::load;
    AccountId account;
    InlineText<64> name;
    friend bool operator==(const NaturalKey&, const NaturalKey&) = default;
};
struct NaturalKeyHash {
    std::size_t operator()(const NaturalKey& key) const;
};

/// What one purse paid of a clearing.
struct PaidPart {
    PurseNumber purse;
    AmountMinor amount;  ///< Above zero.
    friend constexpr bool operator==(const PaidPart&, const PaidPart&) = default;
};
using PaidParts = std::vector<PaidPart>;

/// A clearing that took money.
struct Clearing {
    AuthorisationId authorisation;  ///< What it was posted to.
    AmountMinor amount;             ///< What was posted.
    PaidParts paid;                 ///< Whose money it took, by purse.
};

/// What is recorded under a natural key.
struct Applied {
    Sequence at;                               ///< By this event.
    std::shared_ptr<const Clearing> clearing;  ///< Null of all but a clearing that took money.
};

/// When a purse ends by itself: after its last local day, whatever instant that is.
struct PurseDue {
    DayNumber last_day;
    AccountId account;
    PurseNumber purse;
    friend constexpr auto operator<=>(const PurseDue&, const PurseDue&) = default;
    friend constexpr bool operator==(const PurseDue&, const PurseDue&) = default;
};

/// When the council pays an earmark: with the first instant of the day, whatever instant that is.
struct EarmarkDue {
    DayNumber due;
    Sequence earmark;  ///< The event that set it.
    AccountId account;
    friend constexpr auto operator<=>(const EarmarkDue&, const EarmarkDue&) = default;
    friend constexpr bool operator==(const EarmarkDue&, const EarmarkDue&) = default;
};

/// An authorisation in memory: every open one, and those that are over and not yet let go.
struct Remembered {
    Authorisation authorisation;
    Sequence changed;  ///< The event that changed it last.
};

/// Something that is over, and may leave memory once the archive has it up to `since`.
struct Leaving {
    Sequence since;
    std::variant<AuthorisationId, NaturalKey> what;
};

struct State {
    OffsetTable offsets;
    InlineText<32> zone;
    Sequence offsets_set;  ///< The event that set the two above.
    TimestampNs last_ns;   ///< The stamp of the last event.
    Sequence last;
    Epoch epoch;

    std::deque<Programme> programmes;  ///< By id, from 1.
    std::deque<Account> accounts;
    std::deque<Card> cards;
    std::deque<CompiledRules> agreements;
    std::deque<CompiledTerms> purse_terms;

    std::unordered_map<std::string, ProgrammeId> programme_by_code;
    std::unordered_map<std::string, AccountId> account_by_name;  ///< See `account_key`.
    std::unordered_map<CardToken, CardId, NameHash> card_by_token;
    /// Of the four maps that every payment changes, and of `leaving`.
    NodePool nodes;
    std::pmr::unordered_map<AuthorisationId, Remembered, NameHash> authorisations{nodes.get()};
    std::pmr::unordered_multimap<std::uint64_t, AuthorisationId> authorisation_by_name{nodes.get()};
    std::pmr::unordered_map<NaturalKey, Applied, NaturalKeyHash> applied_once{nodes.get()};
    std::unordered_multimap<std::uint64_t, AgreementId> agreement_by_digest;
    std::unordered_multimap<std::uint64_t, PurseTermsId> purse_terms_by_digest;
    std::pmr::set<std::pair<TimestampNs, AuthorisationId>> holds_due{nodes.get()};  ///< By expiry.
    std::set<PurseDue> purses_due;                  ///< Every open purse that has a last day.
    std::pmr::deque<Leaving> leaving{nodes.get()};  ///< See residence.h.
    /// Of the few accounts that have any, oldest first. Those whose time is over may still be here.
    std::map<AccountId, std::vector<KeptReversal>> kept_reversals;
    /// Of the few accounts that have any, oldest first.
    std::map<AccountId, std::vector<Resolution>> resolutions;
    std::map<AccountId, Earmarks> earmarks;  ///< Of the few accounts that have any.
    std::set<EarmarkDue> earmarks_due;       ///< Those of them that the council pays.
    /// Of the few accounts that have any, oldest first; one of an authorisation.
    std::map<AccountId, std::vector<Dispute>> disputes;
    std::map<CardId, CardRules> card_rules;  ///< Of the few chains that have any, by first card.

    // Lookups. Each returns null when there is none.
    [[nodiscard]] const Programme* find(const ProgrammeCode& code) const;
    [[nodiscard]] const Account* find(const AccountName& name) const;
    [[nodiscard]] const Card* find(const CardToken& token) const;
    [[nodiscard]] const Authorisation* find(const AuthorisationId& id) const;
    [[nodiscard]] const Applied* find(const NaturalKey& key) const;
    [[nodiscard]] const AgreementId* find(const SpendingRules& rules) const;
    /// @param shared  terms without the two days.
    [[nodiscard]] const PurseTermsId* find(const PurseTerms& shared) const;
    /// Empty for most accounts. Borrowed until the next event.
    [[nodiscard]] std::span<const KeptReversal> kept_reversals_of(AccountId id) const;
    /// The proposals that are open. Empty for most accounts. Borrowed until the next event.
    [[nodiscard]] std::span<const Resolution> resolutions_of(AccountId id) const;
    /// Null for most accounts. Borrowed until the next event.
    [[nodiscard]] const Earmarks* earmarks_of(AccountId id) const;
    /// The disputes that are open. Empty for most accounts. Borrowed until the next event.
    [[nodiscard]] std::span<const Dispute> disputes_of(AccountId id) const;
    /// The rules of the card's chain; null for most cards. Borrowed until the next event.
    [[nodiscard]] const CardRules* rules_of(const Card& card) const;
    /// The taps of the card's chain since its PIN was last given.
    [[nodiscard]] const TapCounter& taps_of(const Card& card) const { return at(card.first).taps; }
    /// Whether one card replaced the other, at once or over others between them.
    [[nodiscard]] bool same_chain(CardId a, CardId b) const {
        return a == b || at(a).first == at(b).first;
    }

    // Access by number. The number must exist.
    [[nodiscard]] const Programme& at(ProgrammeId id) const;
    [[nodiscard]] const Account& at(AccountId id) const;
    [[nodiscard]] const Card& at(CardId id) const;
    [[nodiscard]] const CompiledRules& at(AgreementId id) const;
    [[nodiscard]] Programme& at(ProgrammeId id);
    [[nodiscard]] Account& at(AccountId id);
    [[nodiscard]] Card& at(CardId id);

    /// Null for the id "none".
    [[nodiscard]] const CompiledRules* rules_or_null(AgreementId id) const;
    /// Null for the terms of a purse that pays anywhere.
    [[nodiscard]] const CompiledTerms* terms_or_null(PurseTermsId id) const;
    /// All of them, the purse's own days included.
    [[nodiscard]] PurseTerms terms_of(const Purse& purse) const;
};

/// The map key of an account's name.
[[nodiscard]] std::string account_key(ProgrammeId programme, const AccountReference& reference);

/// An empty purse. Equal terms are compiled and kept once; which number they have is nobody's
/// concern but this state's.
[[nodiscard]] Purse new_purse(State& state, const PurseSpec& spec);
/// Puts the next purse into `account`, and lists when it ends.
void add_purse(State& state, Account& account, const Purse& purse);
/// What `purse` was opened with.
[[nodiscard]] PurseSpec spec_of(const State& state, const Purse& purse);

/// The name under which the release of a stage is known: of its purse and itself.
[[nodiscard]] NaturalKey stage_key(AccountId account, PurseNumber purse,
                                   const StageReference& stage);

/// The name under which an earmark is known.
[[nodiscard]] NaturalKey earmark_key(AccountId account, const EarmarkReference& reference);

/// Equal rules have equal digests; different ones may, so compare the rules as well.
[[nodiscard]] std::uint64_t digest_of(const SpendingRules& rules);

/// The names under which `authorisation_by_name` knows an authorisation, by the way they match.
/// Zero when that name is not known.
struct AuthorisationNames {
    std::uint64_t request_key = 0;
    std::uint64_t network_transaction_id = 0;
    std::uint64_t trace = 0;
    std::uint64_t local_reference = 0;
    std::uint64_t code = 0;

    /// Strongest first.
    [[nodiscard]] std::array<std::uint64_t, 5> all() const {
        return {request_key, network_transaction_id, trace, local_reference, code};
    }
};
[[nodiscard]] AuthorisationNames names_of(const Authorisation& authorisation);
/// The same of the one that `reference` speaks of.
[[nodiscard]] AuthorisationNames names_of(AccountId account, const OriginalReference& reference);

}  // namespace carecard::rules
