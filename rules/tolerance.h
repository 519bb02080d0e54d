#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/limits.h"
#include "common/money.h"
#include "rules/agreement.h"

/// How far clearing may exceed what was approved before staff must look at it. Whatever clears is
/// posted; a tolerance only tells what the scheme allows from what may be disputed.
namespace carecard::rules {

/// Which payments a rule is about, besides their merchant category.
enum class ToleranceFor : std::uint8_t {
    every = 0,
    estimated = 1,    ///< Those whose amount was an estimate.
    card_absent = 2,  ///< Those that the holder made on a web page, by post or by telephone.
};
inline constexpr std::uint8_t tolerance_for_last = 2;

struct ToleranceRule {
    Mcc first;
    Mcc last;
    ToleranceFor payments = ToleranceFor::every;
    std::uint16_t basis_points = 0;  ///< Of what was authorised: 1500 is 15 %.
    AmountMinor amount;              ///< At least so much, where that is more.
    friend constexpr bool operator==(const ToleranceRule&, const ToleranceRule&) = default;
};

/// A programme's own. What it leaves unset is the default.
struct ToleranceRules {
    /// The first that is about a payment decides; nothing is allowed where none is. Empty: those of
    /// `default_tolerance`. At most `tolerance_rules_max`.
    std::vector<ToleranceRule> rules;
    /// For the rate to move between authorisation and clearing, of a payment in another currency;
    /// on top of its rule. Unset: `foreign_tolerance_default`.
    std::optional<std::uint16_t> foreign_basis_points;
    friend bool operator==(const ToleranceRules&, const ToleranceRules&) = default;
};

/// What Visa publishes (Core Rules, table 7-10, as its customers quote it): 20 % where tips are
/// given, 15 % for cruises and lodging, 15 % or 75 US dollars (here 60.00) for vehicle rental, and
/// 15 % for whatever else a holder pays for from afar.
[[nodiscard]] std::span<const ToleranceRule> default_tolerance();
/// No scheme publishes one. Five in a hundred is more than a rate between the pound and a currency
/// that is traded freely moves in the days until a clearing.
inline constexpr std::uint16_t foreign_tolerance_default = 500;

/// How far one payment's clearings, added up, may exceed what was authorised.
struct Tolerance {
    std::uint16_t basis_points = 0;
    std::uint16_t foreign_basis_points = 0;
    AmountMinor amount;
    friend constexpr bool operator==(const Tolerance&, const Tolerance&) = default;
};

struct Authorise;

/// What a rule asks of a payment.
struct TolerancePayment {
    Mcc mcc;
    bool estimated = false;
    bool card_absent = false;
    bool foreign = false;
};
[[nodiscard]] TolerancePayment tolerance_payment_of(const Authorise& request);

[[nodiscard]] Tolerance tolerance_of(const ToleranceRules& rules, const TolerancePayment& payment);

/// The most that clearings of `authorised` may come to. Rounded down, in 128 bits.
[[nodiscard]] AmountMinor most_cleared(AmountMinor authorised, const Tolerance& tolerance);

}  // namespace carecard::rules
