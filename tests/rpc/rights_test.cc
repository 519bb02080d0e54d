#include "services/rpc/rights.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/journal.pb.h"
#include "carecard/v1/settlement.pb.h"

namespace carecard::rpc {
namespace {

/// Every RPC of the contract, as the compiled proto files have it.
std::vector<std::string> methods_in_proto() {
    std::vector<std::string> methods;
    for (const google::protobuf::FileDescriptor* file :
         {v1::AuthoriseRequest::descriptor()->file(), v1::LoadPurseRequest::descriptor()->file(),
          v1::CloseBatchRequest::descriptor()->file(), v1::TailRequest::descriptor()->file()}) {
        for (int service = 0; service < file->service_count(); ++service) {
            const google::protobuf::ServiceDescriptor& found = *file->service(service);
            for (int method = 0; method < found.method_count(); ++method) {
                methods.push_back(found.full_name() + "/" + found.method(method)->name());
            }
        }
    }
    return methods;
}

Identity identity_with(Role role) { return {.role = role, .council = {}, .id = CallerId::of("x")}; }

TEST(Rights, HaveOneLineForEveryRpcAndNoOther) {
    std::vector<std::string> listed;
    for (const Right& right : rights()) listed.emplace_back(right.method);
    EXPECT_THAT(listed, testing::UnorderedElementsAreArray(methods_in_proto()));
}

TEST(Rights, AreExactlyThoseOfTheContract) {
    const std::map<std::string, std::string> expected{
        {"AuthorisationService/Authorise", "gateway"},
        {"AuthorisationService/AuthoriseStream", "gateway"},
        {"AuthorisationService/Increment", "gateway"},
        {"AuthorisationService/Reverse", "gateway"},
        {"AuthorisationService/Present", "gateway"},
        {"AuthorisationService/Advise", "gateway"},
        {"JournalService/Tail", "settlement"},
        {"JournalService/CloseSettlement", "settlement"},
        {"AdminService/CreateProgramme", "operator"},
        {"AdminService/OpenAccount", "support"},
        {"AdminService/OpenPurse", "support"},
        {"AdminService/IssueCard", "support"},
        {"AdminService/LoadPurse", "finance"},
        {"AdminService/ReleaseStage", "finance"},
        {"AdminService/ClosePurse", "finance"},
        {"AdminService/SetEarmark", "support,social_worker,finance"},
        {"AdminService/WithdrawEarmark", "support,social_worker,finance"},
        {"AdminService/SetProvider", "support"},
        {"AdminService/ListPurseTemplates", "support,social_worker,finance"},
        {"AdminService/SetAgreement", "social_worker"},
        {"AdminService/SetCardStatus", "support,social_worker"},
        {"AdminService/ReplaceCard", "support"},
        {"AdminService/SetCardRules", "support,social_worker"},
        {"AdminService/SetAccountStatus", "support,social_worker"},
        {"AdminService/ProposeResolution", "support,finance"},
        {"AdminService/DecideResolution", "support,finance"},
        {"AdminService/RecoverExposure", "support,finance"},
        {"AdminService/OpenDispute", "support,finance"},
        {"AdminService/CloseDispute", "support,finance"},
        {"AdminService/ReadAccount", "support,social_worker,finance"},
        {"AdminService/ListTransactions", "support,social_worker,finance"},
        {"AdminService/ExplainDecision", "support,social_worker,finance"},
        {"AdminService/AdvanceClock", "operator"},
        {"AdminService/AcceptClock", "operator"},
        {"AdminService/ReadStatus", "operator"},
        {"AdminService/ListQuarantine", "operator"},
        {"AdminService/ReleaseQuarantined", "operator"},
        {"SettlementService/CloseBatch", "finance"},
        {"SettlementService/ListBatches", "finance,auditor"},
        {"SettlementService/GetBatch", "finance,auditor"},
        {"SettlementService/DownloadBatchFile", "finance,auditor"},
    };
    std::map<std::string, std::string> found;
    for (const std::string& method : methods_in_proto()) {
        std::string roles;
        for (std::size_t index = 0; index < role_count; ++index) {
            const Role role = static_cast<Role>(index);
            if (!check_right(method, identity_with(role))) continue;
            if (!roles.empty()) roles += ",";
            roles += name_of(role);
        }
        EXPECT_EQ(roles, roles_with_right(method)) << method;
        found[method.substr(std::string("carecard.v1.").size())] = roles;
    }
    EXPECT_EQ(found, expected);
}

TEST(CheckRight, NamesTheRightThatIsLacking) {
    const Result<Done> checked =
        check_right("carecard.v1.AdminService/SetCardStatus", identity_with(Role::auditor));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.fault().kind, FaultKind::denied);
    EXPECT_EQ(checked.fault().field, "certificate");
    EXPECT_EQ(checked.fault().detail,
              "the role auditor lacks the right to call carecard.v1.AdminService/SetCardStatus, "
              "which support,social_worker has");
    EXPECT_EQ(checked.fault().remedy, "use a certificate with the role support,social_worker");
}

TEST(CheckRight, TakesTheNameWithItsLeadingSlash) {
    EXPECT_TRUE(check_right("/carecard.v1.AdminService/LoadPurse", identity_with(Role::finance)));
}

TEST(CheckRight, DeniesWhatIsNotInTheTable) {
    for (const char* method : {"", "/", "carecard.v1.AdminService", "carecard.v1.Other/Do"}) {
        const Result<Done> checked = check_right(method, identity_with(Role::operator_));
        ASSERT_FALSE(checked) << method;
        EXPECT_EQ(checked.fault().kind, FaultKind::denied) << method;
        EXPECT_EQ(roles_with_right(method), "") << method;
    }
}

}  // namespace
}  // namespace carecard::rpc
