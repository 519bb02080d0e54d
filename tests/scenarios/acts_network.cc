#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tests/scenarios/acts.h"

namespace carecard::scenarios {
namespace {

using Gateway = v1::AuthorisationService::Stub;

const MerchantName some_shop{.name = "Corner Shop", .mcc = "5411", .city = "Leeds"};
const MerchantName some_machine{.name = "Cash Machine", .mcc = "6011", .city = "Leeds"};
const MerchantName some_transfer{.name = "Money Transfer", .mcc = "4829", .city = "Leeds"};

template <class Request>
void set_merchant(const MerchantName& merchant, Request& request) {
    request.set_mcc(merchant.mcc);
    request.set_acceptor(acceptor_of(merchant));
    request.mutable_merchant()->set_name(merchant.name);
    request.mutable_merchant()->set_city(merchant.city);
    request.mutable_merchant()->set_country("GB");
}

/// What every message about a payment has. A card and merchant that the row does not name are
/// those of the payment so far.
Result<Payment> read_parties(Message& message, const Cast& cast, Payment payment) {
    if (const auto name = message.details.take_after("card", "CARD")) payment.card = *name;
    const Result<std::string> card = cast.card(payment.card);
    if (!card) return card.fault();
    payment.card = *card;
    if (const auto name = message.details.take_after("at", "MERCHANT")) {
        const Result<MerchantName> merchant = cast.merchant(*name);
        if (!merchant) return merchant.fault();
        payment.merchant = *merchant;
    }
    payment.line = message.line;
    return payment;
}

/// "05/27", as printed on a card, in the network's YYMM.
Result<std::string> parse_printed_expiry(const std::string& text) {
    if (text.size() == 5 && text[2] == '/') return text.substr(3) + text.substr(0, 2);
    return mistake(fmt::format("\"{}\" is no expiry date", text), "write it as on a card: 05/27");
}

/// How the payment was made.
template <class Request>
void read_manner(Message& message, Request& request) {
    request.set_estimated(message.details.take("estimate"));
    request.set_recurring(message.details.take("recurring"));
    if (message.details.take("chip")) request.set_entry_mode(v1::ENTRY_MODE_CHIP);
    if (message.details.take("contactless")) {
        request.set_entry_mode(v1::ENTRY_MODE_CONTACTLESS_CHIP);
    }
    if (message.details.take("online")) {
        request.set_entry_mode(v1::ENTRY_MODE_E_COMMERCE);
        request.set_channel(v1::CHANNEL_E_COMMERCE);
    }
}

Result<Done> read_terminal(Message& message, const Cast& cast, v1::AuthoriseRequest& request) {
    read_manner(message, request);
    request.set_partial_capable(message.details.take("a part will do"));
    request.set_pin_present(message.details.take("with PIN"));
    if (const auto printed = message.details.take_after("expiry", "MM/YY")) {
        const Result<std::string> expiry = parse_printed_expiry(*printed);
        if (!expiry) return expiry.fault();
        request.set_expiry(*expiry);
    }
    if (const auto other = message.details.take_after("under the key of", "PAYMENT")) {
        const Result<Payment> payment = cast.payment(*other);
        if (!payment) return payment.fault();
        request.set_request_key(cast.key_of(*payment));
    }
    return Done{};
}

template <class Request>
void set_identity(const Payment& payment, Request& request) {
    const v1::OriginalReference::AcquirerTrace trace = trace_of(payment);
    request.set_acquirer(trace.acquirer());
    request.set_stan(trace.stan());
    request.set_rrn(trace.rrn());
    request.set_transmission_time(trace.transmission_time());
    request.set_local_date(trace.local_date());
    request.set_network_transaction_id(network_id_of(payment));
}

template <class Request>
void set_amounts(const PricePair& amount, Request& request) {
    rpc::set_money(amount.transaction, *request.mutable_transaction());
    rpc::set_money(amount.billing, *request.mutable_billing());
}

Result<Act> authorise(Message& message, Cast& cast, v1::TransactionKind kind,
                      const MerchantName& place) {
    const Result<Payment> parties = read_parties(message, cast, {.merchant = place});
    if (!parties) return parties.fault();
    const Result<Payment> payment = cast.add_payment(message.payment, *parties);
    if (!payment) return payment.fault();
    v1::AuthoriseRequest request;
    request.set_request_key(cast.key_of(*payment));
    request.set_card_token(cast.token_of(payment->card));
    request.set_kind(kind);
    set_amounts(*message.amount, request);
    set_merchant(payment->merchant, request);
    set_identity(*payment, request);
    if (message.details.take("a card that is not ours")) {
        request.set_card_token(end_to_end::token_of(0));
    }
    const Result<Done> terminal = read_terminal(message, cast, request);
    if (!terminal) return terminal.fault();
    if (const auto purchase_name = message.details.take_after("of", "PAYMENT")) {
        const Result<Payment> refunded = cast.payment(*purchase_name);
        if (!refunded) return refunded.fault();
        request.mutable_refunds()->set_network_transaction_id(network_id_of(*refunded));
    }
    if (kind == v1::TRANSACTION_KIND_PURCHASE_WITH_CASHBACK) {
        const auto part = message.details.take_before("of it in cash", "AMOUNT");
        if (!part) return mistake("the part in cash is missing", "add \"£20.00 of it in cash\"");
        const Result<rpc::Price> cash = parse_price(*part);
        if (!cash) return cash.fault();
        rpc::set_money(*cash, *request.mutable_cashback());
    }
    return Act([request, name = message.payment](Stage& stage) {
        return stage.to_front(
            &Gateway::Authorise, request, [&](const v1::AuthoriseResponse& response) {
                stage.told(name) = {.authorisation_id = response.authorisation_id(),
                                    .authorisation_code = response.authorisation_code()};
                return answer_of(request, response);
            });
    });
}

Result<Act> purchase(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_PURCHASE, some_shop);
}
Result<Act> cash(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_CASH, some_machine);
}
Result<Act> cashback(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_PURCHASE_WITH_CASHBACK, some_shop);
}

