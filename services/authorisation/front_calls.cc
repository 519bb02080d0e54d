#include "services/authorisation/front_calls.h"

#include <optional>
#include <utility>

#include "common/check.h"
#include "common/limits.h"
#include "google/rpc/status.pb.h"
#include "services/authorisation/convert.h"
#include "services/rpc/faults.h"
#include "services/rpc/rights.h"

namespace carecard::authorisation {
namespace {

constexpr const char* authorise_method = "carecard.v1.AuthorisationService/Authorise";
constexpr const char* stream_method = "carecard.v1.AuthorisationService/AuthoriseStream";
constexpr const char* increment_method = "carecard.v1.AuthorisationService/Increment";
constexpr const char* reverse_method = "carecard.v1.AuthorisationService/Reverse";
constexpr const char* present_method = "carecard.v1.AuthorisationService/Present";
constexpr const char* advise_method = "carecard.v1.AuthorisationService/Advise";

/// The kinds of events that may come of a command.
template <class... Kind>
struct Events {};

/// Fills `response` when the event is a `Kind`. @return whether it is.
template <class Kind, class Response>
bool fill_from(const rules::State& state, const rules::Event& event,
               const sequencer::Answer& answer, Response& response) {
    const auto* fact = std::get_if<Kind>(&event);
    if (fact == nullptr) return false;
    const CurrencyCode currency = state.at(fact->programme).terms.currency;
    to_response(*fact, {.stamp = answer.stamp, .replay = answer.replay, .currency = currency},
                response);
    return true;
}

/// Fills `response` from the answer to a command whose event is one of `Kind`.
/// @return the fault when there is no answer to give.
template <class... Kind, class Response>
std::optional<Fault> fill(Events<Kind...>, const sequencer::Sequencer& sequencer,
                          const sequencer::Answer& answer, Response& response) {
    if (const auto* fault = std::get_if<Fault>(&answer.outcome)) return *fault;
    const rules::State& state = sequencer.core().state;
    if (const auto* refused = std::get_if<rules::RefusedUnrecorded>(&answer.outcome)) {
        to_response(refused->decline, {}, answer.stamp.now_ns, response);
        return std::nullopt;
    }
    const rules::Event& event = *std::get<const rules::Event*>(answer.outcome);
    CHECK((fill_from<Kind>(state, event, answer, response) || ...));
    return std::nullopt;
}

struct AuthoriseRpc {
    using Request = v1::AuthoriseRequest;
    using Response = v1::AuthoriseResponse;
    using Outcome = Events<rules::AuthorisationDecided>;
    static constexpr const char* method = authorise_method;
    static constexpr auto request = &v1::AuthorisationService::AsyncService::RequestAuthorise;
};
struct IncrementRpc {
    using Request = v1::IncrementRequest;
    using Response = v1::IncrementResponse;
    using Outcome = Events<rules::HoldIncreased>;
    static constexpr const char* method = increment_method;
    static constexpr auto request = &v1::AuthorisationService::AsyncService::RequestIncrement;
};
struct ReverseRpc {
    using Request = v1::ReverseRequest;
    using Response = v1::ReverseResponse;
    using Outcome = Events<rules::Reversed, rules::ReversalKept>;
    static constexpr const char* method = reverse_method;
    static constexpr auto request = &v1::AuthorisationService::AsyncService::RequestReverse;
};
struct PresentRpc {
    using Request = v1::PresentRequest;
    using Response = v1::PresentResponse;
    using Outcome = Events<rules::Presented>;
    static constexpr const char* method = present_method;
    static constexpr auto request = &v1::AuthorisationService::AsyncService::RequestPresent;
};

struct AdviseRpc {
    using Request = v1::AdviseRequest;
    using Response = v1::AdviseResponse;
    using Outcome = Events<rules::Advised>;
    static constexpr const char* method = advise_method;
    static constexpr auto request = &v1::AuthorisationService::AsyncService::RequestAdvise;
};

template <class Rpc>
class UnaryPool;

/// One unary call at a time: waits for it, submits it, answers it, and goes back to its pool.
template <class Rpc>
class UnaryCall final : public Waiter {
   public:
    UnaryCall(Front& front, UnaryPool<Rpc>& pool) : front_(front), pool_(pool) {}

    void wait() {
        stage_ = Stage::waiting;
        writer_.reset();
        context_.emplace();
        request_.Clear();
        response_.Clear();
        writer_.emplace(&*context_);
        (front_.service().*Rpc::request)(&*context_, &request_, &*writer_, &front_.queue(),
                                         &front_.queue(), this);
    }

