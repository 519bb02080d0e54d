#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/limits.h"
#include "services/rpc/credentials.h"
#include "tests/end_to_end/running_service.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

TEST_F(RunningService, RefusesAStreamOfARoleWithoutTheRight) {
    const auto stranger =
        v1::AuthorisationService::NewStub(service_->channel(service_->front(), "finance"));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 10s);
    const auto stream = stranger->AuthoriseStream(&context);
    v1::AuthoriseStreamRequest request;
    *request.add_items() = new_payment("denied-stream", 1, 100);
    stream->Write(request);
    v1::AuthoriseStreamResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

/// A stream, its results by index, and how it ended.
struct Streamed {
    std::map<std::uint64_t, v1::AuthoriseStreamResult> results;
    std::uint32_t items_max = 0;
    grpc::Status status;
};

Streamed run_stream(Gateway& gateway, const std::vector<v1::AuthoriseStreamRequest>& requests) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 20s);
    const auto stream = gateway.AuthoriseStream(&context);
    std::thread writer([&] {
        for (const v1::AuthoriseStreamRequest& request : requests) {
            if (!stream->Write(request)) return;
        }
        stream->WritesDone();
    });
    Streamed streamed;
    v1::AuthoriseStreamResponse response;
    while (stream->Read(&response)) {
        if (response.stream_items_max() != 0) streamed.items_max = response.stream_items_max();
        EXPECT_GT(response.results_size(), 0);
        for (const v1::AuthoriseStreamResult& result : response.results()) {
            EXPECT_TRUE(streamed.results.emplace(result.index(), result).second) << result.index();
        }
    }
    writer.join();
    streamed.status = stream->Finish();
    return streamed;
}

