#pragma once

// items.csv: one row for each load, presentment, write-off and recovery of a batch, for each credit
// of a dispute and its end, and for each amount that left a purse which is over, in the order of
// the journal: what one event sends on comes after what it clears.
//
//     sequence                    number; of the event, within the manifest's epoch
//     time                        time; of the event
//     kind                        "load" | "debit" | "credit" | "returned" | "owed" | "write_off" |
//                                 "exposure_recovery" | "write_off_repaid" | "council_payment" |
//                                 "provisional_credit" | "provisional_debit" | "dispute_repaid" |
//                                 "dispute_paid_back": "returned" and "owed" are money that left a
//                                 purse which has ended or was closed, for its funder or for the
//                                 person whose own it is; a write-off and a recovery are what two
//                                 people agreed; a write-off repaid undoes one, as far as the
//                                 credit before it, of the same event, repays it; a council payment
//                                 is of an earmark that the council pays itself. A provisional
//                                 credit is lent to the holder of a disputed payment before anyone
//                                 has paid, and a provisional debit takes it back; what a credit
//                                 repays of it, or brings a second time, is repaid; what of that
//                                 the network has again is paid back
//     account                     the council's own reference
//     card_last_four              empty for all but a debit and a credit
//     authorisation_id            authorisation, also of what is lent, repaid and paid back; for a
//     presentment that had none its own id; empty
//                                 for the others, as are the columns that say so of a load; but
//                                 of a write-off, a recovery and a write-off repaid, that whose
//                                 exposure they change
//     reference                   a load's reference; the presentment's id, also of what it repays;
//                                 the number of the purse that money left; the sequence of the
//                                 proposal that two people agreed to; the council's name of the
//                                 earmark that it paid; or the sequence of the event that opened
//                                 the dispute
//     matched_by                  how a presentment found its authorisation; empty for a load
//     mcc                         four digits; empty for a load
//     amount_minor                number above 0; in `currency`
//     currency                    ISO 4217, letters; the programme's
//     transaction_amount_minor    number above 0: what the merchant asked for; empty for a load
//     transaction_currency        ISO 4217, letters; empty for a load
//     balance_effect_minor        number: what the holder's balance changed by
//     exposure_minor              number: a debit's part beyond the holder's money, that which the
//                                 programme had kept for the network included
//     recovered_minor             number: a credit's part that is the programme's: it made good
//                                 earlier exposure, written off or not, repaid what was lent, or
//                                 is kept for the network
//     leaf                        hash: SHA-256(0x00 || the event's clear part)
//
//     load:   balance_effect = amount
//     debit:  balance_effect = -(amount - exposure)
//     credit: balance_effect = amount - recovered
//     returned, owed:    balance_effect = -amount
//     council_payment:   balance_effect = -amount
//     write_off:         balance_effect = 0;       the exposure falls by the amount
//     exposure_recovery: balance_effect = -amount; the exposure falls by the amount
//     write_off_repaid:  balance_effect = 0;       the exposure is again what the credit recovers
//     dispute_repaid:    balance_effect = 0;       the same
//     dispute_paid_back: balance_effect = 0;       the exposure is less what the debit adds
//     provisional_credit: balance_effect = amount
//     provisional_debit:  balance_effect = -(amount - exposure)

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"
#include "rules/event.h"
#include "services/settlement/file_names.h"

