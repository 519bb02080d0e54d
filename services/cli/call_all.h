#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_unary_call.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "services/cli/call.h"

namespace carecard::cli {

/// Which request failed, and how.
struct CallFailure {
    std::size_t index = 0;
    Fault fault;
};

/// The answer of a call, of whatever type, and what to do with it.
class Answer {
   public:
    Answer() = default;
    virtual ~Answer() = default;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    [[nodiscard]] virtual std::optional<Fault> take() = 0;
};

/// One call under way. Filled by `begin_call`.
struct OpenCall {
    std::optional<grpc::ClientContext> context;
    grpc::Status status;
    std::unique_ptr<Answer> answer;
};

/// Begins `call` on `queue`. Does not block.
///
/// @param method     e.g. &v1::AuthorisationService::Stub::AsyncPresent.
/// @param on_answer  `std::optional<Fault>(const Response&)`, called when it was answered.
template <class Stub, class Request, class Response, class OnAnswer>
void begin_call(OpenCall& call, grpc::CompletionQueue& queue, Stub& stub,
                std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (Stub::*method)(
                    grpc::ClientContext*, const Request&, grpc::CompletionQueue*),
                const Request& request, OnAnswer on_answer) {
    struct Typed final : Answer {
        explicit Typed(OnAnswer taker) : on_answer(std::move(taker)) {}
        std::optional<Fault> take() override { return on_answer(response); }

        OnAnswer on_answer;
        Response response;
        std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    };
    auto answer = std::make_unique<Typed>(std::move(on_answer));
    answer->reader = (stub.*method)(&*call.context, request, &queue);
    answer->reader->Finish(&answer->response, &call.status, &call);
    call.answer = std::move(answer);
}

/// Begins call number `index`, by `begin_call`; again for each time that the call is repeated.
using BeginCall =
    std::function<void(std::size_t index, OpenCall& call, grpc::CompletionQueue& queue)>;

/// What a failed call means: nothing lets the rest go on.
using OnCallFault = std::function<std::optional<Fault>(std::size_t index, Fault fault)>;

/// Makes calls through one completion queue, from this thread, with at most `in_flight_max`
/// unanswered at a time, and waits until every one that was begun is answered. Those of one lane
/// follow each other, each after the answer to the one before. Calls that were not decided are
/// repeated as `repeat_of` says, which holds no other call up. Answers are taken on this thread, in
/// the order of arrival.
///
/// @param lane_of   for each call its lane.
/// @param on_fault  may be empty: the first failed call ends the rest.
/// @return nothing; or the first failure, of an answer or from `on_fault`, after which no other
///         call was begun.
[[nodiscard]] std::optional<CallFailure> call_lanes(std::span<const std::uint32_t> lane_of,
                                                    std::size_t in_flight_max,
                                                    const BeginCall& begin,
                                                    const OnCallFault& on_fault = {});

/// Requests of one type to send at once.
template <class Request>
struct Jobs {
    std::vector<Request> requests;
    std::vector<std::uint32_t> lanes;  ///< For each request its lane.

    void add(Request request, std::uint32_t lane) {
        requests.push_back(std::move(request));
        lanes.push_back(lane);
    }
};

/// `call_lanes` for requests of one type.
/// @param on_answer  `std::optional<Fault>(std::size_t index, const Response&)`.
template <class Stub, class Request, class Response, class OnAnswer>
[[nodiscard]] std::optional<CallFailure> call_all(
    Stub& stub,
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (Stub::*method)(
        grpc::ClientContext*, const Request&, grpc::CompletionQueue*),
    const Jobs<Request>& jobs, std::size_t in_flight_max, OnAnswer on_answer,
    const OnCallFault& on_fault = {}) {
    return call_lanes(
        jobs.lanes, in_flight_max,
        [&](std::size_t index, OpenCall& call, grpc::CompletionQueue& queue) {
            begin_call(call, queue, stub, method, jobs.requests[index],
                       [&on_answer, index](const Response& response) {
                           return on_answer(index, response);
                       });
        },
        on_fault);
}

}  // namespace carecard::cli
