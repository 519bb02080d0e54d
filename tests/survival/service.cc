#include "tests/survival/service.h"

#include <string>
#include <utility>

#include "common/check.h"
#include "services/journal/aes_gcm.h"
#include "services/journal/head_file.h"
#include "services/journal/random.h"
#include "services/journal/rocksdb_journal.h"
#include "tests/survival/disk_env.h"

namespace carecard::survival {
namespace {

using journal::NamedPath;

const NamedPath data_directory{.field = "data", .path = MountedDisk::path("/data")};
const NamedPath head_path{.field = "head_file", .path = MountedDisk::path("/data/head")};
const NamedPath key_path{.field = "master-key", .path = MountedDisk::path("/master.key")};

}  // namespace

void install(Disk& disk) {
    const MountedDisk mounted(disk);
    journal::PosixFileSystem files;
    const std::vector<std::byte> key(journal::aes_key_bytes, std::byte{7});
    const Result<Done> written =
        files.write_atomically(key_path, key, journal::FileMode::owner_only);
    CHECK(written);
}

Service::Service(Disk& disk)
    : disk_(disk),
      mounted_(disk),
      env_(env_on(disk)),
      core_(Secret(sequencer::Fingerprints::key_bytes)) {}

Service::~Service() {
    const bool ends_here = !disk_.is_stopped();
    if (ends_here) disk_.stop();
    sequencer_.reset();
    vault_.reset();
    store_.reset();
    if (ends_here) disk_.go_on();
}

Result<std::unique_ptr<Service>> Service::start(Disk& disk) {
    std::unique_ptr<Service> service(new Service(disk));
    const Result<Done> opened = service->open();
    if (!opened) return opened.fault();
    return service;
}

Result<Done> Service::open() {
    const Result<Done> made = files_.make_directory(data_directory);
    if (!made) return made.fault();
    Result<Secret> master_key = files_.read_secret(key_path);
    if (!master_key) return master_key.fault();
    const auto head = journal::read_head(files_, head_path);
    if (!head) return head.fault();
    auto store = journal::open_journal(
        {.field = "data/journal", .directory = "/data/journal", .env = env_.get()}, *head);
    if (!store) return store.fault();
    store_ = *std::move(store);
    counted_store_.emplace(*store_, disk_);
    auto vault = journal::RocksDbVault::open(
        {.field = "data/vault", .directory = "/data/vault", .env = env_.get()},
        *std::move(master_key));
    if (!vault) return vault.fault();
    vault_ = *std::move(vault);
    const auto recovered = sequencer::recover(*counted_store_, *vault_, *head, tables_, core_);
    if (!recovered) return recovered.fault();
    durable_ = core_.head;
    sequencer_.emplace(
        core_, sequencer::Sequencer::Ports{
                   .store = *counted_store_,
                   .archive = archive_,
                   .handover = handover_,
                   .clock = clock_,
                   .simulated = &clock_,
                   .on_durable = [this](const journal::Head& durable) { durable_ = durable; }});
    return Done{};
}

Result<Done> Service::submit(rules::Command command, sequencer::Reply reply) {
    std::optional<Secret> key;
    if (auto* open = std::get_if<rules::OpenAccount>(&command)) {
        open->vault_key = journal::random_vault_key_id();
        key = journal::random_secret(journal::aes_key_bytes);
        const Result<Done> kept = vault_->put(open->vault_key, *key);
        if (!kept) return kept.fault();
    }
    auto heard = [this, reply = std::move(reply)](const sequencer::Answer& answer) {
        if (disk_.passes(Operation::reply)) reply(answer);
    };
    return sequencer_->inbox().push(sequencer::Submission{
        .command = std::move(command), .reply = std::move(heard), .account_key = std::move(key)});
}

Result<Done> Service::write_head() { return journal::write_head(files_, head_path, durable_); }

}  // namespace carecard::survival