namespace carecard::settlement {

enum class ItemKind : std::uint8_t {
    load = 1,
    debit = 2,
    credit = 3,
    returned = 4,
    owed = 5,
    write_off = 6,
    exposure_recovery = 7,
    write_off_repaid = 8,
    council_payment = 9,
    provisional_credit = 10,
    provisional_debit = 11,
    dispute_repaid = 12,
    dispute_paid_back = 13,
};
inline constexpr std::array item_kinds{ItemKind::load,
                                       ItemKind::debit,
                                       ItemKind::credit,
                                       ItemKind::returned,
                                       ItemKind::owed,
                                       ItemKind::write_off,
                                       ItemKind::exposure_recovery,
                                       ItemKind::write_off_repaid,
                                       ItemKind::council_payment,
                                       ItemKind::provisional_credit,
                                       ItemKind::provisional_debit,
                                       ItemKind::dispute_repaid,
                                       ItemKind::dispute_paid_back};

/// Whether it is of a card: what the network cleared.
[[nodiscard]] constexpr bool is_presentment(ItemKind kind) {
    return kind == ItemKind::debit || kind == ItemKind::credit;
}
/// Whether it may come after another item of the same event: money that left a purse which is over,
/// of which there may be several, and what of the presentment before it is neither the holder's nor
/// an exposure's.
[[nodiscard]] constexpr bool may_follow(ItemKind kind) {
    return kind == ItemKind::returned || kind == ItemKind::owed ||
           kind == ItemKind::write_off_repaid || kind == ItemKind::dispute_repaid ||
           kind == ItemKind::dispute_paid_back;
}
/// Whether the item lowers an exposure as two people agreed, or undoes that.
[[nodiscard]] constexpr bool is_resolution(ItemKind kind) {
    return kind == ItemKind::write_off || kind == ItemKind::exposure_recovery ||
           kind == ItemKind::write_off_repaid;
}
/// Whether the item is of a dispute, beside what the network cleared.
[[nodiscard]] constexpr bool is_dispute(ItemKind kind) {
    return kind == ItemKind::provisional_credit || kind == ItemKind::provisional_debit ||
           kind == ItemKind::dispute_repaid || kind == ItemKind::dispute_paid_back;
}
/// Whether the item may add to an exposure.
[[nodiscard]] constexpr bool may_expose(ItemKind kind) {
    return kind == ItemKind::debit || kind == ItemKind::provisional_debit;
}
/// Whether the item is about one authorisation.
[[nodiscard]] constexpr bool names_authorisation(ItemKind kind) {
    return is_presentment(kind) || is_resolution(kind) || is_dispute(kind);
}

/// The name of an ISO 4217 code as letters, or its three digits when it has none.
using CurrencyName = std::function<std::string(CurrencyCode)>;

struct Item {
    Sequence sequence;
    TimestampNs time;
    ItemKind kind = ItemKind::load;
    std::string account;
    std::string card_last_four;
    AuthorisationId authorisation;  ///< Where `names_authorisation`, else none.
    std::string reference;
    rules::MatchedBy matched_by = rules::MatchedBy::nothing;  ///< Of a presentment.
    std::uint16_t mcc = 0;                                    ///< Of a presentment.
    AmountMinor amount;
    std::string currency;
    AmountMinor transaction_amount;    ///< Of a presentment, else zero.
    std::string transaction_currency;  ///< Of a presentment, else empty.
    AmountMinor balance_effect;
    AmountMinor exposure;
    AmountMinor recovered;
    Hash32 leaf{};
    friend bool operator==(const Item&, const Item&) = default;
};

/// What `balance_effect` must be, from the other amounts.
[[nodiscard]] AmountMinor effect_of(const Item& item);

/// How far the item lowers an exposure besides its own `exposure` and `recovered`: as two people
/// agreed, and by what the debit before it has too much; below zero by what the credit before it
/// has too much.
[[nodiscard]] AmountMinor resolved_by(const Item& item);

/// The header row, line end included.
[[nodiscard]] std::string_view items_header();

void append_row(std::string& out, const Item& item);

/// Sees each item in order; a fault from it ends the reading.
using ItemVisitor = std::function<Result<Done>(const Item&)>;

/// Reads items.csv strictly: only bytes that `items_header` and `append_row` would write are
/// accepted, and only items whose own amounts agree with each other.
///
/// @param text  from outside; not believed.
/// @return done; `corrupt` on field "items.csv", naming the line; the visitor's fault.
/// Cost:   memory for one item.
[[nodiscard]] Result<Done> parse_items(std::string_view text, const ItemVisitor& visitor);

}  // namespace carecard::settlement
