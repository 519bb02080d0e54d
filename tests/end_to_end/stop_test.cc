#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "services/rpc/faults.h"
#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;
using Gateway = v1::AuthorisationService::Stub;

TEST(Stopping, AnswersWhatItTookAndKeepsWhatItAnswered) {
    const Installation installation;
    std::map<std::string, v1::AuthoriseResponse> answered;
    std::mutex mutex;
    {
        Service service(installation);
        open_accounts(service, 4, 1'000'00);
        std::vector<std::thread> callers;
        for (unsigned card = 1; card <= 4; ++card) {
            callers.emplace_back([&, card] {
                const auto gateway = service.gateway();
                for (int number = 0;; ++number) {
                    const std::string key = fmt::format("stop-{}-{}", card, number);
                    v1::AuthoriseResponse response;
                    const grpc::Status status =
                        call(*gateway, &Gateway::Authorise, new_payment(key, card, 1), response);
                    if (!status.ok()) {
                        // Whether this last one was decided is unknown: both codes say so.
                        EXPECT_TRUE(status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                                    status.error_code() == grpc::StatusCode::CANCELLED)
                            << rpc::explain(status);
                        return;
                    }
                    const std::lock_guard lock(mutex);
                    answered[key] = response;
                }
            });
        }
        std::this_thread::sleep_for(300ms);
        const auto began = std::chrono::steady_clock::now();
        EXPECT_EQ(service.process().end_by(SIGTERM), 0) << service.process().said();
        EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
        for (std::thread& caller : callers) caller.join();
    }
    ASSERT_GT(answered.size(), 20U);
    Service service(installation);
    const auto gateway = service.gateway();
    for (const auto& [key, first] : answered) {
        const unsigned card = static_cast<unsigned>(key[5] - '0');
        v1::AuthoriseResponse again;
        ASSERT_TRUE(call(*gateway, &Gateway::Authorise, new_payment(key, card, 1), again).ok());
        EXPECT_TRUE(again.replay()) << key;
        EXPECT_EQ(again.authorisation_id(), first.authorisation_id());
        EXPECT_EQ(again.authorisation_code(), first.authorisation_code());
    }
}

TEST(Stopping, EndsAnOpenStreamAndATail) {
    const Installation installation;
    Service service(installation);
    open_accounts(service, 1, 100'00);
    grpc::ClientContext stream_context;
    const auto gateway = service.gateway();
    const auto stream = gateway->AuthoriseStream(&stream_context);
    ASSERT_TRUE(stream->Write(new_payments("open", 1, 3)));
    v1::AuthoriseStreamResponse response;
    ASSERT_TRUE(stream->Read(&response));

    const auto journal = v1::JournalService::NewStub(service.channel(service.back(), "settlement"));
    grpc::ClientContext tail_context;
    v1::TailRequest from_start;
    from_start.set_from_sequence(1);
    const auto tail = journal->Tail(&tail_context, from_start);
    v1::TailResponse record;
    ASSERT_TRUE(tail->Read(&record));

    EXPECT_EQ(service.process().end_by(SIGTERM), 0) << service.process().said();
    while (stream->Read(&response)) continue;
    EXPECT_FALSE(stream->Finish().ok());
    while (tail->Read(&record)) continue;
    EXPECT_FALSE(tail->Finish().ok());
}

}  // namespace
}  // namespace carecard::end_to_end