Result<Act> quasi_cash(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_QUASI_CASH, some_transfer);
}
Result<Act> verification(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_VERIFICATION, some_shop);
}
Result<Act> balance_enquiry(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_BALANCE_ENQUIRY, some_machine);
}
Result<Act> refund_announced(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_REFUND, some_shop);
}
Result<Act> original_credit(Message& message, Cast& cast) {
    return authorise(message, cast, v1::TRANSACTION_KIND_ORIGINAL_CREDIT, some_transfer);
}

/// Puts a payment's name into a reference, once what was told of it is known.
using Naming = std::function<void(Stage&, v1::OriginalReference&)>;

/// How the message names its original: "by" and a rule of matching.
Result<Naming> read_naming(Message& message, const Cast& cast, const Payment& payment) {
    const std::string rule =
        message.details.take_after("by", "HOW").value_or("network transaction id");
    const std::string name = message.payment;
    if (rule == "network transaction id") {
        return Naming([payment](Stage&, v1::OriginalReference& original) {
            original.set_network_transaction_id(network_id_of(payment));
        });
    }
    if (rule == "request key") {
        return Naming([key = cast.key_of(payment)](Stage&, v1::OriginalReference& original) {
            original.mutable_request()->set_request_key(key);
        });
    }
    if (rule == "acquirer trace") {
        return Naming([payment](Stage&, v1::OriginalReference& original) {
            *original.mutable_trace() = trace_of(payment);
        });
    }
    if (rule == "local reference") {
        return Naming([payment](Stage&, v1::OriginalReference& original) {
            *original.mutable_trace() = trace_of(payment);
            original.mutable_trace()->clear_transmission_time();
        });
    }
    if (rule == "authorisation code") {
        return Naming([name](Stage& stage, v1::OriginalReference& original) {
            original.set_authorisation_code(stage.told(name).authorisation_code);
        });
    }
    if (rule == "authorisation id") {
        return Naming([name](Stage& stage, v1::OriginalReference& original) {
            original.set_authorisation_id(stage.told(name).authorisation_id);
        });
    }
    return mistake(fmt::format("no original is found by \"{}\"", rule),
                   "write by network transaction id, request key, acquirer trace, local reference, "
                   "authorisation code or authorisation id");
}

