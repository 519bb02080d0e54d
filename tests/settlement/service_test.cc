#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "carecard/v1/journal.grpc.pb.h"
#include "carecard/v1/settlement.grpc.pb.h"
#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"
#include "services/settlement/text.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

using namespace std::chrono_literals;

rpc::TlsFiles tls_of(const std::string& stem) {
    return {
        .ca = Authority::one().file("ca.pem"), .certificate = stem + ".pem", .key = stem + ".key"};
}

rpc::TlsFiles tls(const std::string& name) { return tls_of(Authority::one().file(name)); }

/// The journal's side, over a month that is made by hand.
class FakeJournal final : public v1::JournalService::Service {
   public:
    explicit FakeJournal(SampleMonth& month, std::size_t events_per_record = 3)
        : month_(month), recorder_(events_per_record) {
        recorder_.record(month_.world);
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0",
                                 *rpc::server_credentials(tls("authorisation-server")), &port_);
        builder.RegisterService(this);
        server_ = builder.BuildAndStart();
    }
    ~FakeJournal() override { server_->Shutdown(std::chrono::system_clock::now()); }

    grpc::Status Tail(grpc::ServerContext* context, const v1::TailRequest* request,
                      grpc::ServerWriter<v1::TailResponse>* writer) override {
        Sequence at{request->from_sequence() - 1};
        std::vector<std::byte> buffer;
        journal::Record record;
        int sent = 0;
        while (!context->IsCancelled()) {
            if (sent == records_per_stream_) return {grpc::StatusCode::UNAVAILABLE, "lost"};
            const auto outcome = recorder_.store.read(at, buffer, record);
            if (*outcome == journal::ReadOutcome::end) {
                std::this_thread::sleep_for(1ms);
                continue;
            }
            v1::TailResponse response;
            response.set_record(record.bytes.data(), record.bytes.size());
            if (!writer->Write(response)) break;
            at = record.last;
            ++sent;
        }
        return grpc::Status::OK;
    }

    grpc::Status CloseSettlement(grpc::ServerContext* context,
                                 const v1::CloseSettlementRequest* request,
                                 v1::CloseSettlementResponse* response) override {
        while (holds_closings_) {
            if (context->IsCancelled()) {
                ++cancelled_closings_;
                return grpc::Status::CANCELLED;
            }
            std::this_thread::sleep_for(1ms);
        }
        const std::scoped_lock lock(mutex_);
        requested_by_ = request->requested_by();
        request_keys_.push_back(request->request_key());
        const auto decision = month_.world.decide_and_apply(close_day(
            *day_from_text(request->day()), request->request_key(), request->programme()));
        if (const auto* fault = std::get_if<Fault>(&decision)) return rpc::to_status(*fault);
        response->set_replay(std::holds_alternative<rules::AlreadyRecorded>(decision));
        recorder_.record(month_.world);
        const auto& batches =
            month_.world.state.find(ProgrammeCode::of(request->programme()))->batches;
        response->set_number(batches.back().number);
        return grpc::Status::OK;
    }

    void lose_streams_after(int records) { records_per_stream_ = records; }
    /// Leaves closings unanswered.
    void hold_closings() { holds_closings_ = true; }
    [[nodiscard]] int cancelled_closings() const { return cancelled_closings_; }
    [[nodiscard]] std::vector<std::string> request_keys() const {
        const std::scoped_lock lock(mutex_);
        return request_keys_;
    }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string requested_by() const {
        const std::scoped_lock lock(mutex_);
        return requested_by_;
    }

   private:
    mutable std::mutex mutex_;
    SampleMonth& month_;
    Recorder recorder_;
    std::string requested_by_;
    std::vector<std::string> request_keys_;
    std::atomic<bool> holds_closings_ = false;
    std::atomic<int> cancelled_closings_ = 0;
    int records_per_stream_ = -1;
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
};

