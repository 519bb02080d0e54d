#include "services/cli/simulate/auditor.h"

#include <fmt/format.h>

#include <utility>

#include "common/limits.h"
#include "services/cli/batch_files.h"
#include "services/cli/call.h"

namespace carecard::cli::simulate {
namespace {

void add(Tally& tally, const settlement::CountAndSum& part) {
    tally.count += part.count;
    tally.sum.value += part.sum.value;
}

}  // namespace

Auditor::Auditor(Stub& closer, Stub& stub, std::string programme, settlement::TrustedSigner trusted)
    : closer_(closer),
      stub_(stub),
      programme_(std::move(programme)),
      trusted_(std::move(trusted)),
      thread_([this] { run(); }) {}

Auditor::~Auditor() {
    {
        const std::lock_guard lock(mutex_);
        stage_ = Stage::abandoned;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<Done> Auditor::close_and_verify(v1::CloseBatchRequest request) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return fault_ || waiting_.size() < batches_to_verify_max; });
    if (fault_) return *fault_;
    waiting_.push_back(std::move(request));
    changed_.notify_all();
    return Done{};
}

Result<AuditTotals> Auditor::finish() {
    {
        const std::lock_guard lock(mutex_);
        stage_ = Stage::draining;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (fault_) return *fault_;
    return totals_;
}

void Auditor::run() {
    while (true) {
        v1::CloseBatchRequest request;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stage_ != Stage::open || !waiting_.empty(); });
            if (stage_ == Stage::abandoned || waiting_.empty()) return;
            request = waiting_.front();
        }
        std::optional<Fault> fault = close_and_audit(request);
        const std::lock_guard lock(mutex_);
        waiting_.pop_front();
        fault_ = std::move(fault);
        changed_.notify_all();
        if (fault_) return;
    }
}

std::optional<Fault> Auditor::close_and_audit(const v1::CloseBatchRequest& request) {
    const auto closed = call(closer_, &Stub::CloseBatch, request, batch_wait_max);
    if (!closed) return closed.fault();
    return audit(closed->batch().number());
}

std::optional<Fault> Auditor::audit(std::uint64_t number) {
    const auto at_batch = [number](Fault fault) {
        fault.detail = fmt::format("batch {}: {}", number, fault.detail);
        return fault;
    };
    auto files = download_batch(stub_, {programme_, number});
    if (!files) return at_batch(files.fault());
    const auto manifest = settlement::parse_manifest(files->manifest);
    if (!manifest) return at_batch(manifest.fault());
    const std::uint32_t before = settlement::number_before(*manifest);
    if (before == 0) {
        previous_.reset();
    } else if (before != previous_number_) {
        // The programme had batches before this run: ours must follow the last of its line.
        auto earlier = download_batch(stub_, {programme_, before});
        if (!earlier) return at_batch(earlier.fault());
        const auto stands = settlement::verify_batch(*earlier, trusted_, nullptr);
        if (!stands) return at_batch(stands.fault());
        previous_ = *std::move(earlier);
    }
    const auto proved =
        settlement::verify_batch(*files, trusted_, previous_ ? &*previous_ : nullptr);
    if (!proved) return at_batch(proved.fault());
    add(totals_.loads, proved->manifest.totals.loads);
    add(totals_.debits, proved->manifest.totals.debits);
    add(totals_.credits, proved->manifest.totals.credits);
    ++totals_.verified;
    previous_ = *std::move(files);
    previous_number_ = number;
    return std::nullopt;
}

}  // namespace carecard::cli::simulate
