#include <chrono>

#include "tests/model/parts.h"

namespace carecard::model {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

namespace {

/// London: an hour ahead between the last Sundays of March and October, 01:00 UTC.
sys_seconds local(long ns) {
    const sys_seconds utc{std::chrono::seconds{ns / 1'000'000'000}};
    const year_month_day date{floor<std::chrono::days>(utc)};
    const auto change = [&](month in) { return sys_days{date.year() / in / Sunday[last]} + 1h; };
    return utc >= change(March) && utc < change(October) ? utc + 1h : utc;
}
}  // namespace

int day_at(long ns) {
    return static_cast<int>(floor<std::chrono::days>(local(ns)).time_since_epoch().count());
}
int monday_of(int day) { return day - (day - 4) % 7; }
int first_of_month(int day, int months_later) {
    const year_month_day date{sys_days{std::chrono::days{day}}};
    const sys_days first{year_month{date.year(), date.month()} / 1d + months{months_later}};
    return static_cast<int>(first.time_since_epoch().count());
}
/// Tries both offsets: only one shows this time on the local clock (or the first of two does).
long instant(int day, int second) {
    const long wanted = day * 86'400L + second;
    for (const long offset : {3600L, 0L}) {
        const long ns = (wanted - offset) * 1'000'000'000;
        if (local(ns).time_since_epoch().count() == wanted) return ns;
    }
    return (wanted - 3600) * 1'000'000'000;
}

bool expired(const Card& card, long now) {
    const year_month last_month = year{card.expiry.year} / month{card.expiry.month};
    return local(now) >= sys_days{(last_month + months{1}) / 1d};
}

}  // namespace carecard::model
