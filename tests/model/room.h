#pragma once

#include "rules/command.h"

/// A second opinion on how far clearings may go, and on what a part of a payment in another
/// currency is. Plain sums, of amounts that are small.
namespace carecard::model {

/// Of a payment in another currency: how much was approved and has cleared, in that currency.
struct Abroad {
    int currency = 0;
    long approved = 0, cleared = 0;
};
/// How far clearing may go above: hundredths of a per cent, those for the rate, and at least.
struct Room {
    long points = 0, abroad = 0, least = 0;
};

/// What clearing may exceed an approval by. Where a programme says nothing, what Visa publishes.
[[nodiscard]] Room room_of(const rules::CreateProgramme& terms, rules::Mcc mcc,
                           const rules::TransactionAmounts& amounts, bool estimated = false,
                           bool absent = false);
[[nodiscard]] long rounded_up(long amount, long part, long whole);
[[nodiscard]] Abroad abroad_of(const rules::TransactionAmounts& of, long approved);

}  // namespace carecard::model
