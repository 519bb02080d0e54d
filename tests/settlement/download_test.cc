#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"
#include "services/settlement/item.h"
#include "services/settlement/settlement_service.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

constexpr std::uint64_t file_bytes = 16 * 1024 * 1024;  // more than waits between two ends

rpc::TlsFiles tls(const std::string& stem) {
    return {
        .ca = Authority::one().file("ca.pem"), .certificate = stem + ".pem", .key = stem + ".key"};
}

/// One large file of zeros wherever one is looked for; it can be cut short.
class ZeroFiles final : public Directories {
   public:
    Result<Presence> exists(const std::string&) override { return none(); }
    Result<Done> make(const std::string&) override { return none(); }
    Result<Done> write(const std::string&, std::span<const std::byte>) override { return none(); }
    Result<Done> sync(const std::string&) override { return none(); }
    Result<Done> rename(const std::string&, const std::string&) override { return none(); }
    Result<Done> remove_all(const std::string&) override { return none(); }
    Result<std::vector<std::byte>> read(const FilePart& part) override {
        const std::uint64_t size = size_;
        const std::uint64_t left = part.offset < size ? size - part.offset : 0;
        return std::vector<std::byte>(std::min<std::uint64_t>(left, part.bytes_max));
    }

    void cut_to(std::uint64_t size) { size_ = size; }

   private:
    static Fault none() { return {FaultKind::unavailable, "batches", "cannot", "Do not."}; }

    std::atomic<std::uint64_t> size_ = file_bytes;
};

/// The service in this process, with a batch of each of two councils, and no journal.
class Downloads : public testing::Test {
   protected:
    void serve(DurationNs download_time = download_time_max) {
        for (const auto& [programme, council] :
             {std::pair("care", "riverdale"), std::pair("hills", "hilltown")}) {
            catalogue_.add_programme({.code = ProgrammeCode::of(programme),
                                      .council = CouncilCode::of(council),
                                      .currency = CurrencyCode{826}});
            ClosedBatch batch;
            batch.manifest.programme = programme;
            batch.manifest.number = 1;
            batch.manifest.items = {
                .size = file_bytes,
                .sha256 = sha256(std::vector<std::byte>(static_cast<std::size_t>(file_bytes)))};
            catalogue_.add_batch(batch);
        }
        service_ = std::make_unique<SettlementService>(
            SettlementService::Parts{.catalogue = catalogue_,
                                     .shelf = shelf_,
                                     .journal = *journal_,
                                     .download_time = download_time});
        grpc::ServerBuilder builder;
        int port = 0;
        builder.AddListeningPort(
            "127.0.0.1:0",
            *rpc::server_credentials(tls(Authority::one().file("settlement-server"))), &port);
        builder.RegisterService(service_.get());
        server_ = builder.BuildAndStart();
        address_ = "localhost:" + std::to_string(port);
    }
    ~Downloads() override {
        if (server_) server_->Shutdown(std::chrono::system_clock::now());
    }

    /// A download that was begun, and is read only as far as a test reads it.
    struct Reading {
        std::unique_ptr<v1::SettlementService::Stub> stub;
        std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
        std::unique_ptr<grpc::ClientReader<v1::DownloadBatchFileResponse>> reader;
        v1::DownloadBatchFileResponse chunk;
        std::uint64_t received = 0;
        bool complete = false;

        bool next() {
            if (!reader->Read(&chunk)) return false;
            received += chunk.data().size();
            complete = complete || chunk.has_total_bytes();
            return true;
        }
        grpc::Status finish() {
            while (next()) continue;
            return reader->Finish();
        }
    };

    Reading begin(const std::string& auditor, const std::string& programme = "care") {
        Reading reading;
        reading.stub = v1::SettlementService::NewStub(rpc::make_channel(
            address_, *rpc::client_credentials(tls(auditor)), rpc::Connection::own));
        reading.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        v1::DownloadBatchFileRequest request;
        request.set_programme(programme);
        request.set_number(1);
        request.set_file_name(std::string(items_file));
        reading.reader = reading.stub->DownloadBatchFile(reading.context.get(), request);
        return reading;
    }

    const std::string auditor_ = Authority::one().file("auditor");
    const std::string other_auditor_ = Authority::one().file_of_another_council("auditor");
    ZeroFiles files_;
    Shelf shelf_{files_, "batches"};
    Catalogue catalogue_;
    std::unique_ptr<v1::JournalService::Stub> journal_ = v1::JournalService::NewStub(
        grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
    std::unique_ptr<SettlementService> service_;
    std::unique_ptr<grpc::Server> server_;
    std::string address_;
};

TEST_F(Downloads, OfClientsThatDoNotReadLeaveRoomForOtherCouncils) {
    serve();
    std::vector<Reading> readings;
    for (std::size_t count = 0; count < downloads_per_council_max; ++count) {
        readings.push_back(begin(auditor_));
        ASSERT_TRUE(readings.back().next());
    }
    const grpc::Status refused = begin(auditor_).finish();
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(rpc::to_fault(refused).kind, FaultKind::overloaded);
    EXPECT_TRUE(begin(other_auditor_, "hills").finish().ok());
    EXPECT_TRUE(readings.back().finish().ok());
    EXPECT_EQ(readings.back().received, file_bytes);
    EXPECT_TRUE(readings.back().complete);
}

TEST_F(Downloads, EndAfterTheirTime) {
    serve(seconds(1));
    Reading reading = begin(auditor_);
    ASSERT_TRUE(reading.next());
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(reading.finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_FALSE(reading.complete);
}

TEST_F(Downloads, OfAFileThatIsCutShortMeanwhileAreNotCalledComplete) {
    serve();
    Reading reading = begin(auditor_);
    ASSERT_TRUE(reading.next());
    files_.cut_to(file_bytes / 2 + 1);
    EXPECT_EQ(reading.finish().error_code(), grpc::StatusCode::DATA_LOSS);
    EXPECT_FALSE(reading.complete);
}

}  // namespace
}  // namespace carecard::settlement
