#include "bench/target.h"

#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"

namespace carecard::bench {

Result<std::shared_ptr<grpc::Channel>> connect(const std::string& certificates,
                                               const std::string& role,
                                               const std::string& address) {
    const auto credentials =
        rpc::client_credentials({.ca = certificates + "/ca.pem",
                                 .certificate = certificates + "/" + role + ".pem",
                                 .key = certificates + "/" + role + ".key"});
    if (!credentials) return credentials.fault();
    std::shared_ptr<grpc::Channel> channel =
        rpc::make_channel(address, *credentials, rpc::Connection::own);
    const Result<Done> ready = rpc::wait_for_ready(*channel, address, seconds(10));
    if (!ready) return ready.fault();
    return channel;
}

}  // namespace carecard::bench
