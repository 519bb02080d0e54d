#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "services/rpc/faults.h"
#include "services/sequencer/poison.h"
#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

using Admin = v1::AdminService::Stub;
using Gateway = v1::AuthorisationService::Stub;

/// Has the command that a service of `installation` took last be the one that it died of. The
/// program has no defect that a test could use.
void blame_the_last_command(const Installation& installation) {
    std::fstream file(installation.data() + "/poison",
                      std::ios::in | std::ios::out | std::ios::binary);
    sequencer::PoisonPage page;
    file.read(reinterpret_cast<char*>(&page), sizeof page);
    ASSERT_TRUE(file.good());
    ASSERT_EQ(page.died, 0U);
    ASSERT_NE(page.in_hand, 0U);
    page.died = SIGABRT;
    page.stage = sequencer::PoisonStage::deciding;
    file.seekp(0);
    file.write(reinterpret_cast<const char*>(&page), sizeof page);
    ASSERT_TRUE(file.flush().good());
}

grpc::Status pay(Service& service, const std::string& key, v1::AuthoriseResponse& response) {
    return call(*service.gateway(), &Gateway::Authorise, new_payment(key, 1, 100), response);
}

v1::ListQuarantineResponse listed(Service& service) {
    v1::ListQuarantineResponse list;
    const grpc::Status status = call(*service.staff("operator"), &Admin::ListQuarantine, {}, list);
    EXPECT_TRUE(status.ok()) << rpc::explain(status);
    return list;
}

TEST(Quarantine, RefusesTheCommandAndServesTheOthersUntilAnOperatorReleasesIt) {
    const Installation installation;
    v1::AuthoriseResponse first;
    {
        Service service(installation);
        open_accounts(service, 1, 100'00);
        ASSERT_TRUE(pay(service, "poison", first).ok());
        EXPECT_EQ(service.stop(), 0);
    }
    blame_the_last_command(installation);
    Service service(installation);
    const v1::ListQuarantineResponse list = listed(service);
    ASSERT_EQ(list.commands_size(), 1);
    const v1::QuarantinedCommand& poison = list.commands(0);
    EXPECT_EQ(poison.command(), "Authorise");
    EXPECT_EQ(poison.stage(), v1::QUARANTINE_STAGE_DECIDING);
    EXPECT_EQ(poison.signal(), std::uint32_t{SIGABRT});
    EXPECT_NE(service.process().said().find("quarantined id=" + poison.id() + " command=Authorise"),
              std::string::npos)
        << service.process().said();

    v1::AuthoriseResponse response;
    const grpc::Status refused = pay(service, "poison", response);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(rpc::to_fault(refused).kind, FaultKind::quarantined);
    EXPECT_NE(refused.error_message().find(poison.id()), std::string::npos);
    EXPECT_TRUE(pay(service, "sound", response).ok());

    v1::ReleaseQuarantinedRequest request;
    v1::ReleaseQuarantinedResponse released;
    const auto release = [&] {
        return call(*service.staff("operator"), &Admin::ReleaseQuarantined, request, released);
    };
    request.set_id("no such id");
    EXPECT_EQ(release().error_code(), grpc::StatusCode::NOT_FOUND);
    request.set_id(poison.id());
    const grpc::Status done = release();
    ASSERT_TRUE(done.ok()) << rpc::explain(done);
    EXPECT_EQ(released.released().command(), "Authorise");
    EXPECT_NE(service.process().said().find("quarantine_released id=" + poison.id()),
              std::string::npos);
    EXPECT_EQ(listed(service).commands_size(), 0);
    ASSERT_TRUE(pay(service, "poison", response).ok());
    EXPECT_EQ(response.authorisation_id(), first.authorisation_id()) << "it was recorded";
}

TEST(Quarantine, StaysEmptyWhenSomebodyElseEndsTheService) {
    const Installation installation;
    for (const int signal : {SIGABRT, SIGSEGV, SIGKILL}) {
        Service service(installation);
        EXPECT_EQ(listed(service).commands_size(), 0);
        EXPECT_EQ(service.process().end_by(signal), -signal);
    }
    Service service(installation);
    EXPECT_EQ(listed(service).commands_size(), 0);
}

TEST(Quarantine, ThatIsDamagedKeepsTheServiceFromStarting) {
    const Installation installation;
    EXPECT_EQ(Service(installation).stop(), 0);
    write_text(installation.data() + "/quarantine", "not a list");
    const Ran ran = run_to_end(installation.words(), installation.file("refused.log"));
    EXPECT_GT(ran.status, 0);
    EXPECT_NE(ran.said.find("data/quarantine: the list of quarantined commands"), std::string::npos)
        << ran.said;
}

}  // namespace
}  // namespace carecard::end_to_end
