#include "rules/checks.h"

#include <algorithm>

#include "rules/forms.h"
#include "rules/mcc_groups.h"

namespace carecard::rules {
namespace {

constexpr std::string_view range_remedy = "build the list with parse_mcc_list";

void check_mcc_list(Checks& checks, const MccRanges& ranges, std::string_view parent,
                    std::string_view list) {
    const FieldPath field(parent, list);
    checks.that(ranges.size() <= mcc_ranges_per_list_max, field, "has too many ranges",
                "name fewer groups, or wider ranges");
    const auto before = [](const MccRange& a, const MccRange& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.last != b.last) return a.last < b.last;
        return a.group < b.group;
    };
    for (std::size_t index = 0; index < ranges.size(); ++index) {
        const MccRange& range = ranges[index];
        const auto fail = [&](std::string_view detail) {
            checks.fail(indexed(field.str(), index), std::string(detail),
                        std::string(range_remedy));
        };
        if (range.last < range.first) fail("ends before it begins");
        if (range.last.value >= mcc_count) fail("is not of 4 digits");
        if (!range.group.empty() && !mcc_group(range.group.view())) fail("names no group");
        if (index > 0 && !before(ranges[index - 1], range)) fail("is out of order or repeated");
        if (checks.failed()) return;
    }
}

void check_limit(Checks& checks, const std::optional<AmountMinor>& limit, const FieldPath& field) {
    if (limit) checks.within(*limit, {0}, purse_minor_max, field);
}

/// Whether some merchant category is left. The ranges are known to be sound.
bool allows_anything(const SpendingRules& rules) {
    const CompiledRules compiled(rules);
    for (std::uint16_t code = 0; code < mcc_count; ++code) {
        if (compiled.verdict({code}) == MccVerdict::allowed) return true;
    }
    return false;
}

}  // namespace

std::string FieldPath::str() const {
    if (parent.empty()) return std::string(name);
    return std::string(parent) + "." + std::string(name);
}

std::string indexed(std::string_view list, std::size_t index, std::string_view member) {
    std::string field = std::string(list) + "[" + std::to_string(index) + "]";
    if (!member.empty()) field += "." + std::string(member);
    return field;
}

void Checks::fail(std::string field, std::string detail, std::string remedy) {
    if (fault_) return;
    fault_ = Fault{.kind = FaultKind::malformed,
                   .field = std::move(field),
                   .detail = std::move(detail),
                   .remedy = std::move(remedy)};
}

void Checks::fail(const FieldPath& field, const Flaw& flaw) {
    fail(field.str(), std::string(flaw.detail), std::string(flaw.remedy));
}

void Checks::fail_within(AmountMinor least, AmountMinor most, const FieldPath& field) {
    const std::string range =
        std::to_string(least.value) + " to " + std::to_string(most.value) + " minor units";
    fail(field.str(), "is not within " + range, "give " + range);
}

std::optional<Checks::Flaw> Checks::flaw_in(std::string_view text, std::size_t bytes_min) {
    if (text.size() < bytes_min) return Flaw{"is missing", "fill it in"};
    switch (forms::free_text_flaw(text)) {
        case forms::FreeTextFlaw::none:
            return std::nullopt;
        case forms::FreeTextFlaw::not_utf8:
            return Flaw{"is not valid UTF-8", "encode it as UTF-8"};
        case forms::FreeTextFlaw::control_character:
            return Flaw{"holds a control character", "send one line of plain text"};
        case forms::FreeTextFlaw::card_number:
            return Flaw{"holds what may be a card number", "take the number out"};
    }
    CHECK(false);
}

void check_request(Checks& checks, const Request& request) {
    checks.that(forms::is_key(request.key.view()), "request_key",
                "is missing, or is not 1 to 64 characters of [A-Za-z0-9._:-]",
                "choose a key that is new for each request");
    checks.that(!request.caller.empty(), {"certificate", "id"}, "is empty",
                "use a client certificate with an id");
    checks.that(request.council.empty() || forms::is_code(request.council.view()),
                {"certificate", "council"}, "is not 1 to 32 characters of [a-z0-9-]",
                "use a client certificate that names its council");
}

void check_token(Checks& checks, const CardToken& token) {
    checks.that(token.key_id != 0, "card_token", "is missing",
                "send the card's token, made with a live key");
}

void check_account_name(Checks& checks, const AccountName& account) {
    checks.that(forms::is_code(account.programme.view()), {"account", "programme"},
                "is missing, or is not 1 to 32 characters of [a-z0-9-]", "give a programme code");
    checks.free_text(account.reference.view(), 1, {"account", "reference"});
}

void check_spending_rules(Checks& checks, const SpendingRules& rules, std::string_view parent) {
    check_mcc_list(checks, rules.mcc_allowed, parent, "mcc_allowed");
    check_mcc_list(checks, rules.mcc_refused, parent, "mcc_refused");
    check_limit(checks, rules.single_max, {parent, "single_max.minor_units"});
    check_limit(checks, rules.day.amount_max, {parent, "day.amount_max.minor_units"});
    check_limit(checks, rules.week.amount_max, {parent, "week.amount_max.minor_units"});
    check_limit(checks, rules.month.amount_max, {parent, "month.amount_max.minor_units"});
    check_limit(checks, rules.cash.single_max, {parent, "cash.single_max.minor_units"});
    check_limit(checks, rules.cash.day_max, {parent, "cash.day_max.minor_units"});
    check_limit(checks, rules.quasi_cash.single_max, {parent, "quasi_cash.single_max.minor_units"});
    check_limit(checks, rules.contactless.single_max,
                {parent, "contactless.single_max.minor_units"});
    check_limit(checks, rules.contactless.total_max, {parent, "contactless.total_max.minor_units"});
    check_limit(checks, rules.quasi_cash.day_max, {parent, "quasi_cash.day_max.minor_units"});
    if (checks.failed()) return;
    checks.that(allows_anything(rules), {parent, "mcc_refused"},
                "refuses every merchant category that is allowed",
                "leave one allowed; to stop all spending suspend the account");
}

}  // namespace carecard::rules
