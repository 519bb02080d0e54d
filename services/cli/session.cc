#include "services/cli/session.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <openssl/rand.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <utility>

#include "common/sha256.h"

namespace carecard::cli {

CLI::App& add_command(CLI::App& parent, Session& session, const std::string& name,
                      const std::string& summary, const std::string& help,
                      std::function<Result<Done>()> action) {
    CLI::App& command = *parent.add_subcommand(name, summary);
    command.footer("\n" + help);
    command.fallthrough();
    command.callback([&session, action = std::move(action)] { session.action = action; });
    return command;
}

void add_programme_option(CLI::App& command, Session& session) {
    // The environment is read for every command, and for those that were not given after the one
    // that was: only the latter's word counts.
    command
        .add_option_function<std::string>(
            "--programme",
            [&command, &session](const std::string& programme) {
                if (command.parsed()) session.programme = programme;
            },
            "programme code, e.g. riverdale-care")
        ->envname("CARECARD_PROGRAMME")
        ->required();
}

void add_change_options(CLI::App& command, Session& session, std::string& reason) {
    command.add_option("--reason", reason, "why, 1 to 200 bytes; stored with the change")
        ->required();
    command.add_option("--request-key", session.request_key,
                       "repeat an earlier request by its key, so that it happens once");
}

std::string request_key_of(const Session& session) {
    if (!session.request_key.empty()) return session.request_key;
    std::array<unsigned char, 16> bytes{};
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return "cli-" + to_hex(std::as_bytes(std::span(bytes)));
}

Fault with_key(Fault fault, std::string_view request_key) {
    if (fault.kind == FaultKind::unavailable || fault.kind == FaultKind::fenced ||
        fault.kind == FaultKind::overloaded) {
        fault.remedy += fmt::format(" (the same command with --request-key {})", request_key);
    }
    return fault;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string text;
    CHECK(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
    print(text);
}

}  // namespace carecard::cli