    void proceed(bool ok) override {
        if (stage_ == Stage::answering) return pool_.ended(*this);
        pool_.taken();
        if (!ok) return pool_.ended(*this);  // the server is stopping
        submit();
    }

   private:
    enum class Stage : unsigned char { waiting, answering };

    void submit() {
        stage_ = Stage::answering;
        const Result<rpc::Identity> caller =
            rpc::allowed_caller(*context_->auth_context(), Rpc::method);
        if (!caller) return fail(caller.fault());
        auto command = to_command(request_, *caller);
        if (!command) return fail(command.fault());
        const Result<Done> pushed = front_.sequencer().inbox().push(sequencer::Submission{
            .command = (*std::move(command)).take(),
            .reply = [this](const sequencer::Answer& answer) { answered(answer); },
            .deadline_ns = sequencer::monotonic_deadline_ns(context_->deadline())});
        if (!pushed) fail(pushed.fault());
    }

    void answered(const sequencer::Answer& answer) {
        const auto fault = fill(typename Rpc::Outcome{}, front_.sequencer(), answer, response_);
        if (fault) return fail(*fault);
        writer_->Finish(response_, grpc::Status::OK, this);
    }

    void fail(const Fault& fault) {
        const bool denied = fault.kind == FaultKind::denied;
        writer_->FinishWithError(
            rpc::to_status(fault, denied ? rpc::roles_with_right(Rpc::method) : std::string{}),
            this);
    }

    Front& front_;
    UnaryPool<Rpc>& pool_;
    Stage stage_ = Stage::waiting;
    std::optional<grpc::ServerContext> context_;
    typename Rpc::Request request_;
    typename Rpc::Response response_;
    std::optional<grpc::ServerAsyncResponseWriter<typename Rpc::Response>> writer_;
};

/// All calls of one unary RPC, those that wait for a caller and those under way. A place is kept
/// for the next caller until `unary_calls_max` are under way: more than the inbox takes, so that
/// whoever it has no room for is told so at once.
template <class Rpc>
class UnaryPool final : public CallPool {
   public:
    explicit UnaryPool(Front& front) : front_(front) {}

    void post() override {
        while (front_.accepting() && waiting_ < unary_calls_waiting) {
            if (idle_.empty() && calls_.size() == unary_calls_max) return;
            ++waiting_;
            take_idle().wait();
        }
    }

    /// A call that waited has a caller, or never will have one.
    void taken() {
        --waiting_;
        post();
    }

    void ended(UnaryCall<Rpc>& call) {
        idle_.push_back(&call);
        post();
    }

   private:
    UnaryCall<Rpc>& take_idle() {
        if (idle_.empty()) {
            return *calls_.emplace_back(std::make_unique<UnaryCall<Rpc>>(front_, *this));
        }
        UnaryCall<Rpc>& call = *idle_.back();
        idle_.pop_back();
        return call;
    }

