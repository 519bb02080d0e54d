#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/backup/restore.h"
#include "services/cli/session.h"
#include "services/cli/step.h"
#include "services/journal/file_system.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string from;
    std::string to;
    std::string vault_from;
    std::optional<std::uint64_t> sequence;
    std::string time;
    bool serve = false;
    std::string because;
    std::vector<std::string> known_heads;
    std::string settlement;
    std::vector<std::string> batches_known;
};

Fault not_a_batch(const std::string& text) {
    return {.kind = FaultKind::malformed,
            .field = "batches-known",
            .detail = fmt::format("\"{}\" is not PROGRAMME=NUMBER", text),
            .remedy = "give the programme's code and its highest batch, e.g. riverdale-care=12"};
}

Result<std::map<std::string, std::uint32_t>> parse_batches(const std::vector<std::string>& texts) {
    std::map<std::string, std::uint32_t> batches;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) return not_a_batch(text);
        std::uint32_t number = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, number);
        if (error != std::errc{} || stop != end) return not_a_batch(text);
        batches[text.substr(0, equals)] = number;
    }
    return batches;
}

TimestampNs now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()};
}

Result<std::optional<backup::ToService>> to_service_of(const Options& options) {
    if (!options.serve) return std::optional<backup::ToService>{};
    const auto reason = decltype(rules::RestoreToService::reason)::from(options.because);
    if (!reason) {
        return Fault{.kind = FaultKind::malformed,
                     .field = "because",
                     .detail = fmt::format("is longer than {} bytes", reason_bytes_max),
                     .remedy = "say it in fewer words"};
    }
    const auto batches = parse_batches(options.batches_known);
    if (!batches) return batches.fault();
    backup::ToService to_service{.request = {.seen = now(), .reason = *reason},
                                 .batches_known = *batches};
    for (const std::string& path : options.known_heads) {
        to_service.known_heads.push_back({.field = "known-head", .path = path});
    }
    if (!options.settlement.empty()) {
        to_service.settlement = {.field = "settlement", .path = options.settlement};
    }
    return std::optional{std::move(to_service)};
}

Result<backup::Cut> cut_of(const Options& options) {
    backup::Cut cut;
    if (options.sequence) cut.sequence = Sequence{*options.sequence};
    if (options.time.empty()) return cut;
    const auto time = rpc::parse_timestamp(options.time, "time");
    if (!time) return time.fault();
    cut.time = *time;
    return cut;
}

void show_fork(const backup::RestoredCopy& done, const Options& options) {
    const rules::Restored& fork = *done.fork;
    print(fmt::format("it may go to service: the journal goes on in epoch {} with sequence {}\n",
                      fork.epoch.value, fork.lost_first.value));
    if (fork.lost_last < fork.lost_first) {
        print("no lost event is known\n");
    } else {
        print(fmt::format("lost, as far as is known: sequences {} to {}\n", fork.lost_first.value,
                          fork.lost_last.value));
    }
    for (const rules::LostBatches& lost : fork.batches_lost) {
        print(fmt::format("lost batches of programme {}: {} to {}; the next is {}\n",
                          lost.programme.value, lost.first, lost.last, lost.last + 1));
    }
    for (const std::string& code : done.programmes_lost) {
        print(
            fmt::format("attention: {} has published batches and is not in this journal: create "
                        "it again under another code\n",
                        code));
    }
    if (options.known_heads.empty() && options.settlement.empty()) {
        print(
            "attention: without --known-head and --settlement more may be lost than is said\n"
            "  here, and numbers of published batches could be given again\n");
    }
}

void show(const backup::RestoredCopy& done, const Options& options) {
    print(
        fmt::format("{} holds the journal up to {}-{}, of {}\n"
                    "{}, read again and found sound; the backup goes up to {}-{}\n",
                    options.to, done.end.head.epoch.value, done.end.head.sequence.value,
                    rpc::to_text(done.end.stamp), counted(done.records, "record"),
                    done.backup_end.head.epoch.value, done.backup_end.head.sequence.value));
    if (done.vault) print(fmt::format("vault: {}\n", counted(done.vault->live, "wrapped key")));
    if (done.fork) {
        show_fork(done, options);
        return;
    }
    print(
        "it is a copy for inspection: carecard-authorisation --data on it answers questions\n"
        "and refuses every command\n");
    if (!done.vault) print("without a vault it shows no names of merchants and no reasons\n");
}

