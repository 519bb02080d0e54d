#include "rules/mcc_groups.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>

#include "common/pan.h"

namespace carecard::rules {
namespace {

struct Codes {
    std::uint16_t first;
    std::uint16_t last;
    consteval Codes(std::uint16_t code) : first(code), last(code) {}
    consteval Codes(std::uint16_t from, std::uint16_t to) : first(from), last(to) {}
};

template <std::size_t count>
consteval std::array<MccRange, count> named(std::string_view group, const Codes (&codes)[count]) {
    std::array<MccRange, count> ranges;
    for (std::size_t index = 0; index < count; ++index) {
        ranges[index] = {.first = {codes[index].first},
                         .last = {codes[index].last},
                         .group = InlineText<24>::of(group)};
    }
    return ranges;
}

constexpr auto alcohol = named("alcohol", {5813, 5921});
constexpr auto animals = named("animals", {742, 5995});
constexpr auto car_hire = named("car_hire", {{3351, 3500}, 7512, 7519});
constexpr auto cash = named("cash", {{6010, 6011}});
constexpr auto clothing =
    named("clothing", {5611, 5621, 5631, 5641, 5651, 5655, 5661, 5691, {5697, 5699}});
constexpr auto community_leisure =
    named("community_leisure",
          {7032, 7832, 7922, {7932, 7933}, 7941, {7991, 7994}, {7996, 7999}, 8641, 8661, 8699});
constexpr auto core_care = named(
    "core_care",
    {4119, 7361, 8011, 8021, 8031, {8041, 8043}, {8049, 8050}, 8062, 8071, 8099, 8299, 8351, 8398});
constexpr auto daily_living =
    named("daily_living", {4814, 4900, 5411, 5499, 5812, 5814, 7210, {7216, 7217}, 7349});
constexpr auto dating_escort = named("dating_escort", {7273});
constexpr auto eating_out = named("eating_out", {5812, 5814});
constexpr auto equipment =
    named("equipment", {5047, 5122, 5722, 5732, 5912, {5975, 5976}, 7629, 7641, 7692});
constexpr auto fines_tax = named("fines_tax", {9211, {9222, 9223}, 9311});
constexpr auto fuel = named("fuel", {{5541, 5542}, 5552});
constexpr auto furniture = named("furniture", {{5712, 5714}, {5718, 5719}, 5722});
constexpr auto gambling = named("gambling", {{7800, 7802}, 7995, 9406, 9754});
constexpr auto groceries = named("groceries", {5411, 5422, 5451, 5462, 5499});
constexpr auto hairdressing = named("hairdressing", {7230});
constexpr auto hotels = named("hotels", {{3501, 3999}, 7011});
constexpr auto insurance = named("insurance", {5960, 6300, 6381, 6399});
constexpr auto massage_spa = named("massage_spa", {{7297, 7298}});
constexpr auto pawnbrokers = named("pawnbrokers", {5933});
constexpr auto payroll = named("payroll", {7276, 8931});
constexpr auto pharmacy = named("pharmacy", {5122, 5912});
constexpr auto quasi_cash = named("quasi_cash", {4829, {6050, 6051}, {6529, 6538}, 6540});
constexpr auto skills = named("skills", {8220, 8241, 8244, 8249, 8299});
constexpr auto taxis = named("taxis", {4121});
constexpr auto telephone = named("telephone", {4812, 4814, 4816, 4899});
constexpr auto tobacco = named("tobacco", {5993});
constexpr auto transport = named("transport", {{4111, 4112}, 4121, 4131, 4789, {5541, 5542}, 7523});
constexpr auto travel_air = named("travel_air", {{3000, 3350}, 4511});

constexpr std::array groups{
    MccGroup{"alcohol", "Pubs, bars and off-licences", alcohol},
    MccGroup{"animals", "Vets and pet shops, as for an assistance dog", animals},
    MccGroup{"car_hire", "Cars and motor homes for hire", car_hire},
    MccGroup{"cash", "Cash over a counter or from a machine", cash},
    MccGroup{"clothing", "Clothes, shoes, tailors and alterations", clothing},
    MccGroup{"community_leisure", "Clubs, faith groups, cinema, theatre, sport, days out",
             community_leisure},
    MccGroup{"core_care", "Care agencies, nursing, health services, charities, child care",
             core_care},
    MccGroup{"daily_living", "Food, laundry, cleaning, household bills", daily_living},
    MccGroup{"dating_escort", "Dating and escort services", dating_escort},
    MccGroup{"eating_out", "Restaurants, cafes and fast food", eating_out},
    MccGroup{"equipment", "Medical and mobility equipment, hearing aids, adaptations, repairs",
             equipment},
    MccGroup{"fines_tax", "Courts, fines, bail and taxes", fines_tax},
    MccGroup{"fuel", "Petrol stations and charging of electric vehicles", fuel},
    MccGroup{"furniture", "Furniture, floors, furnishings and household appliances", furniture},
    MccGroup{"gambling", "Betting, lotteries and casinos", gambling},
    MccGroup{"groceries", "Supermarkets, butchers, dairies, bakers, convenience shops", groceries},
    MccGroup{"hairdressing", "Barbers and beauty shops", hairdressing},
    MccGroup{"hotels", "Hotels and other lodging", hotels},
    MccGroup{"insurance", "Insurance, as for an employer of personal assistants", insurance},
    MccGroup{"massage_spa", "Massage parlours, health and beauty spas", massage_spa},
    MccGroup{"pawnbrokers", "Pawn shops and salvage", pawnbrokers},
    MccGroup{"payroll", "Accountants and payroll help, as for personal assistants", payroll},
    MccGroup{"pharmacy", "Chemists and medical sundries", pharmacy},
    MccGroup{"quasi_cash", "Money orders, currency, transfers and stored value", quasi_cash},
    MccGroup{"skills", "Colleges, courses and vocational training", skills},
    MccGroup{"taxis", "Taxis and private hire", taxis},
    MccGroup{"telephone", "Telephones, internet and television", telephone},
    MccGroup{"tobacco", "Tobacconists", tobacco},
    MccGroup{"transport", "Trains, buses, taxis, parking and fuel", transport},
    MccGroup{"travel_air", "Airlines", travel_air},
};

constexpr bool in_order(std::span<const MccGroup> all) {
    for (std::size_t index = 1; index < all.size(); ++index) {
        if (all[index - 1].name >= all[index].name) return false;
    }
    return true;
}

constexpr bool ranges_in_order(std::span<const MccGroup> all) {
    for (const MccGroup& each : all) {
        std::int32_t after = -2;
        for (const MccRange& range : each.ranges) {
            if (range.group.view() != each.name || range.last < range.first) return false;
            if (range.first.value <= after + 1 || range.last.value >= mcc_count) return false;
            after = range.last.value;
        }
    }
    return true;
}

static_assert(in_order(groups));
static_assert(ranges_in_order(groups));

constexpr std::size_t code_digits = 4;
constexpr std::size_t near_names_max = 3;
constexpr std::string_view item_remedy =
    "give a code such as 5411, a range such as 5411-5499, or a group's name";

std::optional<Mcc> code_in(std::string_view text) {
    if (text.size() != code_digits) return std::nullopt;
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Mcc{value};
}

std::optional<MccRange> range_in(std::string_view text) {
    const std::size_t dash = std::min(text.find('-'), text.size());
    const std::optional<Mcc> first = code_in(text.substr(0, dash));
    if (dash == text.size()) {
        if (!first) return std::nullopt;
        return MccRange{.first = *first, .last = *first};
    }
    const std::optional<Mcc> last = code_in(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    return MccRange{.first = *first, .last = *last};
}

/// The letters to insert, remove or replace to get from `a` to `b`; `a` is short.
std::size_t letters_apart(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row[b.size()];
}

std::string near_names(std::string_view name) {
    std::vector<std::pair<std::size_t, std::string_view>> by_distance;
    for (const MccGroup& each : groups) {
        const bool within = each.name.find(name) != std::string_view::npos;
        by_distance.emplace_back(within ? 0 : letters_apart(name, each.name), each.name);
    }
    std::ranges::sort(by_distance);
    std::string text;
    for (std::size_t index = 0; index < near_names_max; ++index) {
        if (index > 0) text += ", ";
        text += by_distance[index].second;
    }
    return text;
}

bool is_group_form(std::string_view text) {
    return !text.empty() && text.size() <= decltype(MccRange::group)::capacity &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool may_be_shown(std::string_view text) {
    constexpr std::size_t shown_bytes_max = 24;
    return text.size() <= shown_bytes_max && !contains_pan(text) &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

Fault not_understood(std::string field, std::string_view item) {
    Fault fault{.kind = FaultKind::malformed,
                .field = std::move(field),
                .detail = "is neither a code, a range nor a group's name",
                .remedy = std::string(item_remedy)};
    if (item.empty()) {
        fault.detail = "is empty";
    } else if (is_group_form(item)) {
        fault.detail =
            "names no group: \"" + std::string(item) + "\"; near it are " + near_names(item);
    } else if (may_be_shown(item)) {
        fault.detail = "\"" + std::string(item) + "\" " + fault.detail;
    }
    return fault;
}

bool same_group(const MccRange& a, const MccRange& b) { return a.group == b.group; }

/// Joins what overlaps or touches within each group, and within the codes of none.
MccRanges canonical(MccRanges ranges) {
    std::ranges::sort(ranges, {}, [](const MccRange& range) {
        return std::tuple(range.group, range.first, range.last);
    });
    MccRanges joined;
    for (const MccRange& range : ranges) {
        if (!joined.empty() && same_group(joined.back(), range) &&
            range.first.value <= joined.back().last.value + 1) {
            joined.back().last = std::max(joined.back().last, range.last);
        } else {
            joined.push_back(range);
        }
    }
    std::ranges::sort(joined, {}, [](const MccRange& range) {
        return std::tuple(range.first, range.last, range.group);
    });
    return joined;
}

std::string code_text(Mcc mcc) {
    std::string text = std::to_string(mcc.value);
    text.insert(0, code_digits - text.size(), '0');
    return text;
}

std::string range_text(const MccRange& range) {
    if (range.first == range.last) return code_text(range.first);
    return code_text(range.first) + "-" + code_text(range.last);
}

bool holds_whole_group(const MccRanges& ranges, const InlineText<24>& name) {
    const auto codes = mcc_group(name.view());
    return codes && std::ranges::all_of(*codes, [&](const MccRange& range) {
               return std::ranges::find(ranges, range) != ranges.end();
           });
}

}  // namespace

std::span<const MccGroup> mcc_groups() { return groups; }

std::optional<std::span<const MccRange>> mcc_group(std::string_view name) {
    const auto found = std::ranges::lower_bound(groups, name, {}, &MccGroup::name);
    if (found == groups.end() || found->name != name) return std::nullopt;
    return found->ranges;
}

Result<MccRanges> parse_mcc_list(std::span<const std::string_view> items, std::string_view field) {
    MccRanges ranges;
    for (std::size_t index = 0; index < items.size(); ++index) {
        const auto item_field = [&] {
            return std::string(field) + "[" + std::to_string(index) + "]";
        };
        if (const auto codes = mcc_group(items[index])) {
            ranges.insert(ranges.end(), codes->begin(), codes->end());
            continue;
        }
        const std::optional<MccRange> range = range_in(items[index]);
        if (!range) return not_understood(item_field(), items[index]);
        if (range->last < range->first) {
            return Fault{.kind = FaultKind::malformed,
                         .field = item_field(),
                         .detail = "\"" + std::string(items[index]) + "\" ends before it begins",
                         .remedy = "give the lower code first"};
        }
        ranges.push_back(*range);
    }
    ranges = canonical(std::move(ranges));
    if (ranges.size() > mcc_ranges_per_list_max) {
        return Fault{.kind = FaultKind::malformed,
                     .field = std::string(field),
                     .detail = "comes to " + std::to_string(ranges.size()) + " ranges; at most " +
                               std::to_string(mcc_ranges_per_list_max) + " fit",
                     .remedy = "name fewer groups, or wider ranges"};
    }
    return ranges;
}

std::vector<std::string> mcc_list_text(const MccRanges& ranges) {
    std::vector<std::string> items;
    for (const MccRange& range : ranges) {
        const bool by_name = !range.group.empty() && holds_whole_group(ranges, range.group);
        std::string item = by_name ? range.group.str() : range_text(range);
        if (std::ranges::find(items, item) == items.end()) items.push_back(std::move(item));
    }
    return items;
}

}  // namespace carecard::rules
