#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/backup/backup.h"
#include "services/cli/session.h"
#include "services/cli/step.h"
#include "services/journal/file_system.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct BackupOptions {
    std::string data;
    std::string to;
    std::string vault_to;
};

void show_vault(const journal::VaultCopied& vault) {
    print(fmt::format("vault: {} in its copy, {} new, {} erased from it\n",
                      counted(vault.live, "wrapped key"), vault.added, vault.erased));
    if (vault.only_in_copy == 0) return;
    print(fmt::format(
        "  attention: {} stand in the copy and not in the vault, neither as a key nor as erased.\n"
        "  If the service was not restored lately, tell an operator.\n",
        counted(vault.only_in_copy, "key")));
}

void show(const backup::BackedUp& done, const BackupOptions& options) {
    if (done.end.head.sequence.value == 0) {
        print(fmt::format("{} is begun; the journal has no event yet\n", options.to));
    } else {
        print(
            fmt::format("{} holds the journal up to {}-{}, of {}\n"
                        "{} and {} new, read again and found sound (chain {})\n",
                        options.to, done.end.head.epoch.value, done.end.head.sequence.value,
                        rpc::to_text(done.end.stamp), counted(done.records, "record"),
                        counted(done.events, "event"), to_hex(done.end.head.chain)));
    }
    if (done.vault) {
        show_vault(*done.vault);
    } else {
        print(
            "the vault was not copied: without its keys no service can be restored\n"
            "  (--vault-to DIR, on another disk and under other hands than the backup)\n");
    }
}

nlohmann::ordered_json json_of(const backup::BackedUp& done) {
    nlohmann::ordered_json json = {{"epoch", done.end.head.epoch.value},
                                   {"sequence", done.end.head.sequence.value},
                                   {"chain", to_hex(done.end.head.chain)},
                                   {"time", rpc::to_text(done.end.stamp)},
                                   {"sequence_before", done.before.value},
                                   {"records_added", done.records},
                                   {"events_added", done.events},
                                   {"verified", true},
                                   {"vault", nullptr}};
    if (done.vault) {
        json["vault"] = {{"keys", done.vault->live},
                         {"added", done.vault->added},
                         {"erased", done.vault->erased},
                         {"only_in_copy", done.vault->only_in_copy}};
    }
    return json;
}

Result<Done> back_up(const Session& session, const BackupOptions& options, backup::Stores& stores) {
    journal::PosixFileSystem files;
    Step copying("copying");
    Step verifying("verifying");
    const backup::Ports ports{
        .files = files,
        .stores = stores,
        .on_copied = [&](Sequence done, Sequence tail) { copying.show(done, tail); },
        .on_verified =
            [&](Sequence done, Sequence tail) {
                copying.end();
                verifying.show(done, tail);
            },
        .pause =
            [] {
                std::this_thread::sleep_for(std::chrono::nanoseconds(backup_reopening_pause.value));
            }};
    backup::BackupPlaces places{.data = {.field = "data", .path = options.data},
                                .to = {.field = "to", .path = options.to}};
    if (!options.vault_to.empty()) {
        places.vault_to = {.field = "vault-to", .path = options.vault_to};
    }
    const auto done = backup::back_up(places, ports);
    copying.end();
    verifying.end();
    if (!done) return done.fault();
    if (session.form == OutputForm::json) {
        print(json_of(*done).dump(2) + "\n");
    } else {
        show(*done, options);
    }
    return Done{};
}

}  // namespace

void add_backup_command(CLI::App& app, Session& session, backup::Stores& stores) {
    const auto options = std::make_shared<BackupOptions>();
    CLI::App& command = add_command(
        app, session, "backup", "copies a journal that is in use, and verifies the copy",
        "Examples:\n"
        "  carecard backup --data /var/lib/carecard/authorisation --to /mnt/backup/journal\n"
        "  carecard backup --data /var/lib/carecard/authorisation --to /mnt/backup/journal \\\n"
        "      --vault-to /mnt/keys/vault\n"
        "The service runs on meanwhile. The first run copies everything, each later one what is\n"
        "new; a run that was stopped, however it was, is continued by the next. Each record's\n"
        "checksum and its link to the one before are verified on the way, and what was written is\n"
        "read again at the end. carecard-fsck --data /mnt/backup/journal verifies all of it.\n"
        "\n"
        "The vault holds the keys under which names and reasons are sealed, wrapped by the master\n"
        "key, which is not copied: keep it apart from both. --vault-to may not lie in the backup:\n"
        "who holds both holds the texts. A key that was erased is erased from the vault's copy at\n"
        "the next run, so keep one copy that is brought up to date, and no old ones.\n"
        "\n"
        "Run it on the service's machine, as its user. No certificate is needed.",
        [&session, options, &stores] { return back_up(session, *options, stores); });
    command.add_option("--data", options->data, "the service's data directory")->required();
    command.add_option("--to", options->to, "the backup's directory; made when absent")->required();
    command.add_option("--vault-to", options->vault_to, "where the vault is copied to, apart");
}

}  // namespace carecard::cli
