#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "carecard/v1/admin.grpc.pb.h"
#include "carecard/v1/authorisation.grpc.pb.h"
#include "carecard/v1/settlement.grpc.pb.h"
#include "common/result.h"
#include "common/time.h"
#include "services/rpc/identity.h"

namespace CLI {
class App;
}

namespace carecard::cli {

/// Where the services are and who asks. Flags, or the environment.
struct ConnectionSettings {
    std::string admin;         ///< CARECARD_ADMIN: "host:port" of the authorisation service's back.
    std::string gateway;       ///< CARECARD_GATEWAY: "host:port" of its front.
    std::string settlement;    ///< CARECARD_SETTLEMENT: "host:port".
    std::string certificates;  ///< CARECARD_CERTIFICATES: a directory of carecard-certificates.
};

/// Adds the options to the program, with their environment variables.
void add_connection_options(CLI::App& app, ConnectionSettings& settings);

/// Makes stubs, each with the certificate of the role that has the right to the calls to be made
/// with it. Connects when a stub is first asked for, and keeps the channel. One thread at a time;
/// the stubs may be used by any.
///
/// Every function answers `malformed` on field "--admin" (or its like) when the setting is missing,
/// the faults of credentials.h for the certificate, and `unavailable` on field "server" when the
/// service does not answer within `connect_timeout`; then nothing was sent.
class Connection {
   public:
    explicit Connection(ConnectionSettings settings) : settings_(std::move(settings)) {}

    using AdminStub = std::shared_ptr<v1::AdminService::Stub>;
    using GatewayStub = std::shared_ptr<v1::AuthorisationService::Stub>;
    using SettlementStub = std::shared_ptr<v1::SettlementService::Stub>;

    [[nodiscard]] Result<AdminStub> admin(rpc::Role role);
    [[nodiscard]] Result<GatewayStub> gateway();
    [[nodiscard]] Result<SettlementStub> settlement(rpc::Role role);

    [[nodiscard]] const ConnectionSettings& settings() const { return settings_; }

   private:
    struct Target {
        std::string_view option;
        std::string_view variable;
        const std::string& address;
    };
    [[nodiscard]] Result<std::shared_ptr<grpc::Channel>> channel(const Target& target,
                                                                 rpc::Role role);

    ConnectionSettings settings_;
    std::map<std::pair<std::string, rpc::Role>, std::shared_ptr<grpc::Channel>> channels_;
};

inline constexpr DurationNs connect_timeout = seconds(5);

}  // namespace carecard::cli
