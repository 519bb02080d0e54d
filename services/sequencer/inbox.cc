#include "services/sequencer/inbox.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace carecard::sequencer {
namespace {

std::size_t places_for(const InboxItem& item) {
    const Submission* submission = std::get_if<Submission>(&item);
    const bool authorise =
        submission != nullptr && (std::holds_alternative<rules::Authorise>(submission->command) ||
                                  std::holds_alternative<rules::Increment>(submission->command));
    return authorise ? inbox_commands_max - inbox_reserved_for_facts : inbox_commands_max;
}

}  // namespace

Result<Done> Inbox::push(InboxItem&& item) {
    const std::size_t places = places_for(item);
    {
        const std::lock_guard lock(mutex_);
        if (items_.size() - first_ >= places) {
            return Fault{.kind = FaultKind::overloaded,
                         .field = {},
                         .detail = "the service has as much work waiting as it takes",
                         .remedy = "repeat with the same request key in a moment"};
        }
        items_.push_back(std::move(item));
    }
    wake_();
    return Done{};
}

void Inbox::take(std::vector<InboxItem>& out, std::size_t count_max) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(count_max, items_.size() - first_);
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    out.insert(out.end(), std::move_iterator(begin), std::move_iterator(end));
    first_ += count;
    if (first_ < items_.size() / 2) return;
    items_.erase(items_.begin(), end);
    first_ = 0;
}

std::size_t Inbox::size() const {
    const std::lock_guard lock(mutex_);
    return items_.size() - first_;
}

}  // namespace carecard::sequencer
