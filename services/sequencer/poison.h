#pragma once

// The poison file: which command was being decided when the process died. Mapped into memory, so
// that it outlives the process and costs no system call.
//
//     file := "CCPO" | version u32 | died u32 | stage u32 | group_count u32 | suspects_count u32
//             | in_hand | fingerprint u64 * group_suspects_max     of the group in hand
//             | fingerprint u64 * group_suspects_max               suspects
//     in_hand := fingerprint u64 | kind[24]                         the kind ends at its first zero
//
// Integers are little-endian, as in memory. `died` is the number of the signal that ended the
// process, or 0. Fingerprints are keyed: see `Fingerprints`.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/limits.h"
#include "common/result.h"
#include "rules/command.h"

namespace carecard::sequencer {

/// What was being done with the command in hand.
enum class PoisonStage : std::uint32_t {
    none = 0,      ///< Nothing that a command can be blamed for.
    deciding = 1,  ///< Nothing of it is in the journal.
    checking = 2,  ///< The invariants, after the whole group: any of its commands may be to blame.
    answering = 3  ///< It is in the journal.
};

/// The bytes of the file.
struct PoisonPage {
    std::array<char, 4> magic{};
    std::uint32_t version = 0;
    std::uint32_t died = 0;
    PoisonStage stage = PoisonStage::none;
    std::uint32_t group_count = 0;
    std::uint32_t suspects_count = 0;
    std::uint64_t in_hand = 0;
    std::array<char, 24> kind{};
    std::array<std::uint64_t, group_suspects_max> group{};
    std::array<std::uint64_t, group_suspects_max> suspects{};
};
static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(PoisonPage) == 56 + 2 * 8 * group_suspects_max);

/// Makes `page` ready for use: what is not a whole page of this version is begun anew, since it
/// matters only after a death.
/// @return `Done`; `conflict` on field `poison` when a newer release wrote it.
[[nodiscard]] Result<Done> prepare(PoisonPage& page);

/// A command, as the page knows it.
struct Marked {
    std::uint64_t fingerprint = 0;  ///< 0: none
    std::string_view kind;          ///< Of the program's own texts.
};

/// The name of a command's kind, e.g. "Authorise".
[[nodiscard]] std::string_view kind_name(const rules::Command& command);

/// What the page says of the last death.
struct Death {
    std::uint32_t signal = 0;
    PoisonStage stage = PoisonStage::none;
    std::uint64_t fingerprint = 0;  ///< The one to blame; 0 when it is one of the suspects.
    std::string kind;
};

/// Reads the mark that a death left. A death during the checks of a group of one blames that one.
/// @return nothing when there is no mark, as after a kill or a power cut.
[[nodiscard]] std::optional<Death> read_death(const PoisonPage& page);

/// Takes the mark away, once what follows from it is durable. After a death in the checks of a
/// larger group all of it become suspects, beside those that were.
void clear_death(PoisonPage& page);

/// The page as the sequencer writes it: stores into memory and nothing else. The sequencer's thread
/// only.
class Poison {
   public:
    /// @param page  prepared; null keeps nothing.
    explicit Poison(PoisonPage* page) : page_(page) {}

    void begin_group();

    /// One more of the group is about to be decided. What is past `group_suspects_max` is blamed
    /// for its own death, and is no suspect after the checks.
    void begin(const Marked& command);

    /// The whole group is about to be checked.
    void begin_checks();

    /// The group passed: nothing of it is to blame any more, and a suspect among it is none.
    void end_group();

    void begin_answer(const Marked& command);
    void end_answers();

    /// How many commands the group has so far.
    [[nodiscard]] std::size_t group_size() const {
        return page_ == nullptr ? 0 : page_->group_count;
    }

    /// Whether a command must have a group of its own.
    [[nodiscard]] bool is_suspect(std::uint64_t fingerprint) const;

   private:
    void set_in_hand(const Marked& command, PoisonStage stage);
    void acquit(std::uint64_t fingerprint);

    PoisonPage* page_;
};

}  // namespace carecard::sequencer
