#pragma once

#include <optional>

#include "common/result.h"
#include "rules/event.h"
#include "services/journal/record.h"
#include "services/journal/sealer.h"
#include "services/journal/store.h"
#include "services/sequencer/account_keys.h"

namespace carecard::sequencer {

/// An event read back from the journal, with its personal texts opened.
struct Recorded {
    rules::Event event;
    rules::Stamp stamp;
};

/// Reads events back by sequence. One thread at a time. Keeps the record read last, so that events
/// of one record cost one read of the store.
class Recall {
   public:
    explicit Recall(const journal::Store& store) : store_(store) {}

    /// Reads the event at `sequence`, which must be durable. Its texts stay empty when the
    /// account's key has been erased.
    /// @return the event; `corrupt` when the stored bytes are damaged.
    [[nodiscard]] Result<Recorded> read(Sequence sequence, const AccountKeys& keys);

    /// The same with one key in hand, for threads that may not see the sequencer's keys.
    [[nodiscard]] Result<Recorded> read(Sequence sequence, const Secret* key);

   private:
    /// Has `record_` be the one that holds `sequence`.
    [[nodiscard]] Result<Done> find_record(Sequence sequence);
    [[nodiscard]] Result<Recorded> read_clear(Sequence sequence);
    [[nodiscard]] Result<Done> open_texts(Recorded& recorded, const Secret* key);

    const journal::Store& store_;
    journal::Sealer sealer_;
    std::vector<std::byte> buffer_;
    std::optional<journal::RecordView> record_;  // in buffer_
    std::span<const std::byte> sealed_;          // of the event read last, within buffer_
};

enum class Likeness : unsigned char {
    same,       ///< The same command: its first answer is the answer.
    other_key,  ///< Another request key, caller or council.
    differs,    ///< The same key with other fields.
};

/// Compares a command with the one an event embeds, field by field. The vault key, which the
/// service makes anew for each attempt, is not compared.
[[nodiscard]] Likeness compare_by_key(const rules::Command& command, const rules::Event& event);

/// Compares by content alone: not by request key, caller or personal text. For what is known by a
/// name of its own, such as a load's reference.
[[nodiscard]] Likeness compare_by_content(const rules::Command& command, const rules::Event& event);

}  // namespace carecard::sequencer
