#include "services/settlement/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/check.h"

namespace carecard::settlement {

void Catalogue::add_programme(const ProgrammeRow& programme) {
    const std::scoped_lock lock(mutex_);
    programmes_.try_emplace(programme.code.str(), Programme{.council = programme.council});
    changed_.notify_all();
}

void Catalogue::add_batch(const ClosedBatch& batch) {
    const std::scoped_lock lock(mutex_);
    const auto programme = programmes_.find(batch.manifest.programme);
    CHECK(programme != programmes_.end());
    CHECK(batch.manifest.number == programme->second.batches.size() + 1);
    programme->second.batches.push_back(batch);
    changed_.notify_all();
}

void Catalogue::set_as_of(Sequence sequence) {
    const std::scoped_lock lock(mutex_);
    as_of_ = sequence;
}

void Catalogue::stop(const Fault& why) {
    const std::scoped_lock lock(mutex_);
    stopped_ = why;
    changed_.notify_all();
}

Sequence Catalogue::as_of() const {
    const std::scoped_lock lock(mutex_);
    return as_of_;
}

std::optional<CouncilCode> Catalogue::council_of(std::string_view programme) const {
    return await_programme(programme, Deadline::min());
}

const ClosedBatch* Catalogue::batch_or_null(std::string_view programme,
                                            std::uint64_t number) const {
    const auto found = programmes_.find(programme);
    if (found == programmes_.end()) return nullptr;
    const std::vector<ClosedBatch>& batches = found->second.batches;
    if (number == 0 || number > batches.size()) return nullptr;
    return &batches[static_cast<std::size_t>(number - 1)];
}

std::optional<ClosedBatch> Catalogue::find(std::string_view programme, std::uint64_t number) const {
    const std::scoped_lock lock(mutex_);
    const ClosedBatch* const batch = batch_or_null(programme, number);
    if (batch == nullptr) return std::nullopt;
    return *batch;
}

std::vector<ClosedBatch> Catalogue::list(std::string_view programme, std::uint64_t before,
                                         std::size_t count_max) const {
    const std::scoped_lock lock(mutex_);
    const auto found = programmes_.find(programme);
    if (found == programmes_.end() || before == 0) return {};
    const std::vector<ClosedBatch>& batches = found->second.batches;
    const std::size_t end =
        static_cast<std::size_t>(std::min<std::uint64_t>(before - 1, batches.size()));
    const std::size_t begin = end - std::min(end, count_max);
    std::vector<ClosedBatch> page(batches.begin() + static_cast<std::ptrdiff_t>(begin),
                                  batches.begin() + static_cast<std::ptrdiff_t>(end));
    std::ranges::reverse(page);
    return page;
}

std::optional<CouncilCode> Catalogue::await_programme(std::string_view programme,
                                                      Deadline deadline) const {
    std::unique_lock lock(mutex_);
    const auto known = [&] { return stopped_ || programmes_.contains(programme); };
    if (!known()) changed_.wait_until(lock, deadline, known);
    const auto found = programmes_.find(programme);
    if (found == programmes_.end()) return std::nullopt;
    return found->second.council;
}

Result<ClosedBatch> Catalogue::await_batch(std::string_view programme, std::uint64_t number,
                                           Deadline deadline) const {
    std::unique_lock lock(mutex_);
    const auto settled = [&] { return stopped_ || batch_or_null(programme, number) != nullptr; };
    changed_.wait_until(lock, deadline, settled);
    if (const ClosedBatch* const batch = batch_or_null(programme, number)) return *batch;
    const std::string why =
        stopped_ ? stopped_->detail : std::string("its files were not ready in time");
    return Fault{FaultKind::unavailable, "",
                 fmt::format("the day is closed as batch {}, but {}", number, why),
                 "Repeat the call with the same request key."};
}

}  // namespace carecard::settlement
