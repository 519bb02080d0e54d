#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "common/result.h"
#include "common/time.h"

namespace carecard::rpc {

enum class Connection : unsigned char {
    shared,  ///< Channels of this process to one target with the same credentials share it.
    own,     ///< A TCP connection for this channel alone: for load on several at once.
};

/// Makes a channel to `target` ("host:port"). Does not connect yet, and does not block.
///
/// Messages may be as long as the longest journal record and its envelope; there is no keepalive
/// traffic, and gRPC never repeats a call by itself: that is the caller's, with the request key.
[[nodiscard]] std::shared_ptr<grpc::Channel> make_channel(
    const std::string& target, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    Connection connection = Connection::shared);

/// Connects, and waits until calls can be made, at most `timeout`. Blocks.
///
/// @param target  as given to `make_channel`; for the fault's text only.
/// @return `unavailable` on field "server" when it did not; nothing was sent then.
[[nodiscard]] Result<Done> wait_for_ready(grpc::Channel& channel, const std::string& target,
                                          DurationNs timeout);

}  // namespace carecard::rpc
