#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace carecard::rules {

/// What may be done with a card. Numbers are stored. Never change or reuse one.
enum class CardStatus : std::uint8_t {
    active = 1,
    frozen = 2,    ///< Not now: it may be lifted.
    closed = 3,    ///< The rest but `inactive` are for good as well: it is never spent again.
    inactive = 4,  ///< Issued, and not yet activated.
    lost = 5,
    stolen = 6,
    damaged = 7,
    replaced = 8,  ///< Its successor is in use.
    used = 9,      ///< It was for one payment, which was made.
};
inline constexpr std::uint8_t card_status_last = 9;

/// Whose word a change of a card is. Numbers are stored. Never change or reuse one.
enum class Actor : std::uint8_t {
    none = 0,  ///< Nobody's; never in a command.
    council = 1,
    holder = 2,
};
inline constexpr std::uint8_t actor_last = 2;

/// Whether a card of this status is never spent again.
[[nodiscard]] bool is_for_good(CardStatus status);

/// A status that staff may set. The others come with other commands.
[[nodiscard]] bool is_settable(CardStatus status);

/// Why a card may not change its status, and what can be done instead.
struct StatusObjection {
    std::string_view detail;
    std::string_view remedy;
};

/// One table says what may follow what. The status that a card has already is always accepted, but
/// of a freeze: the council's stands above the holder's.
///
/// | from \ to | active                  | frozen | lost, stolen, damaged | closed  |
/// |-----------|-------------------------|--------|-----------------------|---------|
/// | inactive  | yes                     | no     | yes                   | council |
/// | active    | yes                     | yes    | yes                   | council |
/// | frozen    | who froze it, or council| yes    | yes                   | council |
/// | lost      | no                      | no     | stolen                | council |
/// | stolen    | no                      | no     | lost                  | council |
/// | others    | no                      | no     | no                    | council |
///
/// @param frozen_by  whose freeze stands; anyone but the holder counts as the council.
/// @param to         one that is settable.
[[nodiscard]] std::optional<StatusObjection> objection_to(CardStatus from, Actor frozen_by,
                                                          CardStatus to, Actor by);

}  // namespace carecard::rules
