#include "services/settlement/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/check.h"
#include "common/limits.h"

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
    programme->second.batches.insert_or_assign(batch.manifest.number, batch);
    changed_.notify_all();
}

void Catalogue::set_as_of(Sequence sequence) {
    const std::scoped_lock lock(mutex_);
    as_of_ = sequence;
}

void Catalogue::stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

Sequence Catalogue::as_of() const {
    const std::scoped_lock lock(mutex_);
    return as_of_;
}

const ClosedBatch* Catalogue::batch_or_null(std::string_view programme,
                                            std::uint64_t number) const {
    const auto found = programmes_.find(programme);
    if (found == programmes_.end()) return nullptr;
    const auto batch = found->second.batches.find(number);
    return batch == found->second.batches.end() ? nullptr : &batch->second;
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
    if (found == programmes_.end()) return {};
    const auto& batches = found->second.batches;
    std::vector<ClosedBatch> page;
    for (auto next = batches.lower_bound(before);
         next != batches.begin() && page.size() < count_max;) {
        page.push_back((--next)->second);
    }
    return page;
}

void Catalogue::wait_until(std::unique_lock<std::mutex>& lock, const Wait& wait,
                           const std::function<bool()>& reached) const {
    constexpr std::chrono::nanoseconds interval(cancel_poll_interval.value);
    while (!stopped_ && !reached() && !(wait.given_up && wait.given_up())) {
        const Deadline now = std::chrono::system_clock::now();
        if (now >= wait.deadline) return;
        changed_.wait_until(
            lock, std::min(wait.deadline,
                           now + std::chrono::duration_cast<Deadline::duration>(interval)));
    }
}

Catalogue::Visibility Catalogue::await_programme(std::string_view programme,
                                                 const CouncilCode& council,
                                                 const Wait& wait) const {
    std::unique_lock lock(mutex_);
    const auto visible = [&] {
        const auto found = programmes_.find(programme);
        return found != programmes_.end() && (council.empty() || found->second.council == council);
    };
    wait_until(lock, wait, visible);
    return visible() ? Visibility::visible : Visibility::hidden;
}

Result<ClosedBatch> Catalogue::await_batch(std::string_view programme, std::uint64_t number,
                                           const Wait& wait) const {
    std::unique_lock lock(mutex_);
    wait_until(lock, wait, [&] { return batch_or_null(programme, number) != nullptr; });
    if (const ClosedBatch* const batch = batch_or_null(programme, number)) return *batch;
    return Fault{FaultKind::unavailable, "",
                 fmt::format("the day is closed as batch {}, but {}", number,
                             stopped_ ? "the service is stopping" : "its files were not ready yet"),
                 "Repeat the call with the same request key."};
}

}  // namespace carecard::settlement
