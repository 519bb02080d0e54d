#include "tests/scenarios/acts_exposure.h"

#include <array>

#include "tests/scenarios/staff_requests.h"

namespace carecard::scenarios {
namespace {

/// "by finance": whose certificate is used, or else `usual`.
Result<std::string> read_person(Message& message, std::string usual) {
    const auto person = message.details.take_after("by", "ROLE");
    if (!person) return usual;
    if (*person == "support" || *person == "finance") return *person;
    return mistake("it is not said who does it", "write by support, or by finance");
}

Result<Act> propose(Message& message, Cast& cast, v1::ResolutionKind kind) {
    const Result<Payment> payment = cast.payment(message.payment);
    if (!payment) return payment.fault();
    const auto person = read_person(message, "support");
    if (!person) return person.fault();
    auto request = change_of<v1::ProposeResolutionRequest>(message, cast);
    request.set_kind(kind);
    rpc::set_money(message.amount->billing, *request.mutable_amount());
    request.set_notice_until(message.details.take_after("notice until", "YYYY-MM-DD").value_or(""));
    return Act([name = message.payment, person = *person, request](Stage& stage) mutable {
        request.set_authorisation_id(stage.told(name).authorisation_id);
        return stage.to_back(person, &Admin::ProposeResolution, request,
                             [&](const v1::ProposeResolutionResponse& response) {
                                 stage.told(name).proposal = response.proposal();
                                 return answer_of(response);
                             });
    });
}
Result<Act> propose_write_off(Message& message, Cast& cast) {
    return propose(message, cast, v1::RESOLUTION_KIND_WRITE_OFF);
}
Result<Act> propose_recovery(Message& message, Cast& cast) {
    return propose(message, cast, v1::RESOLUTION_KIND_RECOVERY);
}

/// About the proposal that was made last for the payment.
template <class Request, class Response>
Result<Act> about_proposal(Message& message, Cast& cast,
                           grpc::Status (Admin::*method)(grpc::ClientContext*, const Request&,
                                                         Response*),
                           Request request) {
    const Result<Payment> payment = cast.payment(message.payment);
    if (!payment) return payment.fault();
    const auto person = read_person(message, "finance");
    if (!person) return person.fault();
    return Act([name = message.payment, person = *person, method, request](Stage& stage) mutable {
        request.set_proposal(stage.told(name).proposal);
        return stage.to_back(person, method, request,
                             [](const Response& response) { return answer_of(response); });
    });
}

Result<Act> decide(Message& message, Cast& cast, bool approve) {
    auto request = change_of<v1::DecideResolutionRequest>(message, cast);
    request.set_approve(approve);
    return about_proposal(message, cast, &Admin::DecideResolution, request);
}
Result<Act> approve(Message& message, Cast& cast) { return decide(message, cast, true); }
Result<Act> reject(Message& message, Cast& cast) { return decide(message, cast, false); }

Result<Act> recover(Message& message, Cast& cast) {
    return about_proposal(message, cast, &Admin::RecoverExposure,
                          change_of<v1::RecoverExposureRequest>(message, cast));
}

constexpr std::array verbs{
    Verb{"propose write-off", Use::needed, Use::needed, propose_write_off},
    Verb{"propose recovery", Use::needed, Use::needed, propose_recovery},
    Verb{"approve proposal", Use::needed, Use::none, approve},
    Verb{"reject proposal", Use::needed, Use::none, reject},
    Verb{"recover", Use::needed, Use::none, recover},
};

}  // namespace

std::span<const Verb> exposure_verbs() { return verbs; }

}  // namespace carecard::scenarios
