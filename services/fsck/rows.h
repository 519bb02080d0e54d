#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/result.h"
#include "services/fsck/flaw.h"
#include "services/journal/codec.h"
#include "services/journal/store.h"
#include "services/sequencer/tables.h"

namespace carecard::fsck {

/// Holds the rows of archive, names, once and activity against the events they were made from.
///
/// Rows past their retention at the journal's end may be there or not, and are passed over.
class Rows {
   public:
    /// @param end  the journal's last stamp.
    Rows(const sequencer::Tables& tables, TimestampNs end) : tables_(tables), end_(end) {}

    /// Looks for the rows of one event, which the projections have.
    /// @return done; `corrupt` when one is missing or differs; the fault of the tables.
    [[nodiscard]] Result<Done> event(const journal::DecodedEvent& event);

    /// Looks for rows that no event has, once every projected event has been seen.
    /// @return such a row, with the sequence that it claims to be of; nothing when there is none;
    ///         the fault of the tables.
    /// Cost:   reads every row once; a search through the journal only when there is one.
    [[nodiscard]] Result<std::optional<Flaw>> nothing_else(const journal::Store& store) const;

    /// Rows found as they must be.
    [[nodiscard]] std::uint64_t agreed() const;

   private:
    using Row = sequencer::TableBatch::Row;

    [[nodiscard]] bool is_past(sequencer::Table table, TimestampNs stamp) const;
    [[nodiscard]] bool is_replaced(const Row& row, Sequence sequence);
    [[nodiscard]] Result<Done> look_for(const Row& row, const rules::Stamp& stamp);
    [[nodiscard]] Result<std::uint64_t> count(sequencer::Table table) const;
    [[nodiscard]] Result<std::optional<Flaw>> strange_row(sequencer::Table table,
                                                          const journal::Store& store) const;

    const sequencer::Tables& tables_;
    const TimestampNs end_;
    std::array<std::uint64_t, sequencer::table_count> agreed_{};
    bool changed_later_ = false;  // the event's authorisation
    sequencer::TableBatch expected_;
    std::string stored_;
};

/// A table's name, for people.
[[nodiscard]] const char* name_of(sequencer::Table table);

}  // namespace carecard::fsck
