#include "tests/scenarios/purse_phrases.h"

#include "tests/scenarios/amounts.h"

namespace carecard::scenarios {

Result<Done> read_terms(Phrases& phrases, v1::NewPurse& purse) {
    if (const auto name = phrases.take_after("template", "NAME")) purse.set_template_(*name);
    v1::PurseTerms terms;
    while (const auto place = phrases.take_after("only at", "MERCHANTS")) terms.add_mccs(*place);
    if (phrases.take("for these alone")) terms.set_exclusive(true);
    if (const auto name = phrases.take_after("on register", "NAME")) {
        terms.set_provider_register(*name);
    }
    if (phrases.take("the person's own")) terms.set_persons_own(true);
    if (const auto name = phrases.take_after("funder", "NAME")) terms.set_funder(*name);
    if (phrases.take("no cash")) terms.set_no_cash(true);
    if (phrases.take("in stages")) terms.set_staged(true);
    if (const auto rate = phrases.take_before("an hour", "AMOUNT")) {
        const Result<AmountMinor> price = parse_pounds(*rate);
        if (!price) return price.fault();
        terms.set_hour_rate_minor_units(price->value);
    }
    if (const auto day = phrases.take_after("no new money from", "YYYY-MM-DD")) {
        terms.set_intake_closed_from(*day);
    }
    if (const auto day = phrases.take_after("from", "YYYY-MM-DD")) terms.set_spend_from(*day);
    if (const auto day = phrases.take_after("until", "YYYY-MM-DD")) terms.set_spend_until(*day);
    if (phrases.take("Monday to Friday")) {
        for (int day = v1::WEEKDAY_MONDAY; day <= v1::WEEKDAY_FRIDAY; ++day) {
            terms.add_weekdays(static_cast<v1::Weekday>(day));
        }
    }
    if (terms.ByteSizeLong() > 0) *purse.mutable_terms() = terms;
    return Done{};
}

}  // namespace carecard::scenarios
