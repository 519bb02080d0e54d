#include <algorithm>
#include <string>

#include "rules/checks.h"
#include "rules/forms.h"
#include "rules/validate.h"

namespace carecard::rules {
namespace {

void check_reason(Checks& checks, std::string_view reason) {
    checks.free_text(reason, 1, "reason");
}

/// Lower case letters, digits and hyphens; empty text is.
bool is_short_code(std::string_view text) { return text.empty() || forms::is_code(text); }

bool is_day_or_none(DayNumber day) { return day >= DayNumber{0} && day < calendar_end_day; }

void check_days(Checks& checks, const PurseTerms& terms, const std::string& parent) {
    constexpr std::string_view detail = "is not within the years 1970 to 2199";
    constexpr std::string_view remedy = "give a day of those years, or leave it out";
    checks.that(is_day_or_none(terms.spend_from), {parent, "spend_from"}, detail, remedy);
    checks.that(is_day_or_none(terms.spend_until), {parent, "spend_until"}, detail, remedy);
    checks.that(is_day_or_none(terms.intake_closed_from), {parent, "intake_closed_from"}, detail,
                remedy);
    checks.that(terms.spend_until.value == 0 || terms.spend_from <= terms.spend_until,
                {parent, "spend_until"}, "is before the first day", "give a later last day");
    checks.that(terms.weekdays.value <= weekdays_all, {parent, "weekdays"}, "has an unknown day",
                "name days from Monday to Sunday");
}

void check_unit(Checks& checks, const PurseTerms& terms, const std::string& parent) {
    checks.that(among(terms.unit, PurseUnit::money, PurseUnit{purse_unit_last}), {parent, "unit"},
                "is unknown", "count the purse in money or in hours");
    if (terms.unit == PurseUnit::hours) {
        checks.within(terms.unit_rate, {1}, unit_rate_minor_max, {parent, "unit_rate.minor_units"});
    } else {
        checks.that(terms.unit_rate.value == 0, {parent, "unit_rate"},
                    "is given for a purse that is counted in money",
                    "leave it out, or count the purse in hours");
    }
}

void check_terms(Checks& checks, const PurseTerms& terms, const std::string& parent) {
    checks.that(is_short_code(terms.funder.view()), {parent, "funder"},
                "is not 1 to 16 characters of [a-z0-9-]", "give a code such as council or icb");
    checks.that(is_short_code(terms.provider_register.view()), {parent, "provider_register"},
                "is not 1 to 24 characters of [a-z0-9-]", "give a code such as colleges");
    checks.free_text(terms.funder.view(), 0, {parent, "funder"});
    checks.free_text(terms.provider_register.view(), 0, {parent, "provider_register"});
    for (const MccSpan& span : terms.mccs) {
        checks.that(span.first <= span.last && span.last.value < mcc_count, {parent, "mccs"},
                    "has a range that is none", "give 4 digits, or two times 4 digits");
    }
    checks.that(!terms.exclusive || !terms.mccs.empty(), {parent, "exclusive"},
                "is set for every merchant category", "name those that this purse alone pays");
    check_days(checks, terms, parent);
    check_unit(checks, terms, parent);
}

void check_purse_priority(Checks& checks, const PurseSpec& purse, const FieldPath& field) {
    checks.that(purse.priority >= 1, field, "is not within 1 to 255",
                "give 1 to the purse that pays first");
}

void check_purses(Checks& checks, const OpenAccount& command) {
    checks.that(!command.purses.empty(), "purses", "is empty", "name at least one purse");
    checks.that(command.purses.size() <= purses_per_account_max, "purses",
                "has more than 16 purses", "name at most 16 purses");
    for (std::size_t index = 0; index < command.purses.size() && !checks.failed(); ++index) {
        const PurseSpec& purse = command.purses[index];
        const std::string parent = indexed("purses", index);
        checks.free_text(purse.name.view(), 1, {parent, "name"});
        check_purse_priority(checks, purse, {parent, "priority"});
        check_terms(checks, purse.terms, parent + ".terms");
        const auto same = [&](const PurseSpec& other) { return other.name == purse.name; };
        checks.that(std::find_if(command.purses.begin(), command.purses.end(), same) ==
                        command.purses.begin() + static_cast<std::ptrdiff_t>(index),
                    {parent, "name"}, "is the name of an earlier purse",
                    "give every purse a name of its own");
    }
}

}  // namespace

std::optional<Fault> fault_in(const OpenAccount& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.that(
        among(command.arrangement, Arrangement::direct_payment, Arrangement::skills_account),
        "arrangement", "is missing or unknown", "say what sort of budget it is");
    check_purses(checks, command);
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const OpenPurse& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.purse.name.view(), 1, {"purse", "name"});
    check_purse_priority(checks, command.purse, {"purse", "priority"});
    check_terms(checks, command.purse.terms, "purse.terms");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const Load& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.purse.view(), 0, "purse");
    checks.that(command.units.value == 0 || command.amount.value == 0, "units_hundredths",
                "is given beside an amount", "give an amount, or hours");
    checks.that(command.units.value <= load_unit_hundredths_max, "units_hundredths",
                "is more than ten thousand hours", "load them in parts");
    if (command.units.value == 0) {
        checks.within(command.amount, {1}, load_minor_max, {"amount", "minor_units"});
        checks.currency(command.currency, {"amount", "currency"});
    }
    checks.free_text(command.reference.view(), 1, "reference");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const ReleaseStage& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.purse.view(), 1, "purse");
    checks.within(command.amount, {1}, load_minor_max, {"amount", "minor_units"});
    checks.currency(command.currency, {"amount", "currency"});
    checks.free_text(command.stage.view(), 1, "stage");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const ClosePurse& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.purse.view(), 1, "purse");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetEarmark& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.reference.view(), 1, "reference");
    checks.free_text(command.purse.view(), 0, "purse");
    checks.within(command.amount, {1}, load_minor_max, {"amount", "minor_units"});
    checks.currency(command.currency, {"amount", "currency"});
    checks.that(forms::is_printable(command.payee.view()), "payee", "is not printable ASCII",
                "give the payee's merchant number: field 42 of its messages");
    checks.that(command.due > DayNumber{0} && command.due < calendar_end_day, "due",
                "is missing, or is not within the years 1970 to 2199",
                "give the day on which the payment is due");
    checks.that(command.until.value == 0 || !command.payee.empty(), "until",
                "is given for what the council pays itself on the day",
                "leave it out: it is kept until it is paid");
    checks.that(command.until.value == 0 ||
                    (command.until >= command.due && command.until < calendar_end_day),
                "until", "is before the day on which it is due, or after 2199",
                "give a later last day, or leave it out");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const WithdrawEarmark& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.reference.view(), 1, "reference");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetProvider& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    checks.that(forms::is_code(command.programme.view()), "programme",
                "is missing, or is not 1 to 32 characters of [a-z0-9-]", "give a programme code");
    checks.that(forms::is_code(command.provider_register.view()), "provider_register",
                "is missing, or is not 1 to 24 characters of [a-z0-9-]",
                "give a code such as colleges");
    checks.free_text(command.provider_register.view(), 1, "provider_register");
    checks.that(!command.acceptor.empty() && forms::is_printable(command.acceptor.view()),
                "acceptor", "is missing, or is not printable ASCII",
                "give the merchant's number: field 42 of its messages");
    checks.free_text(command.acceptor.view(), 1, "acceptor");
    checks.that(command.dates.from > DayNumber{0} && command.dates.from < calendar_end_day, "from",
                "is missing, or is not within the years 1970 to 2199",
                "give the first day of its place on the register");
    checks.that(command.dates.until.value == 0 || (command.dates.until >= command.dates.from &&
                                                   command.dates.until < calendar_end_day),
                "until", "is before the first day, or after 2199", "give a later last day");
    check_reason(checks, command.reason.view());
    return std::move(checks).take();
}

}  // namespace carecard::rules
