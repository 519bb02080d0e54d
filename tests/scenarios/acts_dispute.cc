#include "tests/scenarios/acts_dispute.h"

#include <array>

#include "tests/scenarios/staff_requests.h"

namespace carecard::scenarios {
namespace {

/// About the payment that is named, by its id.
template <class Request, class Response>
Result<Act> about_payment(Message& message, Cast& cast,
                          grpc::Status (Admin::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                          Request request) {
    const Result<Payment> payment = cast.payment(message.payment);
    if (!payment) return payment.fault();
    return Act([name = message.payment, method, request](Stage& stage) mutable {
        request.set_authorisation_id(stage.told(name).authorisation_id);
        return stage.to_back("support", method, request,
                             [](const Response& response) { return answer_of(response); });
    });
}

Result<Act> open(Message& message, Cast& cast) {
    auto request = change_of<v1::OpenDisputeRequest>(message, cast);
    request.set_category(v1::DISPUTE_CATEGORY_NOT_RECEIVED);
    request.set_provisional(message.details.take("credited now"));
    rpc::set_money(message.amount->billing, *request.mutable_amount());
    return about_payment(message, cast, &Admin::OpenDispute, request);
}

Result<Act> close(Message& message, Cast& cast, v1::DisputeOutcome outcome) {
    auto request = change_of<v1::CloseDisputeRequest>(message, cast);
    request.set_outcome(outcome);
    return about_payment(message, cast, &Admin::CloseDispute, request);
}
Result<Act> won(Message& message, Cast& cast) {
    return close(message, cast, v1::DISPUTE_OUTCOME_WON);
}
Result<Act> lost(Message& message, Cast& cast) {
    return close(message, cast, v1::DISPUTE_OUTCOME_LOST);
}
Result<Act> withdrawn(Message& message, Cast& cast) {
    return close(message, cast, v1::DISPUTE_OUTCOME_WITHDRAWN);
}

constexpr std::array verbs{
    Verb{"dispute", Use::needed, Use::needed, open},
    Verb{"dispute won", Use::needed, Use::none, won},
    Verb{"dispute lost", Use::needed, Use::none, lost},
    Verb{"dispute withdrawn", Use::needed, Use::none, withdrawn},
};

}  // namespace

std::span<const Verb> dispute_verbs() { return verbs; }

}  // namespace carecard::scenarios
