#include <algorithm>

#include "rules/checks.h"
#include "rules/forms.h"
#include "rules/validate.h"

namespace carecard::rules {
namespace {

constexpr TimestampNs calendar_end_ns{calendar_end_day.value * days(1).value};
constexpr std::string_view code_detail = "is missing, or is not 1 to 32 characters of [a-z0-9-]";

void check_reason(Checks& checks, std::string_view reason) {
    checks.free_text(reason, 1, "reason");
}

void check_instant(Checks& checks, TimestampNs at, const FieldPath& field) {
    checks.that(at > TimestampNs{0} && at < calendar_end_ns, field,
                "is not within the years 1970 to 2199", "give a time of those years");
}

/// Of a new card.
template <class Command>
void check_tokens(Checks& checks, const Command& command, std::string_view list) {
    checks.that(!command.tokens.empty(), {{}, list}, "is empty",
                "send the card's token under each live key");
    for (std::size_t index = 0; index < command.tokens.size(); ++index) {
        const CardToken& token = command.tokens[index];
        const std::string field = indexed(list, index);
        checks.that(token.key_id != 0, {{}, field}, "is missing",
                    "send the card's token, made with a live key");
        const CardToken* const here = command.tokens.begin() + index;
        checks.that(
            std::none_of(command.tokens.begin(), here,
                         [&](const CardToken& other) { return other.key_id == token.key_id; }),
            {{}, field}, "is under the key of an earlier token", "send one token for each key");
    }
}

void check_last_four(Checks& checks, std::string_view last_four) {
    checks.that(forms::is_digits(last_four, 4), "last_four", "is not 4 digits",
                "give the last four digits of the card number");
}

void check_expiry(Checks& checks, const ExpiryMonth& expiry) {
    const bool month = expiry.month >= 1 && expiry.month <= 12;
    const bool year = expiry.year >= 2000 && expiry.year <= 2099;
    checks.that(month && year, "expiry", "is missing, or is not a month of 2000 to 2099",
                "give the last month in which the card is valid");
}

/// Of a card that is there already.
template <class Command>
void check_card_named(Checks& checks, const Command& command) {
    checks.that((command.card.value != 0) != (command.card_token.key_id != 0), "card",
                "is missing, or is named both ways", "give either the card's id or its token");
}

void check_cut_off(Checks& checks, std::int32_t second) {
    checks.that(second >= 0 && second < 24 * 3600, "cut_off", "is not a time of day",
                "give a time from 00:00 to 23:59");
    checks.that(second < 1 * 3600 || second >= 2 * 3600, "cut_off",
                "is in the hour that comes twice or never when the clocks change",
                "choose a time outside 01:00 to 01:59");
}

void check_tolerance(Checks& checks, const ToleranceRules& tolerance) {
    const auto points = [&](std::uint16_t value, const FieldPath& field) {
        checks.that(value <= tolerance_basis_points_max, field, "is more than 10000, as much again",
                    "give hundredths of a per cent: 1500 is 15 %");
    };
    checks.that(tolerance.rules.size() <= tolerance_rules_max, {"tolerance", "rules"},
                "has more than 64 rules", "join ranges of merchant categories");
    points(tolerance.foreign_basis_points.value_or(0), {"tolerance", "foreign_basis_points"});
    for (std::size_t index = 0; index < tolerance.rules.size(); ++index) {
        const ToleranceRule& rule = tolerance.rules[index];
        const std::string parent = indexed("tolerance.rules", index);
        checks.that(rule.first <= rule.last && rule.last.value < mcc_count, {parent, "mcc_last"},
                    "is not a category from the first on", "give a range of merchant categories");
        checks.that(among(rule.payments, ToleranceFor::every, ToleranceFor::card_absent),
                    {parent, "payments"}, "is unknown", "leave it out, or send one that is known");
        points(rule.basis_points, {parent, "basis_points"});
        checks.within(rule.amount, {0}, transaction_minor_max, {parent, "amount.minor_units"});
    }
}

void check_uplift(Checks& checks, const HoldRule& rule, const std::string& parent) {
    const Uplift& uplift = rule.uplift;
    checks.that(uplift.basis_points <= uplift_basis_points_max, {parent, "uplift_basis_points"},
                "is more than ten times the estimate", "give at most 100000");
    checks.within(uplift.amount, {0}, transaction_minor_max, {parent, "uplift_amount.minor_units"});
    checks.within(uplift.at_least, {0}, transaction_minor_max,
                  {parent, "hold_at_least.minor_units"});
    checks.that(rule.exactness != Exactness::exact || uplift == Uplift{}, {parent, "estimated"},
                "is false, and an uplift is given", "leave the uplift out: it is for estimates");
}

void check_hold_rules(Checks& checks, const HoldRules& rules) {
    checks.that(rules.size() <= hold_rules_max, "hold_rules",
                "has too many rules, one for each range of merchants", "name fewer ranges");
    for (std::size_t index = 0; index < rules.size() && !checks.failed(); ++index) {
        const HoldRule& rule = rules[index];
        const std::string parent = indexed("hold_rules", index);
        checks.that(
            rule.merchants.first <= rule.merchants.last && rule.merchants.last.value < mcc_count,
            {parent, "mcc"}, "is no range of merchant categories", "give 4 digits, or two");
        checks.that(among(rule.initiator, Initiator::any, Initiator{initiator_last}),
                    {parent, "initiator"}, "is unknown", "say who begins the payment");
        checks.that(among(rule.presence, Presence::any, Presence{presence_last}),
                    {parent, "presence"}, "is unknown", "say where the card is");
        checks.that(among(rule.exactness, Exactness::any, Exactness{exactness_last}),
                    {parent, "estimated"}, "is unknown", "say whether the amount is an estimate");
        checks.that(rule.lifetime >= hold_lifetime_min && rule.lifetime <= hold_lifetime_max,
                    {parent, "lifetime_hours"}, "is not within an hour to 31 days",
                    "give 1 to 744 hours");
        check_uplift(checks, rule, parent);
    }
}

}  // namespace

std::optional<Fault> fault_in(const CreateProgramme& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    checks.that(forms::is_code(command.code.view()), "programme", code_detail,
                "choose a programme code");
    checks.free_text(command.code.view(), 1, "programme");  // nobody's card number either
    checks.that(forms::is_code(command.council.view()), "council", code_detail,
                "give the council's code");
    checks.free_text(command.council.view(), 1, "council");
    checks.free_text(command.name.view(), 1, "name");
    checks.currency(command.currency, "currency");
    check_cut_off(checks, command.cut_off_second);
    checks.that(
        command.hold_lifetime >= hold_lifetime_min && command.hold_lifetime <= hold_lifetime_max,
        "hold_lifetime_days", "is not within an hour to 31 days", "give 1 to 31 days");
    check_spending_rules(checks, command.defaults, "defaults");
    check_tolerance(checks, command.tolerance);
    check_hold_rules(checks, command.hold_rules);
    checks.within(command.partial.least, {0}, transaction_minor_max,
                  {"partial", "least.minor_units"});
    check_reason(checks, command.reason.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const IssueCard& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    check_tokens(checks, command, "card_tokens");
    check_last_four(checks, command.last_four.view());
    check_expiry(checks, command.expiry);
    checks.that(among(command.holder, CardHolder::person, CardHolder::helper), "holder",
                "is missing or unknown", "say who carries the card");
    checks.free_text(command.holder_reference.view(), 0, "holder_reference");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetAgreement& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    check_spending_rules(checks, command.rules, "rules");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetCardStatus& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_card_named(checks, command);
    checks.that(among(command.status, CardStatus::active, CardStatus{card_status_last}), "status",
                "is missing or unknown", "say what the card's status shall be");
    checks.that(is_settable(command.status), "status", "is one that a card comes to by itself",
                "say active, frozen, lost, stolen, damaged or closed");
    checks.that(among(command.by, Actor::council, Actor::holder), "by", "is unknown",
                "say whose word it is: the council's or the holder's");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const ReplaceCard& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_card_named(checks, command);
    checks.that(among(command.because, ReplacedBecause::lost, ReplacedBecause::renewal), "because",
                "is missing or unknown", "say why: lost, stolen, damaged or renewal");
    check_tokens(checks, command, "new_card_tokens");
    check_last_four(checks, command.last_four.view());
    check_expiry(checks, command.expiry);
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetCardRules& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_card_named(checks, command);
    check_spending_rules(checks, command.rules, "rules");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetAccountStatus& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.that(among(command.status, AccountStatus::open, AccountStatus::closed), "status",
                "is missing or unknown", "say what the account's status shall be");
    check_reason(checks, command.reason.text.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const CloseSettlement& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    checks.that(forms::is_code(command.programme.view()), "programme", code_detail,
                "give a programme code");
    checks.that(command.day >= DayNumber{0} && command.day < calendar_end_day, "day",
                "is not within the years 1970 to 2199", "give a settlement day that has ended");
    checks.that(forms::is_printable(command.requested_by.view()), "requested_by",
                "is not printable ASCII", "send the id in that person's certificate");
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const SetOffsetTable& command) noexcept {
    Checks checks;
    checks.that(forms::is_zone(command.zone.view()), "zone", "is no name of a time zone",
                "give a zone such as Europe/London");
    const std::vector<OffsetEntry>& entries = command.table.entries;
    checks.that(entries.size() <= offset_entries_max, "entries", "has too many entries",
                "leave out the entries before 1970");
    const auto unordered = [](const OffsetEntry& a, const OffsetEntry& b) {
        return a.from >= b.from;
    };
    checks.that(std::ranges::adjacent_find(entries, unordered) == entries.end(), "entries",
                "is not in the order of time, each instant once", "sort the entries");
    checks.that(std::ranges::all_of(entries,
                                    [](const OffsetEntry& entry) {
                                        return entry.offset_seconds >= -utc_offset_seconds_max &&
                                               entry.offset_seconds <= utc_offset_seconds_max;
                                    }),
                "entries", "has an offset of more than 18 hours", "correct the table");
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const AdvanceClock& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_instant(checks, command.to, "to");
    check_reason(checks, command.reason.view());
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const AcceptClock& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_instant(checks, command.seen, "seen");
    check_reason(checks, command.reason.view());
    return std::move(checks).take();
}

}  // namespace carecard::rules
