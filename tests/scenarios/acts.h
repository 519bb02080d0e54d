#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenarios/amounts.h"
#include "tests/scenarios/cast.h"
#include "tests/scenarios/phrases.h"
#include "tests/scenarios/sheet.h"
#include "tests/scenarios/stage.h"

namespace carecard::scenarios {

/// A row of the table, or a line under "Given", as far as it says what is sent.
struct Message {
    int line = 0;
    std::string payment;              ///< Empty when the row names none.
    std::optional<PricePair> amount;  ///< Unset when the row has none.
    Phrases details;
};

/// Whether a message has something to say in a column.
enum class Use : unsigned char { none, needed };

/// What the message column may say, and the request that is made of it. A new RPC, or a new kind of
/// one, is one more of these.
struct Verb {
    std::string_view words;
    Use payment;
    Use amount;
    /// Makes the request. Faults have no place: the caller knows it. Details that are not taken
    /// are the caller's to refuse.
    Result<Act> (*make)(Message&, Cast&);
};

/// The card network's messages, and those of staff.
[[nodiscard]] std::span<const Verb> network_verbs();
[[nodiscard]] std::span<const Verb> staff_verbs();

/// A request that makes a part of what there is before the first message.
struct Opening {
    int line = 0;  ///< The line under "Given" that asked for it.
    Act act;
};

/// Opens the account, with its programme, purses, money, cards and agreement.
///
/// @param given  the lines under "Given" but "starts", in any order.
/// @param cast   gets the names.
/// @return the requests, in the order in which the service takes them; `malformed`, with
///         "FILE:LINE" as its field.
[[nodiscard]] Result<std::vector<Opening>> open_all(const std::string& file,
                                                    const std::vector<GivenLine>& given,
                                                    Cast& cast);

}  // namespace carecard::scenarios
