#include "services/fsck/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "services/fsck/past.h"
#include "services/sequencer/activity.h"
#include "services/sequencer/archive.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::fsck {
namespace {

using sequencer::RowReader;
using sequencer::Table;

constexpr std::array checked{Table::archive, Table::name, Table::once, Table::activity};

TimestampNs stamp_in(std::string_view value) {
    return {static_cast<std::int64_t>(RowReader(value).number<std::uint64_t>())};
}

/// Of a row in archive or once: what follows the stamp.
Sequence sequence_in(std::string_view value) {
    RowReader row(value);
    row.number<std::uint64_t>();
    return {row.number<std::uint64_t>()};
}

void expect_rows(const journal::DecodedEvent& event, sequencer::TableBatch& rows) {
    sequencer::archive(event.event, event.stamp, rows);
    sequencer::list_as_activity(event.event, event.stamp.sequence, rows);
}

/// The event that a row says it was made from; 0 when it does not say.
Sequence source_of(Table table, std::string_view key, std::string_view value,
                   const sequencer::Tables& tables) {
    if (table == Table::archive || table == Table::once) return sequence_in(value);
    RowReader row(key);
    if (table == Table::activity) {
        row.number<std::uint32_t>();
        return {~row.number<std::uint64_t>()};
    }
    row.number<std::uint64_t>();
    std::string archived;
    const Result<sequencer::Lookup> found = tables.get(Table::archive, row.rest(), archived);
    if (!found || *found == sequencer::Lookup::none) return {};
    return sequence_in(archived);
}

/// Whether the event at `source` leaves exactly this row.
bool is_of(Sequence source, const sequencer::TableBatch::Row& row, const journal::Store& store) {
    if (source.value == 0 || source > store.tail()) return false;
    const Result<journal::DecodedEvent> event = read_event(store, source);
    if (!event) return false;
    sequencer::TableBatch rows;
    expect_rows(*event, rows);
    return std::ranges::any_of(rows.rows(), [&](const sequencer::TableBatch::Row& expected) {
        return expected.table == row.table && expected.key == row.key &&
               expected.value == row.value;
    });
}

Fault of_event(Table table, Sequence sequence, std::string_view what) {
    return not_as_journaled(fmt::format("the row of table {} for sequence {} {}", name_of(table),
                                        sequence.value, what));
}

}  // namespace

const char* name_of(Table table) {
    switch (table) {
        case Table::progress:
            return "progress";
        case Table::image:
            return "image";
        case Table::archive:
            return "archive";
        case Table::name:
            return "name";
        case Table::once:
            return "once";
        case Table::activity:
            return "activity";
        case Table::request_key:
            return "request_key";
    }
    return "";
}

std::uint64_t Rows::agreed() const {
    return std::accumulate(agreed_.begin(), agreed_.end(), std::uint64_t{0});
}

bool Rows::is_past(Table table, TimestampNs stamp) const {
    const DurationNs kept = retention_of(table);
    return kept.value > 0 && stamp + kept < end_;
}

Result<Done> Rows::event(const journal::DecodedEvent& event) {
    expected_.clear();
    expect_rows(event, expected_);
    changed_later_ = false;
    const std::vector<Row>& rows = expected_.rows();
    // The archive first, since it says whether the names are still this event's.
    for (const Row& row : rows) {
        if (row.table != Table::archive) continue;
        const Result<Done> agrees = look_for(row, event.stamp);
        if (!agrees) return agrees.fault();
    }
    for (auto row = rows.begin(); row != rows.end(); ++row) {
        const bool is_repeat = std::any_of(rows.begin(), row, [&](const Row& earlier) {
            return earlier.table == row->table && earlier.key == row->key;
        });
        if (row->table == Table::archive || is_repeat) continue;
        const Result<Done> agrees = look_for(*row, event.stamp);
        if (!agrees) return agrees.fault();
    }
    return Done{};
}

/// A row that a later change of the same authorisation has replaced is looked at then.
bool Rows::is_replaced(const Row& row, Sequence sequence) {
    if (row.table == Table::archive) changed_later_ = sequence_in(stored_) > sequence;
    return (row.table == Table::archive || row.table == Table::name) && changed_later_;
}

Result<Done> Rows::look_for(const Row& row, const rules::Stamp& stamp) {
    if (is_past(row.table, stamp.now_ns)) return Done{};
    const Result<sequencer::Lookup> found = tables_.get(row.table, row.key, stored_);
    if (!found) return found.fault();
    if (*found == sequencer::Lookup::none) return of_event(row.table, stamp.sequence, "is missing");
    if (is_replaced(row, stamp.sequence)) return Done{};
    if (stored_ != row.value) {
        return of_event(row.table, stamp.sequence, "is not what the event left");
    }
    ++agreed_[static_cast<std::size_t>(row.table)];
    return Done{};
}

Result<std::uint64_t> Rows::count(Table table) const {
    std::uint64_t rows = 0;
    const Result<Done> scanned =
        tables_.scan(table, {}, {}, [&](std::string_view, std::string_view value) {
            if (!is_past(table, stamp_in(value))) ++rows;
            return true;
        });
    if (!scanned) return scanned.fault();
    return rows;
}

Result<std::optional<Flaw>> Rows::nothing_else(const journal::Store& store) const {
    for (const Table table : checked) {
        const Result<std::uint64_t> rows = count(table);
        if (!rows) return rows.fault();
        if (*rows != agreed_[static_cast<std::size_t>(table)]) return strange_row(table, store);
    }
    return std::optional<Flaw>{};
}

/// Slow, and needed only once it is known that there is one.
Result<std::optional<Flaw>> Rows::strange_row(Table table, const journal::Store& store) const {
    std::optional<Flaw> strange;
    const Result<Done> scanned =
        tables_.scan(table, {}, {}, [&](std::string_view key, std::string_view value) {
            if (is_past(table, stamp_in(value))) return true;
            const Sequence source = source_of(table, key, value, tables_);
            const Row row{.table = table, .key = std::string(key), .value = std::string(value)};
            if (is_of(source, row, store)) return true;
            strange = {.sequence = source,
                       .fault = of_event(table, source, "is of no event that the journal has")};
            return false;
        });
    if (!scanned) return scanned.fault();
    return strange;
}

}  // namespace carecard::fsck
