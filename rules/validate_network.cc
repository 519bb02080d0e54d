#include "rules/checks.h"
#include "rules/forms.h"
#include "rules/kinds.h"
#include "rules/validate.h"

namespace carecard::rules {
namespace {

constexpr std::string_view leave_out = "correct it, or leave it out";

void check_amounts(Checks& checks, const TransactionAmounts& amounts, AmountMinor least = {1},
                   AmountMinor most = transaction_minor_max) {
    checks.within(amounts.transaction, least, most, {"transaction", "minor_units"});
    checks.currency(amounts.transaction_currency, {"transaction", "currency"});
    checks.within(amounts.billing, least, most, {"billing", "minor_units"});
    checks.currency(amounts.billing_currency, {"billing", "currency"});
    checks.that(amounts.transaction_currency != amounts.billing_currency ||
                    amounts.transaction == amounts.billing,
                {"billing", "minor_units"}, "differs from the transaction in the same currency",
                "send equal amounts, or the currency that was converted");
    const std::string_view rate = amounts.conversion_rate.view();
    checks.that(rate.empty() || forms::is_digits(rate, 8), "conversion_rate", "is not 8 digits",
                leave_out);
    const bool converted = amounts.transaction_currency != amounts.billing_currency;
    const AmountMinor dearest = converted ? amounts.billing : AmountMinor{0};
    checks.within(amounts.mark_up, {0}, dearest, {"mark_up", "minor_units"});
}

/// Where nothing is to be paid, an amount is a mistake of the caller's.
void check_nothing_asked(Checks& checks, const TransactionAmounts& amounts) {
    constexpr std::string_view detail =
        "is not zero, though a verification or a balance enquiry asks for no money";
    constexpr std::string_view remedy = "send zero, or the right kind";
    checks.that(amounts.transaction == AmountMinor{0}, {"transaction", "minor_units"}, detail,
                remedy);
    checks.that(amounts.billing == AmountMinor{0}, {"billing", "minor_units"}, detail, remedy);
    check_amounts(checks, amounts, {0}, {0});
}

void check_refunded(Checks& checks, const Authorise& command) {
    const RefundedPurchase& named = command.refunds;
    checks.that(!named.is_named() || command.kind == TransactionKind::refund, "refunds",
                "is given, but the kind is not a refund", "leave it out, or send the right kind");
    const AuthorisationId id = named.authorisation_id;
    checks.that((id.epoch.value == 0) == id.none(), {"refunds", "authorisation_id"},
                "is not an epoch and a sequence, both above zero", leave_out);
    const std::string_view network = named.network_transaction_id.view();
    checks.that(network.empty() || forms::is_digits(network, 15),
                {"refunds", "network_transaction_id"}, "is not 15 digits", leave_out);
}

void check_cashback(Checks& checks, const Authorise& command) {
    const FieldPath field("cashback", "minor_units");
    if (command.kind != TransactionKind::purchase_with_cashback) {
        checks.that(command.cashback == AmountMinor{0}, field,
                    "is given, but the kind is not a purchase with cashback",
                    "leave it out, or send the right kind");
        return;
    }
    checks.that(command.cashback > AmountMinor{0}, field,
                "is not above zero, as a purchase with cashback has it",
                "give the part taken as cash, or send the right kind");
    checks.that(command.cashback < command.amounts.transaction, field,
                "is not less than the transaction", "send a cash withdrawal as the kind cash");
}

void check_merchant(Checks& checks, const Merchant& merchant) {
    checks.that(merchant.mcc.value < mcc_count, "mcc", "is not 4 digits",
                "give the merchant category code");
    checks.that(forms::is_printable(merchant.acceptor.view()), "acceptor", "is not printable ASCII",
                leave_out);
    checks.that(forms::is_printable(merchant.terminal.view()), "terminal", "is not printable ASCII",
                leave_out);
    const std::string_view country = merchant.country.view();
    checks.that(country.empty() || (country.size() == 2 && forms::is_capitals(country)),
                {"merchant", "country"}, "is not two capital letters", leave_out);
    checks.free_text(merchant.name.text.view(), 0, {"merchant", "name"});
    checks.free_text(merchant.city.text.view(), 0, {"merchant", "city"});
}

/// Where the members of a `NetworkIdentity` stand in the message.
struct IdentityFields {
    std::string_view identity;
    std::string_view trace;
};

void check_identity(Checks& checks, const NetworkIdentity& identity, IdentityFields fields) {
    const std::string_view id = identity.network_transaction_id.view();
    checks.that(id.empty() || forms::is_digits(id, 15), {fields.identity, "network_transaction_id"},
                "is not 15 digits", leave_out);
    checks.that(forms::is_digits(identity.acquirer.view()), {fields.trace, "acquirer"},
                "is not 1 to 11 digits", leave_out);
    const std::string_view stan = identity.stan.view();
    checks.that(stan.empty() || forms::is_digits(stan, 6), {fields.trace, "stan"},
                "is not 6 digits", leave_out);
    const std::string_view sent = identity.transmission_time.view();
    checks.that(sent.empty() || (sent.size() == 10 && forms::is_month_and_day(sent.substr(0, 4)) &&
                                 forms::is_time_of_day(sent.substr(4))),
                {fields.trace, "transmission_time"}, "is not a time as MMDDhhmmss", leave_out);
    checks.that(forms::is_alphanumeric(identity.rrn.view()), {fields.trace, "rrn"},
                "is not 1 to 12 letters or digits", leave_out);
}

void check_local_date(Checks& checks, std::string_view date) {
    checks.that(date.empty() || forms::is_month_and_day(date), "local_date", "is not a day as MMDD",
                leave_out);
}

void check_terminal_clock(Checks& checks, const Authorise& command) {
    check_local_date(checks, command.local_date.view());
    const std::string_view time = command.local_time.view();
    checks.that(time.empty() || forms::is_time_of_day(time), "local_time",
                "is not a time as hhmmss", leave_out);
}

void check_stated_expiry(Checks& checks, const ExpiryMonth& expiry) {
    const bool none = expiry.month == 0 && expiry.year == 0;
    const bool month = expiry.month >= 1 && expiry.month <= 12;
    const bool year = expiry.year >= 2000 && expiry.year <= 2099;
    checks.that(none || (month && year), "expiry", "is not a month of 2000 to 2099", leave_out);
}

void check_code(Checks& checks, const AuthorisationCode& code, const FieldPath& field) {
    const std::string_view text = code.view();
    checks.that(text.empty() || (text.size() == 6 && forms::is_capitals_or_digits(text)), field,
                "is not 6 capital letters or digits", leave_out);
}

/// The form of each name that is given.
void check_original(Checks& checks, const OriginalReference& original) {
    const AuthorisationId id = original.authorisation_id;
    checks.that((id.epoch.value == 0) == id.none(), {"original", "authorisation_id"},
                "is not an epoch and a sequence, both above zero", leave_out);
    checks.that(original.caller.empty() == original.request_key.empty(), {"original", "request"},
                "has a caller or a request key without the other", "give both, or neither");
    const std::string_view key = original.request_key.view();
    checks.that(key.empty() || forms::is_key(key), {"original.request", "request_key"},
                "is not 1 to 64 characters of [A-Za-z0-9._:-]", leave_out);
    check_identity(checks, original.identity, {"original", "original.trace"});
    check_code(checks, original.authorisation_code, {"original", "authorisation_code"});
    const std::string_view date = original.local_date.view();
    checks.that(date.empty() || forms::is_month_and_day(date), {"original.trace", "local_date"},
                "is not a day as MMDD", leave_out);
}

bool names_an_original(const OriginalReference& original) {
    return !original.authorisation_id.none() || !original.request_key.empty() ||
           !original.identity.network_transaction_id.empty() || original.identity.has_trace() ||
           (original.identity.has_reference() && !original.local_date.empty()) ||
           !original.authorisation_code.empty();
}

void check_named_original(Checks& checks, const OriginalReference& original) {
    check_original(checks, original);
    checks.that(names_an_original(original), "original",
                "has no name that an authorisation can be found by",
                "give its id, caller and request key, network transaction id, whole trace or "
                "authorisation code");
}

void check_manner(Checks& checks, EntryMode entry_mode, Channel channel) {
    checks.that(among(entry_mode, EntryMode::unspecified, EntryMode::credential_on_file),
                "entry_mode", "is unknown", leave_out);
    checks.that(among(channel, Channel::unspecified, Channel::recurring), "channel", "is unknown",
                leave_out);
}

void check_kind(Checks& checks, const Present& command) {
    using enum PresentmentKind;
    checks.that(among(command.kind, clearing, PresentmentKind{presentment_kind_last}), "kind",
                "is missing or unknown", "say what the presentment is of");
    if (command.kind == clearing) return;
    const Direction direction = command.kind == chargeback ? Direction::credit : Direction::debit;
    checks.that(command.direction == direction, "kind",
                "is of the other direction: a chargeback is a credit, a second presentment a debit",
                "send the right kind, or the right direction");
    checks.that(command.reverses.empty(), "kind",
                "is given, and the presentment takes a clearing back",
                "leave it out, or leave out `reverses`");
}

}  // namespace

std::optional<Fault> fault_in(const Authorise& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_token(checks, command.card_token);
    checks.that(
        among(command.kind, TransactionKind::unsupported, TransactionKind{transaction_kind_last}),
        "kind", "is missing or unknown", "say what kind of transaction it is");
    if (checks.failed()) return std::move(checks).take();
    if (flow_of(command.kind) == Flow::asks) {
        check_nothing_asked(checks, command.amounts);
    } else {
        check_amounts(checks, command.amounts);
    }
    check_cashback(checks, command);
    check_refunded(checks, command);
    check_merchant(checks, command.merchant);
    check_identity(checks, command.identity, {});
    check_terminal_clock(checks, command);
    check_stated_expiry(checks, command.expiry);
    check_manner(checks, command.entry_mode, command.channel);
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const Increment& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_token(checks, command.card_token);
    check_named_original(checks, command.original);
    check_amounts(checks, command.amounts);
    check_merchant(checks, command.merchant);
    check_identity(checks, command.identity, {});
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const Reverse& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_token(checks, command.card_token);
    check_named_original(checks, command.original);
    checks.within(command.remaining, {0}, transaction_minor_max, {"remaining", "minor_units"});
    checks.currency(command.currency, {"remaining", "currency"});
    checks.free_text(command.reason.text.view(), 0, "reason");
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const Present& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_token(checks, command.card_token);
    checks.that(among(command.direction, Direction::debit, Direction::credit), "direction",
                "is missing or unknown", "say whether it is a debit or a credit");
    checks.that(forms::is_key(command.presentment_id.view()), "presentment_id",
                "is missing, or is not 1 to 64 characters of [A-Za-z0-9._:-]",
                "send the network's identity of the clearing item");
    check_original(checks, command.original);
    check_amounts(checks, command.amounts);
    check_merchant(checks, command.merchant);
    check_identity(checks, command.identity, {});
    check_local_date(checks, command.local_date.view());
    const std::string_view reverses = command.reverses.view();
    checks.that(reverses.empty() || forms::is_key(reverses), "reverses",
                "is not 1 to 64 characters of [A-Za-z0-9._:-]", leave_out);
    checks.that(reverses.empty() || command.direction == Direction::credit, "reverses",
                "is given, but a debit takes nothing back",
                "send a credit, or leave it out to post a debit");
    check_kind(checks, command);
    checks.that(reverses.empty() || command.reverses != command.presentment_id, "reverses",
                "is the presentment's own id", "give the id of the clearing that is taken back");
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const Advise& command) noexcept {
    Checks checks;
    check_request(checks, command.request);
    check_token(checks, command.card_token);
    checks.that(among(command.advice, AdviceKind::stand_in_approved, AdviceKind::completion),
                "advice", "is missing or unknown", "say what was decided");
    check_original(checks, command.original);
    check_amounts(checks, command.amounts);
    check_merchant(checks, command.merchant);
    check_identity(checks, command.identity, {});
    check_local_date(checks, command.local_date.view());
    check_code(checks, command.code, "authorisation_code");
    check_manner(checks, command.entry_mode, command.channel);
    return std::move(checks).take();
}

}  // namespace carecard::rules