    Front& front_;
    std::vector<std::unique_ptr<UnaryCall<Rpc>>> calls_;
    std::vector<UnaryCall<Rpc>*> idle_;
    std::size_t waiting_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<CallPool>> unary_pools(Front& front) {
    std::vector<std::unique_ptr<CallPool>> pools;
    pools.push_back(std::make_unique<UnaryPool<AuthoriseRpc>>(front));
    pools.push_back(std::make_unique<UnaryPool<IncrementRpc>>(front));
    pools.push_back(std::make_unique<UnaryPool<ReverseRpc>>(front));
    pools.push_back(std::make_unique<UnaryPool<PresentRpc>>(front));
    pools.push_back(std::make_unique<UnaryPool<AdviseRpc>>(front));
    return pools;
}

void post_stream(Front& front) { new StreamCall(front); }

StreamCall::StreamCall(Front& front) : front_(front), stream_(&context_) {
    front_.service().RequestAuthoriseStream(&context_, &stream_, &front_.queue(), &front_.queue(),
                                            this);
}

/// A caller has come, or the server is stopping.
void StreamCall::proceed(bool ok) {
    if (!ok) {
        delete this;
        return;
    }
    if (front_.accepting()) post_stream(front_);
    const Result<rpc::Identity> caller =
        rpc::allowed_caller(*context_.auth_context(), stream_method);
    if (!caller) return end(rpc::to_status(caller.fault(), rpc::roles_with_right(stream_method)));
    caller_ = *caller;
    read_on();
}

void StreamCall::read_on() {
    // Reading ahead of what one group can hold, or of what the caller takes, would only move the
    // queue into this process.
    const auto gathered = static_cast<std::size_t>((*gathered_)->results_size());
    if (outstanding_ + gathered > group_commands_max) return;
    if (reading_ || half_closed_ || ending_) return;
    reading_ = true;
    stream_.Read(&request_, &read_step_);
}

void StreamCall::on_read(bool ok) {
    reading_ = false;
    if (!ok || broken_) {
        half_closed_ = true;
        return end_if_done();
    }
    const auto items = static_cast<std::size_t>(request_.items_size());
    if (items == 0 || items > stream_items_max) {
        return end(rpc::to_status({.kind = FaultKind::malformed,
                                   .field = "items",
                                   .detail = "a message carries 1 to 128 items",
                                   .remedy = "divide them over messages; see stream_items_max"}));
    }
    for (const v1::AuthoriseRequest& item : request_.items()) submit(item);
    read_on();
}

void StreamCall::submit(const v1::AuthoriseRequest& item) {
    const std::uint64_t index = next_index_++;
    const auto fail = [&](const Fault& fault) {
        *new_result(index).mutable_fault() = rpc::to_rpc_status(fault);
    };
    auto command = to_command(item, caller_);
    if (!command) return fail(command.fault());
    const Result<Done> pushed = front_.sequencer().inbox().push(sequencer::Submission{
        .command = (*std::move(command)).take(),
        .reply = [this, index](const sequencer::Answer& answer) { answered(index, answer); },
        .deadline_ns = sequencer::monotonic_deadline_ns(context_.deadline())});
    if (!pushed) return fail(pushed.fault());
    ++outstanding_;
}

void StreamCall::answered(std::uint64_t index, const sequencer::Answer& answer) {
    --outstanding_;
    v1::AuthoriseStreamResult& result = new_result(index);
    const auto fault =
        fill(AuthoriseRpc::Outcome{}, front_.sequencer(), answer, *result.mutable_response());
    if (fault) *result.mutable_fault() = rpc::to_rpc_status(*fault);
}

v1::AuthoriseStreamResult& StreamCall::new_result(std::uint64_t index) {
    mark_for_flush();
    v1::AuthoriseStreamResult& result = *(*gathered_)->add_results();
    result.set_index(index);
    return result;
}

void StreamCall::mark_for_flush() {
    if (marked_) return;
    marked_ = true;
    front_.flush_later(this);
}

void StreamCall::flush() {
    marked_ = false;
    if (writing_ || (*gathered_)->results_size() == 0 || ending_) {
        if (!writing_) end_if_done();
        return;
    }
    if (broken_) {
        gathered_->clear();
        return end_if_done();
    }
    if (!announced_) (*gathered_)->set_stream_items_max(stream_items_max);
    announced_ = true;
    std::swap(sending_, gathered_);
    gathered_->clear();
    writing_ = true;
    stream_.Write(**sending_, &write_step_);
    read_on();
}

void StreamCall::on_written(bool ok) {
    writing_ = false;
    if (!ok) {
        broken_ = true;
        half_closed_ = half_closed_ || !reading_;  // no read is under way that could tell
    }
    if (ending_) finish_when_written();
    if ((*gathered_)->results_size() > 0) mark_for_flush();
    if (!broken_) read_on();
    end_if_done();
}

void StreamCall::end_if_done() {
    const bool all_sent = outstanding_ == 0 && !writing_ && (*gathered_)->results_size() == 0;
    if (ending_) return delete_if_idle();
    if (half_closed_ && all_sent && !reading_) end(grpc::Status::OK);
}

void StreamCall::end(const grpc::Status& status) {
    if (ending_) return;
    ending_ = true;
    end_status_ = status;
    finish_when_written();
}

void StreamCall::finish_when_written() {
    if (writing_ || finish_sent_) return;
    finish_sent_ = true;
    stream_.Finish(end_status_, &finish_step_);
}

void StreamCall::on_finished(bool) {
    finished_ = true;
    delete_if_idle();
}

/// Items still in the inbox, and completions still to come, point here.
void StreamCall::delete_if_idle() {
    if (finished_ && outstanding_ == 0 && !reading_ && !writing_ && !marked_) delete this;
}

}  // namespace carecard::authorisation
