#include "services/cli/call_all.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carecard/v1/authorisation.grpc.pb.h"

namespace carecard::cli {
namespace {

/// Too busy for each request key the first `refusals` times, and notes the order of those it took.
class BusyGateway final : public v1::AuthorisationService::Service {
   public:
    explicit BusyGateway(int refusals) : refusals_(refusals) {
        grpc::ServerBuilder builder;
        int port = 0;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(this);
        server_ = builder.BuildAndStart();
        stub = v1::AuthorisationService::NewStub(grpc::CreateChannel(
            "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
    }
    ~BusyGateway() override { server_->Shutdown(std::chrono::system_clock::now()); }

    grpc::Status Present(grpc::ServerContext*, const v1::PresentRequest* request,
                         v1::PresentResponse*) override {
        const std::scoped_lock lock(mutex_);
        if (request->request_key() == "wrong") return {grpc::StatusCode::INVALID_ARGUMENT, "wrong"};
        if (tries_[request->request_key()]++ < refusals_) {
            return {grpc::StatusCode::RESOURCE_EXHAUSTED, "busy"};
        }
        taken_.push_back(request->request_key());
        return grpc::Status::OK;
    }

    [[nodiscard]] std::vector<std::string> taken() const {
        const std::scoped_lock lock(mutex_);
        return taken_;
    }

    std::unique_ptr<v1::AuthorisationService::Stub> stub;

   private:
    const int refusals_;
    mutable std::mutex mutex_;
    std::map<std::string, int> tries_;
    std::vector<std::string> taken_;
    std::unique_ptr<grpc::Server> server_;
};

Jobs<v1::PresentRequest> jobs_of(std::uint32_t count, std::uint32_t lanes) {
    Jobs<v1::PresentRequest> jobs;
    for (std::uint32_t index = 0; index < count; ++index) {
        v1::PresentRequest request;
        request.set_request_key("key-" + std::to_string(index));
        jobs.add(request, index % lanes);
    }
    return jobs;
}

TEST(CallAll, RepeatsManyRefusedCallsAtOnceAndAnswersEachOnce) {
    BusyGateway gateway(2);
    const Jobs<v1::PresentRequest> jobs = jobs_of(40, 40);
    std::vector<int> answers(jobs.requests.size());
    const auto begun = std::chrono::steady_clock::now();
    const auto failure =
        call_all(*gateway.stub, &v1::AuthorisationService::Stub::AsyncPresent, jobs, 40,
                 [&](std::size_t index, const v1::PresentResponse&) -> std::optional<Fault> {
                     ++answers[index];
                     return std::nullopt;
                 });
    EXPECT_FALSE(failure);
    EXPECT_EQ(answers, std::vector<int>(40, 1));
    // One after another, 80 pauses would take four seconds.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST(CallAll, KeepsTheOrderWithinALaneThroughRepeats) {
    BusyGateway gateway(1);
    const Jobs<v1::PresentRequest> jobs = jobs_of(6, 2);
    const auto failure =
        call_all(*gateway.stub, &v1::AuthorisationService::Stub::AsyncPresent, jobs, 4,
                 [](std::size_t, const v1::PresentResponse&) { return std::optional<Fault>(); });
    EXPECT_FALSE(failure);
    std::vector<std::string> even;
    for (const std::string& key : gateway.taken()) {
        if ((key.back() - '0') % 2 == 0) even.push_back(key);
    }
    EXPECT_EQ(even, (std::vector<std::string>{"key-0", "key-2", "key-4"}));
}

TEST(CallAll, BeginsARepeatedCallAgainByTheSameIndex) {
    BusyGateway gateway(2);
    int begun = 0;
    const std::vector<std::uint32_t> lanes{0};
    const auto failure =
        call_lanes(lanes, 1, [&](std::size_t index, OpenCall& call, grpc::CompletionQueue& queue) {
            EXPECT_EQ(index, 0U);
            ++begun;
            v1::PresentRequest request;
            request.set_request_key("key");
            begin_call(call, queue, *gateway.stub, &v1::AuthorisationService::Stub::AsyncPresent,
                       request, [](const v1::PresentResponse&) { return std::optional<Fault>(); });
        });
    EXPECT_FALSE(failure);
    EXPECT_EQ(begun, 3);
}

TEST(CallAll, LeavesOutRepeatsAfterAFailure) {
    BusyGateway gateway(1'000);
    Jobs<v1::PresentRequest> jobs = jobs_of(4, 4);
    jobs.requests[3].set_request_key("wrong");
    const auto failure =
        call_all(*gateway.stub, &v1::AuthorisationService::Stub::AsyncPresent, jobs, 4,
                 [](std::size_t, const v1::PresentResponse&) { return std::optional<Fault>(); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->index, 3U);
    EXPECT_EQ(failure->fault.kind, FaultKind::malformed);
}

}  // namespace
}  // namespace carecard::cli