/// The payment that a message is about, or a new one that the message alone makes known.
Result<Payment> read_original(Message& message, Cast& cast, bool is_new, bool awaited) {
    Payment before{.merchant = some_shop};
    if (!is_new) {
        const Result<Payment> known = cast.payment(message.payment);
        if (!known) return known.fault();
        before = *known;
    }
    const int line = before.line;
    Result<Payment> payment = read_parties(message, cast, before);
    if (!payment) return payment.fault();
    payment->awaited = awaited;
    if (is_new) return cast.add_payment(message.payment, *payment);
    payment->line = line;
    return payment;
}

/// Its own marks are another request's; the original's are what it is found by.
Result<Act> increment(Message& message, Cast& cast) {
    const Result<Payment> payment = read_original(message, cast, false, false);
    if (!payment) return payment.fault();
    const Result<Naming> naming = read_naming(message, cast, *payment);
    if (!naming) return naming.fault();
    v1::IncrementRequest request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_card_token(cast.token_of(payment->card));
    request.set_estimated(message.details.take("estimate"));
    request.set_acquirer(trace_of(*payment).acquirer());
    set_amounts(*message.amount, request);
    set_merchant(payment->merchant, request);
    return Act([request, name = *naming](Stage& stage) {
        v1::IncrementRequest sent = request;
        name(stage, *sent.mutable_original());
        return stage.to_front(&Gateway::Increment, sent, [](const v1::IncrementResponse& response) {
            return answer_of(response);
        });
    });
}

Result<Act> reversal(Message& message, Cast& cast) {
    const bool comes_first = message.details.take("comes first");
    const Result<Payment> payment = read_original(message, cast, comes_first, comes_first);
    if (!payment) return payment.fault();
    const Result<Naming> naming = read_naming(message, cast, *payment);
    if (!naming) return naming.fault();
    v1::ReverseRequest request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_card_token(cast.token_of(payment->card));
    const std::string left = message.details.take_after("leaves", "AMOUNT").value_or("£0.00");
    const Result<rpc::Price> remaining = parse_price(left);
    if (!remaining) return remaining.fault();
    rpc::set_money(*remaining, *request.mutable_remaining());
    return Act([request, name = *naming](Stage& stage) {
        v1::ReverseRequest sent = request;
        name(stage, *sent.mutable_original());
        return stage.to_front(&Gateway::Reverse, sent, [](const v1::ReverseResponse& response) {
            return answer_of(response);
        });
    });
}

/// A name as the network would spell it: letters, digits and hyphens.
std::string item_id(std::string name) {
    std::ranges::replace(name, ' ', '-');
    return "item-" + name;
}

Result<Act> present(Message& message, Cast& cast, v1::PresentmentDirection direction,
                    v1::PresentmentKind kind = v1::PRESENTMENT_KIND_CLEARING) {
    const bool unmatched = message.details.take("names no original");
    const Result<Payment> payment = read_original(message, cast, unmatched, false);
    if (!payment) return payment.fault();
    const Result<Naming> naming = read_naming(message, cast, *payment);
    if (!naming) return naming.fault();
    v1::PresentRequest request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_card_token(cast.token_of(payment->card));
    request.set_direction(direction);
    request.set_kind(kind);
    const auto item = message.details.take_after("item", "NAME");
    request.set_presentment_id(item_id(item.value_or(fmt::format("line-{}", message.line))));
    if (direction == v1::PRESENTMENT_DIRECTION_DEBIT) {
        request.set_final(message.details.take("final"));
    }
    set_amounts(*message.amount, request);
    set_merchant(payment->merchant, request);
    if (unmatched) request.set_network_transaction_id(network_id_of(*payment));
    return Act([request, unmatched, name = *naming, about = message.payment](Stage& stage) {
        v1::PresentRequest sent = request;
        if (!unmatched) name(stage, *sent.mutable_original());
        return stage.to_front(&Gateway::Present, sent, [&](const v1::PresentResponse& response) {
            if (unmatched) stage.told(about) = {.authorisation_id = response.authorisation_id()};
            return answer_of(sent, response);
        });
    });
}

