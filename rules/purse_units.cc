#include "rules/purse_units.h"

#include <numeric>
#include <string>

namespace carecard::rules {
namespace {

constexpr std::int64_t hundred = 100;

}  // namespace

std::optional<AmountMinor> amount_of(UnitHundredths units, AmountMinor rate) {
    const std::int64_t product = std::int64_t{units.value} * rate.value;
    if (product % hundred != 0) return std::nullopt;
    return AmountMinor{product / hundred};
}

NearestUnits nearest_whole(UnitHundredths units, AmountMinor rate) {
    const auto step = static_cast<std::uint32_t>(hundred / std::gcd(rate.value, hundred));
    const std::uint32_t below = units.value / step * step;
    return {.below = {below}, .above = {below + step}};
}

std::int64_t hundredths_in(AmountMinor amount, AmountMinor rate) {
    return static_cast<std::int64_t>(int128{amount.value} * hundred / rate.value);
}

std::string text_of(UnitHundredths units) {
    const std::string part = std::to_string(units.value % hundred);
    return std::to_string(units.value / hundred) + '.' + (part.size() == 1 ? "0" : "") + part;
}

}  // namespace carecard::rules
