#pragma once

#include "carecard/v1/journal.grpc.pb.h"
#include "carecard/v1/settlement.grpc.pb.h"
#include "common/result.h"
#include "services/rpc/identity.h"
#include "services/settlement/catalogue.h"
#include "services/settlement/shelf.h"

namespace carecard::settlement {

/// Answers councils: closes a day through the journal and waits for its files, lists batches and
/// hands out their files. Holds no state of its own; gRPC calls it on many threads.
class SettlementService final : public v1::SettlementService::Service {
   public:
    /// All must outlive the object.
    struct Parts {
        const Catalogue& catalogue;
        const Shelf& shelf;
        v1::JournalService::StubInterface& journal;
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
                                 Catalogue::Deadline deadline) const;
    Result<ClosedBatch> visible_batch(const rpc::Identity& identity, const std::string& programme,
                                      std::uint64_t number) const;

    Parts parts_;
};

}  // namespace carecard::settlement
