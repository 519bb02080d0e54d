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

/// Has ended days closed for finance, downloads their batches as an auditor and verifies each with
/// the one before, on a thread of its own beside the run: what a batch holds was fixed when its day
/// ended, so nothing that the run does meanwhile is in it. At most `batches_to_verify_max` wait;
/// the run waits for room.
///
/// Lives from construction to `finish`, which may be left out. One thread calls it.
class Auditor {
   public:
    using Stub = v1::SettlementService::Stub;

    /// @param closer  with finance's certificate.
    /// @param stub    with the auditor's certificate. Both must outlive this.
    Auditor(Stub& closer, Stub& stub, std::string programme, settlement::TrustedSigner trusted);
    ~Auditor();
    Auditor(const Auditor&) = delete;
    Auditor& operator=(const Auditor&) = delete;

    /// Gives it a day to close and verify. Days come in their order, each after its cut-off.
    /// @return the fault of a day given before: nothing more will be closed or verified.
    [[nodiscard]] Result<Done> close_and_verify(v1::CloseBatchRequest request);

    /// Waits for all of them.
    /// @return the sums of all manifests; the first fault, whose detail names the batch.
    [[nodiscard]] Result<AuditTotals> finish();

   private:
    void run();
    [[nodiscard]] std::optional<Fault> close_and_audit(const v1::CloseBatchRequest& request);
    [[nodiscard]] std::optional<Fault> audit(std::uint64_t number);

    Stub& closer_;
    Stub& stub_;
    std::string programme_;
    settlement::TrustedSigner trusted_;

    // Of the thread alone, until it has ended.
    std::optional<settlement::BatchFiles> previous_;
    std::uint64_t previous_number_ = 0;
    AuditTotals totals_;

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    std::deque<v1::CloseBatchRequest> waiting_;
    std::optional<Fault> fault_;
    enum class Stage : unsigned char { open, draining, abandoned } stage_ = Stage::open;

    std::thread thread_;
};

}  // namespace carecard::cli::simulate