TEST_F(RunningService, DecidesTheItemsOfAStreamInTheOrderSentAndAnswersEachOnce) {
    constexpr int messages = 40;
    std::vector<v1::AuthoriseStreamRequest> requests;
    for (int message = 0; message < messages; ++message) {
        requests.push_back(new_payments(fmt::format("order-{}", message), 3, 128));
    }
    const Streamed streamed = run_stream(*service_->gateway(), requests);
    EXPECT_TRUE(streamed.status.ok()) << rpc::explain(streamed.status);
    EXPECT_EQ(streamed.items_max, 128U);
    ASSERT_EQ(streamed.results.size(), std::size_t{messages} * 128);
    // A penny each, of a hundred pounds less than the open authorisations allow.
    std::int64_t left = 100'00;
    std::uint64_t open = 0;
    for (const auto& [index, result] : streamed.results) {
        ASSERT_TRUE(result.has_response()) << index;
        const v1::AuthoriseResponse& response = result.response();
        if (response.has_decline()) {
            EXPECT_EQ(response.decline().reason(), v1::DECLINE_REASON_OPEN_AUTHORISATIONS_FULL);
            EXPECT_GE(open, 4'096U);
            continue;
        }
        ++open;
        EXPECT_EQ(response.available().minor_units(), --left) << index;
    }
    EXPECT_EQ(open, 4'096U);
}

TEST_F(RunningService, LetsAFaultyItemOfAStreamLeaveTheOthersAlone) {
    v1::AuthoriseStreamRequest request = new_payments("faulty", 4, 5);
    request.mutable_items(2)->set_mcc("");
    request.mutable_items(3)->set_request_key("faulty-1");
    const Streamed streamed = run_stream(*service_->gateway(), {request});
    EXPECT_TRUE(streamed.status.ok()) << rpc::explain(streamed.status);
    ASSERT_EQ(streamed.results.size(), 5U);
    EXPECT_EQ(rpc::to_fault(streamed.results.at(2).fault()).field, "mcc");
    EXPECT_TRUE(streamed.results.at(3).response().replay());
    EXPECT_EQ(streamed.results.at(3).response().authorisation_id(),
              streamed.results.at(1).response().authorisation_id());
    EXPECT_EQ(streamed.results.at(4).response().available().minor_units(), 99'97);
}

TEST_F(RunningService, EndsAStreamWithAMessageOfNoItemsOrTooManyAndDecidesNoneOfIt) {
    for (const int count : {0, 129}) {
        const std::string name = fmt::format("count-{}", count);
        const Streamed streamed = run_stream(*service_->gateway(), {new_payments(name, 5, count)});
        EXPECT_EQ(streamed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        EXPECT_EQ(rpc::to_fault(streamed.status).field, "items");
        EXPECT_TRUE(streamed.results.empty());
    }
    EXPECT_EQ(authorise(new_payment("after-129", 5, 1)).available().minor_units(), 99'99);
}

TEST_F(RunningService, EndsAStreamWithoutMessagesInOrder) {
    const Streamed streamed = run_stream(*service_->gateway(), {});
    EXPECT_TRUE(streamed.status.ok()) << rpc::explain(streamed.status);
    EXPECT_TRUE(streamed.results.empty());
}

TEST_F(RunningService, OutlivesAStreamThatItsCallerBreaksOff) {
    const auto gateway = service_->gateway();
    for (int round = 0; round < 20; ++round) {
        grpc::ClientContext context;
        const auto stream = gateway->AuthoriseStream(&context);
        stream->Write(new_payments(fmt::format("broken-{}", round), 6, 100));
        if (round % 2 == 0) std::this_thread::sleep_for(2ms);
        context.TryCancel();
        EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
    }
    EXPECT_EQ(authorise(new_payment("after-broken", 6, 1)).outcome(),
              v1::AUTHORISE_OUTCOME_APPROVED);
}

/// Sends and does not read until the service takes no more.
class UnreadStream {
   public:
    UnreadStream(Gateway& gateway, const std::string& name, unsigned card)
        : stream_(gateway.AuthoriseStream(&context_)), writer_([this, name, card] {
              for (int message = 0; message < messages; ++message) {
                  const auto items = new_payments(fmt::format("{}-{}", name, message), card, 128);
                  if (!stream_->Write(items)) return;
                  ++written_;
                  std::this_thread::sleep_for(2ms);  // so that the decisions keep up
              }
              stream_->WritesDone();
          }) {}
    ~UnreadStream() {
        context_.TryCancel();
        writer_.join();
    }

    /// @return how many messages were taken when none had been for a second.
    int wait_until_it_stands() const {
        int before = -1;
        while (written_ != before && written_ < messages) {
            before = written_;
            std::this_thread::sleep_for(1s);
        }
        return written_;
    }

    static constexpr int messages = 1'500;
    [[nodiscard]] auto& stream() { return *stream_; }
    [[nodiscard]] grpc::ClientContext& context() { return context_; }

   private:
    grpc::ClientContext context_;
    std::unique_ptr<
        grpc::ClientReaderWriter<v1::AuthoriseStreamRequest, v1::AuthoriseStreamResponse>>
        stream_;
    std::atomic<int> written_{0};
    std::thread writer_;
};

/// A caller whose window stays at 64 KiB: it would grow, and hold all results of the streams below.
std::unique_ptr<Gateway> gateway_with_small_window(const std::string& address) {
    const std::string stem = certificates() + "/gateway";
    const auto credentials = rpc::client_credentials(
        {.ca = certificates() + "/ca.pem", .certificate = stem + ".pem", .key = stem + ".key"});
    EXPECT_TRUE(credentials);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return v1::AuthorisationService::NewStub(
        grpc::CreateCustomChannel(address, *credentials, arguments));
}

TEST_F(RunningService, TakesNoMoreOfAStreamWhoseResultsAreNotReadAndGivesThemAllOnceTheyAre) {
    const auto gateway = gateway_with_small_window(service_->front());
    UnreadStream unread(*gateway, "unread", 10);
    EXPECT_LT(unread.wait_until_it_stands(), UnreadStream::messages);
    std::vector<int> times(std::size_t{UnreadStream::messages} * 128, 0);
    v1::AuthoriseStreamResponse response;
    while (unread.stream().Read(&response)) {
        for (const v1::AuthoriseStreamResult& result : response.results()) {
            ++times.at(result.index());
        }
    }
    const grpc::Status status = unread.stream().Finish();
    EXPECT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(std::count(times.begin(), times.end(), 1), std::ssize(times));
}

TEST_F(RunningService, OutlivesAStreamThatBreaksWhileItTakesNoMoreOfIt) {
    const auto gateway = gateway_with_small_window(service_->front());
    UnreadStream unread(*gateway, "unread-broken", 11);
    EXPECT_LT(unread.wait_until_it_stands(), UnreadStream::messages);
    unread.context().TryCancel();
    EXPECT_EQ(unread.stream().Finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_EQ(authorise(new_payment("after-unread", 12, 1)).outcome(),
              v1::AUTHORISE_OUTCOME_APPROVED);
}

TEST_F(RunningService, HasPlacesForANumberOfTailsAndGivesThemBack) {
    const auto journal =
        v1::JournalService::NewStub(service_->channel(service_->back(), "settlement"));
    struct Follower {
        explicit Follower(v1::JournalService::Stub& stub)
            : reader(stub.Tail(&context, v1::TailRequest{})) {}
        bool reads() { return reader->Read(&response); }
        grpc::Status end() {
            context.TryCancel();
            while (reads()) {
            }
            return reader->Finish();
        }
        grpc::ClientContext context;
        std::unique_ptr<grpc::ClientReader<v1::TailResponse>> reader;
        v1::TailResponse response;
    };
    std::vector<std::unique_ptr<Follower>> followers;
    for (std::size_t number = 0; number < tails_max; ++number) {
        followers.push_back(std::make_unique<Follower>(*journal));
        EXPECT_TRUE(followers.back()->reads()) << number;
    }
    Follower refused(*journal);
    EXPECT_FALSE(refused.reads());
    EXPECT_EQ(refused.reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    for (const auto& follower : followers) {
        EXPECT_EQ(follower->end().error_code(), grpc::StatusCode::CANCELLED);
    }
    // The service learns of a cancelled call a moment after its caller.
    bool again = false;
    for (int attempt = 0; attempt < 50 && !again; ++attempt) {
        std::this_thread::sleep_for(100ms);
        Follower late(*journal);
        again = late.reads();
        (void)late.end();
    }
    EXPECT_TRUE(again);
}

}  // namespace
}  // namespace carecard::end_to_end
