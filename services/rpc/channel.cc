#include "services/rpc/channel.h"

#include <fmt/format.h>
#include <grpc/impl/codegen/grpc_types.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>

#include "common/limits.h"

namespace carecard::rpc {

std::shared_ptr<grpc::Channel> make_channel(
    const std::string& target, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    Connection connection) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(rpc_message_bytes_max));
    arguments.SetMaxSendMessageSize(static_cast<int>(rpc_message_bytes_max));
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, connection == Connection::own ? 1 : 0);
    return grpc::CreateCustomChannel(target, credentials, arguments);
}

Result<Done> wait_for_ready(grpc::Channel& channel, const std::string& target, DurationNs timeout) {
    const auto deadline =
        std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::microseconds>(
                                               std::chrono::nanoseconds{timeout.value});
    if (channel.WaitForConnected(deadline)) return Done{};
    return Fault{.kind = FaultKind::unavailable,
                 .field = "server",
                 .detail = fmt::format("no connection to {} within {} s; nothing was sent", target,
                                       timeout.value / ns_per_second),
                 .remedy =
                     "check the address, that the service runs, and that both certificates "
                     "are from the same authority"};
}

}  // namespace carecard::rpc
