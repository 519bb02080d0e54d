#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <optional>

#include "services/journal/file_system.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/sequencer/memory_tables.h"
#include "services/sequencer/sequencer.h"
#include "tests/survival/counted_store.h"
#include "tests/survival/disk.h"
#include "tests/survival/mounted_disk.h"

namespace carecard::survival {

/// Puts what an installation needs before its first start on a new disk: the master key.
void install(Disk& disk);

/// One life of the authorisation service on a simulated disk, without its RPCs: the real store,
/// vault, head file, recovery and sequencer, on a simulated clock. Its projections are lost with
/// it, as they may be: each life reads the whole journal. Destroying it is the end of the process,
/// in which nothing more is written.
class Service {
   public:
    /// Starts as carecard-authorisation does, from whatever is on the disk.
    /// @return the service; or the fault for which it does not start.
    [[nodiscard]] static Result<std::unique_ptr<Service>> start(Disk& disk);
    ~Service();

    /// Puts a command into the inbox. An account's key is made and kept first, as the staff's port
    /// does.
    /// @return `Done`; the vault's fault, and then the command never reaches the inbox.
    Result<Done> submit(rules::Command command, sequencer::Reply reply);

    /// See `Sequencer::turn`: a fault ends the process. What is answered once the disk has stopped
    /// reaches nobody.
    [[nodiscard]] Result<sequencer::Sequencer::Progress> turn() { return sequencer_->turn(); }

    /// Writes the head file as its own thread does, now. A failure is logged and the service goes
    /// on.
    Result<Done> write_head();

    [[nodiscard]] const sequencer::Core& core() const { return core_; }
    [[nodiscard]] const journal::Store& store() const { return *store_; }
    [[nodiscard]] const journal::Vault& vault() const { return *vault_; }

   private:
    explicit Service(Disk& disk);
    Result<Done> open();

    Disk& disk_;
    MountedDisk mounted_;
    journal::PosixFileSystem files_;
    std::unique_ptr<rocksdb::Env> env_;
    std::unique_ptr<journal::RocksDbStore> store_;
    std::optional<CountedStore> counted_store_;
    std::unique_ptr<journal::RocksDbVault> vault_;
    sequencer::MemoryTables tables_;
    const sequencer::Archive archive_{tables_};
    sequencer::Handover handover_;
    sequencer::Core core_;
    sequencer::SimulatedClock clock_;
    std::optional<sequencer::Sequencer> sequencer_;
    journal::Head durable_;
};

}  // namespace carecard::survival
