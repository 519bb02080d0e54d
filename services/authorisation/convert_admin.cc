#include <algorithm>
#include <optional>

#include "common/limits.h"
#include "services/authorisation/convert_fields.h"
#include "services/authorisation/convert_purse.h"
#include "services/authorisation/convert_request.h"
#include "services/rpc/text.h"

namespace carecard::authorisation {
namespace {

void require(Fields& fields, bool present, std::string_view field) {
    if (!present) fields.malformed(field, "is missing", "fill it in");
}

std::optional<std::int32_t> two_digits(std::string_view text) {
    const auto digit = [](char character) { return character >= '0' && character <= '9'; };
    if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) return std::nullopt;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

void read_cut_off(Fields& fields, std::string_view value, std::int32_t& second) {
    if (value.empty()) return;
    const bool form = value.size() == 5 && value[2] == ':';
    const auto hour = form ? two_digits(value.substr(0, 2)) : std::nullopt;
    const auto minute = form ? two_digits(value.substr(3, 2)) : std::nullopt;
    if (!hour || !minute || *hour > 23 || *minute > 59) {
        fields.malformed("cut_off", "is not a time of day", "give it as hh:mm, e.g. 23:00");
        return;
    }
    second = (*hour * 60 + *minute) * 60;
}

AmountMinor read_amount(Fields& fields, bool present, const v1::Money& value,
                        const std::string& field, CurrencyCode currency) {
    rpc::Price price;
    if (!present) return price.amount;
    fields.keep(rpc::parse_money(value, field), price);
    if (price.currency != currency) {
        fields.malformed(field + ".currency", "is not the programme's currency",
                         "give the amount in the programme's currency");
    }
    return price.amount;
}

/// One rule for each range of merchants that the message names.
void read_hold_rule(Fields& fields, const v1::HoldRule& value, const std::string& field,
                    CurrencyCode currency, rules::HoldRules& out) {
    rules::HoldRule rule{.initiator = Fields::enumerator<rules::Initiator>(value.initiator()),
                         .presence = Fields::enumerator<rules::Presence>(value.presence())};
    if (value.has_estimated()) {
        rule.exactness = value.estimated() ? rules::Exactness::estimated : rules::Exactness::exact;
    }
    // Far above what is allowed, and far below what would overflow.
    constexpr std::uint32_t lifetime_hours_readable = 100'000;
    rule.lifetime = hours(std::min(value.lifetime_hours(), lifetime_hours_readable));
    rule.uplift = {.basis_points = value.uplift_basis_points(),
                   .amount = read_amount(fields, value.has_uplift_amount(), value.uplift_amount(),
                                         field + ".uplift_amount", currency),
                   .at_least = read_amount(fields, value.has_hold_at_least(), value.hold_at_least(),
                                           field + ".hold_at_least", currency)};
    if (value.mcc().empty()) out.push_back(rule);
    for (const rules::MccRange& merchants : read_mccs(fields, value.mcc(), field + ".mcc")) {
        rule.merchants = merchants;
        out.push_back(rule);
    }
}

void read_hold_rules(Fields& fields, const v1::CreateProgrammeRequest& request,
                     rules::CreateProgramme& out) {
    if (request.hold_rules().empty()) {
        out.hold_rules = rules::default_hold_rules();
        return;
    }
    if (static_cast<std::size_t>(request.hold_rules_size()) > hold_rules_max) {
        fields.malformed("hold_rules", "has more than 256 rules", "give at most 256");
        return;
    }
    for (int index = 0; index < request.hold_rules_size(); ++index) {
        read_hold_rule(fields, request.hold_rules(index), item_field("hold_rules", index),
                       out.currency, out.hold_rules);
    }
}

void read_partial(Fields& fields, const v1::CreateProgrammeRequest& request,
                  rules::CreateProgramme& out) {
    if (!request.has_partial()) {
        out.partial = {.allowed = true, .least = {100}};
        return;
    }
    const v1::PartialApproval& partial = request.partial();
    out.partial = {.allowed = partial.allowed(),
                   .least = read_amount(fields, partial.has_least(), partial.least(),
                                        "partial.least", out.currency)};
}

void read_purses(Fields& fields, const v1::OpenAccountRequest& request, rules::OpenAccount& out) {
    if (static_cast<std::size_t>(request.purses_size()) > purses_per_account_max) {
        fields.malformed("purses", "has more than 16 purses", "name at most 16");
        return;
    }
    for (int index = 0; index < request.purses_size(); ++index) {
        rules::PurseSpec purse;
        read_purse(fields, request.purses(index), item_field("purses", index), purse);
        out.purses.push_back(purse);
    }
}

/// Of a new card.
template <class Tokens>
void read_tokens(Fields& fields, const Tokens& tokens, std::string_view field,
                 InlineVector<CardToken, tokens_per_card_max>& out) {
    if (static_cast<std::size_t>(tokens.size()) > tokens_per_card_max) {
        fields.malformed(field, "has more than 2 tokens", "send one for each live key, at most 2");
        return;
    }
    for (int index = 0; index < tokens.size(); ++index) {
        CardToken token;
        fields.token(tokens[index], item_field(field, index), token);
        out.push_back(token);
    }
}

/// Of a card that is there already.
template <class Request, class Command>
void read_card(Fields& fields, const Request& request, Command& out) {
    switch (request.card_case()) {
        case Request::kCardId:
            out.card = {request.card_id()};
            break;
        case Request::kCardToken:
            fields.token(request.card_token(), "card_token", out.card_token);
            break;
        case Request::CARD_NOT_SET:
            require(fields, false, "card");
            break;
    }
}

void read_basis_points(Fields& fields, std::uint32_t value, const std::string& field,
                       std::uint16_t& out) {
    if (value > std::numeric_limits<std::uint16_t>::max()) {
        fields.malformed(field, "is more than 10000, as much again",
                         "give hundredths of a per cent: 1500 is 15 %");
        return;
    }
    out = static_cast<std::uint16_t>(value);
}

void read_tolerance_rule(Fields& fields, const v1::ToleranceRule& value, const std::string& field,
                         CurrencyCode currency, rules::ToleranceRule& out) {
    fields.mcc(value.mcc_first(), field + ".mcc_first", out.first);
    out.last = out.first;
    if (!value.mcc_last().empty()) fields.mcc(value.mcc_last(), field + ".mcc_last", out.last);
    out.payments = Fields::enumerator<rules::ToleranceFor>(value.payments());
    read_basis_points(fields, value.basis_points(), field + ".basis_points", out.basis_points);
    if (!value.has_amount()) return;
    rpc::Price amount;
    fields.keep(rpc::parse_money(value.amount(), field + ".amount"), amount);
    out.amount = amount.amount;
    if (amount.currency != currency) {
        fields.malformed(field + ".amount.currency", "is not the programme's currency",
                         "give the amount in the programme's currency");
    }
}

void read_tolerance(Fields& fields, const v1::ToleranceRules& value, CurrencyCode currency,
                    rules::ToleranceRules& out) {
    if (static_cast<std::size_t>(value.rules_size()) > tolerance_rules_max) {
        fields.malformed("tolerance.rules", "has more than 64 rules",
                         "join ranges of merchant categories");
        return;
    }
    for (int index = 0; index < value.rules_size(); ++index) {
        read_tolerance_rule(fields, value.rules(index), item_field("tolerance.rules", index),
                            currency, out.rules.emplace_back());
    }
    if (!value.has_foreign_basis_points()) return;
    read_basis_points(fields, value.foreign_basis_points(), "tolerance.foreign_basis_points",
                      out.foreign_basis_points.emplace());
}

}  // namespace

Result<rules::Valid<rules::CreateProgramme>> to_command(const v1::CreateProgrammeRequest& request,
                                                        const rpc::Identity& caller) {
    Fields fields;
    rules::CreateProgramme command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.text(request.programme(), "programme", command.code);
    fields.text(request.council(), "council", command.council);
    fields.text(request.name(), "name", command.name);
    fields.keep(rpc::parse_currency(request.currency(), "currency"), command.currency);
    read_cut_off(fields, request.cut_off(), command.cut_off_second);
    // Far above what is allowed, and far below what would overflow.
    constexpr std::uint32_t lifetime_days_readable = 10'000;
    command.hold_lifetime = days(std::min(request.hold_lifetime_days(), lifetime_days_readable));
    read_rules(fields, request.defaults(), "defaults", command.currency, command.defaults);
    if (!request.defaults().has_contactless()) {
        command.defaults.contactless = {
            .single_max = AmountMinor{10'000}, .total_max = AmountMinor{30'000}, .count_max = 5};
    }
    read_hold_rules(fields, request, command);
    read_partial(fields, request, command);
    command.estimate_beyond_balance = request.estimate_beyond_balance();
    read_tolerance(fields, request.tolerance(), command.currency, command.tolerance);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::OpenAccount>> to_command(const v1::OpenAccountRequest& request,
                                                    const rpc::Identity& caller,
                                                    const VaultKeyId& vault_key) {
    Fields fields;
    rules::OpenAccount command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    command.arrangement = Fields::enumerator<rules::Arrangement>(request.arrangement());
    read_purses(fields, request, command);
    command.vault_key = vault_key;
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::OpenPurse>> to_command(const v1::OpenPurseRequest& request,
                                                  const rpc::Identity& caller) {
    Fields fields;
    rules::OpenPurse command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    require(fields, request.has_purse(), "purse");
    read_purse(fields, request.purse(), "purse", command.purse);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::IssueCard>> to_command(const v1::IssueCardRequest& request,
                                                  const rpc::Identity& caller) {
    Fields fields;
    rules::IssueCard command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    read_tokens(fields, request.card_tokens(), "card_tokens", command.tokens);
    fields.text(request.last_four(), "last_four", command.last_four);
    fields.keep(rpc::parse_expiry(request.expiry(), "expiry"), command.expiry);
    command.holder = Fields::enumerator<rules::CardHolder>(request.holder());
    fields.text(request.holder_reference(), "holder_reference", command.holder_reference);
    command.activation_required = request.activation_required();
    command.single_use = request.single_use();
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::Load>> to_command(const v1::LoadPurseRequest& request,
                                             const rpc::Identity& caller) {
    Fields fields;
    rules::Load command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    fields.text(request.purse(), "purse", command.purse);
    command.units = {request.units_hundredths()};
    require(fields, request.has_amount() || command.units.value != 0, "amount");
    rpc::Price price;
    if (request.has_amount()) fields.keep(rpc::parse_money(request.amount(), "amount"), price);
    command.amount = price.amount;
    command.currency = price.currency;
    fields.text(request.reference(), "reference", command.reference);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::SetAgreement>> to_command(const v1::SetAgreementRequest& request,
                                                     const rpc::Identity& caller) {
    Fields fields;
    rules::SetAgreement command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    require(fields, request.has_rules(), "rules");
    read_rules(fields, request.rules(), "rules", std::nullopt, command.rules);
    return std::move(fields).validated(std::move(command));
}

std::optional<Fault> fault_in_currency(const v1::SetAgreementRequest& request,
                                       CurrencyCode currency) {
    return fault_in_currency(request.rules(), "rules", currency);
}

Result<rules::Valid<rules::SetCardStatus>> to_command(const v1::SetCardStatusRequest& request,
                                                      const rpc::Identity& caller) {
    Fields fields;
    rules::SetCardStatus command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    read_card(fields, request, command);
    command.status = Fields::enumerator<rules::CardStatus>(request.status());
    if (request.by() != v1::CARD_ACTOR_UNSPECIFIED) {
        command.by = Fields::enumerator<rules::Actor>(request.by());
    }
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::ReplaceCard>> to_command(const v1::ReplaceCardRequest& request,
                                                    const rpc::Identity& caller) {
    Fields fields;
    rules::ReplaceCard command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    read_card(fields, request, command);
    command.because = Fields::enumerator<rules::ReplacedBecause>(request.because());
    read_tokens(fields, request.new_card_tokens(), "new_card_tokens", command.tokens);
    fields.text(request.last_four(), "last_four", command.last_four);
    fields.keep(rpc::parse_expiry(request.expiry(), "expiry"), command.expiry);
    command.activation_required = request.activation_required();
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::SetCardRules>> to_command(const v1::SetCardRulesRequest& request,
                                                     const rpc::Identity& caller) {
    Fields fields;
    rules::SetCardRules command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    read_card(fields, request, command);
    require(fields, request.has_rules(), "rules");
    read_rules(fields, request.rules(), "rules", std::nullopt, command.rules);
    return std::move(fields).validated(std::move(command));
}

std::optional<Fault> fault_in_currency(const v1::SetCardRulesRequest& request,
                                       CurrencyCode currency) {
    return fault_in_currency(request.rules(), "rules", currency);
}

Result<rules::Valid<rules::SetAccountStatus>> to_command(const v1::SetAccountStatusRequest& request,
                                                         const rpc::Identity& caller) {
    Fields fields;
    rules::SetAccountStatus command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    fields.account(request.account(), command.account);
    command.status = Fields::enumerator<rules::AccountStatus>(request.status());
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::CloseSettlement>> to_command(const v1::CloseSettlementRequest& request,
                                                        const rpc::Identity& caller) {
    Fields fields;
    rules::CloseSettlement command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.programme(), "programme", command.programme);
    fields.keep(rpc::parse_day(request.day(), "day"), command.day);
    fields.text(request.requested_by(), "requested_by", command.requested_by);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::AdvanceClock>> to_command(const v1::AdvanceClockRequest& request,
                                                     const rpc::Identity& caller) {
    Fields fields;
    rules::AdvanceClock command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    require(fields, request.has_to(), "to");
    fields.keep(rpc::parse_timestamp(request.to(), "to"), command.to);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::AcceptClock>> to_command(const v1::AcceptClockRequest& request,
                                                    const rpc::Identity& caller, TimestampNs seen) {
    Fields fields;
    rules::AcceptClock command;
    fields.request(request.request_key(), caller, command.request);
    fields.text(request.reason(), "reason", command.reason);
    command.seen = seen;
    return std::move(fields).validated(std::move(command));
}

}  // namespace carecard::authorisation
