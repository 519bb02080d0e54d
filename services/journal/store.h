#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/id.h"
#include "common/result.h"
#include "services/journal/record.h"

namespace carecard::journal {

enum class ReadOutcome : unsigned char {
    record,  ///< Use what was read.
    end,     ///< Nothing is committed there yet. Ask again later.
};

/// Durable storage of the journal, as the sequencer needs it. Adapters know bytes and sequences,
/// and nothing about cards. `commit` is called by one thread; `read` and `tail` by any, also
/// while a commit runs.
class Store {
   public:
    virtual ~Store() = default;

    /// Appends `record` right after `tail`, as one atomic and durable write.
    ///
    /// When it returns a value, every byte survives a power cut and replies may be released.
    /// When it returns `unavailable`, the outcome is unknown: the record may be stored in full
    /// or not at all. The caller then stops the process; it never tries again, and a later
    /// commit on the same object is refused.
    ///
    /// @param tail    the last sequence that the caller knows to be durable.
    /// @param record  begins at `tail` + 1 and holds at most `record_bytes_max` bytes.
    /// @return the new tail, which is `record.last`; `fenced` when the store's tail is not `tail`,
    ///         so another process writes here, and nothing changed; `malformed` when the record
    ///         does not begin right after `tail`, and nothing changed; `unavailable` otherwise.
    /// Cost:   one sync of the disk, whatever the size.
    virtual Result<Sequence> commit(Sequence tail, const Record& record) = 0;

    /// Appends `records`, one right after another, with fewer syncs than records where the adapter
    /// can: for copies of journals. As `commit` for each; when it returns `unavailable`, any number
    /// of them may be stored, from the first on.
    /// @return the new tail, which is that of the last of them.
    virtual Result<Sequence> commit_all(Sequence tail, std::span<const Record> records);

    /// Copies the committed record that holds sequence `after` + 1 into `buffer` and describes it
    /// in `out`. The record may begin before that sequence, when `after` is inside it.
    ///
    /// The bytes are as stored: `parse_record` verifies their checksum.
    ///
    /// @param buffer  replaced; `out.bytes` points into it. Reuse it to save allocations.
    /// @return `record`; `end` with `buffer` and `out` unchanged when `after` is the tail or later;
    ///         `corrupt`, naming the sequence, when the stored bytes cannot be had.
    virtual Result<ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                     Record& out) const = 0;

    /// The last durable sequence; 0 for an empty journal.
    [[nodiscard]] virtual Sequence tail() const = 0;
};

/// What is wrong with committing `record` after `tail` to a store that ends at `stored_tail`; the
/// part of the contract that all adapters share.
/// @return `Done`, `fenced` or `malformed`, as `Store::commit` says.
[[nodiscard]] Result<Done> check_append(Sequence stored_tail, Sequence tail, const Record& record);

}  // namespace carecard::journal
