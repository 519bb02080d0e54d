#include "bench/load.h"

namespace carecard::bench {

std::string_view name_of(Mode mode) {
    switch (mode) {
        case Mode::unary:
            return "unary";
        case Mode::stream:
            return "stream";
        case Mode::batch:
            return "batch";
    }
    return {};
}

Result<Sample> put_load(const std::shared_ptr<grpc::Channel>& channel, Deck& deck,
                        const Point& point, const Recorder::Span& span) {
    return point.mode == Mode::unary ? put_unary_load(channel, deck, point, span)
                                     : put_stream_load(channel, deck, point, span);
}

Result<Done> check_approved(const v1::AuthoriseResponse& response) {
    if (response.outcome() == v1::AUTHORISE_OUTCOME_APPROVED && !response.replay()) return Done{};
    return Fault{.kind = FaultKind::conflict,
                 .field = {},
                 .detail = response.replay()
                               ? std::string("a payment was taken for a repeat")
                               : "a payment was declined: " +
                                     v1::DeclineReason_Name(response.decline().reason()),
                 .remedy = "measure with more accounts or fewer seconds"};
}

Fault silence_fault() {
    return {.kind = FaultKind::unavailable,
            .field = "server",
            .detail = "no answer came for ten seconds",
            .remedy = "see what the server said"};
}

}  // namespace carecard::bench
