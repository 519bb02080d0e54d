#include "rules/purse_templates.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace carecard::rules {
namespace {

constexpr FunderCode funder(std::string_view code) { return FunderCode::of(code); }

constexpr InlineVector<MccSpan, purse_mcc_spans_max> codes(std::initializer_list<MccSpan> spans) {
    InlineVector<MccSpan, purse_mcc_spans_max> list;
    for (const MccSpan& span : spans) list.push_back(span);
    return list;
}

constexpr MccSpan one(std::uint16_t code) { return {{code}, {code}}; }
constexpr MccSpan from_to(std::uint16_t first, std::uint16_t last) { return {{first}, {last}}; }

constexpr DayNumber fund_closed{16'617};  // 2015-07-01: the fund closed in England the day before.

/// Codes as in ISO 18245.
const std::array<PurseTemplate, 12> templates{{
    {.name = "council-social-care",
     .says = "The council's money for what the care plan agrees; no cash.",
     .priority = 3,
     .terms = {.funder = funder("council"), .no_cash = true}},
    {.name = "client-contribution",
     .says = "The person's own contribution, spent first, on anything the plan agrees.",
     .priority = 1,
     .terms = {.funder = funder("person"), .persons_own = true}},
    {.name = "personal-health-budget",
     .says = "The NHS integrated care board's money, at doctors, therapists, pharmacies and for "
             "medical equipment.",
     .priority = 2,
     .terms = {.funder = funder("icb"),
               .mccs = codes({one(4119), one(5047), one(5122), one(5912), from_to(5975, 5976),
                              from_to(8011, 8099)}),
               .no_cash = true}},
    {.name = "housing-support",
     .says = "Supporting people's money, at support providers on the register alone.",
     .priority = 4,
     .terms = {.funder = funder("housing"),
               .provider_register = RegisterName::of("housing-support"),
               .no_cash = true}},
    {.name = "access-to-work",
     .says = "The Department for Work and Pensions' money, for the way to work, a support worker "
             "and equipment, from Monday to Friday.",
     .priority = 2,
     .terms = {.funder = funder("dwp"),
               .mccs = codes({from_to(4111, 4112), one(4121), one(4131), one(5045), one(5047),
                              from_to(5975, 5976), one(7361)}),
               .weekdays = monday_to_friday,
               .no_cash = true}},
    {.name = "independent-living-fund",
     .says = "What is left of the fund, for personal and domestic care; it takes no new money.",
     .priority = 4,
     .terms = {.funder = funder("ilf"),
               .mccs = codes({one(7230), one(7299), one(7349), one(8050), one(8099)}),
               .intake_closed_from = fund_closed}},
    {.name = "disabled-facilities",
     .says = "A housing grant for builders and equipment, spent as stages of the works are "
             "completed.",
     .priority = 5,
     .terms = {.funder = funder("housing"),
               .mccs = codes({one(1520), one(1711), one(1731), one(1740), one(1750), one(1761),
                              one(1771), one(1799), one(5047), one(5211)}),
               .no_cash = true,
               .staged = true}},
    {.name = "community-equipment",
     .says = "The equipment service's money, at pharmacies and for medical and hearing aids, "
             "until the prescription's date.",
     .priority = 2,
     .terms = {.funder = funder("ices"),
               .mccs = codes({one(5047), one(5912), from_to(5975, 5976)}),
               .no_cash = true}},
    {.name = "skills",
     .says = "Money to learn a skill, at accredited colleges on the register alone; and no other "
             "money pays a college.",
     .priority = 1,
     .terms = {.funder = funder("skills"),
               .mccs = codes({one(8220), one(8241), one(8244), one(8249), one(8299)}),
               .exclusive = true,
               .provider_register = RegisterName::of("colleges"),
               .no_cash = true}},
    {.name = "carers-expense",
     .says = "A carer's own money, on an account and a card of the carer's own.",
     .priority = 1,
     .terms = {.funder = funder("council"), .persons_own = true}},
    {.name = "voucher",
     .says = "A voucher for the providers on the register, in money, or in hours at an agreed "
             "rate, until its last day.",
     .priority = 1,
     .terms = {.funder = funder("council"),
               .provider_register = RegisterName::of("voucher-providers"),
               .no_cash = true}},
    {.name = "cash-direct-payment",
     .says = "The council's money for what the care plan agrees, in cash as well where the "
             "agreement allows cash.",
     .priority = 3,
     .terms = {.funder = funder("council")}},
}};

}  // namespace

std::span<const PurseTemplate> purse_templates() { return templates; }

const PurseTemplate* find_purse_template(std::string_view name) {
    const auto found = std::ranges::find(templates, name, &PurseTemplate::name);
    return found == templates.end() ? nullptr : &*found;
}

}  // namespace carecard::rules
