#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <mutex>

#include "common/time.h"

namespace carecard::settlement {

/// Cancels a call that lasts too long: a blocked write then fails. Lives inside the call's handler,
/// on its thread.
class TimeLimit {
   public:
    /// @param context  of the call; must outlive the object.
    TimeLimit(grpc::ServerContext& context, DurationNs limit);
    ~TimeLimit();
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

   private:
    /// The alarm may go off while the call ends.
    struct Call {
        std::mutex mutex;  // guards the member below
        grpc::ServerContext* context = nullptr;
    };
    std::shared_ptr<Call> call_;
    grpc::Alarm alarm_;
};

}  // namespace carecard::settlement
