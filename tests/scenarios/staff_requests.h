#pragma once

#include <string>

#include "tests/scenarios/acts.h"

/// What the messages of staff have in common.
namespace carecard::scenarios {

using Admin = v1::AdminService::Stub;

/// What every change by staff has.
template <class Request>
Request change_of(const Message& message, const Cast& cast) {
    Request request;
    request.set_request_key(cast.key_of_line(message.line));
    request.set_reason("a scenario says so");
    if constexpr (requires { request.mutable_account(); }) {
        *request.mutable_account() = cast.account();
    }
    return request;
}

/// The same of a change of one card, "card CARD", or else the first.
template <class Request>
Result<Request> change_of_card(Message& message, const Cast& cast) {
    const Result<std::string> card =
        cast.card(message.details.take_after("card", "CARD").value_or(""));
    if (!card) return card.fault();
    auto request = change_of<Request>(message, cast);
    request.set_card_token(cast.token_of(*card));
    return request;
}

template <class Request, class Response>
Act sender(std::string role,
           grpc::Status (Admin::*method)(grpc::ClientContext*, const Request&, Response*),
           Request request) {
    return [role = std::move(role), method, request = std::move(request)](Stage& stage) {
        return stage.to_back(role, method, request, [](const Response& response) {
            return answer_of(response.receipt());
        });
    };
}

}  // namespace carecard::scenarios
