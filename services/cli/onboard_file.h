#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "common/result.h"
#include "common/secret.h"

/// The file of people to open accounts for.
namespace carecard::cli {

/// Where in a file something came from; for faults.
struct RowPlace {
    std::uint64_t number = 0;  ///< 1 for the first row after the header.
    std::uint64_t line = 0;
};

/// `fault` with the row's place before its detail.
[[nodiscard]] Fault at_row(RowPlace place, Fault fault);

/// A card to issue. Its number is not kept.
struct NewCard {
    std::string token;
    std::string last_four;
    std::string expiry;  ///< YYYY-MM
    v1::CardHolder holder = v1::CARD_HOLDER_PERSON;
    std::string holder_reference;
    RowPlace place;
};

/// An account to open, with all that the file says of it.
struct NewBudget {
    std::string reference;
    v1::Arrangement arrangement = v1::ARRANGEMENT_DIRECT_PAYMENT;
    std::vector<v1::NewPurse> purses;
    std::vector<NewCard> cards;
    RowPlace place;
};

/// What `carecard onboard --help` says of the file.
inline constexpr std::string_view onboard_columns_help =
    "The file has a header line; columns may be in any order, those in brackets may be missing:\n"
    "  account             the council's own reference of the budget\n"
    "  arrangement         direct_payment, personal_budget, individual_budget, carers_budget,\n"
    "                      voucher or skills_account\n"
    "  purse               name of a funding stream, e.g. social care\n"
    "  [priority]          1 (pays first, the default) to 255\n"
    "  [card_number]       the digits; turned into a token here, and neither sent nor shown\n"
    "  [expiry]            last month of the card, YYYY-MM; needed with a card number\n"
    "  [holder]            person (the default) or helper\n"
    "  [holder_reference]  the council's own mark for who carries the card; no name\n"
    "Several rows with one account add purses and cards to it. All rows are checked before the\n"
    "first is sent. A run that was cut off may be repeated: what is there already is left alone.\n"
    "Example:\n"
    "  account,arrangement,purse,priority,card_number,expiry,holder\n"
    "  DP-1001,direct_payment,social care,1,9999990000111234,2029-08,person\n";

/// Reads an import file and makes the cards' tokens.
///
/// @return the budgets in the order of their first rows; `malformed` with every faulty row up to
///         `faulty_rows_shown_max`, each by row, line, column and remedy; else the faults of
///         `read_csv`. No card number is in any of them.
[[nodiscard]] Result<std::vector<NewBudget>> read_onboard_file(const std::string& path,
                                                               const Secret& token_key);

/// The same for bytes in memory.
[[nodiscard]] Result<std::vector<NewBudget>> parse_onboard_file(std::string_view bytes,
                                                                const Secret& token_key);

}  // namespace carecard::cli