nlohmann::ordered_json json_of(const backup::RestoredCopy& done) {
    nlohmann::ordered_json json = {{"epoch", done.end.head.epoch.value},
                                   {"sequence", done.end.head.sequence.value},
                                   {"chain", to_hex(done.end.head.chain)},
                                   {"time", rpc::to_text(done.end.stamp)},
                                   {"backup_sequence", done.backup_end.head.sequence.value},
                                   {"records", done.records},
                                   {"verified", true},
                                   {"keys", nullptr},
                                   {"serves", done.fork.has_value()}};
    if (done.vault) json["keys"] = done.vault->live;
    if (!done.fork) return json;
    json["new_epoch"] = done.fork->epoch.value;
    json["lost_first"] = done.fork->lost_first.value;
    json["lost_last"] = done.fork->lost_last.value;
    json["batches_lost"] = nlohmann::ordered_json::array();
    for (const rules::LostBatches& lost : done.fork->batches_lost) {
        json["batches_lost"].push_back(
            {{"programme", lost.programme.value}, {"first", lost.first}, {"last", lost.last}});
    }
    json["programmes_lost"] = done.programmes_lost;
    return json;
}

Result<Done> restore(const Session& session, const Options& options, backup::Stores& stores) {
    const auto cut = cut_of(options);
    if (!cut) return cut.fault();
    const auto to_service = to_service_of(options);
    if (!to_service) return to_service.fault();
    journal::PosixFileSystem files;
    Step copying("restoring");
    Step verifying("verifying");
    const backup::Ports ports{
        .files = files,
        .stores = stores,
        .on_copied = [&](Sequence done, Sequence tail) { copying.show(done, tail); },
        .on_verified =
            [&](Sequence done, Sequence tail) {
                copying.end();
                verifying.show(done, tail);
            }};
    backup::RestorePlaces places{.from = {.field = "from", .path = options.from},
                                 .to = {.field = "to", .path = options.to}};
    if (!options.vault_from.empty()) {
        places.vault_from = {.field = "vault-from", .path = options.vault_from};
    }
    const auto done = backup::restore(places, *cut, *to_service, ports);
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

void add_restore_command(CLI::App& app, Session& session, backup::Stores& stores) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "restore", "makes a data directory from a backup, up to a place in it",
        "To look at what was, which harms nothing:\n"
        "  carecard restore --from /mnt/backup/journal --to /tmp/look --time "
        "2026-07-31T22:30:00Z\n"
        "  carecard-authorisation --data /tmp/look --front 127.0.0.1:0 --back 127.0.0.1:8461 ...\n"
        "That service answers show, explain and status, and refuses every payment and change.\n"
        "With --vault-from it also shows merchants and reasons.\n"
        "\n"
        "To go to service again, when the service's own directory is lost:\n"
        "  carecard restore --from /mnt/backup/journal --vault-from /mnt/keys/vault \\\n"
        "      --to /var/lib/carecard/authorisation.new --serve --because 'disk failed' \\\n"
        "      --known-head /var/lib/carecard/authorisation/head \\\n"
        "      --settlement /var/lib/carecard/settlement\n"
        "Everything after the place is lost for good, though callers were told it was done: use\n"
        "it only when nothing holds a later state. First stop both services. The journal goes on\n"
        "in a new epoch, batch numbers above the highest that is known; so name every old head\n"
        "file and the settlement service's directory. Then start the authorisation service on the\n"
        "new directory and the settlement service on its own: it keeps the batches of the lost\n"
        "part as evidence. Whoever sent payments repeats those of the lost time.\n"
        "\n"
        "A record is restored whole or not at all: the last one that ends at or before the place.\n"
        "The backup is verified on the way, and is never changed. No certificate is needed.",
        [&session, options, &stores] { return restore(session, *options, stores); });
    command.add_option("--from", options->from, "the backup")->required();
    command.add_option("--to", options->to, "the new directory: absent or empty")->required();
    command.add_option("--vault-from", options->vault_from, "the copy of the vault");
    CLI::Option* const sequence = command.add_option(
        "--sequence", options->sequence, "the last sequence wanted; else all that the backup has");
    command.add_option("--time", options->time, "the last instant wanted: 2026-07-31T22:30:00Z")
        ->excludes(sequence);
    CLI::Option* const serve =
        command.add_flag("--serve", options->serve, "the copy goes to service: begins a new epoch");
    CLI::Option* const because =
        command.add_option("--because", options->because, "why, 1 to 200 bytes; journaled");
    serve->needs(because);
    because->needs(serve);
    command
        .add_option("--known-head", options->known_heads,
                    "a file \"head\" of a data directory that is lost; may be repeated")
        ->needs(serve);
    command
        .add_option("--settlement", options->settlement,
                    "the settlement service's data directory: which batches were published")
        ->needs(serve);
    command
        .add_option("--batches-known", options->batches_known,
                    "PROGRAMME=NUMBER, the highest batch known to be published; may be repeated")
        ->needs(serve);
}

}  // namespace carecard::cli
