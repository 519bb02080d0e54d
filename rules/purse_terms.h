#pragma once

#include <bitset>
#include <compare>
#include <cstdint>
#include <string_view>

#include "common/id.h"
#include "common/inline_text.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/agreement.h"

/// Whose money is in a purse, and where and when it may be spent.
namespace carecard::rules {

/// The merchant category codes `first` to `last`, both included.
struct MccSpan {
    Mcc first;
    Mcc last;
    friend constexpr bool operator==(const MccSpan&, const MccSpan&) = default;
};

/// Who pays into a purse and has its surplus, e.g. "council", "icb"; [a-z0-9-]{1,16}.
using FunderCode = InlineText<16>;
/// A programme's list of providers, e.g. "colleges"; [a-z0-9-]{1,24}.
using RegisterName = InlineText<24>;
using Acceptor = InlineText<15>;  ///< A merchant's number at its acquirer: ISO 8583 field 42.

/// Days of the week; Monday is bit 0.
struct Weekdays {
    std::uint8_t value = 0;
    friend constexpr bool operator==(const Weekdays&, const Weekdays&) = default;
};
inline constexpr Weekdays monday_to_friday{0b001'1111};
inline constexpr std::uint8_t weekdays_all = 0b111'1111;

/// What a purse is counted in. Numbers are stored. Never change or reuse one.
enum class PurseUnit : std::uint8_t { money = 0, hours = 1 };
inline constexpr std::uint8_t purse_unit_last = 1;

/// Terms as they begin here are those of a purse that pays anywhere, at any time.
struct PurseTerms {
    FunderCode funder;                                ///< Empty: the council.
    bool persons_own = false;                         ///< The money is the person's own.
    InlineVector<MccSpan, purse_mcc_spans_max> mccs;  ///< Empty: every merchant category.
    bool exclusive = false;                           ///< No other purse may pay at `mccs`.
    RegisterName provider_register;                   ///< Only those on it are paid, if any.
    Weekdays weekdays;                                ///< Local; none set: every day.
    bool no_cash = false;                             ///< Neither cash nor quasi-cash.
    DayNumber spend_from;                             ///< First local day; zero: no such day.
    DayNumber spend_until;                            ///< Last local day; zero: no such day.
    DayNumber intake_closed_from;                     ///< No load from here on; zero: never.
    bool staged = false;                              ///< Only what was released is spent.
    PurseUnit unit = PurseUnit::money;
    AmountMinor unit_rate;  ///< Of an hour; zero for money.
    friend constexpr bool operator==(const PurseTerms&, const PurseTerms&) = default;
};

/// What of its terms many purses share: all but the two days between which one may be spent.
[[nodiscard]] PurseTerms shared_part(PurseTerms terms);

/// Equal terms have equal digests; different ones may, so compare the terms as well.
[[nodiscard]] std::uint64_t digest_of(const PurseTerms& terms);

/// Terms ready to be asked: the list as one bit for each code. Immutable; equal shared parts are
/// compiled and stored once.
class CompiledTerms {
   public:
    explicit CompiledTerms(const PurseTerms& shared);

    [[nodiscard]] const PurseTerms& terms() const { return terms_; }
    [[nodiscard]] bool pays_at(Mcc mcc) const { return mccs_.test(mcc.value); }

   private:
    PurseTerms terms_;
    std::bitset<mcc_count> mccs_ = std::bitset<mcc_count>{}.set();
};

/// Whether a purse may pay, or else why not. The later of these, the nearer it came to it: it is
/// the first of them that holds, but that a closed purse is asked for that before its days. Numbers
/// are stored. Never change or reuse one.
enum class PurseVerdict : std::uint8_t {
    eligible = 0,
    wrong_category = 1,           ///< It does not pay at such merchants.
    kept_for_another = 2,         ///< Such payments are made from one purse alone, and not this.
    not_for_cash = 3,             ///< No cash is taken from it.
    provider_not_accredited = 4,  ///< The merchant is not on its register that day.
    not_that_day = 5,             ///< It does not pay on that day of the week.
    ended = 6,                    ///< Its last day is over.
    not_yet = 7,                  ///< Its first day is to come.
    not_released = 8,             ///< All that is in it waits for a stage to be completed.
    closed = 9,                   ///< Staff closed it.
};
inline constexpr std::uint8_t purse_verdict_last = 9;

/// The verdict's stable name, e.g. "wrong_category".
[[nodiscard]] std::string_view name_of(PurseVerdict verdict);

/// Whether a purse is in use. Nothing is ever available in one that is not, and what comes back to
/// it leaves it again in the same event (see `send_on`). Numbers are stored. Never change or reuse
/// one.
enum class PurseStatus : std::uint8_t {
    open = 0,
    ended = 1,   ///< Its last day is over.
    closed = 2,  ///< Staff closed it.
};
inline constexpr std::uint8_t purse_status_last = 2;

/// What a decision knew of one purse.
struct PurseFact {
    PurseNumber purse;
    PurseVerdict verdict = PurseVerdict::eligible;
    AmountMinor spendable;  ///< What it could pay at most, were it eligible.
    friend constexpr bool operator==(const PurseFact&, const PurseFact&) = default;
};
/// In the order in which they pay.
using PurseFacts = InlineVector<PurseFact, purses_per_account_max>;

/// One merchant's place on a register.
struct ProviderKey {
    RegisterName in;
    Acceptor acceptor;
    friend constexpr auto operator<=>(const ProviderKey&, const ProviderKey&) = default;
    friend constexpr bool operator==(const ProviderKey&, const ProviderKey&) = default;
};

/// From when to when it stands there: local days, both included.
struct ProviderDates {
    DayNumber from;
    DayNumber until;  ///< Zero: no end is known.

    [[nodiscard]] bool include(DayNumber day) const {
        return from <= day && (until.value == 0 || day <= until);
    }
    friend constexpr bool operator==(const ProviderDates&, const ProviderDates&) = default;
};

}  // namespace carecard::rules
