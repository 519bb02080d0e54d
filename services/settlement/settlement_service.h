#pragma once

#include "carecard/v1/journal.grpc.pb.h"
#include "carecard/v1/settlement.grpc.pb.h"
#include "common/limits.h"
#include "common/result.h"
#include "services/rpc/identity.h"
#include "services/settlement/catalogue.h"
#include "services/settlement/shelf.h"
#include "services/settlement/slots.h"

namespace carecard::settlement {

/// Answers councils: closes a day through the journal and waits for its files, lists batches and
/// hands out their files. Of those calls that hold a thread for long, only so many are under way at
/// a time (`closings_max` and its neighbours). gRPC calls it on many threads.
class SettlementService final : public v1::SettlementService::Service {
   public:
    /// All must outlive the object.
    struct Parts {
        const Catalogue& catalogue;
        const Shelf& shelf;
        v1::JournalService::StubInterface& journal;
        DurationNs download_time = download_time_max;
    };
    explicit SettlementService(const Parts& parts) : parts_(parts) {}

    grpc::Status CloseBatch(grpc::ServerContext* context, const v1::CloseBatchRequest* request,
                            v1::CloseBatchResponse* response) override;
    grpc::Status ListBatches(grpc::ServerContext* context, const v1::ListBatchesRequest* request,
                             v1::ListBatchesResponse* response) override;
    grpc::Status GetBatch(grpc::ServerContext* context, const v1::GetBatchRequest* request,
                          v1::GetBatchResponse* response) override;
    grpc::Status DownloadBatchFile(
        grpc::ServerContext* context, const v1::DownloadBatchFileRequest* request,
        grpc::ServerWriter<v1::DownloadBatchFileResponse>* writer) override;

   private:
    Result<Done> check_programme(const rpc::Identity& identity, const std::string& programme,
                                 const Catalogue::Wait& wait) const;
    /// Sends the file from `offset` on, which is not past its end.
    grpc::Status send(const BatchFileName& name, const FileDigest& digest, std::uint64_t offset,
                      grpc::ServerWriter<v1::DownloadBatchFileResponse>& writer) const;
    Result<ClosedBatch> visible_batch(const rpc::Identity& identity, const std::string& programme,
                                      std::uint64_t number) const;

    Parts parts_;
    Slots closings_{{.all_max = closings_max, .council_max = closings_per_council_max}};
    Slots downloads_{{.all_max = downloads_max, .council_max = downloads_per_council_max}};
};

}  // namespace carecard::settlement
