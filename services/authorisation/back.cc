#include "services/authorisation/back.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "services/authorisation/back_commands.h"

namespace carecard::authorisation {
namespace {

constexpr std::chrono::seconds grace{2};

}  // namespace

Result<std::unique_ptr<Back>> Back::serve(
    const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
    const BackParts& parts) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    std::unique_ptr<Back> back(new Back);
    back->bell_ = &parts.bell;
    back->admin_ = make_admin_service(parts);
    back->journal_ = make_journal_service(parts);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials, &back->port_);
    builder.RegisterService(back->admin_.get());
    builder.RegisterService(back->journal_.get());
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    back->server_ = builder.BuildAndStart();
    if (back->server_ == nullptr || back->port_ == 0) {
        return Fault{.kind = FaultKind::unavailable,
                     .field = "back",
                     .detail = "cannot listen on " + address,
                     .remedy = "see whether another service has the port, or give another one"};
    }
    return back;
}

Back::~Back() {
    if (server_ == nullptr) return;
    stop();
    server_->Wait();
}

void Back::stop() {
    bell_->close();
    server_->Shutdown(std::chrono::system_clock::now() + grace);
}

void Back::set_serving(bool serving) {
    if (server_ == nullptr || server_->GetHealthCheckService() == nullptr) return;
    server_->GetHealthCheckService()->SetServingStatus(serving);
}

}  // namespace carecard::authorisation
