#include "services/cli/simulate/script.h"

#include <algorithm>
#include <utility>

#include "services/cli/london_time.h"

namespace carecard::cli::simulate {

Fault at_row(const Script& script, RowPlace place, Fault fault) {
    const auto found = std::ranges::find(script.columns, fault.field, &ColumnOfField::field);
    if (found != script.columns.end()) fault.field = found->column;
    return cli::at_row(place, std::move(fault));
}

DayNumber first_day_of(const Script& script) {
    CHECK(!script.payments.empty() || !script.loads.empty());
    DayNumber first{2'000'000};
    if (!script.payments.empty()) first = std::min(first, script.payments.front().day);
    if (!script.loads.empty()) first = std::min(first, script.loads.front().day);
    if (!script.changes.empty()) first = std::min(first, script.changes.front().day);
    return first_of_month(first);
}

std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

}  // namespace carecard::cli::simulate
