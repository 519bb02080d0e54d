#include "services/cli/call_all.h"

#include <algorithm>
#include <chrono>
#include <deque>

#include "common/check.h"
#include "services/cli/lanes.h"

namespace carecard::cli {
namespace {

/// The calls under way. Lives for one `call_lanes`.
class Flight {
   public:
    Flight(std::span<const std::uint32_t> lane_of, std::size_t in_flight_max,
           const BeginCall& begin, const OnCallFault& on_fault)
        : lanes_(lane_of),
          places_(std::min(in_flight_max, lane_of.size())),
          begin_(begin),
          on_fault_(on_fault) {
        for (Place& place : places_) idle_.push_back(&place);
    }

    std::optional<CallFailure> run() {
        while (true) {
            fill();
            if (idle_.size() == places_.size()) break;
            // The tag is the call, the first member of its place.
            if (void* const tag = next()) take(*reinterpret_cast<Place*>(tag));
        }
        for (Place& place : places_) place.call.answer.reset();
        queue_.Shutdown();
        void* tag = nullptr;
        bool ok = false;
        CHECK(!queue_.Next(&tag, &ok));
        return std::move(failure_);
    }

   private:
    struct Place {
        OpenCall call;
        std::size_t index = 0;
        int tries = 0;
    };
    using Time = std::chrono::system_clock::time_point;
    struct Waiting {
        Place* place;
        Time until;
    };

    /// The tag of a call that ended; null when a call that waits is to be repeated first.
    void* next() {
        void* tag = nullptr;
        bool ok = false;
        if (waiting_.empty()) {
            CHECK(queue_.Next(&tag, &ok));
            return tag;
        }
        const auto outcome = queue_.AsyncNext(&tag, &ok, waiting_.front().until);
        CHECK(outcome != grpc::CompletionQueue::SHUTDOWN);
        return outcome == grpc::CompletionQueue::GOT_EVENT ? tag : nullptr;
    }

    /// Sends those again whose time has come. After a failure nothing is sent any more.
    void repeat() {
        const Time now = std::chrono::system_clock::now();
        while (!waiting_.empty() && (failure_ || waiting_.front().until <= now)) {
            Place& place = *waiting_.front().place;
            waiting_.pop_front();
            if (failure_) {
                idle_.push_back(&place);
            } else {
                send(place);
            }
        }
    }

    void fill() {
        repeat();
        while (!failure_ && !idle_.empty()) {
            const std::optional<std::size_t> index = lanes_.take();
            if (!index) return;
            Place& place = *idle_.back();
            idle_.pop_back();
            place.index = *index;
            place.tries = 0;
            send(place);
        }
    }

    void send(Place& place) {
        ++place.tries;
        place.call.answer.reset();
        place.call.context.emplace();
        place.call.context->set_deadline(deadline_after(call_timeout));
        begin_(place.index, place.call, queue_);
    }

    void take(Place& place) {
        const grpc::Status& status = place.call.status;
        if (!status.ok() && !failure_ && repeat_of(status, place.tries) == Repeat::soon) {
            waiting_.push_back({&place, deadline_after(overload_retry_delay)});
            return;
        }
        idle_.push_back(&place);
        if (failure_) return;
        std::optional<Fault> fault =
            status.ok() ? place.call.answer->take() : judge(place.index, rpc::to_fault(status));
        if (fault) {
            failure_ = {place.index, *std::move(fault)};
        } else {
            lanes_.done(place.index);
        }
    }

    std::optional<Fault> judge(std::size_t index, Fault fault) const {
        return on_fault_ ? on_fault_(index, std::move(fault)) : std::move(fault);
    }

    Lanes lanes_;
    grpc::CompletionQueue queue_;
    std::vector<Place> places_;
    std::vector<Place*> idle_;
    std::deque<Waiting> waiting_;  ///< To be repeated, the earliest first.
    const BeginCall& begin_;
    const OnCallFault& on_fault_;
    std::optional<CallFailure> failure_;
};

}  // namespace

std::optional<CallFailure> call_lanes(std::span<const std::uint32_t> lane_of,
                                      std::size_t in_flight_max, const BeginCall& begin,
                                      const OnCallFault& on_fault) {
    CHECK(in_flight_max > 0);
    return Flight(lane_of, in_flight_max, begin, on_fault).run();
}

}  // namespace carecard::cli
