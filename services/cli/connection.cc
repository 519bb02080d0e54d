#include "services/cli/connection.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"

namespace carecard::cli {

void add_connection_options(CLI::App& app, ConnectionSettings& settings) {
    const auto add = [&](const char* option, std::string& value, const char* variable,
                         const char* help) {
        app.add_option(option, value, help)->envname(variable)->group("Connection");
    };
    add("--admin", settings.admin, "CARECARD_ADMIN",
        "host:port of the authorisation service's back: accounts, loads, agreements, clock");
    add("--gateway", settings.gateway, "CARECARD_GATEWAY",
        "host:port of the authorisation service's front: payments");
    add("--settlement", settings.settlement, "CARECARD_SETTLEMENT",
        "host:port of the settlement service: batches");
    add("--certificates", settings.certificates, "CARECARD_CERTIFICATES",
        "directory made by carecard-certificates; each command uses the role it needs");
}

Result<std::shared_ptr<grpc::Channel>> Connection::channel(const Target& target, rpc::Role role) {
    const auto missing = [](std::string_view option, std::string_view variable) {
        return Fault{.kind = FaultKind::malformed,
                     .field = std::string(option),
                     .detail = "is not given",
                     .remedy = fmt::format("give {} or set {}", option, variable)};
    };
    if (target.address.empty()) return missing(target.option, target.variable);
    if (settings_.certificates.empty()) return missing("--certificates", "CARECARD_CERTIFICATES");

    std::shared_ptr<grpc::Channel>& known = channels_[{std::string(target.address), role}];
    if (known) return known;
    const std::string stem = fmt::format("{}/{}", settings_.certificates, rpc::name_of(role));
    const auto credentials = rpc::client_credentials({.ca = settings_.certificates + "/ca.pem",
                                                      .certificate = stem + ".pem",
                                                      .key = stem + ".key"});
    if (!credentials) return credentials.fault();
    std::shared_ptr<grpc::Channel> made = rpc::make_channel(target.address, *credentials);
    const Result<Done> ready = rpc::wait_for_ready(*made, target.address, connect_timeout);
    if (!ready) return ready.fault();
    known = std::move(made);
    return known;
}

Result<Connection::AdminStub> Connection::admin(rpc::Role role) {
    const auto made = channel({"--admin", "CARECARD_ADMIN", settings_.admin}, role);
    if (!made) return made.fault();
    return AdminStub(v1::AdminService::NewStub(*made));
}

Result<Connection::GatewayStub> Connection::gateway() {
    const auto made =
        channel({"--gateway", "CARECARD_GATEWAY", settings_.gateway}, rpc::Role::gateway);
    if (!made) return made.fault();
    return GatewayStub(v1::AuthorisationService::NewStub(*made));
}

Result<Connection::SettlementStub> Connection::settlement(rpc::Role role) {
    const auto made = channel({"--settlement", "CARECARD_SETTLEMENT", settings_.settlement}, role);
    if (!made) return made.fault();
    return SettlementStub(v1::SettlementService::NewStub(*made));
}

}  // namespace carecard::cli
