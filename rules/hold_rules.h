#pragma once

#include <cstdint>
#include <vector>

#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/agreement.h"

/// How much is held for an approved payment, and for how long: a programme's own terms.
namespace carecard::rules {

/// Who began a payment. Numbers are stored, here and below. Never change or reuse one.
enum class Initiator : std::uint8_t {
    any = 0,
    cardholder = 1,
    merchant = 2,  ///< On an instruction that the holder gave before.
};
inline constexpr std::uint8_t initiator_last = 2;

/// Where the card was.
enum class Presence : std::uint8_t {
    any = 0,
    present = 1,
    absent = 2,  ///< On a web page, by post or telephone, or from the merchant's records.
};
inline constexpr std::uint8_t presence_last = 2;

enum class Exactness : std::uint8_t { any = 0, exact = 1, estimated = 2 };
inline constexpr std::uint8_t exactness_last = 2;

/// What is held of an estimate beyond the estimate itself: a share and an amount on top, and at
/// least `at_least` altogether.
struct Uplift {
    std::uint32_t basis_points = 0;  ///< Hundredths of a per cent of the estimate.
    AmountMinor amount;
    AmountMinor at_least;
    friend constexpr bool operator==(const Uplift&, const Uplift&) = default;
};

/// The terms of the payments that it fits.
struct HoldRule {
    MccRange merchants{.first = {0}, .last = {mcc_count - 1}};
    Initiator initiator = Initiator::any;
    Presence presence = Presence::any;
    Exactness exactness = Exactness::any;
    DurationNs lifetime = days(7);  ///< Until the hold ends by itself.
    Uplift uplift;                  ///< For estimates only.
    friend constexpr bool operator==(const HoldRule&, const HoldRule&) = default;
};
using HoldRules = std::vector<HoldRule>;  ///< The first that fits counts. At most `hold_rules_max`.

/// What holds of a programme that names no rules of its own. Estimates for lodging, cruises, rented
/// vehicles and the like are held for 30 days, as Visa lets their merchants present so long
/// (checkout.com's and paymentsandrisk.com's tables of authorisation windows); a fuel pump's for a
/// day, since its completion comes within the hour. Everything else has the programme's lifetime.
[[nodiscard]] const HoldRules& default_hold_rules();

struct Authorise;

/// What of a payment the rules go by.
[[nodiscard]] Initiator initiator_of(const Authorise& request);
[[nodiscard]] Presence presence_of(const Authorise& request);

/// The first rule that fits the payment; null when none does.
[[nodiscard]] const HoldRule* hold_rule_for(const HoldRules& rules, const Authorise& request);

/// What an estimate of `amount` would be held at, `amount` or more.
[[nodiscard]] AmountMinor uplifted(AmountMinor amount, const Uplift& uplift);

/// Whether a part of a purchase may be approved when there is not enough money for the whole.
struct PartialApproval {
    bool allowed = false;
    AmountMinor least;  ///< No part smaller than this.
    friend constexpr bool operator==(const PartialApproval&, const PartialApproval&) = default;
};

}  // namespace carecard::rules
