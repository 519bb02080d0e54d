#pragma once

#include <cstdint>
#include <string_view>

#include "common/money.h"

namespace carecard::rules {

/// What staff must look at, and begin to do. It stands in the event that raised it.
/// The numbers are stored in the journal and stand in the proto. Never change or reuse one.
enum class ExceptionReason : std::uint8_t {
    none = 0,
    /// Cleared for more than was approved and its tolerance: dispute the amount beyond.
    clearing_beyond_tolerance = 1,
    /// Cleared for more than the holder has: the amount is the programme's exposure.
    clearing_unfunded = 2,
    /// The same of one that nobody had asked about: dispute it.
    force_post_unfunded = 3,
    /// It came after the one that was said to be the last: ask the merchant, or dispute it.
    presentment_after_final = 4,
    /// A credit beyond what was taken: find whose money it is.
    credit_unmatched = 5,
    /// The network took back a clearing that is not known here: nothing moved.
    presentment_reversal_unmatched = 6,
    /// The network took back the same clearing a second time: nothing moved.
    presentment_reversed_twice = 7,
    /// The network promised more than the holder has: the amount is the programme's exposure.
    advice_unfunded = 8,
    /// The network promised what was reversed or had expired here: nothing is held for it.
    advice_after_release = 9,
    /// A payment was reversed that had cleared: ask the merchant for a refund, or dispute it.
    reversal_after_clearing = 10,
    /// A reversal that no payment, or more than one, answers to: find the payment.
    reversal_unmatched = 11,
    /// A presentment that more than one payment answers to: posted to none of them.
    original_ambiguous = 12,
    /// A payment that cannot be refused took of what is kept for others: put it back, or warn them.
    earmark_broken = 13,
    /// A payment was paid back by its merchant and by the network: the amount is kept for the
    /// network, which will ask for it.
    owed_to_network = 14,
    /// The merchant contests a chargeback, and has its money again: answer it, or let it be.
    presented_again = 15,
    /// What a holder was credited for a dispute is taken back and has been spent: the amount is the
    /// programme's exposure.
    dispute_unfunded = 16,
};
inline constexpr std::uint8_t exception_reason_last = 16;

struct Exception {
    ExceptionReason reason = ExceptionReason::none;
    AmountMinor amount;  ///< What it is about, in the programme's currency; zero or more.

    [[nodiscard]] constexpr bool raised() const { return reason != ExceptionReason::none; }
    friend constexpr bool operator==(const Exception&, const Exception&) = default;
};

/// The reason's stable name, e.g. "force_post_unfunded": for logs, files and programs.
[[nodiscard]] std::string_view name_of(ExceptionReason reason);

}  // namespace carecard::rules
