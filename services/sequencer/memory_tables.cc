#include "services/sequencer/memory_tables.h"

namespace carecard::sequencer {

Result<Done> MemoryTables::write(const TableBatch& batch) {
    for (const TableBatch::Row& row : batch.rows()) {
        rows_[static_cast<std::size_t>(row.table)].insert_or_assign(row.key, row.value);
    }
    return Done{};
}

Result<Done> MemoryTables::flush() {
    flushed_ = rows_;
    return Done{};
}

Result<Done> MemoryTables::clear() {
    rows_ = {};
    return flush();
}

Result<Lookup> MemoryTables::get(Table table, std::string_view key, std::string& value) const {
    const auto found = rows(table).find(key);
    if (found == rows(table).end()) return Lookup::none;
    value = found->second;
    return Lookup::found;
}

Result<Done> MemoryTables::scan(Table table, std::string_view prefix, std::string_view from,
                                const Visitor& visitor) const {
    for (auto row = rows(table).lower_bound(from); row != rows(table).end(); ++row) {
        if (!row->first.starts_with(prefix) || !visitor(row->first, row->second)) break;
    }
    return Done{};
}

}  // namespace carecard::sequencer
