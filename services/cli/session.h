#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "services/cli/connection.h"

namespace CLI {
class App;
}

namespace carecard::backup {
class Stores;
}

namespace carecard::cli {

enum class OutputForm : unsigned char {
    table,  ///< For people.
    json,   ///< For programs: one JSON document on stdout.
};

/// What every command works with. Lives as long as the program's command line.
struct Session {
    ConnectionSettings settings;
    OutputForm form = OutputForm::table;
    std::string programme;    ///< --programme, CARECARD_PROGRAMME
    std::string request_key;  ///< --request-key; empty: a new one.

    /// What the command line asked for; set while it is read, run by main.
    std::function<Result<Done>()> action;
};

/// Adds a command to the program.
///
/// @param help  examples, what the command does and does not do, the role it needs.
/// @return the command, for its options.
CLI::App& add_command(CLI::App& parent, Session& session, const std::string& name,
                      const std::string& summary, const std::string& help,
                      std::function<Result<Done>()> action);

/// Adds --programme (required, or CARECARD_PROGRAMME).
void add_programme_option(CLI::App& command, Session& session);

/// Adds --request-key and --reason, which every change has.
void add_change_options(CLI::App& command, Session& session, std::string& reason);

/// The request key given, or a new random one.
[[nodiscard]] std::string request_key_of(const Session& session);

/// A fault of a change, with the request key to repeat it by when the outcome is unknown.
[[nodiscard]] Fault with_key(Fault fault, std::string_view request_key);

/// Prints `text` to stdout as it is.
void print(std::string_view text);

/// Prints an answer as one JSON document: field names as in the proto; 64-bit numbers are strings,
/// as proto3's JSON mapping has them.
void print_json(const google::protobuf::Message& message);

/// Prints answers as one JSON document, a list.
template <class Message>
void print_json(const std::vector<Message>& messages) {
    std::string_view before = "[";
    for (const Message& message : messages) {
        print(before);
        print_json(static_cast<const google::protobuf::Message&>(message));
        before = ",";
    }
    print(messages.empty() ? "[]\n" : "]\n");
}

// The commands, one file each.
void add_programme_commands(CLI::App& app, Session& session);
void add_onboard_command(CLI::App& app, Session& session);
void add_load_command(CLI::App& app, Session& session);
void add_purse_commands(CLI::App& app, Session& session);
void add_exposure_commands(CLI::App& app, Session& session);
void add_dispute_commands(CLI::App& app, Session& session);
void add_earmark_commands(CLI::App& app, Session& session);
void add_provider_command(CLI::App& app, Session& session);
void add_agree_command(CLI::App& app, Session& session);
void add_card_commands(CLI::App& app, Session& session);
void add_card_issue_command(CLI::App& group, Session& session);
void add_show_command(CLI::App& app, Session& session);
void add_explain_command(CLI::App& app, Session& session);
void add_batch_commands(CLI::App& app, Session& session);
void add_operator_commands(CLI::App& app, Session& session);
void add_quarantine_commands(CLI::App& app, Session& session);
void add_simulate_command(CLI::App& app, Session& session);
void add_sample_commands(CLI::App& app, Session& session);
/// @param stores  must live as long as the session.
void add_backup_command(CLI::App& app, Session& session, backup::Stores& stores);
void add_restore_command(CLI::App& app, Session& session, backup::Stores& stores);

}  // namespace carecard::cli
