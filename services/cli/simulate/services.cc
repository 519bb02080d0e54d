#include "services/cli/simulate/services.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "services/cli/simulate/child.h"
#include "services/cli/simulate/stop.h"

namespace carecard::cli::simulate {
namespace {

constexpr std::chrono::seconds start_timeout{30};
constexpr std::chrono::milliseconds poll_interval{5};
constexpr std::string_view any_port = "127.0.0.1:0";

Fault services_fault(std::string detail) {
    return {.kind = FaultKind::unavailable,
            .field = "services",
            .detail = std::move(detail),
            .remedy = "look at what it said; free disk space or memory; start again"};
}

/// Waits for a file that a service writes when it serves.
Result<std::string> wait_for_file(const std::string& path, pid_t child,
                                  const std::string& log_path) {
    const auto deadline = std::chrono::steady_clock::now() + start_timeout;
    while (std::chrono::steady_clock::now() < deadline) {
        if (std::filesystem::exists(path)) {
            std::ifstream file(path);
            return std::string(std::istreambuf_iterator<char>(file), {});
        }
        if (stop_requested()) return stopped();
        if (state_of_child(child) == ChildState::ended) {
            return services_fault(
                fmt::format("a service ended instead of serving:\n{}", last_lines(log_path)));
        }
        std::this_thread::sleep_for(poll_interval);
    }
    return services_fault(fmt::format("a service does not serve within {} seconds:\n{}",
                                      start_timeout.count(), last_lines(log_path)));
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

}  // namespace

Result<std::unique_ptr<OwnServices>> OwnServices::start(const std::string& council) {
    std::unique_ptr<OwnServices> services(new OwnServices);
    std::error_code error;
    services->programs_ = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (const char* name :
         {"carecard-certificates", "carecard-authorisation", "carecard-settlement"}) {
        const std::string path = services->programs_ + "/" + name;
        if (access(path.c_str(), X_OK) == 0) continue;
        return Fault{.kind = FaultKind::not_found,
                     .field = "programs",
                     .detail = fmt::format("{} is not beside carecard", name),
                     .remedy = "build all programs, or use --server with a running service"};
    }
    Result<Done> done = services->make_directory();
    if (done) done = services->make_certificates(council);
    if (done && stop_requested()) done = stopped();
    if (done) done = services->start_authorisation();
    if (done) done = services->start_settlement();
    if (!done) return done.fault();
    return services;
}

OwnServices::~OwnServices() {
    while (!children_.empty()) {
        stop_child(children_.back());
        children_.pop_back();
    }
    std::error_code error;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, error);
}

Result<Done> OwnServices::make_directory() {
    const char* base = std::getenv("TMPDIR");
    std::string name = fmt::format("{}/carecard-simulate-XXXXXX", base == nullptr ? "/tmp" : base);
    if (mkdtemp(name.data()) == nullptr) {
        return services_fault(fmt::format("no directory can be made like {}", name));
    }
    directory_ = std::move(name);
    settings_.certificates = directory_ + "/certificates";
    return Done{};
}

Result<Done> OwnServices::make_certificates(const std::string& council) {
    const std::string log = directory_ + "/certificates.log";
    const Result<pid_t> child =
        start_child({programs_ + "/carecard-certificates", settings_.certificates, council}, log);
    if (!child) return child.fault();
    if (wait_for_child(*child) != 0) {
        return services_fault(fmt::format("carecard-certificates failed:\n{}", last_lines(log)));
    }
    return Done{};
}

Result<Done> OwnServices::start_authorisation() {
    const std::string& certificates = settings_.certificates;
    const std::string ports = directory_ + "/authorisation.ports";
    const std::string log = directory_ + "/authorisation.log";
    const Result<pid_t> child = start_child(
        {programs_ + "/carecard-authorisation", "--data", directory_ + "/authorisation", "--front",
         std::string(any_port), "--back", std::string(any_port), "--ports-file", ports, "--ca",
         certificates + "/ca.pem", "--certificate", certificates + "/authorisation-server.pem",
         "--key", certificates + "/authorisation-server.key", "--master-key",
         certificates + "/master.key", "--clock", "simulated"},
        log);
    if (!child) return child.fault();
    children_.push_back(*child);
    const Result<std::string> text = wait_for_file(ports, *child, log);
    if (!text) return text.fault();
    const auto object = nlohmann::json::parse(*text, nullptr, false);
    if (!object.is_object() || !object.contains("front") || !object["front"].is_string() ||
        !object.contains("back") || !object["back"].is_string()) {
        return services_fault("carecard-authorisation did not name its ports");
    }
    settings_.gateway = object["front"].get<std::string>();
    settings_.admin = object["back"].get<std::string>();
    return Done{};
}

Result<Done> OwnServices::start_settlement() {
    const std::string& certificates = settings_.certificates;
    const std::string port = directory_ + "/settlement.port";
    const std::string log = directory_ + "/settlement.log";
    const Result<pid_t> child = start_child({programs_ + "/carecard-settlement",
                                             "--data",
                                             directory_ + "/settlement",
                                             "--listen",
                                             std::string(any_port),
                                             "--port-file",
                                             port,
                                             "--journal",
                                             settings_.admin,
                                             "--ca",
                                             certificates + "/ca.pem",
                                             "--certificate",
                                             certificates + "/settlement-server.pem",
                                             "--key",
                                             certificates + "/settlement-server.key",
                                             "--journal-certificate",
                                             certificates + "/settlement.pem",
                                             "--journal-key",
                                             certificates + "/settlement.key",
                                             "--signing-certificate",
                                             certificates + "/batch-signer.pem",
                                             "--signing-key",
                                             certificates + "/batch-signer.key"},
                                            log);
    if (!child) return child.fault();
    children_.push_back(*child);
    const Result<std::string> text = wait_for_file(port, *child, log);
    if (!text) return text.fault();
    const std::string bound = without_line_end(*text);
    settings_.settlement =
        bound.find(':') == std::string::npos ? fmt::format("127.0.0.1:{}", bound) : bound;
    return Done{};
}

}  // namespace carecard::cli::simulate
