#include "services/settlement/time_limit.h"

#include <chrono>

namespace carecard::settlement {

TimeLimit::TimeLimit(grpc::ServerContext& context, DurationNs limit)
    : call_(std::make_shared<Call>()) {
    call_->context = &context;
    const auto end = std::chrono::system_clock::now() +
                     std::chrono::duration_cast<std::chrono::system_clock::duration>(
                         std::chrono::nanoseconds(limit.value));
    alarm_.Set(end, [call = call_](bool expired) {
        const std::scoped_lock lock(call->mutex);
        if (expired && call->context != nullptr) call->context->TryCancel();
    });
}

TimeLimit::~TimeLimit() {
    const std::scoped_lock lock(call_->mutex);
    call_->context = nullptr;
}

}  // namespace carecard::settlement