/// The program itself, with its data in a directory that the caller keeps.
class Program {
   public:
    Program(const std::string& data, const std::string& journal,
            const std::vector<std::string>& more = {})
        : port_file_(data + ".port") {
        const char* const programs = std::getenv("CARECARD_PROGRAM_DIR");
        std::vector<std::string> words = {std::string(programs == nullptr ? "." : programs) +
                                          "/carecard-settlement"};
        const Authority& authority = Authority::one();
        const std::vector<std::pair<std::string, std::string>> settings = {
            {"--listen", "127.0.0.1:0"},
            {"--journal", journal},
            {"--data", data},
            {"--ca", authority.file("ca.pem")},
            {"--certificate", authority.file("settlement-server.pem")},
            {"--key", authority.file("settlement-server.key")},
            {"--journal-certificate", authority.file("settlement.pem")},
            {"--journal-key", authority.file("settlement.key")},
            {"--signing-certificate", authority.file("batch-signer.pem")},
            {"--signing-key", authority.file("batch-signer.key")},
            {"--port-file", port_file_}};
        for (const auto& [name, value] : settings) words.insert(words.end(), {name, value});
        words.insert(words.end(), more.begin(), more.end());
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        std::filesystem::remove(port_file_);
        EXPECT_EQ(
            ::posix_spawn(&process_, words[0].c_str(), nullptr, nullptr, arguments.data(), environ),
            0);
    }
    ~Program() {
        if (process_ > 0) stop();
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// @return the exit status after SIGTERM.
    int stop() {
        ::kill(process_, SIGTERM);
        return wait();
    }
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(process_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    [[nodiscard]] std::unique_ptr<v1::SettlementService::Stub> as(const std::string& who) const {
        return with(tls(who));
    }
    [[nodiscard]] std::unique_ptr<v1::SettlementService::Stub> with(
        const rpc::TlsFiles& files) const {
        for (int tries = 0; tries < 1'000 && !std::filesystem::exists(port_file_); ++tries) {
            std::this_thread::sleep_for(10ms);
        }
        std::string port = read_text(port_file_);
        EXPECT_FALSE(port.empty());
        port.resize(port.find('\n'));
        return v1::SettlementService::NewStub(
            rpc::make_channel("localhost:" + port, *rpc::client_credentials(files)));
    }

   private:
    std::string port_file_;
    pid_t process_ = -1;
};

void limit(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + 20s);
}

grpc::Status close(v1::SettlementService::Stub& stub, const std::string& day,
                   v1::CloseBatchResponse& response, const std::string& programme = "care",
                   const std::string& key = {}) {
    grpc::ClientContext context;
    limit(context);
    v1::CloseBatchRequest request;
    request.set_request_key(key.empty() ? "close-" + day : key);
    request.set_programme(programme);
    request.set_day(day);
    return stub.CloseBatch(&context, request, &response);
}

grpc::Status download(v1::SettlementService::Stub& stub, const std::string& file,
                      std::uint64_t offset, std::string& bytes, std::uint64_t number = 1) {
    grpc::ClientContext context;
    limit(context);
    v1::DownloadBatchFileRequest request;
    request.set_programme("care");
    request.set_number(number);
    request.set_file_name(file);
    request.set_offset(offset);
    const auto stream = stub.DownloadBatchFile(&context, request);
    v1::DownloadBatchFileResponse chunk;
    std::uint64_t total = 0;
    while (stream->Read(&chunk)) {
        EXPECT_EQ(chunk.offset(), offset + bytes.size());
        bytes += chunk.data();
        if (chunk.has_total_bytes()) total = chunk.total_bytes();
    }
    const grpc::Status status = stream->Finish();
    if (status.ok()) {
        EXPECT_EQ(total, offset + bytes.size());
    }
    return status;
}

class SettlementProgram : public testing::Test {
   protected:
    TemporaryDirectory directory_;
    std::string data_ = directory_.path() + "/data";
    SampleMonth month_;
};

TEST_F(SettlementProgram, ClosesListsAndHandsOutBatchesThatVerify) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    const auto auditor = program.as("auditor");
    v1::CloseBatchResponse closed;
    const grpc::Status status = close(*finance, "2024-06-03", closed);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_FALSE(closed.replay());
    EXPECT_EQ(journal.requested_by().substr(0, 7), "finance");
    EXPECT_EQ(closed.batch().number(), 1U);
    EXPECT_EQ(closed.batch().cleared().amount().minor_units(), 107'50);
    EXPECT_EQ(closed.batch().files_size(), 4);
    ASSERT_TRUE(close(*finance, "2024-06-03", closed).ok());
    EXPECT_TRUE(closed.replay());

    BatchFiles files;
    std::string signature;
    ASSERT_TRUE(download(*auditor, "manifest.json", 0, files.manifest).ok());
    ASSERT_TRUE(download(*auditor, "manifest.cms", 0, signature).ok());
    ASSERT_TRUE(download(*auditor, "items.csv", 0, files.items).ok());
    ASSERT_TRUE(download(*auditor, "closing_position.csv", 0, files.positions).ok());
    files.signature.assign(bytes_of(signature).begin(), bytes_of(signature).end());
    const auto verified = verify_batch(files, Authority::one().trusted(), nullptr);
    EXPECT_TRUE(verified) << verified.fault().detail;

    std::string rest;
    ASSERT_TRUE(download(*auditor, "items.csv", 100, rest).ok());
    EXPECT_EQ(rest, files.items.substr(100));
    rest.clear();
    ASSERT_TRUE(download(*auditor, "items.csv", files.items.size(), rest).ok());
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(download(*auditor, "items.csv", files.items.size() + 1, rest).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(download(*auditor, "../000001/items.csv", 0, rest).error_code(),
              grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(program.stop(), 0);
}

TEST_F(SettlementProgram, PagesThroughBatchesFromTheNewest) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    v1::CloseBatchResponse closed;
    ASSERT_TRUE(close(*finance, "2024-06-03", closed).ok());
    month_.second_day();
    ASSERT_TRUE(close(*finance, "2024-06-04", closed).ok());
    v1::ListBatchesRequest request;
    request.set_programme("care");
    request.set_page_size(1);
    std::vector<std::uint64_t> numbers;
    do {
        grpc::ClientContext context;
        limit(context);
        v1::ListBatchesResponse page;
        ASSERT_TRUE(finance->ListBatches(&context, request, &page).ok());
        for (const v1::Batch& batch : page.batches()) numbers.push_back(batch.number());
        request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{2, 1}));

    request.set_page_token("other/1");
    grpc::ClientContext context;
    v1::ListBatchesResponse page;
    EXPECT_EQ(finance->ListBatches(&context, request, &page).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(SettlementProgram, GivesAnotherCouncilsProgrammeAndNoneTheSameAnswer) {
    month_.world.record(month_.world.programme("hidden", "hilltown"));
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    v1::CloseBatchResponse closed;
    const auto begun = std::chrono::steady_clock::now();
    const grpc::Status hidden = close(*finance, "2024-06-03", closed, "hidden");
    const auto waited = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(waited, std::chrono::nanoseconds(programme_wait_max.value) * 9 / 10);
    const grpc::Status none = close(*finance, "2024-06-03", closed, "none");
    EXPECT_EQ(hidden.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(hidden.error_code(), none.error_code());
    EXPECT_EQ(hidden.error_message(), none.error_message());
    EXPECT_EQ(hidden.error_details(), none.error_details());
    EXPECT_TRUE(journal.requested_by().empty());
}

TEST_F(SettlementProgram, GivesEachCallersKeyAPlaceOfItsOwnInTheJournal) {
    month_.world.record(month_.world.programme("hills", "hilltown"));
    month_.second_day();
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    const auto other = program.with(tls_of(Authority::one().file_of_another_council("finance")));
    v1::CloseBatchResponse closed;
    EXPECT_TRUE(close(*finance, "2024-06-03", closed, "care", "one-key").ok());
    EXPECT_TRUE(close(*finance, "2024-06-03", closed, "care", "one-key").ok());
    const grpc::Status status = close(*other, "2024-06-04", closed, "hills", "one-key");
    EXPECT_TRUE(status.ok()) << rpc::explain(status);
    const std::vector<std::string> keys = journal.request_keys();
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys[0], keys[1]);
    EXPECT_NE(keys[0], keys[2]);
    EXPECT_EQ(keys[2].size(), 64U);
}

TEST_F(SettlementProgram, RefusesARequestKeyThatIsNoneBeforeTheJournalIsAsked) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    v1::CloseBatchResponse closed;
    for (const std::string& key : {std::string("a key"), std::string(65, 'k')}) {
        const grpc::Status status = close(*finance, "2024-06-03", closed, "care", key);
        EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        EXPECT_EQ(rpc::to_fault(status).field, "request_key");
    }
    EXPECT_TRUE(journal.request_keys().empty());
}

TEST_F(SettlementProgram, TellsTheJournalThatACallerGaveUp) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto finance = program.as("finance");
    journal.hold_closings();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 1s);
    v1::CloseBatchRequest request;
    request.set_request_key("close");
    request.set_programme("care");
    request.set_day("2024-06-03");
    v1::CloseBatchResponse response;
    EXPECT_EQ(finance->CloseBatch(&context, request, &response).error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
    for (int tries = 0; tries < 1'000 && journal.cancelled_closings() == 0; ++tries) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(journal.cancelled_closings(), 1);
}

TEST_F(SettlementProgram, HidesWhereTheJournalIsWhenItCannotBeReached) {
    auto journal = std::make_unique<FakeJournal>(month_);
    const std::string address = journal->address();
    Program program(data_, address);
    const auto finance = program.as("finance");
    v1::CloseBatchResponse closed;
    ASSERT_TRUE(close(*finance, "2024-06-03", closed).ok());
    journal.reset();
    const grpc::Status status = close(*finance, "2024-06-04", closed);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_TRUE(rpc::has_our_details(status));
    EXPECT_EQ(status.error_message().find("127.0.0.1"), std::string::npos)
        << status.error_message();
    EXPECT_EQ(rpc::to_fault(status).remedy, "Repeat the call with the same request key.");
}

TEST_F(SettlementProgram, RefusesARoleWithoutTheRightAndNamesIt) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    const auto auditor = program.as("auditor");
    v1::CloseBatchResponse closed;
    const grpc::Status status = close(*auditor, "2024-06-03", closed);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_NE(rpc::explain(status).find("finance"), std::string::npos) << rpc::explain(status);
    const auto gateway = program.as("gateway");
    std::string bytes;
    EXPECT_EQ(download(*gateway, "items.csv", 0, bytes).error_code(),
              grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_TRUE(journal.requested_by().empty());
}

TEST_F(SettlementProgram, PassesOnWhatTheJournalRefuses) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    v1::CloseBatchResponse closed;
    const grpc::Status status = close(*program.as("finance"), "2024-06-09", closed);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(rpc::to_fault(status).field, "day");
}

TEST_F(SettlementProgram, GoesOnAfterLostStreamsAndAfterARestart) {
    FakeJournal journal(month_, 2);
    journal.lose_streams_after(3);
    v1::CloseBatchResponse closed;
    {
        Program program(data_, journal.address());
        ASSERT_TRUE(close(*program.as("finance"), "2024-06-03", closed).ok());
        EXPECT_EQ(program.stop(), 0);
    }
    month_.second_day();
    Program program(data_, journal.address());
    const grpc::Status status = close(*program.as("finance"), "2024-06-04", closed);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(closed.batch().number(), 2U);
    EXPECT_EQ(program.stop(), 0);
}

TEST_F(SettlementProgram, EndsWhenTheJournalIsNotTheOneItFollowed) {
    {
        FakeJournal journal(month_);
        Program program(data_, journal.address());
        v1::CloseBatchResponse closed;
        ASSERT_TRUE(close(*program.as("finance"), "2024-06-03", closed).ok());
        EXPECT_EQ(program.stop(), 0);
    }
    SampleMonth another;
    another.second_day();
    FakeJournal other_journal(another, 1'000);
    Program program(data_, other_journal.address());
    EXPECT_EQ(program.wait(), 1);
}

TEST_F(SettlementProgram, RefusesASettingItDoesNotKnow) {
    FakeJournal journal(month_);
    const std::string config = directory_.path() + "/settings";
    write_text(config, "liston=127.0.0.1:0\n");
    Program program(data_, journal.address(), {"--config", config});
    EXPECT_NE(program.wait(), 0);
}

TEST_F(SettlementProgram, RefusesAStoredFileThatWasChanged) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    v1::CloseBatchResponse closed;
    ASSERT_TRUE(close(*program.as("finance"), "2024-06-03", closed).ok());
    const std::string path = data_ + "/batches/care/000001/items.csv";
    std::string items = read_text(path);
    items[5] ^= 1;
    write_text(path, items);
    std::string bytes;
    EXPECT_EQ(download(*program.as("auditor"), "items.csv", 0, bytes).error_code(),
              grpc::StatusCode::DATA_LOSS);
    EXPECT_TRUE(bytes.empty());
}

TEST_F(SettlementProgram, CallsAMissingFileALossAndNamesNoPath) {
    FakeJournal journal(month_);
    Program program(data_, journal.address());
    v1::CloseBatchResponse closed;
    ASSERT_TRUE(close(*program.as("finance"), "2024-06-03", closed).ok());
    const std::string path = data_ + "/batches/care/000001/items.csv";
    std::filesystem::remove(path);
    std::string bytes;
    const grpc::Status missing = download(*program.as("auditor"), "items.csv", 0, bytes);
    EXPECT_EQ(missing.error_code(), grpc::StatusCode::DATA_LOSS);
    EXPECT_TRUE(rpc::has_our_details(missing));
    std::filesystem::create_directory(path);
    const grpc::Status unreadable = download(*program.as("auditor"), "items.csv", 0, bytes);
    EXPECT_EQ(unreadable.error_code(), grpc::StatusCode::UNAVAILABLE);
    for (const grpc::Status& status : {missing, unreadable}) {
        EXPECT_EQ(status.error_message().find("batches/"), std::string::npos)
            << status.error_message();
        EXPECT_EQ(status.error_details().find("batches/"), std::string::npos);
    }
}

}  // namespace
}  // namespace carecard::settlement
