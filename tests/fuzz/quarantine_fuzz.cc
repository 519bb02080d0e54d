// Any bytes as a list of quarantined commands, as they are and with the right checksum behind them:
// what is accepted is written back as the same bytes but for what was released. And any bytes as a
// poison page: what is left of it can be worked on.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "common/check.h"
#include "common/sha256.h"
#include "services/sequencer/poison.h"
#include "services/sequencer/quarantine.h"
#include "tests/fuzz/input.h"
#include "tests/journal/one_file.h"

namespace carecard::sequencer {
namespace {

void read(std::span<const std::byte> bytes) {
    journal::OneFile file;
    file.bytes.emplace(bytes.begin(), bytes.end());
    const auto open = [&file] {
        PoisonPage page;
        return Quarantine::open(file, {.field = "quarantine", .path = "quarantine"}, page, {});
    };
    const auto opened = open();
    if (!opened) {
        const FaultKind kind = opened.fault().kind;
        CHECK(kind == FaultKind::corrupt || kind == FaultKind::conflict);
        fuzz::check_helpful(opened.fault());
        return;
    }
    std::vector<QuarantineEntry> list = (*opened)->list();
    if (list.empty()) return;
    CHECK((*opened)->release(quarantine_id(list.front().fingerprint)));
    list.erase(list.begin());
    CHECK((*open())->list() == list);
}

void work_on(std::span<const std::byte> bytes) {
    PoisonPage page;
    std::memcpy(static_cast<void*>(&page), bytes.data(), std::min(bytes.size(), sizeof page));
    if (!prepare(page)) return;
    const auto death = read_death(page);
    CHECK(!death || death->kind.size() < page.kind.size());
    clear_death(page);
    CHECK(!read_death(page));
    Poison poison(&page);
    poison.begin_group();
    poison.begin({.fingerprint = page.suspects[0], .kind = "Load"});
    poison.begin_checks();
    poison.end_group();
    CHECK(page.suspects_count <= group_suspects_max);
}

}  // namespace
}  // namespace carecard::sequencer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
    carecard::sequencer::work_on(bytes);
    carecard::sequencer::read(bytes);
    std::vector<std::byte> hashed(bytes.begin(), bytes.end());
    const carecard::Hash32 hash = carecard::sha256(bytes);
    hashed.insert(hashed.end(), hash.begin(), hash.end());
    carecard::sequencer::read(hashed);
    return 0;
}
