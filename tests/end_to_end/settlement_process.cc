#include "tests/end_to_end/settlement_process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds start_timeout{30};

std::vector<std::string> words(const Installation& installation, const std::string& journal) {
    const std::string& made = certificates();
    return {"carecard-settlement",
            "--listen",
            "127.0.0.1:0",
            "--journal",
            journal,
            "--data",
            SettlementProcess::data(installation),
            "--port-file",
            installation.file("settlement-port"),
            "--ca",
            made + "/ca.pem",
            "--certificate",
            made + "/settlement-server.pem",
            "--key",
            made + "/settlement-server.key",
            "--journal-certificate",
            made + "/settlement.pem",
            "--journal-key",
            made + "/settlement.key",
            "--signing-certificate",
            made + "/batch-signer.pem",
            "--signing-key",
            made + "/batch-signer.key"};
}

}  // namespace

SettlementProcess::SettlementProcess(const Installation& installation, const std::string& journal)
    : port_file_([&installation] {
          std::filesystem::remove(installation.file("settlement-port"));
          return installation.file("settlement-port");
      }()),
      process_(words(installation, journal), installation.file("settlement.log")) {
    const auto give_up = std::chrono::steady_clock::now() + start_timeout;
    while (!std::filesystem::exists(port_file_)) {
        const bool ended = process_.wait(0ms).has_value();
        if (ended || std::chrono::steady_clock::now() > give_up) {
            ADD_FAILURE() << "does not serve:\n" << process_.said();
            return;
        }
        std::this_thread::sleep_for(2ms);
    }
    address_ = "localhost:" + read_text(port_file_);
    while (address_.ends_with('\n')) address_.pop_back();
}

}  // namespace carecard::end_to_end
