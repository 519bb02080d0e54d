#include <algorithm>

#include "services/authorisation/convert_fields.h"
#include "services/authorisation/convert_request.h"
#include "services/rpc/text.h"

namespace carecard::authorisation {
namespace {

rpc::Price read_price(Fields& fields, bool present, const v1::Money& value,
                      std::string_view field) {
    rpc::Price price;
    if (present) {
        fields.keep(rpc::parse_money(value, field), price);
    } else {
        fields.malformed(field, "is missing", "give an amount with its currency");
    }
    return price;
}

void set_amounts(const rpc::Price& transaction, const rpc::Price& billing,
                 rules::TransactionAmounts& out) {
    out.transaction = transaction.amount;
    out.transaction_currency = transaction.currency;
    out.billing = billing.amount;
    out.billing_currency = billing.currency;
}

template <class Message>
void read_conversion(Fields& fields, const Message& request, rules::TransactionAmounts& out) {
    fields.text(request.conversion_rate(), "conversion_rate", out.conversion_rate);
    if (!request.has_mark_up()) return;
    const rpc::Price mark_up = read_price(fields, true, request.mark_up(), "mark_up");
    out.mark_up = mark_up.amount;
    if (mark_up.currency != out.billing_currency) {
        fields.malformed("mark_up.currency", "is not the billing currency",
                         "give the part of the billing amount");
    }
}

/// The amounts of a message to be decided.
template <class Message>
void read_asked(Fields& fields, const Message& request, rules::TransactionAmounts& out) {
    const rpc::Price transaction =
        read_price(fields, request.has_transaction(), request.transaction(), "transaction");
    const rpc::Price billing = request.has_billing()
                                   ? read_price(fields, true, request.billing(), "billing")
                                   : transaction;
    set_amounts(transaction, billing, out);
    read_conversion(fields, request, out);
}

/// Where the billing amount is the one that must be there.
template <class Message>
void read_billed(Fields& fields, const Message& request, rules::TransactionAmounts& out) {
    const rpc::Price billing =
        read_price(fields, request.has_billing(), request.billing(), "billing");
    const rpc::Price transaction =
        request.has_transaction() ? read_price(fields, true, request.transaction(), "transaction")
                                  : billing;
    set_amounts(transaction, billing, out);
    read_conversion(fields, request, out);
}

/// The merchant's fields have the same names in both messages.
template <class Message>
void read_merchant(Fields& fields, const Message& request, rules::Merchant& out) {
    fields.mcc(request.mcc(), out.mcc);
    fields.text(request.acceptor(), "acceptor", out.acceptor);
    fields.text(request.terminal(), "terminal", out.terminal);
    if (!request.has_merchant()) return;
    const v1::Merchant& merchant = request.merchant();
    fields.text(merchant.country(), "merchant.country", out.country);
    fields.text(merchant.name(), "merchant.name", out.name);
    fields.text(merchant.city(), "merchant.city", out.city);
}

/// What a message to be decided must say of its acquirer, and may say of its sending.
template <class Message>
void read_sending(Fields& fields, const Message& request, rules::NetworkIdentity& out) {
    if (request.acquirer().empty()) {
        fields.malformed("acquirer", "is missing", "give the acquirer's number");
    }
    fields.text(request.stan(), "stan", out.stan);
    fields.text(request.transmission_time(), "transmission_time", out.transmission_time);
}

/// The names of the transaction itself that both messages have.
template <class Message>
void read_identity(Fields& fields, const Message& request, rules::NetworkIdentity& out) {
    fields.text(request.network_transaction_id(), "network_transaction_id",
                out.network_transaction_id);
    fields.text(request.acquirer(), "acquirer", out.acquirer);
    fields.text(request.rrn(), "rrn", out.rrn);
}

/// What hold and tolerance go by.
template <class Message, class Command>
void read_manner(const Message& request, Command& out) {
    out.entry_mode = Fields::enumerator<rules::EntryMode>(request.entry_mode());
    out.channel = Fields::enumerator<rules::Channel>(request.channel());
    out.estimated = request.estimated();
    out.recurring = request.recurring();
}

/// A kind that a later version knows is declined, not refused: the gateway may be newer than we.
void read_kind(Fields& fields, int value, rules::TransactionKind& out) {
    if (value <= 0) {
        fields.malformed("kind", "is missing or unknown", "say what kind of transaction it is");
        return;
    }
    out = value > rules::transaction_kind_last ? rules::TransactionKind::unsupported
                                               : static_cast<rules::TransactionKind>(value);
}

/// All zeros means unknown in what the network says of an original.
std::string_view known(std::string_view value) {
    const bool zeros = std::ranges::all_of(value, [](char character) { return character == '0'; });
    return zeros ? std::string_view{} : value;
}

void read_refunds(Fields& fields, const v1::RefundedPurchase& named, rules::RefundedPurchase& out) {
    if (!named.authorisation_id().empty()) {
        fields.keep(
            rpc::parse_authorisation_id(named.authorisation_id(), "refunds.authorisation_id"),
            out.authorisation_id);
    }
    fields.text(known(named.network_transaction_id()), "refunds.network_transaction_id",
                out.network_transaction_id);
}

void read_cashback(Fields& fields, const v1::AuthoriseRequest& request, rules::Authorise& out) {
    if (!request.has_cashback()) return;
    const rpc::Price cashback = read_price(fields, true, request.cashback(), "cashback");
    out.cashback = cashback.amount;
    if (cashback.currency != out.amounts.transaction_currency) {
        fields.malformed("cashback.currency", "is not the transaction's currency",
                         "give the part of the transaction in its own currency");
    }
}

void read_trace(Fields& fields, const v1::OriginalReference::AcquirerTrace& trace,
                rules::OriginalReference& out) {
    if (trace.acquirer().empty()) {
        fields.malformed("original.trace.acquirer", "is missing",
                         "give the acquirer's number, or leave the trace out");
    }
    if (trace.stan().empty()) {
        fields.malformed("original.trace.stan", "is missing",
                         "give the trace audit number, or leave the trace out");
    }
    fields.text(known(trace.acquirer()), "original.trace.acquirer", out.identity.acquirer);
    fields.text(known(trace.stan()), "original.trace.stan", out.identity.stan);
    fields.text(known(trace.transmission_time()), "original.trace.transmission_time",
                out.identity.transmission_time);
    fields.text(known(trace.rrn()), "original.trace.rrn", out.identity.rrn);
    fields.text(known(trace.local_date()), "original.trace.local_date", out.local_date);
}

void read_request_name(Fields& fields, const v1::OriginalReference::RequestName& name,
                       const rpc::Identity& caller, rules::OriginalReference& out) {
    if (name.request_key().empty()) {
        fields.malformed("original.request.request_key", "is missing",
                         "give the original's request key, or leave its request out");
    }
    fields.text(name.request_key(), "original.request.request_key", out.request_key);
    if (name.caller().empty()) {
        out.caller = caller.id;
    } else {
        fields.text(name.caller(), "original.request.caller", out.caller);
    }
}

void read_original(Fields& fields, const v1::OriginalReference& original,
                   const rpc::Identity& caller, rules::OriginalReference& out) {
    if (!original.authorisation_id().empty()) {
        fields.keep(
            rpc::parse_authorisation_id(original.authorisation_id(), "original.authorisation_id"),
            out.authorisation_id);
    }
    if (original.has_request()) read_request_name(fields, original.request(), caller, out);
    if (original.has_trace()) read_trace(fields, original.trace(), out);
    fields.text(known(original.network_transaction_id()), "original.network_transaction_id",
                out.identity.network_transaction_id);
    fields.text(original.authorisation_code(), "original.authorisation_code",
                out.authorisation_code);
}

/// A fault of the transaction that was taken from the billing is one of the billing.
Fault about_billing(Fault fault) {
    constexpr std::string_view transaction = "transaction.";
    if (fault.field.starts_with(transaction)) {
        fault.field.replace(0, transaction.size(), "billing.");
    }
    return fault;
}

}  // namespace

Result<rules::Valid<rules::Authorise>> to_command(const v1::AuthoriseRequest& request,
                                                  const rpc::Identity& caller) {
    Fields fields;
    rules::Authorise command;
    fields.request(request.request_key(), caller, command.request);
    fields.token(request.card_token(), "card_token", command.card_token);
    read_kind(fields, request.kind(), command.kind);
    read_asked(fields, request, command.amounts);
    read_cashback(fields, request, command);
    read_merchant(fields, request, command.merchant);
    read_sending(fields, request, command.identity);
    read_identity(fields, request, command.identity);
    fields.text(request.local_date(), "local_date", command.local_date);
    fields.text(request.local_time(), "local_time", command.local_time);
    if (!request.expiry().empty()) {
        fields.keep(rpc::parse_network_expiry(request.expiry(), "expiry"), command.expiry);
    }
    read_manner(request, command);
    command.pin_present = request.pin_present();
    command.partial_capable = request.partial_capable();
    if (request.has_refunds()) read_refunds(fields, request.refunds(), command.refunds);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::Increment>> to_command(const v1::IncrementRequest& request,
                                                  const rpc::Identity& caller) {
    Fields fields;
    rules::Increment command;
    fields.request(request.request_key(), caller, command.request);
    fields.token(request.card_token(), "card_token", command.card_token);
    read_original(fields, request.original(), caller, command.original);
    read_asked(fields, request, command.amounts);
    read_merchant(fields, request, command.merchant);
    read_sending(fields, request, command.identity);
    read_identity(fields, request, command.identity);
    command.estimated = request.estimated();
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::Reverse>> to_command(const v1::ReverseRequest& request,
                                                const rpc::Identity& caller) {
    Fields fields;
    rules::Reverse command;
    fields.request(request.request_key(), caller, command.request);
    fields.token(request.card_token(), "card_token", command.card_token);
    read_original(fields, request.original(), caller, command.original);
    const rpc::Price remaining =
        read_price(fields, request.has_remaining(), request.remaining(), "remaining");
    command.remaining = remaining.amount;
    command.currency = remaining.currency;
    fields.text(request.reason(), "reason", command.reason);
    return std::move(fields).validated(std::move(command));
}

Result<rules::Valid<rules::Present>> to_command(const v1::PresentRequest& request,
                                                const rpc::Identity& caller) {
    Fields fields;
    rules::Present command;
    fields.request(request.request_key(), caller, command.request);
    fields.token(request.card_token(), "card_token", command.card_token);
    command.direction = Fields::enumerator<rules::Direction>(request.direction());
    fields.text(request.presentment_id(), "presentment_id", command.presentment_id);
    fields.text(request.reverses(), "reverses", command.reverses);
    if (request.kind() != v1::PRESENTMENT_KIND_UNSPECIFIED) {
        command.kind = Fields::enumerator<rules::PresentmentKind>(request.kind());
    }
    read_original(fields, request.original(), caller, command.original);
    command.final = request.final();
    read_billed(fields, request, command.amounts);
    read_merchant(fields, request, command.merchant);
    read_identity(fields, request, command.identity);
    fields.text(request.local_date(), "local_date", command.local_date);
    Result<rules::Valid<rules::Present>> valid = std::move(fields).validated(std::move(command));
    if (!valid && !request.has_transaction()) return about_billing(valid.fault());
    return valid;
}

Result<rules::Valid<rules::Advise>> to_command(const v1::AdviseRequest& request,
                                               const rpc::Identity& caller) {
    Fields fields;
    rules::Advise command;
    fields.request(request.request_key(), caller, command.request);
    fields.token(request.card_token(), "card_token", command.card_token);
    command.advice = Fields::enumerator<rules::AdviceKind>(request.advice());
    read_original(fields, request.original(), caller, command.original);
    read_billed(fields, request, command.amounts);
    read_merchant(fields, request, command.merchant);
    read_identity(fields, request, command.identity);
    fields.text(request.stan(), "stan", command.identity.stan);
    fields.text(request.transmission_time(), "transmission_time",
                command.identity.transmission_time);
    fields.text(request.local_date(), "local_date", command.local_date);
    fields.text(request.authorisation_code(), "authorisation_code", command.code);
    read_manner(request, command);
    Result<rules::Valid<rules::Advise>> valid = std::move(fields).validated(std::move(command));
    if (!valid && !request.has_transaction()) return about_billing(valid.fault());
    return valid;
}

}  // namespace carecard::authorisation
