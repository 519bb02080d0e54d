#include "services/backup/known_batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "services/journal/codec.h"

namespace carecard::backup {
namespace {

Fault contradiction(Sequence sequence) {
    return {FaultKind::corrupt, "record",
            fmt::format("the event at sequence {} does not follow from those before it",
                        sequence.value),
            "Keep the backup as it is, and check it with carecard-fsck."};
}

}  // namespace

Result<Done> BatchNumbers::fold(const journal::RecordView& record) {
    for (const journal::EventView view : record.events()) {
        const auto decoded = journal::decode_clear(view.clear);
        if (!decoded) return decoded.fault();
        if (const auto* created = std::get_if<rules::ProgrammeCreated>(&decoded->event)) {
            programmes_.push_back({.code = created->request.code.str()});
        } else if (const auto* closed = std::get_if<rules::SettlementClosed>(&decoded->event)) {
            const std::uint32_t id = closed->programme.value;
            if (id == 0 || id > programmes_.size()) return contradiction(view.sequence);
            programmes_[id - 1].number = closed->number;
        } else if (const auto* restored = std::get_if<rules::Restored>(&decoded->event)) {
            for (const rules::LostBatches& lost : restored->batches_lost) {
                const std::uint32_t id = lost.programme.value;
                if (id == 0 || id > programmes_.size()) return contradiction(view.sequence);
                programmes_[id - 1].number = lost.last;
            }
        }
    }
    return Done{};
}

std::map<std::string, std::uint32_t> BatchNumbers::by_code() const {
    std::map<std::string, std::uint32_t> numbers;
    for (const Programme& programme : programmes_) numbers[programme.code] = programme.number;
    return numbers;
}

std::vector<rules::LostBatches> BatchNumbers::lost(
    const std::map<std::string, std::uint32_t>& known) const {
    std::vector<rules::LostBatches> lost;
    for (std::uint32_t index = 0; index < programmes_.size(); ++index) {
        const auto found = known.find(programmes_[index].code);
        if (found == known.end() || found->second <= programmes_[index].number) continue;
        lost.push_back({.programme = {index + 1},
                        .first = programmes_[index].number + 1,
                        .last = found->second});
    }
    return lost;
}

std::vector<std::string> BatchNumbers::missing(
    const std::map<std::string, std::uint32_t>& known) const {
    std::vector<std::string> missing;
    for (const auto& [code, number] : known) {
        const bool ours = std::ranges::any_of(
            programmes_, [&](const Programme& programme) { return programme.code == code; });
        if (!ours && number > 0) missing.push_back(code);
    }
    return missing;
}

void take_higher(std::map<std::string, std::uint32_t>& known,
                 const std::map<std::string, std::uint32_t>& more) {
    for (const auto& [code, number] : more) known[code] = std::max(known[code], number);
}

}  // namespace carecard::backup
