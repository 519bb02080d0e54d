#include "services/rpc/rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace carecard::rpc {
namespace {

using enum Role;

constexpr Roles readers{support, social_worker, finance};

constexpr std::array table{
    Right{"carecard.v1.AuthorisationService/Authorise", {gateway}},
    Right{"carecard.v1.AuthorisationService/AuthoriseStream", {gateway}},
    Right{"carecard.v1.AuthorisationService/Increment", {gateway}},
    Right{"carecard.v1.AuthorisationService/Reverse", {gateway}},
    Right{"carecard.v1.AuthorisationService/Present", {gateway}},
    Right{"carecard.v1.AuthorisationService/Advise", {gateway}},
    Right{"carecard.v1.JournalService/Tail", {settlement}},
    Right{"carecard.v1.JournalService/CloseSettlement", {settlement}},
    Right{"carecard.v1.AdminService/CreateProgramme", {operator_}},
    Right{"carecard.v1.AdminService/OpenAccount", {support}},
    Right{"carecard.v1.AdminService/OpenPurse", {support}},
    Right{"carecard.v1.AdminService/IssueCard", {support}},
    Right{"carecard.v1.AdminService/LoadPurse", {finance}},
    Right{"carecard.v1.AdminService/ReleaseStage", {finance}},
    Right{"carecard.v1.AdminService/ClosePurse", {finance}},
    Right{"carecard.v1.AdminService/SetEarmark", {finance, support, social_worker}},
    Right{"carecard.v1.AdminService/WithdrawEarmark", {finance, support, social_worker}},
    Right{"carecard.v1.AdminService/SetProvider", {support}},
    Right{"carecard.v1.AdminService/ListPurseTemplates", readers},
    Right{"carecard.v1.AdminService/SetAgreement", {social_worker}},
    Right{"carecard.v1.AdminService/SetCardStatus", {support, social_worker}},
    Right{"carecard.v1.AdminService/ReplaceCard", {support}},
    Right{"carecard.v1.AdminService/SetCardRules", {support, social_worker}},
    Right{"carecard.v1.AdminService/SetAccountStatus", {support, social_worker}},
    Right{"carecard.v1.AdminService/ProposeResolution", {support, finance}},
    Right{"carecard.v1.AdminService/DecideResolution", {support, finance}},
    Right{"carecard.v1.AdminService/RecoverExposure", {support, finance}},
    Right{"carecard.v1.AdminService/OpenDispute", {support, finance}},
    Right{"carecard.v1.AdminService/CloseDispute", {support, finance}},
    Right{"carecard.v1.AdminService/ReadAccount", readers},
    Right{"carecard.v1.AdminService/ListTransactions", readers},
    Right{"carecard.v1.AdminService/ExplainDecision", readers},
    Right{"carecard.v1.AdminService/AdvanceClock", {operator_}},
    Right{"carecard.v1.AdminService/AcceptClock", {operator_}},
    Right{"carecard.v1.AdminService/ReadStatus", {operator_}},
    Right{"carecard.v1.AdminService/ListQuarantine", {operator_}},
    Right{"carecard.v1.AdminService/ReleaseQuarantined", {operator_}},
    Right{"carecard.v1.SettlementService/CloseBatch", {finance}},
    Right{"carecard.v1.SettlementService/ListBatches", {auditor, finance}},
    Right{"carecard.v1.SettlementService/GetBatch", {auditor, finance}},
    Right{"carecard.v1.SettlementService/DownloadBatchFile", {auditor, finance}},
};

const Right* find_right(std::string_view method) {
    if (method.starts_with('/')) method.remove_prefix(1);
    const auto* const found = std::ranges::find(table, method, &Right::method);
    return found == table.end() ? nullptr : found;
}

}  // namespace

std::span<const Right> rights() { return table; }

Result<Done> check_right(std::string_view method, const Identity& identity) {
    const Right* const right = find_right(method);
    if (right == nullptr) {
        return Fault{.kind = FaultKind::denied,
                     .field = "certificate",
                     .detail = fmt::format("nobody may call {}", method),
                     .remedy = "call an RPC of this version of the service"};
    }
    if (right->roles.has(identity.role)) return Done{};
    const std::string roles = roles_with_right(method);
    return Fault{.kind = FaultKind::denied,
                 .field = "certificate",
                 .detail = fmt::format("the role {} lacks the right to call {}, which {} has",
                                       name_of(identity.role), right->method, roles),
                 .remedy = fmt::format("use a certificate with the role {}", roles)};
}

Result<Identity> allowed_caller(const grpc::AuthContext& peer, std::string_view method) {
    Result<Identity> caller = identity_of(peer);
    if (!caller) return caller.fault();
    const Result<Done> right = check_right(method, *caller);
    if (!right) return right.fault();
    return caller;
}

std::string roles_with_right(std::string_view method) {
    std::string names;
    const Right* const right = find_right(method);
    for (std::size_t index = 0; right != nullptr && index < role_count; ++index) {
        const Role role = static_cast<Role>(index);
        if (!right->roles.has(role)) continue;
        if (!names.empty()) names += ",";
        names += name_of(role);
    }
    return names;
}

}  // namespace carecard::rpc
