#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "carecard/v1/settlement.grpc.pb.h"
#include "common/result.h"
#include "services/cli/simulate/totals.h"
#include "services/settlement/verify_batch.h"

namespace carecard::cli::simulate {

/// What the batches say that was proved.
struct AuditTotals {
    std::uint64_t verified = 0;
    Tally loads;
    Tally debits;
    Tally credits;
};

/// Downloads batches as an auditor and verifies each with the one before, on a thread of its own
/// beside the run. At most `batches_to_verify_max` wait; the run waits for room.
///
/// Lives from construction to `finish`, which may be left out. One thread calls it.
class Auditor {
   public:
    using Stub = v1::SettlementService::Stub;

    /// @param stub  with the auditor's certificate; must outlive this.
    Auditor(Stub& stub, std::string programme, settlement::TrustedSigner trusted);
    ~Auditor();
    Auditor(const Auditor&) = delete;
    Auditor& operator=(const Auditor&) = delete;

    /// Gives it a batch to verify. Batches come in the order of their numbers.
    /// @return the fault of a batch given before: nothing more will be verified.
    [[nodiscard]] Result<Done> verify(std::uint64_t number);

    /// Waits for all of them.
    /// @return the sums of all manifests; the first fault, whose detail names the batch.
    [[nodiscard]] Result<AuditTotals> finish();

   private:
    void run();
    [[nodiscard]] std::optional<Fault> audit(std::uint64_t number);

    Stub& stub_;
    std::string programme_;
    settlement::TrustedSigner trusted_;

    // Of the thread alone, until it has ended.
    std::optional<settlement::BatchFiles> previous_;
    std::uint64_t previous_number_ = 0;
    AuditTotals totals_;

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    std::deque<std::uint64_t> waiting_;
    std::optional<Fault> fault_;
    enum class Stage : unsigned char { open, draining, abandoned } stage_ = Stage::open;

    std::thread thread_;
};

}  // namespace carecard::cli::simulate
