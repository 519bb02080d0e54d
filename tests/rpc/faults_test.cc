#include "services/rpc/faults.h"

#include <gtest/gtest.h>

#include <string>

#include "common/limits.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace carecard::rpc {
namespace {

struct Row {
    FaultKind kind;
    grpc::StatusCode code;
    const char* reason;
};
constexpr Row rows[] = {
    {FaultKind::malformed, grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED"},
    {FaultKind::denied, grpc::StatusCode::PERMISSION_DENIED, "DENIED"},
    {FaultKind::not_found, grpc::StatusCode::NOT_FOUND, "NOT_FOUND"},
    {FaultKind::conflict, grpc::StatusCode::FAILED_PRECONDITION, "CONFLICT"},
    {FaultKind::overloaded, grpc::StatusCode::RESOURCE_EXHAUSTED, "OVERLOADED"},
    {FaultKind::unavailable, grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE"},
    {FaultKind::fenced, grpc::StatusCode::UNAVAILABLE, "FENCED"},
    {FaultKind::corrupt, grpc::StatusCode::DATA_LOSS, "CORRUPT"},
    {FaultKind::quarantined, grpc::StatusCode::INTERNAL, "QUARANTINED"},
};

Fault sample(FaultKind kind, std::string field = "billing.minor_units") {
    return {.kind = kind,
            .field = std::move(field),
            .detail = "is zero",
            .remedy = "give an amount above zero"};
}

google::rpc::Status details_of(const grpc::Status& status) {
    google::rpc::Status details;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    return details;
}

template <class Detail>
int count_of(const google::rpc::Status& status, Detail& out) {
    int count = 0;
    for (const auto& detail : status.details()) count += detail.UnpackTo(&out) ? 1 : 0;
    return count;
}

TEST(ToStatus, GivesEachKindItsCodeAndReason) {
    for (const Row& row : rows) {
        const grpc::Status status = to_status(sample(row.kind));
        EXPECT_EQ(status.error_code(), row.code) << row.reason;
        const google::rpc::Status details = details_of(status);
        EXPECT_EQ(details.code(), row.code) << row.reason;
        EXPECT_EQ(details.message(), status.error_message()) << row.reason;
        google::rpc::ErrorInfo info;
        ASSERT_EQ(count_of(details, info), 1) << row.reason;
        EXPECT_EQ(info.reason(), row.reason);
        EXPECT_EQ(info.domain(), "carecard");
        EXPECT_EQ(info.metadata().at("remedy"), "give an amount above zero");
        EXPECT_EQ(info.metadata().at("field"), "billing.minor_units");
        EXPECT_EQ(info.metadata().count("right"), 0U);
    }
}

TEST(ToStatus, NamesTheFieldInBadRequest) {
    google::rpc::BadRequest bad;
    ASSERT_EQ(count_of(details_of(to_status(sample(FaultKind::malformed))), bad), 1);
    ASSERT_EQ(bad.field_violations_size(), 1);
    EXPECT_EQ(bad.field_violations(0).field(), "billing.minor_units");
    EXPECT_EQ(bad.field_violations(0).description(), "is zero; give an amount above zero");
}

TEST(ToStatus, HasNoBadRequestWithoutAField) {
    google::rpc::BadRequest bad;
    EXPECT_EQ(count_of(details_of(to_status(sample(FaultKind::unavailable, ""))), bad), 0);
}

TEST(ToStatus, SaysWhenToRetryOnlyWhenOverloaded) {
    for (const Row& row : rows) {
        google::rpc::RetryInfo retry;
        const int count = count_of(details_of(to_status(sample(row.kind))), retry);
        EXPECT_EQ(count, row.kind == FaultKind::overloaded ? 1 : 0) << row.reason;
        if (count == 0) continue;
        EXPECT_EQ(retry.retry_delay().seconds() * ns_per_second + retry.retry_delay().nanos(),
                  overload_retry_delay.value);
    }
}

TEST(ToStatus, NamesTheRightOfADenial) {
    google::rpc::ErrorInfo info;
    const grpc::Status status = to_status(sample(FaultKind::denied), "support,social_worker");
    ASSERT_EQ(count_of(details_of(status), info), 1);
    EXPECT_EQ(info.metadata().at("right"), "support,social_worker");
}

TEST(ToFault, GivesBackWhatWasSent) {
    for (const Row& row : rows) {
        for (const char* field : {"billing.minor_units", ""}) {
            const Fault sent = sample(row.kind, field);
            const Fault read = to_fault(to_status(sent));
            EXPECT_EQ(read.kind, sent.kind) << row.reason;
            EXPECT_EQ(read.field, sent.field) << row.reason;
            EXPECT_EQ(read.detail, sent.detail) << row.reason;
            EXPECT_EQ(read.remedy, sent.remedy) << row.reason;
        }
    }
}

TEST(ToFault, TakesTheMeaningOfAForeignCode) {
    const struct {
        grpc::StatusCode code;
        FaultKind kind;
    } foreign[] = {
        {grpc::StatusCode::UNAVAILABLE, FaultKind::unavailable},
        {grpc::StatusCode::DEADLINE_EXCEEDED, FaultKind::unavailable},
        {grpc::StatusCode::CANCELLED, FaultKind::unavailable},
        {grpc::StatusCode::UNKNOWN, FaultKind::unavailable},
        {grpc::StatusCode::INTERNAL, FaultKind::unavailable},
        {grpc::StatusCode::ABORTED, FaultKind::unavailable},
        {grpc::StatusCode::RESOURCE_EXHAUSTED, FaultKind::overloaded},
        {grpc::StatusCode::UNAUTHENTICATED, FaultKind::denied},
        {grpc::StatusCode::PERMISSION_DENIED, FaultKind::denied},
        {grpc::StatusCode::UNIMPLEMENTED, FaultKind::malformed},
        {grpc::StatusCode::OUT_OF_RANGE, FaultKind::malformed},
        {grpc::StatusCode::INVALID_ARGUMENT, FaultKind::malformed},
        {grpc::StatusCode::NOT_FOUND, FaultKind::not_found},
        {grpc::StatusCode::ALREADY_EXISTS, FaultKind::conflict},
        {grpc::StatusCode::FAILED_PRECONDITION, FaultKind::conflict},
        {grpc::StatusCode::DATA_LOSS, FaultKind::corrupt},
    };
    for (const auto& row : foreign) {
        const Fault fault = to_fault(grpc::Status(row.code, "as the library says"));
        EXPECT_EQ(fault.kind, row.kind) << row.code;
        EXPECT_EQ(fault.detail, "as the library says");
        EXPECT_FALSE(fault.remedy.empty());
    }
}

TEST(ToFault, SurvivesDetailsThatAreNotOurs) {
    const grpc::Status garbage(grpc::StatusCode::NOT_FOUND, "gone", "\xff\x01\x02");
    EXPECT_EQ(to_fault(garbage).kind, FaultKind::not_found);

    google::rpc::Status details = to_rpc_status(sample(FaultKind::corrupt));
    google::rpc::ErrorInfo info;
    info.set_reason("CORRUPT");
    info.set_domain("elsewhere");
    details.clear_details();
    details.add_details()->PackFrom(info);
    details.set_code(grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(to_fault(details).kind, FaultKind::not_found);
}

TEST(ToFault, SaysWhatToDoEvenWhenTheServerDoesNot) {
    google::rpc::ErrorInfo info;
    info.set_reason("OVERLOADED");
    info.set_domain("carecard");
    google::rpc::Status status;
    status.set_message("the queue is full");
    status.add_details()->PackFrom(info);
    const Fault fault = to_fault(status);
    EXPECT_EQ(fault.kind, FaultKind::overloaded);
    EXPECT_EQ(fault.detail, "the queue is full");
    EXPECT_FALSE(fault.remedy.empty());
}

TEST(Explain, SaysFieldAndRemedyInOneSentence) {
    EXPECT_EQ(explain(to_status(sample(FaultKind::malformed))),
              "billing.minor_units: is zero; give an amount above zero");
    EXPECT_EQ(explain(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection reset")),
              "connection reset; the outcome is unknown: repeat with the same request key");
}

TEST(Faults, TellTheServicesOwnStatusesFromOthers) {
    EXPECT_TRUE(has_our_details(to_status(
        {.kind = FaultKind::unavailable, .field = {}, .detail = "lost", .remedy = "repeat"})));
    EXPECT_FALSE(has_our_details({grpc::StatusCode::UNAVAILABLE, "failed to connect"}));
    EXPECT_FALSE(has_our_details({grpc::StatusCode::UNAVAILABLE, "lost", "no details"}));
}

}  // namespace
}  // namespace carecard::rpc
