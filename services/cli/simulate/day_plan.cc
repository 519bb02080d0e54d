#include "services/cli/simulate/day_plan.h"

#include <algorithm>
#include <utility>

namespace carecard::cli::simulate {
namespace {

/// The items of `day` from `done` on, which moves past them.
template <class Item>
std::span<const Item> take_day(const std::vector<Item>& items, std::size_t& done, DayNumber day) {
    const std::size_t first = done;
    while (done < items.size() && items[done].day == day) ++done;
    return std::span(items).subspan(first, done - first);
}

template <class Item>
void look_at(const std::vector<Item>& items, std::size_t done, std::optional<DayNumber>& day) {
    if (done == items.size()) return;
    day = day ? std::min(*day, items[done].day) : items[done].day;
}

}  // namespace

int days_to_presentment(std::uint64_t row_number) {
    return 1 + static_cast<int>(mixed(row_number) & 1U);
}

void DayPlan::approved(std::size_t index) {
    const Payment& payment = script_.payments[index];
    const int wait = days_to_presentment(payment.place.number);
    presentments_[DayNumber{payment.day.value + wait}].push_back(index);
}

std::optional<DayWork> DayPlan::next() {
    std::optional<DayNumber> day;
    look_at(script_.loads, loads_done_, day);
    look_at(script_.changes, changes_done_, day);
    look_at(script_.payments, payments_done_, day);
    if (!presentments_.empty()) {
        const DayNumber due = presentments_.begin()->first;
        day = day ? std::min(*day, due) : due;
    }
    if (!day) return std::nullopt;

    DayWork work{.day = *day, .first_payment = payments_done_};
    work.loads = take_day(script_.loads, loads_done_, *day);
    work.changes = take_day(script_.changes, changes_done_, *day);
    work.payments = take_day(script_.payments, payments_done_, *day);
    if (const auto due = presentments_.find(*day); due != presentments_.end()) {
        work.presentments = std::move(due->second);
        std::ranges::sort(work.presentments);
        presentments_.erase(due);
    }
    return work;
}

}  // namespace carecard::cli::simulate
