#include "bench/council.h"

#include <fmt/format.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <memory>
#include <optional>

#include "bench/target.h"
#include "carecard/v1/admin.grpc.pb.h"
#include "common/limits.h"
#include "services/rpc/faults.h"

namespace carecard::bench {
namespace {

constexpr std::size_t calls_open_max = 128;
constexpr std::chrono::seconds call_timeout{30};
constexpr const char* programme = "bench";

/// One call under way.
template <class Response>
struct Call {
    grpc::ClientContext context;
    Response response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
};

/// Makes `count` calls of one kind, several at a time, and waits for all of them.
/// @param request_of  makes the request at an index.
template <class Request, class Response, class RequestOf>
Result<Done> call_all(v1::AdminService::Stub& stub,
                      std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
                          v1::AdminService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                           grpc::CompletionQueue*),
                      std::size_t count, const RequestOf& request_of) {
    grpc::CompletionQueue queue;
    std::optional<Fault> failed;
    std::size_t begun = 0;
    std::size_t open = 0;
    while (open > 0 || (begun < count && !failed)) {
        if (open < calls_open_max && begun < count && !failed) {
            auto call = std::make_unique<Call<Response>>();
            call->context.set_deadline(std::chrono::system_clock::now() + call_timeout);
            call->reader = (stub.*method)(&call->context, request_of(begun), &queue);
            Call<Response>* const tag = call.release();
            tag->reader->Finish(&tag->response, &tag->status, tag);
            ++begun;
            ++open;
            continue;
        }
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        const std::unique_ptr<Call<Response>> call(static_cast<Call<Response>*>(tag));
        if (!call->status.ok() && !failed) failed = rpc::to_fault(call->status);
        --open;
    }
    queue.Shutdown();
    if (failed) return *std::move(failed);
    return Done{};
}

std::string reference_of(std::size_t index) { return fmt::format("account-{}", index); }

template <class Request>
Request about_account(std::size_t index) {
    Request request;
    request.set_request_key(reference_of(index));
    request.set_reason("measurement");
    request.mutable_account()->set_programme(programme);
    request.mutable_account()->set_reference(reference_of(index));
    return request;
}

v1::CreateProgrammeRequest programme_request(const std::string& council) {
    v1::CreateProgrammeRequest request;
    request.set_request_key("programme");
    request.set_reason("measurement");
    request.set_programme(programme);
    request.set_council(council);
    request.set_name("Measurement");
    request.set_currency("GBP");
    request.set_hold_lifetime_days(7);
    return request;
}

v1::OpenAccountRequest account_request(std::size_t index) {
    auto request = about_account<v1::OpenAccountRequest>(index);
    request.set_arrangement(v1::ARRANGEMENT_DIRECT_PAYMENT);
    v1::NewPurse& purse = *request.add_purses();
    purse.set_name("social care");
    purse.set_priority(1);
    return request;
}

v1::IssueCardRequest card_request(std::size_t index, const std::string& token) {
    auto request = about_account<v1::IssueCardRequest>(index);
    request.set_request_key(fmt::format("card-{}", index));
    request.add_card_tokens(token);
    request.set_last_four(fmt::format("{:04}", index % 10'000));
    request.set_expiry("2098-12");
    request.set_holder(v1::CARD_HOLDER_PERSON);
    return request;
}

v1::LoadPurseRequest load_request(std::size_t index) {
    auto request = about_account<v1::LoadPurseRequest>(index);
    request.set_request_key(fmt::format("load-{}", index));
    request.mutable_amount()->set_minor_units(load_minor_max.value);
    request.mutable_amount()->set_currency("GBP");
    request.set_reference(fmt::format("load-{}", index));
    return request;
}

Result<std::unique_ptr<v1::AdminService::Stub>> stub_for(const StaffDoor& door,
                                                         const std::string& role) {
    const auto channel = connect(door.certificates, role, door.address);
    if (!channel) return channel.fault();
    return v1::AdminService::NewStub(*channel);
}

}  // namespace

Result<Done> open_council(const StaffDoor& door, std::span<const std::string> card_tokens) {
    using Stub = v1::AdminService::Stub;
    const auto chief = stub_for(door, "operator");
    if (!chief) return chief.fault();
    const auto support = stub_for(door, "support");
    if (!support) return support.fault();
    const auto finance = stub_for(door, "finance");
    if (!finance) return finance.fault();

    Result<Done> done = call_all(**chief, &Stub::AsyncCreateProgramme, 1,
                                 [&](std::size_t) { return programme_request(door.council); });
    if (!done) return done;
    done = call_all(**support, &Stub::AsyncOpenAccount, card_tokens.size(), account_request);
    if (!done) return done;
    done = call_all(**support, &Stub::AsyncIssueCard, card_tokens.size(),
                    [&](std::size_t index) { return card_request(index, card_tokens[index]); });
    if (!done) return done;
    return call_all(**finance, &Stub::AsyncLoadPurse, card_tokens.size(), load_request);
}

}  // namespace carecard::bench
