#include "services/authorisation/front.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "services/rpc/credentials.h"
#include "tests/end_to_end/installation.h"
#include "tests/sequencer/machine.h"

namespace carecard::end_to_end {
namespace {

using authorisation::Front;
using Gateway = v1::AuthorisationService::Stub;

/// A store whose commits wait until the test lets them go.
class GatedStore final : public journal::Store {
   public:
    Result<Sequence> commit(Sequence tail, const journal::Record& record) override {
        before_commit();
        events_max = std::max(events_max, record.last.value - record.first.value + 1);
        return store_.commit(tail, record);
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        return store_.read(after, buffer, out);
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

    std::function<void()> before_commit = [] {};
    std::uint64_t events_max = 0;  // in one record

   private:
    journal::MemoryStore store_;
};

/// A call that waits for nobody.
struct OpenCall {
    grpc::ClientContext context;
    v1::AuthoriseResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::AuthoriseResponse>> reader;
};

class RunningFront : public testing::Test {
   protected:
    void SetUp() override {
        machine_.set_up(parties_, 1'000'00);
        const auto credentials = rpc::server_credentials(files_of("authorisation-server"));
        ASSERT_TRUE(credentials);
        auto front = Front::listen("127.0.0.1:0", *credentials);
        ASSERT_TRUE(front);
        front_ = *std::move(front);
        const auto client = rpc::client_credentials(files_of("gateway"));
        ASSERT_TRUE(client);
        gateway_ = v1::AuthorisationService::NewStub(
            grpc::CreateChannel(fmt::format("127.0.0.1:{}", front_->port()), *client));
    }

    /// Nothing of the store may be set after this.
    void serve() {
        thread_ = std::thread([this] { EXPECT_TRUE(front_->run(machine_.sequencer())); });
    }

    void TearDown() override {
        gateway_.reset();
        if (!thread_.joinable()) return;
        front_->stop();
        thread_.join();
    }

    static rpc::TlsFiles files_of(const std::string& name) {
        const std::string path = certificates() + "/" + name;
        return {
            .ca = certificates() + "/ca.pem", .certificate = path + ".pem", .key = path + ".key"};
    }

    [[nodiscard]] v1::AuthoriseRequest payment(const std::string& key) const {
        v1::AuthoriseRequest request = new_payment(key, 1, 1);
        request.set_card_token("k1:01" + std::string(62, '0'));
        return request;
    }

    GatedStore store_;
    sequencer::MemoryVault vault_;
    sequencer::MemoryTables tables_;
    sequencer::HandClock clock_;
    rules::World parties_;
    sequencer::Machine machine_{store_, vault_, tables_, clock_};
    std::unique_ptr<Front> front_;
    std::unique_ptr<Gateway> gateway_;
    std::thread thread_;
};

TEST_F(RunningFront, TakesMoreUnaryCallsIntoAGroupThanWaitForACaller) {
    constexpr std::size_t calls_count = 4 * unary_calls_waiting;
    std::mutex mutex;
    std::condition_variable change;
    bool all_sent = false;
    store_.before_commit = [&] {
        std::unique_lock lock(mutex);
        change.wait(lock, [&] { return all_sent; });
    };
    store_.events_max = 0;
    serve();
    grpc::CompletionQueue queue;
    std::vector<OpenCall> calls(calls_count);
    for (std::size_t index = 0; index < calls_count; ++index) {
        OpenCall& call = calls[index];
        call.reader =
            gateway_->AsyncAuthorise(&call.context, payment(fmt::format("open-{}", index)), &queue);
        call.reader->Finish(&call.response, &call.status, &call);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    {
        const std::lock_guard lock(mutex);
        all_sent = true;
    }
    change.notify_all();
    void* tag = nullptr;
    bool ok = false;
    for (std::size_t answered = 0; answered < calls_count; ++answered) {
        ASSERT_TRUE(queue.Next(&tag, &ok));
    }
    for (const OpenCall& call : calls) {
        EXPECT_TRUE(call.status.ok()) << call.status.error_message();
        EXPECT_EQ(call.response.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
    }
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    EXPECT_GT(store_.events_max, unary_calls_waiting);
}

TEST_F(RunningFront, SaysAtOnceThatAFullInboxTakesNoMore) {
    sequencer::Inbox& inbox = machine_.sequencer().inbox();
    std::atomic<bool> filling{true};
    int number = 0;
    const auto fill = [&] {
        while (filling) {
            rules::Authorise command = parties_.pay(1);
            command.request.key = InlineText<64>::of(fmt::format("fill-{}", ++number));
            const Result<Done> pushed =
                inbox.push(sequencer::Submission{.command = command, .reply = [](const auto&) {}});
            if (!pushed) return;
        }
    };
    store_.before_commit = fill;
    fill();
    serve();
    v1::AuthoriseResponse response;
    grpc::Status status;
    const auto pay_until = [&](grpc::StatusCode wanted, const char* name) {
        for (int attempt = 0; attempt < 100 && status.error_code() != wanted; ++attempt) {
            status = call(*gateway_, &Gateway::Authorise,
                          payment(fmt::format("{}-{}", name, attempt)), response);
        }
        EXPECT_EQ(status.error_code(), wanted) << status.error_message();
    };
    pay_until(grpc::StatusCode::RESOURCE_EXHAUSTED, "late");
    filling = false;
    pay_until(grpc::StatusCode::OK, "afterwards");
}

TEST_F(RunningFront, EndsThoughItIsStoppedBeforeItServes) {
    front_->stop();
    EXPECT_TRUE(front_->run(machine_.sequencer()));
}

}  // namespace
}  // namespace carecard::end_to_end