Result<Act> clearing(Message& message, Cast& cast) {
    return present(message, cast, v1::PRESENTMENT_DIRECTION_DEBIT);
}
Result<Act> refund(Message& message, Cast& cast) {
    return present(message, cast, v1::PRESENTMENT_DIRECTION_CREDIT);
}

Result<Act> chargeback(Message& message, Cast& cast) {
    return present(message, cast, v1::PRESENTMENT_DIRECTION_CREDIT,
                   v1::PRESENTMENT_KIND_CHARGEBACK);
}
Result<Act> second_presentment(Message& message, Cast& cast) {
    return present(message, cast, v1::PRESENTMENT_DIRECTION_DEBIT, v1::PRESENTMENT_KIND_SECOND);
}

/// The network takes a clearing back: a credit for the whole of it, by its own number.
Result<Act> withdrawal(Message& message, Cast& cast) {
    const auto item = message.details.take_after("of item", "NAME");
    if (!item) return mistake("which clearing is taken back is missing", "add \"of item NAME\"");
    const Result<Payment> payment = read_original(message, cast, false, false);
    if (!payment) return payment.fault();
    v1::PresentRequest request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_card_token(cast.token_of(payment->card));
    request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
    request.set_presentment_id(item_id(fmt::format("line-{}", message.line)));
    request.set_reverses(item_id(*item));
    set_amounts(*message.amount, request);
    set_merchant(payment->merchant, request);
    return Act([request](Stage& stage) {
        return stage.to_front(&Gateway::Present, request, [&](const v1::PresentResponse& response) {
            return answer_of(request, response);
        });
    });
}

/// An advice repeats the marks of its payment, which may be one that never came.
Result<Act> advise(Message& message, Cast& cast, v1::AdviceKind kind) {
    const bool is_new = message.details.take("of a payment not seen");
    const Result<Payment> payment = read_original(message, cast, is_new, is_new);
    if (!payment) return payment.fault();
    v1::AdviseRequest request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_card_token(cast.token_of(payment->card));
    request.set_advice(kind);
    read_manner(message, request);
    set_amounts(*message.amount, request);
    set_merchant(payment->merchant, request);
    set_identity(*payment, request);
    return Act([request](Stage& stage) {
        return stage.to_front(&Gateway::Advise, request, [](const v1::AdviseResponse& response) {
            return answer_of(response);
        });
    });
}

Result<Act> stand_in_approved(Message& message, Cast& cast) {
    return advise(message, cast, v1::ADVICE_KIND_STAND_IN_APPROVED);
}
Result<Act> stand_in_declined(Message& message, Cast& cast) {
    return advise(message, cast, v1::ADVICE_KIND_STAND_IN_DECLINED);
}
Result<Act> completion(Message& message, Cast& cast) {
    return advise(message, cast, v1::ADVICE_KIND_COMPLETION);
}

constexpr std::array verbs{
    Verb{"purchase", Use::needed, Use::needed, purchase},
    Verb{"cash", Use::needed, Use::needed, cash},
    Verb{"cashback", Use::needed, Use::needed, cashback},
    Verb{"quasi-cash", Use::needed, Use::needed, quasi_cash},
    Verb{"verification", Use::needed, Use::needed, verification},
    Verb{"balance enquiry", Use::needed, Use::needed, balance_enquiry},
    Verb{"refund announced", Use::needed, Use::needed, refund_announced},
    Verb{"original credit", Use::needed, Use::needed, original_credit},
    Verb{"increment", Use::needed, Use::needed, increment},
    Verb{"reversal", Use::needed, Use::none, reversal},
    Verb{"clearing", Use::needed, Use::needed, clearing},
    Verb{"refund", Use::needed, Use::needed, refund},
    Verb{"clearing reversed", Use::needed, Use::needed, withdrawal},
    Verb{"chargeback", Use::needed, Use::needed, chargeback},
    Verb{"second presentment", Use::needed, Use::needed, second_presentment},
    Verb{"stand-in approved", Use::needed, Use::needed, stand_in_approved},
    Verb{"stand-in declined", Use::needed, Use::needed, stand_in_declined},
    Verb{"completion", Use::needed, Use::needed, completion},
};

}  // namespace

std::span<const Verb> network_verbs() { return verbs; }

}  // namespace carecard::scenarios
