#pragma once

#include <grpcpp/channel.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "bench/deck.h"
#include "bench/sample.h"
#include "common/result.h"

namespace carecard::bench {

enum class Mode : unsigned char {
    unary,   ///< One call a request.
    stream,  ///< Streams with one request a message.
    batch,   ///< Streams with many requests a message.
};

[[nodiscard]] std::string_view name_of(Mode mode);

/// The most streams that one load is spread over.
inline constexpr std::size_t streams_max = 16;

/// How a load is put on a server.
struct Point {
    Mode mode = Mode::unary;
    std::size_t in_flight = 1;  ///< Requests without an answer at any time.
    std::size_t batch = 1;      ///< Requests a message.

    [[nodiscard]] std::size_t streams() const {
        return mode == Mode::unary ? 0 : std::min(in_flight / batch, streams_max);
    }
};

/// Puts the load of `point` on a server for the time of `span` and waits for all answers. One
/// thread, one completion queue, one connection.
///
/// @return what was measured; or the first answer that is no approval, as a fault: what would be
///         measured then is something else. `unavailable` when nothing came for ten seconds.
[[nodiscard]] Result<Sample> put_load(const std::shared_ptr<grpc::Channel>& channel, Deck& deck,
                                      const Point& point, const Recorder::Span& span);

/// The two kinds of load of `put_load`.
[[nodiscard]] Result<Sample> put_unary_load(const std::shared_ptr<grpc::Channel>& channel,
                                            Deck& deck, const Point& point,
                                            const Recorder::Span& span);
[[nodiscard]] Result<Sample> put_stream_load(const std::shared_ptr<grpc::Channel>& channel,
                                             Deck& deck, const Point& point,
                                             const Recorder::Span& span);

/// What is wrong with an answer, if anything is.
[[nodiscard]] Result<Done> check_approved(const v1::AuthoriseResponse& response);

/// Nothing came for too long.
[[nodiscard]] Fault silence_fault();

}  // namespace carecard::bench
