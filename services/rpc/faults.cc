#include "services/rpc/faults.h"

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <array>
#include <optional>

#include "common/check.h"
#include "common/limits.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace carecard::rpc {
namespace {

constexpr const char* domain = "carecard";
constexpr const char* field_key = "field";
constexpr const char* remedy_key = "remedy";
constexpr const char* right_key = "right";

constexpr std::array all_kinds{FaultKind::malformed, FaultKind::denied,     FaultKind::not_found,
                               FaultKind::conflict,  FaultKind::overloaded, FaultKind::unavailable,
                               FaultKind::fenced,    FaultKind::corrupt,    FaultKind::quarantined};

std::optional<FaultKind> kind_named(std::string_view reason) {
    for (const FaultKind kind : all_kinds) {
        if (reason_of(kind) == reason) return kind;
    }
    return std::nullopt;
}

/// What a code that we did not make means for the caller, as the table in the proto says.
FaultKind kind_of(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::INVALID_ARGUMENT:
        case grpc::StatusCode::OUT_OF_RANGE:
        case grpc::StatusCode::UNIMPLEMENTED:
            return FaultKind::malformed;
        case grpc::StatusCode::PERMISSION_DENIED:
        case grpc::StatusCode::UNAUTHENTICATED:
            return FaultKind::denied;
        case grpc::StatusCode::NOT_FOUND:
            return FaultKind::not_found;
        case grpc::StatusCode::FAILED_PRECONDITION:
        case grpc::StatusCode::ALREADY_EXISTS:
            return FaultKind::conflict;
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return FaultKind::overloaded;
        case grpc::StatusCode::DATA_LOSS:
            return FaultKind::corrupt;
        default:
            return FaultKind::unavailable;
    }
}

std::string_view usual_remedy(FaultKind kind) {
    switch (kind) {
        case FaultKind::malformed:
            return "correct the request";
        case FaultKind::denied:
            return "use a certificate that has the right";
        case FaultKind::not_found:
            return "check the name";
        case FaultKind::conflict:
            return "read what is recorded, then decide";
        case FaultKind::overloaded:
            return "wait a moment and repeat with the same request key";
        case FaultKind::unavailable:
            return "the outcome is unknown: repeat with the same request key";
        case FaultKind::fenced:
            return "stop this process";
        case FaultKind::corrupt:
            return "call an operator";
        case FaultKind::quarantined:
            return "do not repeat the request; call an operator";
    }
    CHECK(false);
}

/// The same fault gives the same bytes: the order of a map must not tell one denial from another.
void add_detail(const google::protobuf::Message& detail, google::rpc::Status& status) {
    google::protobuf::Any& packed = *status.add_details();
    packed.set_type_url("type.googleapis.com/" + detail.GetDescriptor()->full_name());
    google::protobuf::io::StringOutputStream bytes(packed.mutable_value());
    google::protobuf::io::CodedOutputStream coded(&bytes);
    coded.SetSerializationDeterministic(true);
    CHECK(detail.SerializeToCodedStream(&coded));
}

void add_error_info(const Fault& fault, std::string_view right, google::rpc::Status& status) {
    google::rpc::ErrorInfo info;
    info.set_reason(std::string(reason_of(fault.kind)));
    info.set_domain(domain);
    auto& metadata = *info.mutable_metadata();
    metadata[remedy_key] = fault.remedy;
    if (!fault.field.empty()) metadata[field_key] = fault.field;
    if (!right.empty()) metadata[right_key] = std::string(right);
    add_detail(info, status);
}

void add_bad_request(const Fault& fault, google::rpc::Status& status) {
    google::rpc::BadRequest bad;
    google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(fault.field);
    violation.set_description(fmt::format("{}; {}", fault.detail, fault.remedy));
    add_detail(bad, status);
}

void add_retry_info(google::rpc::Status& status) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(overload_retry_delay.value / ns_per_second);
    retry.mutable_retry_delay()->set_nanos(
        static_cast<std::int32_t>(overload_retry_delay.value % ns_per_second));
    add_detail(retry, status);
}

std::optional<google::rpc::ErrorInfo> our_info(const google::rpc::Status& status) {
    for (const google::protobuf::Any& detail : status.details()) {
        google::rpc::ErrorInfo info;
        if (detail.UnpackTo(&info) && info.domain() == domain) return info;
    }
    return std::nullopt;
}

