#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "services/fsck/flaw.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"
#include "services/journal/store.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::fsck {

/// Holds each block of request keys against the record that it is of. Blocks past `request_window`
/// at the journal's end may be there or not, and are passed over.
class KeyBlocks {
   public:
    /// @param fingerprints  null when the master key is not at hand: then of each entry the
    ///                      sequence alone is compared.
    KeyBlocks(const sequencer::Tables& tables, TimestampNs end,
              const sequencer::Fingerprints* fingerprints)
        : tables_(tables), end_(end), fingerprints_(fingerprints) {}

    void event(const journal::DecodedEvent& event);

    /// Ends a record that the projections have.
    /// @return done; `corrupt` when its block is missing or differs; the fault of the tables.
    [[nodiscard]] Result<Done> record(const journal::RecordHeader& record);

    /// As `Rows::nothing_else`.
    [[nodiscard]] Result<std::optional<Flaw>> nothing_else(const journal::Store& store) const;

    [[nodiscard]] std::uint64_t agreed() const { return agreed_; }

   private:
    struct Entry {
        std::uint64_t fingerprint = 0;
        Sequence sequence;
    };

    [[nodiscard]] bool is_past(TimestampNs stamp) const;
    [[nodiscard]] bool agrees(std::string_view block, TimestampNs stamp) const;

    const sequencer::Tables& tables_;
    const TimestampNs end_;
    const sequencer::Fingerprints* const fingerprints_;
    std::vector<Entry> entries_;  // of the record under way
    std::uint64_t agreed_ = 0;
    std::string stored_;
};

}  // namespace carecard::fsck
