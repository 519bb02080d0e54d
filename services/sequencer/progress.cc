#include "services/sequencer/progress.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "services/journal/verify.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

constexpr std::string_view format_key = "format";
constexpr std::string_view projected_key = "projected";
constexpr std::string_view imaged_key = "imaged";

void append_head(std::string& out, const journal::Head& head) {
    append_big_endian(out, head.epoch.value);
    append_big_endian(out, head.sequence.value);
    out.append(reinterpret_cast<const char*>(head.chain.data()), head.chain.size());
}

journal::Head head_in(RowReader& row) {
    journal::Head head;
    head.epoch.value = row.number<std::uint32_t>();
    head.sequence.value = row.number<std::uint64_t>();
    const std::string_view chain = row.take(head.chain.size());
    std::ranges::copy(std::as_bytes(std::span(chain)), head.chain.begin());
    return head;
}

std::string format_row() { return {static_cast<char>(projections_version)}; }

/// Whether `store` has the record that `head` names, or `head` is before the first.
bool holds(const journal::Store& store, const journal::Head& head) {
    const journal::Head end{.epoch = head.epoch, .sequence = store.tail()};
    return static_cast<bool>(journal::check_head(store, end, head));
}

}  // namespace

Result<std::optional<std::uint8_t>> read_version(const Tables& tables) {
    std::string format;
    const Result<Lookup> found = tables.get(Table::progress, format_key, format);
    if (!found) return found.fault();
    const std::optional<std::uint8_t> none;
    if (*found == Lookup::none || format.empty()) return none;
    return std::optional(static_cast<std::uint8_t>(format[0]));
}

Result<std::optional<Progress>> read_progress(const Tables& tables, const journal::Store& store) {
    std::string format;
    std::string projected;
    std::string imaged;
    for (const auto& [key, value] :
         {std::pair(format_key, &format), {projected_key, &projected}, {imaged_key, &imaged}}) {
        const Result<Lookup> found = tables.get(Table::progress, key, *value);
        if (!found) return found.fault();
    }
    const std::optional<Progress> none;
    if (format != format_row() || projected.empty()) return none;
    Progress progress;
    RowReader projected_row(projected);
    progress.projected = head_in(projected_row);
    if (!projected_row.whole() || !holds(store, progress.projected)) return none;
    if (imaged.empty()) return std::optional(progress);
    RowReader imaged_row(imaged);
    progress.imaged.head = head_in(imaged_row);
    progress.imaged.last_ns.value = static_cast<std::int64_t>(imaged_row.number<std::uint64_t>());
    if (!imaged_row.whole() || !holds(store, progress.imaged.head)) return none;
    return std::optional(progress);
}

void put_projected(const journal::Head& head, TableBatch& batch) {
    std::string value;
    append_head(value, head);
    batch.put(Table::progress, std::string(projected_key), std::move(value));
    batch.put(Table::progress, std::string(format_key), format_row());
}

void put_imaged(const Imaged& imaged, TableBatch& batch) {
    std::string value;
    append_head(value, imaged.head);
    append_big_endian(value, static_cast<std::uint64_t>(imaged.last_ns.value));
    batch.put(Table::progress, std::string(imaged_key), std::move(value));
}

}  // namespace carecard::sequencer
