#include "rules/card_status.h"

#include <algorithm>
#include <array>

namespace carecard::rules {
namespace {

using enum CardStatus;

/// What may follow a status, each itself apart.
struct Row {
    CardStatus from;
    std::array<CardStatus, 5> to;
};

constexpr std::array<Row, 9> table{{
    {inactive, {active, lost, stolen, damaged, closed}},
    {active, {frozen, lost, stolen, damaged, closed}},
    {frozen, {active, lost, stolen, damaged, closed}},
    {lost, {stolen, closed}},
    {stolen, {lost, closed}},
    {damaged, {closed}},
    {replaced, {closed}},
    {used, {closed}},
    {closed, {}},
}};

bool may_follow(CardStatus from, CardStatus to) {
    if (from == to) return true;
    const auto* const row =
        std::find_if(table.begin(), table.end(), [&](const Row& one) { return one.from == from; });
    return std::find(row->to.begin(), row->to.end(), to) != row->to.end();
}

StatusObjection objection_from(CardStatus from) {
    switch (from) {
        case active:
        case frozen:
            break;
        case inactive:
            return {"the card is not activated, so there is nothing to freeze",
                    "report it lost or stolen if it did not arrive"};
        case closed:
            return {"a closed card stays closed", "issue another card"};
        case lost:
            return {"the card was reported lost, and is never spent again", "replace the card"};
        case stolen:
            return {"the card was reported stolen, and is never spent again", "replace the card"};
        case damaged:
            return {"the card was reported damaged, and is never spent again", "replace the card"};
        case replaced:
            return {"the card was replaced, and is never spent again", "use the card after it"};
        case used:
            return {"the card was for one payment, which was made", "issue another card"};
    }
    return {"the card cannot become that", "read the account for the card's status"};
}

}  // namespace

bool is_for_good(CardStatus status) {
    return status != active && status != frozen && status != inactive;
}

bool is_settable(CardStatus status) {
    switch (status) {
        case active:
        case frozen:
        case closed:
        case lost:
        case stolen:
        case damaged:
            return true;
        case inactive:
        case replaced:
        case used:
            return false;
    }
    return false;
}

std::optional<StatusObjection> objection_to(CardStatus from, Actor frozen_by, CardStatus to,
                                            Actor by) {
    if (!may_follow(from, to)) return objection_from(from);
    if (by != Actor::holder) return std::nullopt;
    if (to == closed && from != closed) {
        return StatusObjection{"only the council closes a card",
                               "freeze it, or report it lost, stolen or damaged"};
    }
    if (from == frozen && to == active && frozen_by != Actor::holder) {
        return StatusObjection{"the council froze the card, so the holder cannot unfreeze it",
                               "ask the council to unfreeze it"};
    }
    return std::nullopt;
}

}  // namespace carecard::rules