std::string value_of(const google::rpc::ErrorInfo& info, const char* key) {
    const auto found = info.metadata().find(key);
    return found == info.metadata().end() ? std::string() : found->second;
}

/// `message` is `explain` of the fault; this is its part between field and remedy.
std::string detail_within(std::string_view message, const Fault& fault) {
    const std::string prefix = fault.field.empty() ? "" : fault.field + ": ";
    const std::string suffix = "; " + fault.remedy;
    if (message.starts_with(prefix)) message.remove_prefix(prefix.size());
    if (message.ends_with(suffix)) message.remove_suffix(suffix.size());
    return std::string(message);
}

}  // namespace

std::string_view reason_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::malformed:
            return "MALFORMED";
        case FaultKind::denied:
            return "DENIED";
        case FaultKind::not_found:
            return "NOT_FOUND";
        case FaultKind::conflict:
            return "CONFLICT";
        case FaultKind::overloaded:
            return "OVERLOADED";
        case FaultKind::unavailable:
            return "UNAVAILABLE";
        case FaultKind::fenced:
            return "FENCED";
        case FaultKind::corrupt:
            return "CORRUPT";
        case FaultKind::quarantined:
            return "QUARANTINED";
    }
    CHECK(false);
}

grpc::StatusCode code_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::malformed:
            return grpc::StatusCode::INVALID_ARGUMENT;
        case FaultKind::denied:
            return grpc::StatusCode::PERMISSION_DENIED;
        case FaultKind::not_found:
            return grpc::StatusCode::NOT_FOUND;
        case FaultKind::conflict:
            return grpc::StatusCode::FAILED_PRECONDITION;
        case FaultKind::overloaded:
            return grpc::StatusCode::RESOURCE_EXHAUSTED;
        case FaultKind::unavailable:
            return grpc::StatusCode::UNAVAILABLE;
        case FaultKind::fenced:
            return grpc::StatusCode::UNAVAILABLE;
        case FaultKind::corrupt:
            return grpc::StatusCode::DATA_LOSS;
        case FaultKind::quarantined:
            return grpc::StatusCode::INTERNAL;
    }
    CHECK(false);
}

google::rpc::Status to_rpc_status(const Fault& fault, std::string_view right) {
    google::rpc::Status status;
    status.set_code(code_of(fault.kind));
    status.set_message(explain(fault));
    add_error_info(fault, right, status);
    if (!fault.field.empty()) add_bad_request(fault, status);
    if (fault.kind == FaultKind::overloaded) add_retry_info(status);
    return status;
}

grpc::Status to_status(const Fault& fault, std::string_view right) {
    const google::rpc::Status details = to_rpc_status(fault, right);
    return {code_of(fault.kind), details.message(), details.SerializeAsString()};
}

Fault to_fault(const google::rpc::Status& status) {
    const std::optional<google::rpc::ErrorInfo> info = our_info(status);
    const std::optional<FaultKind> named = info ? kind_named(info->reason()) : std::nullopt;
    if (!named) {
        const FaultKind kind = kind_of(static_cast<grpc::StatusCode>(status.code()));
        return {.kind = kind,
                .field = {},
                .detail = status.message(),
                .remedy = std::string(usual_remedy(kind))};
    }
    Fault fault{.kind = *named,
                .field = value_of(*info, field_key),
                .detail = {},
                .remedy = value_of(*info, remedy_key)};
    fault.detail = detail_within(status.message(), fault);
    if (fault.remedy.empty()) fault.remedy = usual_remedy(fault.kind);
    return fault;
}

Fault to_fault(const grpc::Status& status) {
    google::rpc::Status details;
    if (!details.ParseFromString(status.error_details())) details.Clear();
    details.set_code(status.error_code());
    details.set_message(status.error_message());
    return to_fault(details);
}

bool has_our_details(const grpc::Status& status) {
    google::rpc::Status details;
    return details.ParseFromString(status.error_details()) && our_info(details).has_value();
}

std::string explain(const Fault& fault) {
    const std::string prefix = fault.field.empty() ? "" : fault.field + ": ";
    return fmt::format("{}{}; {}", prefix, fault.detail, fault.remedy);
}

std::string explain(const grpc::Status& status) { return explain(to_fault(status)); }

}  // namespace carecard::rpc
