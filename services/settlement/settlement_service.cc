#include "services/settlement/settlement_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "common/limits.h"
#include "services/rpc/faults.h"
#include "services/rpc/rights.h"
#include "services/settlement/answers.h"
#include "services/settlement/batch_message.h"
#include "services/settlement/item.h"
#include "services/settlement/journal_key.h"
#include "services/settlement/page.h"
#include "services/settlement/position.h"
#include "services/settlement/time_limit.h"

namespace carecard::settlement {
namespace {

using Deadline = Catalogue::Deadline;

Deadline after(DurationNs wait) {
    return std::chrono::system_clock::now() +
           std::chrono::duration_cast<Deadline::duration>(std::chrono::nanoseconds(wait.value));
}

/// Who calls, when the role may call `method`.
grpc::Status denied(const Fault& fault, std::string_view method) {
    return rpc::to_status(fault, rpc::roles_with_right(method));
}

Fault missing(std::string_view field) {
    return {FaultKind::malformed, std::string(field), "is missing", "Fill it in."};
}

Fault no_such(std::string_view field, std::string_view what) {
    return {FaultKind::not_found, std::string(field), fmt::format("there is no such {}", what),
            "List what there is, and check the spelling."};
}

const FileDigest* digest_of(const ClosedBatch& batch, std::string_view file) {
    if (file == items_file) return &batch.manifest.items;
    if (file == positions_file) return &batch.manifest.positions;
    if (file == manifest_file) return &batch.manifest_digest;
    if (file == signature_file) return &batch.signature_digest;
    return nullptr;
}

}  // namespace

Result<Done> SettlementService::check_programme(const rpc::Identity& identity,
                                                const std::string& programme,
                                                const Catalogue::Wait& wait) const {
    if (programme.empty()) return missing("programme");
    switch (parts_.catalogue.await_programme(programme, identity.council, wait)) {
        case Catalogue::Visibility::visible:
            return Done{};
        case Catalogue::Visibility::hidden:
            return no_such("programme", "programme");
    }
    CHECK(false);
}

Result<ClosedBatch> SettlementService::visible_batch(const rpc::Identity& identity,
                                                     const std::string& programme,
                                                     std::uint64_t number) const {
    const Result<Done> visible = check_programme(identity, programme, {});
    if (!visible) return visible.fault();
    if (number == 0) return missing("number");
    std::optional<ClosedBatch> batch = parts_.catalogue.find(programme, number);
    if (!batch) return no_such("number", "batch of this programme");
    return std::move(*batch);
}

grpc::Status SettlementService::CloseBatch(grpc::ServerContext* context,
                                           const v1::CloseBatchRequest* request,
                                           v1::CloseBatchResponse* response) {
    constexpr std::string_view method = "carecard.v1.SettlementService/CloseBatch";
    const Result<rpc::Identity> caller = rpc::allowed_caller(*context->auth_context(), method);
    if (!caller) return denied(caller.fault(), method);
    const Result<std::string> key = journal_key(*caller, request->request_key());
    if (!key) return rpc::to_status(key.fault());
    const Result<Slots::Held> slot = closings_.take(caller->council, "closings of a day");
    if (!slot) return rpc::to_status(slot.fault());
    const Deadline deadline = std::min(context->deadline(), after(batch_wait_max));
    const auto given_up = [context] { return context->IsCancelled(); };
    const Result<Done> visible = check_programme(
        *caller, request->programme(),
        {.deadline = std::min(deadline, after(programme_wait_max)), .given_up = given_up});
    if (!visible) return rpc::to_status(visible.fault());

    v1::CloseSettlementRequest closing;
    closing.set_request_key(*key);
    closing.set_programme(request->programme());
    closing.set_day(request->day());
    closing.set_requested_by(caller->id.str());
    // The journal hears when the caller gives up.
    const auto journal_context = grpc::ClientContext::FromServerContext(*context);
    journal_context->set_deadline(deadline);
    v1::CloseSettlementResponse closed;
    const grpc::Status status =
        parts_.journal.CloseSettlement(journal_context.get(), closing, &closed);
    if (!status.ok()) return from_journal(status);

    const Result<ClosedBatch> batch = parts_.catalogue.await_batch(
        request->programme(), closed.number(), {.deadline = deadline, .given_up = given_up});
    if (!batch) return rpc::to_status(batch.fault());
    set_batch(*batch, *response->mutable_batch());
    response->set_replay(closed.replay());
    return grpc::Status::OK;
}

grpc::Status SettlementService::ListBatches(grpc::ServerContext* context,
                                            const v1::ListBatchesRequest* request,
                                            v1::ListBatchesResponse* response) {
    constexpr std::string_view method = "carecard.v1.SettlementService/ListBatches";
    const Result<rpc::Identity> caller = rpc::allowed_caller(*context->auth_context(), method);
    if (!caller) return denied(caller.fault(), method);
    const Result<Done> visible = check_programme(*caller, request->programme(), {});
    if (!visible) return rpc::to_status(visible.fault());
    if (request->page_size() > page_items_max) {
        return rpc::to_status({FaultKind::malformed, "page_size",
                               fmt::format("it is more than {}", page_items_max),
                               "Ask for fewer, and for the next page after them."});
    }
    const Result<std::uint64_t> before =
        parse_page_token(request->programme(), request->page_token());
    if (!before) return rpc::to_status(before.fault());
    const std::size_t count = request->page_size() == 0 ? page_items_default : request->page_size();

    response->set_as_of_sequence(parts_.catalogue.as_of().value);
    const std::vector<ClosedBatch> page =
        parts_.catalogue.list(request->programme(), *before, count);
    for (const ClosedBatch& batch : page) set_batch(batch, *response->add_batches());
    if (!page.empty() && page.back().manifest.number > 1) {
        response->set_next_page_token(
            page_token(request->programme(), page.back().manifest.number));
    }
    return grpc::Status::OK;
}

grpc::Status SettlementService::GetBatch(grpc::ServerContext* context,
                                         const v1::GetBatchRequest* request,
                                         v1::GetBatchResponse* response) {
    constexpr std::string_view method = "carecard.v1.SettlementService/GetBatch";
    const Result<rpc::Identity> caller = rpc::allowed_caller(*context->auth_context(), method);
    if (!caller) return denied(caller.fault(), method);
    const Result<ClosedBatch> batch =
        visible_batch(*caller, request->programme(), request->number());
    if (!batch) return rpc::to_status(batch.fault());
    set_batch(*batch, *response->mutable_batch());
    return grpc::Status::OK;
}

grpc::Status SettlementService::DownloadBatchFile(
    grpc::ServerContext* context, const v1::DownloadBatchFileRequest* request,
    grpc::ServerWriter<v1::DownloadBatchFileResponse>* writer) {
    constexpr std::string_view method = "carecard.v1.SettlementService/DownloadBatchFile";
    const Result<rpc::Identity> caller = rpc::allowed_caller(*context->auth_context(), method);
    if (!caller) return denied(caller.fault(), method);
    const Result<ClosedBatch> batch =
        visible_batch(*caller, request->programme(), request->number());
    if (!batch) return rpc::to_status(batch.fault());
    const FileDigest* const digest = digest_of(*batch, request->file_name());
    if (digest == nullptr) return rpc::to_status(no_such("file_name", "file in this batch"));
    if (request->offset() > digest->size) {
        return rpc::to_status({FaultKind::malformed, "offset",
                               fmt::format("the file has {} bytes", digest->size),
                               "Give the number of bytes received so far."});
    }
    const Result<Slots::Held> slot = downloads_.take(caller->council, "downloads");
    if (!slot) return rpc::to_status(slot.fault());
    const TimeLimit limit(*context, parts_.download_time);
    const BatchFileName name{.programme = request->programme(),
                             .number = batch->manifest.number,
                             .file = request->file_name()};
    const Result<Done> whole = parts_.shelf.check(name, *digest);
    if (!whole) return answer_to(whole.fault());
    return send(name, *digest, request->offset(), *writer);
}

grpc::Status SettlementService::send(
    const BatchFileName& name, const FileDigest& digest, std::uint64_t offset,
    grpc::ServerWriter<v1::DownloadBatchFileResponse>& writer) const {
    while (true) {
        const std::size_t wanted = static_cast<std::size_t>(
            std::min<std::uint64_t>(digest.size - offset, download_chunk_bytes_max));
        const Result<std::vector<std::byte>> part = parts_.shelf.read(name, offset, wanted);
        if (!part) return answer_to(part.fault());
        if (part->size() < wanted) return answer_to(Shelf::not_as_signed(name));
        v1::DownloadBatchFileResponse chunk;
        chunk.set_offset(offset);
        chunk.set_data(part->data(), part->size());
        offset += part->size();
        const bool last = offset == digest.size;
        if (last) chunk.set_total_bytes(digest.size);
        if (!writer.Write(chunk)) return grpc::Status::CANCELLED;
        if (last) return grpc::Status::OK;
    }
}

}  // namespace carecard::settlement
