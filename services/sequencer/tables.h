#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/limits.h"
#include "common/result.h"
#include "common/time.h"

namespace carecard::sequencer {

/// What the projections keep. The formats stand where each is written and read.
enum class Table : std::uint8_t {
    progress,     ///< progress.h: how far the others have come.
    image,        ///< images.h: accounts, programmes, agreements.
    archive,      ///< archive.h: authorisations that are over.
    name,         ///< archive.h: their names.
    once,         ///< archive.h: loads and presentments, by the names they were given.
    activity,     ///< activity.h: which events belong to which account.
    request_key,  ///< key_blocks.h: which requests have been answered.
};
inline constexpr std::size_t table_count = 7;

/// How long a table keeps a row after the instant that its value begins with (eight bytes,
/// big-endian); zero for tables that keep all. Readers pass over older rows, which may still be
/// there.
[[nodiscard]] constexpr DurationNs retention_of(Table table) {
    switch (table) {
        case Table::archive:
        case Table::name:
        case Table::once:
            return authorisation_retention;
        case Table::request_key:
            return request_window;
        case Table::progress:
        case Table::image:
        case Table::activity:
            break;
    }
    return DurationNs{0};
}

/// What came of a search for a row.
enum class Lookup : unsigned char { found, none };

/// Rows to be written together.
class TableBatch {
   public:
    struct Row {
        Table table;
        std::string key;
        std::string value;
    };

    void put(Table table, std::string key, std::string value) {
        bytes_ += key.size() + value.size();
        rows_.push_back({table, std::move(key), std::move(value)});
    }
    void clear() {
        rows_.clear();
        bytes_ = 0;
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

   private:
    std::vector<Row> rows_;
    std::size_t bytes_ = 0;
};

/// Where the projections are kept: ordered rows by key, in tables. A cache of the journal, without
/// a log: a crash takes it back to a state that it had between two batches, no further than the
/// last flush. One thread writes; any thread reads.
class Tables {
   public:
    virtual ~Tables() = default;

    /// Writes all rows or none. Read at once; kept across a crash once a later `flush` returned.
    /// @return `Done`; `unavailable` when it could not, and then no further write succeeds.
    virtual Result<Done> write(const TableBatch& batch) = 0;

    /// On return, everything written before the call survives a crash.
    virtual Result<Done> flush() = 0;

    /// Removes every row of every table, durably. Before anyone else uses it.
    virtual Result<Done> clear() = 0;

    /// @return `found`, and `value` holds the row; `none`, and it is as before; `unavailable` or
    ///         `corrupt`.
    [[nodiscard]] virtual Result<Lookup> get(Table table, std::string_view key,
                                             std::string& value) const = 0;

    /// Sees a row; returns whether to go on.
    using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

    /// Shows the rows whose keys begin with `prefix`, from `from` (which begins with it) on, by
    /// key.
    /// @return `Done` at the end or when the visitor has had enough; `unavailable` or `corrupt`.
    [[nodiscard]] virtual Result<Done> scan(Table table, std::string_view prefix,
                                            std::string_view from,
                                            const Visitor& visitor) const = 0;

    /// Says what time it is, so that rows past their retention can go. Any thread.
    virtual void set_now(TimestampNs now) = 0;
};

}  // namespace carecard::sequencer
