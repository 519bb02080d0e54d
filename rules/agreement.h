#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/inline_text.h"
#include "common/limits.h"
#include "common/money.h"

namespace carecard::rules {

/// A merchant category code, 0 to 9999 (ISO 18245; ISO 8583 field 18).
struct Mcc {
    std::uint16_t value = 0;
    friend constexpr auto operator<=>(Mcc, Mcc) = default;
};
inline constexpr std::uint16_t mcc_count = 10'000;

/// The codes `first` to `last`, both included, and the named group they came from, if any. The
/// codes are what counts: a later change to a group does not change an agreement.
struct MccRange {
    Mcc first;
    Mcc last;
    InlineText<24> group;
    friend constexpr bool operator==(const MccRange&, const MccRange&) = default;
};
using MccRanges = std::vector<MccRange>;  ///< At most `mcc_ranges_per_list_max`.

/// How much and how often in one window. Nothing set means no limit.
struct WindowLimit {
    std::optional<AmountMinor> amount_max;
    std::optional<std::uint32_t> count_max;
    friend constexpr bool operator==(const WindowLimit&, const WindowLimit&) = default;
};

/// How much may be taken as cash, or as quasi-cash, at once and in one day, besides what every
/// payment must keep to. Nothing set means no limit of its own.
struct CashLimits {
    std::optional<AmountMinor> single_max;
    std::optional<AmountMinor> day_max;
    friend constexpr bool operator==(const CashLimits&, const CashLimits&) = default;
};

/// How a card may be tapped without its PIN: at once, and altogether since its PIN was last given.
/// Nothing set means no limit.
struct ContactlessRules {
    bool off = false;  ///< Not at all.
    std::optional<AmountMinor> single_max;
    std::optional<AmountMinor> total_max;
    std::optional<std::uint32_t> count_max;
    friend constexpr bool operator==(const ContactlessRules&, const ContactlessRules&) = default;
};

/// How a card may be spent. A programme has one as its default, an account one that was agreed;
/// a payment must satisfy both, so that an agreement can only tighten.
///
/// Days, weeks (from Monday) and months are those of the programme's local time.
struct SpendingRules {
    MccRanges mcc_allowed;     ///< Empty: every merchant category that is not refused.
    MccRanges mcc_refused;     ///< Wins over `mcc_allowed`.
    bool cash_agreed = false;  ///< May be loosened by an agreement, which alone decides.
    std::optional<AmountMinor> single_max;
    WindowLimit day;
    WindowLimit week;
    WindowLimit month;
    bool quasi_cash_agreed = false;  ///< As `cash_agreed`.
    CashLimits cash;
    CashLimits quasi_cash;
    ContactlessRules contactless;
    bool balance_hidden = false;  ///< What is available is told to no terminal.
    friend constexpr bool operator==(const SpendingRules&, const SpendingRules&) = default;
};

/// Whether and why a merchant category passes the lists.
enum class MccVerdict : std::uint8_t { allowed, refused, not_listed };

/// Rules ready to be asked: the lists as one bit for each code. Immutable; equal rules are
/// compiled and stored once.
class CompiledRules {
   public:
    CompiledRules() = default;
    explicit CompiledRules(const SpendingRules& rules);

    [[nodiscard]] const SpendingRules& rules() const { return rules_; }
    [[nodiscard]] MccVerdict verdict(Mcc mcc) const {
        if (refused_.test(mcc.value)) return MccVerdict::refused;
        return allowed_.test(mcc.value) ? MccVerdict::allowed : MccVerdict::not_listed;
    }

   private:
    SpendingRules rules_;
    std::bitset<mcc_count> allowed_ = std::bitset<mcc_count>{}.set();
    std::bitset<mcc_count> refused_;
};

}  // namespace carecard::rules
