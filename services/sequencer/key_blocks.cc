#include "services/sequencer/key_blocks.h"

#include <string_view>
#include <utility>

#include "common/limits.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

constexpr std::size_t stamp_bytes = sizeof(std::uint64_t);
constexpr std::size_t entry_bytes = 2 * sizeof(std::uint64_t);

bool load_block(std::string_view value, TimestampNs now, RequestKeys& keys) {
    RowReader row(value);
    const TimestampNs stamp{static_cast<std::int64_t>(row.number<std::uint64_t>())};
    if (!row.enough() || row.rest().size() % entry_bytes != 0) return false;
    if (stamp + request_window < now) return true;
    while (!row.rest().empty()) {
        const auto fingerprint = row.number<std::uint64_t>();
        const Sequence sequence{row.number<std::uint64_t>()};
        if (sequence.value == 0) return false;
        keys.insert(fingerprint, sequence, stamp);
    }
    return true;
}

}  // namespace

void KeyBlock::begin(Sequence first, TimestampNs stamp) {
    first_ = first;
    value_.clear();
    append_big_endian(value_, static_cast<std::uint64_t>(stamp.value));
}

void KeyBlock::add(std::uint64_t fingerprint, Sequence sequence) {
    append_big_endian(value_, fingerprint);
    append_big_endian(value_, sequence.value);
}

void KeyBlock::put(TableBatch& batch) {
    if (value_.size() <= stamp_bytes) return;
    std::string key;
    append_big_endian(key, first_.value);
    batch.put(Table::request_key, std::move(key), value_);
}

Result<Done> load_key_blocks(const Tables& tables, TimestampNs now, RequestKeys& keys) {
    bool sound = true;
    const Result<Done> scanned =
        tables.scan(Table::request_key, {}, {}, [&](std::string_view, std::string_view value) {
            return sound = load_block(value, now, keys);
        });
    if (!scanned) return scanned.fault();
    if (sound) return Done{};
    return Fault{.kind = FaultKind::corrupt,
                 .field = "projections",
                 .detail = "a block of request keys is damaged",
                 .remedy = "stop the service, remove the directory, and start again"};
}

}  // namespace carecard::sequencer
