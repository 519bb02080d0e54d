#include "services/authorisation/offsets.h"

#include <date/tz.h>

namespace carecard::authorisation {

rules::SetOffsetTable offsets_from_tzdata() {
    using date::sys_days;
    const date::time_zone* zone = date::locate_zone(programme_zone);
    const date::sys_seconds end = sys_days{date::year{2101} / 1 / 1};
    rules::SetOffsetTable command{.zone = InlineText<32>::of(programme_zone), .table = {}};
    date::sys_seconds at = sys_days{date::year{1970} / 1 / 1};
    while (at < end) {
        const date::sys_info info = zone->get_info(at);
        const auto offset = static_cast<std::int32_t>(info.offset.count());
        auto& entries = command.table.entries;
        if (entries.empty() || entries.back().offset_seconds != offset) {
            entries.push_back({.from = {at.time_since_epoch().count() * ns_per_second},
                               .offset_seconds = offset});
        }
        at = info.end;
    }
    return command;
}

}  // namespace carecard::authorisation
