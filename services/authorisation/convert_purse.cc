#include "services/authorisation/convert_purse.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/check.h"
#include "common/limits.h"
#include "rules/mcc_groups.h"
#include "rules/purse_templates.h"
#include "services/authorisation/convert_request.h"
#include "services/rpc/text.h"

namespace carecard::authorisation {
namespace {

using rules::PurseVerdict;

void read_mcc_spans(Fields& fields, const v1::PurseTerms& value, const std::string& field,
                    rules::PurseTerms& out) {
    if (value.mccs().empty()) return;
    const rules::MccRanges ranges = read_mccs(fields, value.mccs(), field);
    if (ranges.size() > purse_mcc_spans_max) {
        fields.malformed(field, "has more than 24 ranges", "join codes to ranges");
        return;
    }
    out.mccs.clear();
    for (const rules::MccRange& range : ranges) out.mccs.push_back({range.first, range.last});
}

void read_weekdays(Fields& fields, const v1::PurseTerms& value, const std::string& field,
                   rules::PurseTerms& out) {
    if (value.weekdays().empty()) return;
    out.weekdays = {};
    for (const int day : value.weekdays()) {
        if (day < v1::WEEKDAY_MONDAY || day > v1::WEEKDAY_SUNDAY) {
            fields.malformed(field, "has an unknown day", "name days from Monday to Sunday");
            return;
        }
        out.weekdays.value = static_cast<std::uint8_t>(out.weekdays.value | 1U << (day - 1));
    }
}

void read_day(Fields& fields, bool present, const std::string& value, const std::string& field,
              DayNumber& out) {
    if (present) fields.keep(rpc::parse_day(value, field), out);
}

void read_terms(Fields& fields, const v1::PurseTerms& value, const std::string& field,
                rules::PurseTerms& out) {
    if (value.has_funder()) fields.text(value.funder(), field + ".funder", out.funder);
    if (value.has_persons_own()) out.persons_own = value.persons_own();
    read_mcc_spans(fields, value, field + ".mccs", out);
    if (value.has_exclusive()) out.exclusive = value.exclusive();
    if (value.has_provider_register()) {
        fields.text(value.provider_register(), field + ".provider_register", out.provider_register);
    }
    read_weekdays(fields, value, field + ".weekdays", out);
    if (value.has_no_cash()) out.no_cash = value.no_cash();
    read_day(fields, value.has_spend_from(), value.spend_from(), field + ".spend_from",
             out.spend_from);
    read_day(fields, value.has_spend_until(), value.spend_until(), field + ".spend_until",
             out.spend_until);
    read_day(fields, value.has_intake_closed_from(), value.intake_closed_from(),
             field + ".intake_closed_from", out.intake_closed_from);
    if (value.has_staged()) out.staged = value.staged();
    if (value.has_hour_rate_minor_units()) {
        const bool hours = value.hour_rate_minor_units() != 0;
        out.unit = hours ? rules::PurseUnit::hours : rules::PurseUnit::money;
        out.unit_rate = {value.hour_rate_minor_units()};
    }
}

}  // namespace

void read_purse(Fields& fields, const v1::NewPurse& value, const std::string& field,
                rules::PurseSpec& out) {
    fields.text(value.name(), field + ".name", out.name);
    constexpr std::uint32_t last = std::numeric_limits<std::uint8_t>::max();
    if (value.priority() > last) {
        fields.malformed(field + ".priority", "is more than 255", "give a number up to 255");
    }
    out.priority = static_cast<std::uint8_t>(std::min(value.priority(), last));
    if (!value.template_().empty()) {
        const rules::PurseTemplate* const found = rules::find_purse_template(value.template_());
        if (found == nullptr) {
            fields.malformed(field + ".template", "is no template",
                             "list the templates for their names");
            return;
        }
        out.terms = found->terms;
        if (out.priority == 0) out.priority = found->priority;
    }
    read_terms(fields, value.terms(), field + ".terms", out.terms);
}

Result<rules::Valid<rules::ReleaseStage>> to_command(const v1::ReleaseStageRequest& request,
                                                     const rpc::Identity& caller) {
    Fields fields;
    rules::ReleaseStage command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.text(request.purse(), "purse", command.purse);
    if (!request.has_amount()) fields.malformed("amount", "is missing", "fill it in");
    rpc::Price price;
    fields.keep(rpc::parse_money(request.amount(), "amount"), price);
    command.amount = price.amount;
    command.currency = price.currency;
    fields.text(request.stage(), "stage", command.stage);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::ClosePurse>> to_command(const v1::ClosePurseRequest& request,
                                                   const rpc::Identity& caller) {
    Fields fields;
    rules::ClosePurse command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.text(request.purse(), "purse", command.purse);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::SetEarmark>> to_command(const v1::SetEarmarkRequest& request,
                                                   const rpc::Identity& caller) {
    Fields fields;
    rules::SetEarmark command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.text(request.reference(), "reference", command.reference);
    fields.text(request.purse(), "purse", command.purse);
    if (!request.has_amount()) fields.malformed("amount", "is missing", "fill it in");
    rpc::Price price;
    fields.keep(rpc::parse_money(request.amount(), "amount"), price);
    command.amount = price.amount;
    command.currency = price.currency;
    fields.text(request.payee(), "payee", command.payee);
    if (request.council_run() && !request.payee().empty()) {
        fields.malformed("payee", "is given, and the council pays it itself",
                         "leave out the payee, or council_run");
    }
    if (!request.council_run() && request.payee().empty()) {
        fields.malformed("payee", "is missing",
                         "give the payee's merchant number, or set council_run");
    }
    fields.keep(rpc::parse_day(request.due(), "due"), command.due);
    read_day(fields, !request.until().empty(), request.until(), "until", command.until);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::WithdrawEarmark>> to_command(const v1::WithdrawEarmarkRequest& request,
                                                        const rpc::Identity& caller) {
    Fields fields;
    rules::WithdrawEarmark command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.text(request.reference(), "reference", command.reference);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::SetProvider>> to_command(const v1::SetProviderRequest& request,
                                                    const rpc::Identity& caller) {
    Fields fields;
    rules::SetProvider command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.text(request.programme(), "programme", command.programme);
    fields.text(request.provider_register(), "provider_register", command.provider_register);
    fields.text(request.acceptor(), "acceptor", command.acceptor);
    fields.keep(rpc::parse_day(request.from(), "from"), command.dates.from);
    read_day(fields, !request.until().empty(), request.until(), "until", command.dates.until);
    return std::move(fields).validated(std::move(command));
}

void show(const rules::PurseTerms& terms, v1::PurseTerms& response) {
    if (!terms.funder.empty()) response.set_funder(terms.funder.str());
    if (terms.persons_own) response.set_persons_own(true);
    for (const rules::MccSpan& span : terms.mccs) {
        const rules::MccRanges one{{.first = span.first, .last = span.last, .group = {}}};
        response.add_mccs(rules::mcc_list_text(one).front());
    }
    if (terms.exclusive) response.set_exclusive(true);
    if (!terms.provider_register.empty()) {
        response.set_provider_register(terms.provider_register.str());
    }
    for (int day = v1::WEEKDAY_MONDAY; day <= v1::WEEKDAY_SUNDAY; ++day) {
        if ((terms.weekdays.value >> (day - 1) & 1) != 0) {
            response.add_weekdays(static_cast<v1::Weekday>(day));
        }
    }
    if (terms.no_cash) response.set_no_cash(true);
    if (terms.spend_from.value != 0) response.set_spend_from(rpc::to_text(terms.spend_from));
    if (terms.spend_until.value != 0) response.set_spend_until(rpc::to_text(terms.spend_until));
    if (terms.intake_closed_from.value != 0) {
        response.set_intake_closed_from(rpc::to_text(terms.intake_closed_from));
    }
    if (terms.staged) response.set_staged(true);
    if (terms.unit == rules::PurseUnit::hours) {
        response.set_hour_rate_minor_units(terms.unit_rate.value);
    }
}

void show_purse_templates(v1::ListPurseTemplatesResponse& response) {
    for (const rules::PurseTemplate& one : rules::purse_templates()) {
        v1::PurseTemplate& shown = *response.add_templates();
        shown.set_name(std::string(one.name));
        shown.set_says(std::string(one.says));
        shown.set_priority(one.priority);
        show(one.terms, *shown.mutable_terms());
    }
}

std::string_view words_of(PurseVerdict verdict) {
    using enum PurseVerdict;
    switch (verdict) {
        case eligible:
            return "may pay";
        case wrong_category:
            return "does not pay at such merchants";
        case kept_for_another:
            return "does not pay there: one purse alone does, and it is not this";
        case not_for_cash:
            return "does not pay cash, or what is as good as cash";
        case provider_not_accredited:
            return "pays providers on its register alone, and this one is not on it";
        case not_that_day:
            return "does not pay on this day of the week";
        case ended:
            return "has ended";
        case not_yet:
            return "does not pay yet";
        case not_released:
            return "waits for a stage of the works to be released";
        case closed:
            return "is closed";
    }
    CHECK(false);
}

}  // namespace carecard::authorisation
