#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "common/money.h"
#include "common/time.h"
#include "services/cli/onboard_file.h"
#include "services/rpc/wire.h"

/// What a run plays: who holds which card, and what happens on which day.
namespace carecard::cli::simulate {

enum class PaymentKind : unsigned char { purchase, cash, refund };

/// One row of the input: something that a card network would send.
struct Payment {
    RowPlace place;
    std::uint32_t budget = 0;  ///< Whose: an index into `Script::budgets`; of its first card.
    DayNumber day;
    PaymentKind kind = PaymentKind::purchase;
    std::string mcc;
    std::string merchant;
    std::string city;
    rpc::Price transaction;  ///< In the merchant's currency, above zero.
    rpc::Price billing;      ///< In the card's currency, above zero.
    std::string expected;    ///< "approved" or the decline's reason; empty: not known.
};

/// Money that the council adds.
struct Load {
    RowPlace place;
    std::uint32_t budget = 0;
    DayNumber day;
    AmountMinor amount;
    std::string purse;  ///< Empty: the first.
    std::string reference;
};

/// Something that staff change: rules agreed, or a card's status.
struct Change {
    RowPlace place;
    std::uint32_t budget = 0;
    DayNumber day;
    std::variant<v1::SpendingRules, v1::CardStatus> what;
    std::string reason;
};

/// What a column of the input is called in the RPC's faults.
struct ColumnOfField {
    std::string_view field;
    std::string_view column;
};

/// A whole run. Loads, changes and payments are each in the order of their days, and of the rows
/// within a day.
struct Script {
    std::string run_id;  ///< Begins every request key and reference; same input, same id.
    CurrencyCode currency;
    std::vector<NewBudget> budgets;
    std::vector<Load> loads;
    std::vector<Change> changes;
    std::vector<Payment> payments;
    std::uint64_t skipped = 0;               ///< Rows of zero.
    std::span<const ColumnOfField> columns;  ///< Lives as long as the program.
};

/// `fault` with the row's place, and its field under the name of the input's column.
[[nodiscard]] Fault at_row(const Script& script, RowPlace place, Fault fault);

/// The first day on which anything happens: the first of the month of the first row.
/// @param script  with at least one payment or load.
[[nodiscard]] DayNumber first_day_of(const Script& script);

/// A good mixture of the bits of `value`: splitmix64's, the same on every machine.
[[nodiscard]] std::uint64_t mixed(std::uint64_t value);

}  // namespace carecard::cli::simulate
