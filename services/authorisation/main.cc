#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "common/sha256.h"
#include "services/authorisation/back.h"
#include "services/authorisation/front.h"
#include "services/authorisation/inspection.h"
#include "services/authorisation/offsets.h"
#include "services/authorisation/options.h"
#include "services/journal/copy_file.h"
#include "services/journal/derive_key.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "services/journal/master_key.h"
#include "services/journal/rocksdb_journal.h"
#include "services/journal/rocksdb_vault.h"
#include "services/journal/scrub.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"
#include "services/rpc/private_process.h"
#include "services/sequencer/posix_poison_file.h"
#include "services/sequencer/projector.h"
#include "services/sequencer/quarantine.h"
#include "services/sequencer/rocksdb_tables.h"
#include "services/sequencer/sequencer.h"

#ifndef CARECARD_VERSION
#define CARECARD_VERSION "0.1.0"
#endif

namespace carecard::authorisation {
namespace {

constexpr const char* program = "carecard-authorisation";

/// Everything under `--data`, opened in the order in which it is needed.
struct Stores {
    std::unique_ptr<journal::RocksDbStore> journal;
    std::unique_ptr<journal::Vault> vault;
    std::unique_ptr<sequencer::RocksDbTables> projections;
};

journal::NamedPath head_path(const Options& options) {
    return {.field = "head_file", .path = options.data + "/head"};
}

journal::RocksDbPlace journal_place(const Options& options) {
    return {.field = "data/journal", .directory = options.data + "/journal"};
}

Result<std::unique_ptr<journal::Vault>> open_vault(const Options& options, Secret master_key) {
    auto vault = journal::RocksDbVault::open(
        {.field = "data/vault", .directory = options.data + "/vault"}, std::move(master_key));
    if (!vault) return vault.fault();
    return std::unique_ptr<journal::Vault>(*std::move(vault));
}

/// A copy for inspection may have no vault, and none is made.
Result<std::unique_ptr<journal::Vault>> open_inspected_vault(const Options& options,
                                                             Secret master_key,
                                                             const Fault& refusal) {
    journal::PosixFileSystem files;
    const auto there = files.exists({.field = "data/vault", .path = options.data + "/vault"});
    if (!there) return there.fault();
    std::unique_ptr<journal::Vault> vault;
    if (*there == journal::Presence::present) {
        auto opened = open_vault(options, std::move(master_key));
        if (!opened) return opened.fault();
        vault = *std::move(opened);
    }
    return std::unique_ptr<journal::Vault>(
        std::make_unique<InspectedVault>(std::move(vault), refusal));
}

/// @param refuse_all  set of a copy for inspection, whose journal is only read.
Result<Stores> open_stores(const Options& options, const std::optional<journal::Head>& head,
                           Secret master_key, const std::optional<Fault>& refuse_all) {
    Stores stores;
    auto journal = refuse_all ? journal::RocksDbStore::open_read_only(journal_place(options))
                              : journal::open_journal(journal_place(options), head);
    if (!journal) return journal.fault();
    stores.journal = *std::move(journal);
    auto vault = refuse_all ? open_inspected_vault(options, std::move(master_key), *refuse_all)
                            : open_vault(options, std::move(master_key));
    if (!vault) return vault.fault();
    stores.vault = *std::move(vault);
    auto projections = sequencer::RocksDbTables::open(
        {.field = "data/projections", .directory = options.data + "/projections"});
    if (!projections) return projections.fault();
    stores.projections = *std::move(projections);
    return stores;
}

/// Says what a start found out about the last death, and what is set aside.
void log_quarantine(const sequencer::Quarantine& quarantine) {
    const sequencer::Quarantine::Found& found = quarantine.found();
    if (found.death && !found.added) {
        rpc::log(program, "died checking_a_group signal={}; each of its commands is decided alone",
                 found.death->signal);
    }
    if (found.added) {
        rpc::log(program, "quarantined id={} command={} signal={}; see the runbook",
                 sequencer::quarantine_id(found.added->fingerprint), found.added->kind,
                 found.added->signal);
    }
    if (found.forgotten) {
        rpc::log(program, "quarantine_is_full forgotten={}",
                 sequencer::quarantine_id(found.forgotten->fingerprint));
    }
    const std::size_t count = quarantine.list().size();
    if (count != 0) rpc::log(program, "quarantine_count={}", count);
}

/// The address that was asked for, with the port that was had.
std::string served(const std::string& asked, int port) {
    return fmt::format("{}:{}", asked.substr(0, asked.rfind(':')), port);
}

Result<Done> write_ports(journal::FileSystem& files, const Options& options,
                         const std::string& front, const std::string& back) {
    if (options.ports_file.empty()) return Done{};
    const std::string text = fmt::format("{{\"front\": \"{}\", \"back\": \"{}\"}}\n", front, back);
    return files.write_atomically({.field = "ports-file", .path = options.ports_file},
                                  bytes_of(text), journal::FileMode::everyone_reads);
}

/// SIGTERM and SIGINT end the service in order; they are waited for on a thread of their own.
class Signals {
   public:
    Signals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    void on_first(std::function<void()> stop) {
        thread_ = std::thread([this, stop = std::move(stop)] {
            int signal = 0;
            sigwait(&set_, &signal);
            stop();
        });
    }
    /// Ends the waiting thread, whether a signal came or not.
    void end() {
        if (!thread_.joinable()) return;
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }

   private:
    sigset_t set_{};
    std::thread thread_;
};

/// Journals the table of UTC offsets when the machine's tzdata says otherwise than it did.
void submit_offsets(sequencer::Sequencer& sequencer) {
    const rules::State& state = sequencer.core().state;
    rules::SetOffsetTable command = offsets_from_tzdata();
    if (command.zone == state.zone && command.table == state.offsets) return;
    const Result<Done> pushed =
        sequencer.inbox().push(sequencer::Submission{.command = std::move(command), .reply = {}});
    if (!pushed) rpc::log(program, "offsets_not_journaled {}", rpc::explain(pushed.fault()));
}

Result<Done> serve(const Options& options, Signals& signals) {
    journal::PosixFileSystem files;
    const auto credentials = rpc::server_credentials(options.tls);
    if (!credentials) return credentials.fault();
    const journal::NamedPath data{.field = "data", .path = options.data};
    const auto note = journal::read_copy_note(files, journal::copy_file_of(data));
    if (!note) return note.fault();
    const Result<std::optional<Fault>> refuse_all = how_to_serve(options.data, *note);
    if (!refuse_all) return refuse_all.fault();
    const Result<Done> made = files.make_directory(data);
    if (!made) return made.fault();
    Result<Secret> master_key =
        journal::read_master_key(files, {.field = "master-key", .path = options.master_key});
    if (!master_key) return master_key.fault();
    const Secret fingerprint_key = journal::derive_key(
        *master_key, sequencer::Fingerprints::key_purpose, sequencer::Fingerprints::key_bytes);
    const auto head = journal::read_head(files, head_path(options));
    if (!head) return head.fault();
    const Result<Stores> stores = open_stores(options, *head, *std::move(master_key), *refuse_all);
    if (!stores) return stores.fault();
    const auto poison = sequencer::PosixPoisonFile::open(
        {.field = "data/poison", .path = options.data + "/poison"});
    if (!poison) return poison.fault();
    const auto quarantine = sequencer::Quarantine::open(
        files, {.field = "data/quarantine", .path = options.data + "/quarantine"},
        (*poison)->page(), sequencer::SystemClock{}.read().wall);
    if (!quarantine) return quarantine.fault();
    if ((*quarantine)->found().death) {
        const Result<Done> synced = (*poison)->sync();  // that the mark was taken off
        if (!synced) return synced.fault();
    }
    log_quarantine(**quarantine);
    sequencer::Core core(fingerprint_key);
    const Result<sequencer::Progress> progress =
        sequencer::recover(*stores->journal, *stores->vault, *head, *stores->projections, core);
    if (!progress) return progress.fault();
    rpc::log(program, "recovered events={} folded_from={} accounts={} clock={}",
             core.head.sequence.value, progress->imaged.head.sequence.value,
             core.state.accounts.size(), options.clock);

    auto front = Front::listen(options.front, *credentials);
    if (!front) return front.fault();
    Front& gateway = **front;
    TailBell bell;
    journal::HeadWriter head_writer(files, head_path(options), [](const Fault& fault) {
        rpc::log(program, "head_file_not_written {}", rpc::explain(fault));
    });
    sequencer::SystemClock system_clock;
    sequencer::SimulatedClock simulated_clock;
    const bool simulated = options.clock == "simulated";
    sequencer::Clock& clock = simulated ? static_cast<sequencer::Clock&>(simulated_clock)
                                        : static_cast<sequencer::Clock&>(system_clock);
    Back* staff = nullptr;
    const sequencer::Archive archive(*stores->projections);
    sequencer::Handover handover;
    sequencer::Projector projector(*stores->journal, *stores->projections, handover,
                                   fingerprint_key, *progress);
    sequencer::Sequencer sequencer(
        core, {.store = *stores->journal,
               .archive = archive,
               .handover = handover,
               .clock = clock,
               .simulated = simulated ? &simulated_clock : nullptr,
               .refuse_all = *refuse_all,
               .on_durable =
                   [&](const journal::Head& durable) {
                       head_writer.set(durable);
                       bell.ring(durable.sequence);
                   },
               .on_clock =
                   [&](sequencer::ClockGuard::Verdict verdict) {
                       const bool believed = verdict == sequencer::ClockGuard::Verdict::believed;
                       rpc::log(program, "clock_believed={}", believed);
                       if (staff != nullptr) staff->set_serving(believed);
                   },
               .on_push = [&gateway] { gateway.wake(); },
               .poison = &(*poison)->page(),
               .quarantine = quarantine->get(),
               .on_quarantined =
                   [](const sequencer::Marked& command) {
                       rpc::log(program, "quarantined_command_refused id={} command={}",
                                sequencer::quarantine_id(command.fingerprint), command.kind);
                   }});
    if (!*refuse_all) submit_offsets(sequencer);
    const sequencer::ProjectorThread projecting(projector, handover, [](const Fault& fault) {
        rpc::log(program, "projections_stopped {}", rpc::explain(fault));
    });
    const journal::Scrub scrub(
        *stores->journal, {}, [&system_clock] { return system_clock.read().wall; },
        [](const journal::Scrub::Damage& damage) {
            rpc::log(program, "alarm journal_damaged sequence={} {}", damage.first.value,
                     rpc::explain(damage.fault));
        });
    const auto back = Back::serve(options.back, *credentials,
                                  {.sequencer = sequencer,
                                   .store = *stores->journal,
                                   .vault = *stores->vault,
                                   .projections = *stores->projections,
                                   .projector = projector,
                                   .quarantine = **quarantine,
                                   .scrub = scrub,
                                   .bell = bell,
                                   .epoch = core.state.epoch,
                                   .version = CARECARD_VERSION,
                                   .refuse_all = *refuse_all});
    if (!back) return back.fault();
    staff = back->get();
    const sequencer::DeathWatch watch((*poison)->page());  // of this thread, which decides
    if (*refuse_all) {
        staff->set_serving(false);
        rpc::log(program, "inspection_copy {}", rpc::explain(**refuse_all));
    }
    // The back first: while it answers its last calls, the front still drives the sequencer.
    const auto stop = [&gateway, staff] {
        staff->stop();
        gateway.stop();
    };
    const std::string front_served = served(options.front, gateway.port());
    const std::string back_served = served(options.back, staff->port());
    const Result<Done> written = write_ports(files, options, front_served, back_served);
    if (!written) {
        std::thread stopping(stop);  // somebody may have called already
        const Result<Done> ended = gateway.run(sequencer);
        if (!ended) std::_Exit(EXIT_FAILURE);
        stopping.join();
        return written.fault();
    }
    rpc::log(program, "serving front={} back={} clock={}", front_served, back_served,
             options.clock);
    signals.on_first(stop);
    const Result<Done> ran = gateway.run(sequencer);
    if (!ran) {
        // The outcome of the last commit is unknown: nothing more is said or written, and the
        // next start finds out.
        rpc::log(program, "stopped {}", rpc::explain(ran.fault()));
        std::_Exit(EXIT_FAILURE);
    }
    signals.end();  // whoever stopped us may still be at it
    rpc::log(program, "ended events={}", sequencer.core().head.sequence.value);
    return Done{};
}

int run(int argc, char** argv) {
    CLI::App app{
        "Decides card transactions against balances and agreed rules, and keeps the journal.",
        program};
    app.set_version_flag("--version", std::string(CARECARD_VERSION));
    Options options;
    describe(app, options);
    CLI11_PARSE(app, argc, argv);
    Signals signals;
    const Result<Done> served = serve(options, signals);
    signals.end();
    if (served) return EXIT_SUCCESS;
    rpc::log(program, "cannot serve: {}", rpc::explain(served.fault()));
    return EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::authorisation

int main(int argc, char** argv) {
    carecard::rpc::keep_memory_private();
    try {
        return carecard::authorisation::run(argc, argv);
    } catch (const std::exception& error) {
        carecard::rpc::log("carecard-authorisation", "ended by an error: {}", error.what());
        return EXIT_FAILURE;
    }
}
