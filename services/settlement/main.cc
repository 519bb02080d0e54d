#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/journal/file_system.h"
#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"
#include "services/rpc/private_process.h"
#include "services/settlement/currency_letters.h"
#include "services/settlement/data_directory.h"
#include "services/settlement/options.h"
#include "services/settlement/posix_directories.h"
#include "services/settlement/rocksdb_book.h"
#include "services/settlement/settlement.h"
#include "services/settlement/settlement_service.h"
#include "services/settlement/tail_client.h"

namespace carecard::settlement {
namespace {

constexpr std::string_view program = "carecard-settlement";

std::string_view text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Signer> load_signer(const Options& options) {
    journal::PosixFileSystem files;
    const Result<std::vector<std::byte>> certificate =
        files.read_all({.field = "signing-certificate", .path = options.signing_certificate});
    if (!certificate) return certificate.fault();
    const Result<Secret> key =
        files.read_secret({.field = "signing-key", .path = options.signing_key});
    if (!key) return key.fault();
    Result<Signer> signer = Signer::make(text_of(*certificate), *key);
    if (!signer) return signer.fault();
    for (const std::string& path : options.earlier_signing_certificates) {
        const Result<std::vector<std::byte>> earlier =
            files.read_all({.field = "earlier-signing-certificate", .path = path});
        if (!earlier) return earlier.fault();
        const Result<Done> added = signer->add_earlier(text_of(*earlier));
        if (!added) return added.fault();
    }
    return signer;
}

/// Says once why the service must end, and wakes `main`.
class Ending {
   public:
    void because(const Fault& fault) {
        {
            const std::scoped_lock lock(mutex_);
            fault_ = fault;
        }
        ::kill(::getpid(), SIGTERM);
    }
    [[nodiscard]] std::optional<Fault> fault() const {
        const std::scoped_lock lock(mutex_);
        return fault_;
    }

   private:
    mutable std::mutex mutex_;
    std::optional<Fault> fault_;
};

struct Server {
    std::unique_ptr<grpc::Server> grpc;
    int port = 0;
};

Result<Server> start_server(const Options& options, SettlementService& service) {
    const auto credentials = rpc::server_credentials(options.server);
    if (!credentials) return credentials.fault();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ResourceQuota quota("settlement");
    quota.SetMaxThreads(settlement_threads_max);
    Server server;
    grpc::ServerBuilder builder;
    builder.SetResourceQuota(quota);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(options.listen, *credentials, &server.port);
    builder.RegisterService(&service);
    server.grpc = builder.BuildAndStart();
    if (!server.grpc || server.port == 0) {
        return Fault{FaultKind::unavailable, "listen",
                     fmt::format("cannot listen on {}", options.listen),
                     "Name an address of this machine and a port that no other program uses."};
    }
    return server;
}

Result<Done> write_port(const Options& options, int port) {
    if (options.port_file.empty()) return Done{};
    journal::PosixFileSystem files;
    const std::string text = fmt::format("{}\n", port);
    return files.write_atomically({.field = "port-file", .path = options.port_file}, bytes_of(text),
                                  journal::FileMode::everyone_reads);
}

void wait_for_signal() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    int signal = 0;
    ::sigwait(&signals, &signal);
}

void block_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

/// Serves until a signal or a fault. @return the fault, if one ended it.
Result<Done> serve(const Options& options) {
    const Result<Signer> signer = load_signer(options);
    if (!signer) return signer.fault();
    const auto credentials = rpc::client_credentials(options.client);
    if (!credentials) return credentials.fault();
    PosixDirectories directories;
    const Result<Done> made = make_data_directory(directories, options.data);
    if (!made) return made.fault();
    const auto book = RocksDbBook::open({.field = "data", .directory = options.data + "/book"});
    if (!book) return book.fault();

    Shelf shelf(directories, batches_in(options.data));
    Catalogue catalogue;
    const auto settlement = Settlement::open({.book = **book,
                                              .shelf = shelf,
                                              .signer = *signer,
                                              .catalogue = catalogue,
                                              .currency_name = currency_letters});
    if (!settlement) return settlement.fault();
    const auto journal =
        v1::JournalService::NewStub(rpc::make_channel(options.journal, *credentials));
    SettlementService service({.catalogue = catalogue, .shelf = shelf, .journal = *journal});
    const Result<Server> server = start_server(options, service);
    if (!server) return server.fault();

    Ending ending;
    {
        const TailClient tail(*journal, **settlement, [&](const Fault& fault) {
            catalogue.stop();
            ending.because(fault);
        });
        const Result<Done> written = write_port(options, server->port);
        if (!written) return written.fault();
        rpc::log(program, "serving on port {}, journal {}, from sequence {}", server->port,
                 options.journal, catalogue.as_of().value);
        wait_for_signal();
        catalogue.stop();
        server->grpc->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    }
    if (const std::optional<Fault> fault = ending.fault()) return *fault;
    rpc::log(program, "stopped");
    return Done{};
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app("Makes signed settlement batches from the journal, and hands them out.");
    describe(app, options);
    CLI11_PARSE(app, argc, argv);
    options.server.ca = options.ca;
    options.client.ca = options.ca;
    block_signals();
    const Result<Done> served = serve(options);
    if (served) return 0;
    rpc::log(program, "{}", rpc::explain(served.fault()));
    return 1;
}

}  // namespace
}  // namespace carecard::settlement

int main(int argc, char** argv) {
    carecard::rpc::keep_memory_private();
    try {
        return carecard::settlement::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "carecard-settlement: %s\n", error.what());
        return 1;
    }
}
