#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include "common/check.h"
#include "tests/end_to_end/any_call.h"
#include "tests/end_to_end/forge.h"
#include "tests/end_to_end/role_rows.h"
#include "tests/end_to_end/settlement_process.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

/// A call that anyone with the right role may make at a port, and that role.
struct Door {
    Port port;
    const char* name;
    const char* method;
    const char* uri;
    const char* uri_of_wrong_role;
};

constexpr Door doors[] = {
    {Port::front, "Front", "carecard.v1.AuthorisationService/Authorise",
     "carecard://*/gateway/gateway-1", "carecard://riverdale/support/support-1"},
    {Port::back, "Back", "carecard.v1.AdminService/ReadStatus", "carecard://*/operator/operator-1",
     "carecard://*/gateway/gateway-1"},
    {Port::settlement, "Settlement", "carecard.v1.SettlementService/ListBatches",
     "carecard://riverdale/auditor/auditor-1", "carecard://riverdale/holder/holder-1"}};

std::string request_of(const Door& door) {
    if (door.port != Port::settlement) {
        return door.port == Port::front ? new_payment("knock", 1, 1).SerializeAsString() : "";
    }
    for (const Row& row : role_rows()) {
        if (row.method == door.method) return row.request({}, 1);
    }
    CHECK(false);
}

/// Both services, and certificates of every kind to call them with.
class EveryPort : public testing::TestWithParam<Door> {
   protected:
    static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
    static void TearDownTestSuite() {
        EXPECT_EQ(world_->settlement.stop(), 0) << world_->settlement.process().said();
        EXPECT_EQ(world_->service.stop(), 0) << world_->service.process().said();
        world_.reset();
    }

    struct World {
        World() { open_accounts(service, 1, 100'00); }
        Installation installation;
        Service service{installation};
        SettlementProcess settlement{installation, service.back()};
        const Forge forge{certificates()};
    };

    static std::string address() {
        switch (GetParam().port) {
            case Port::front:
                return world_->service.front();
            case Port::back:
                return world_->service.back();
            case Port::settlement:
                return world_->settlement.address();
        }
        CHECK(false);
    }

    static Answer knock(const std::shared_ptr<grpc::Channel>& channel) {
        return ask(channel, GetParam().method, request_of(GetParam()));
    }
    static Answer knock(const rpc::TlsPems& pems) { return knock(connect(address(), pems)); }

    static Wanted good() { return {.uri = GetParam().uri}; }
    static const Forge& forge() { return world_->forge; }

    /// The connection is refused, and the port still serves those who may come in.
    static void expect_shut(const Answer& answer) {
        EXPECT_EQ(answer.code, grpc::StatusCode::UNAVAILABLE) << text_of(answer);
        EXPECT_TRUE(answer.responses.empty());
        const Answer control = knock(forge().make(good()));
        EXPECT_EQ(control.code, grpc::StatusCode::OK) << text_of(control);
    }

    /// The connection is accepted, and its calls are not.
    static void expect_denied(const Answer& answer) {
        EXPECT_EQ(answer.code, grpc::StatusCode::PERMISSION_DENIED) << text_of(answer);
        EXPECT_TRUE(answer.responses.empty());
    }

    static std::unique_ptr<World> world_;
};
std::unique_ptr<EveryPort::World> EveryPort::world_;

TEST_P(EveryPort, LetsInACertificateOfTheAuthorityWithTheRole) {
    const Answer answer = knock(forge().make(good()));
    EXPECT_EQ(answer.code, grpc::StatusCode::OK) << text_of(answer);
    EXPECT_EQ(answer.responses.size(), 1U);
}

TEST_P(EveryPort, IsShutWithoutACertificate) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = forge().make({}).ca;
    expect_shut(knock(grpc::CreateChannel(address(), grpc::SslCredentials(options))));
}

TEST_P(EveryPort, IsShutToPlainText) {
    expect_shut(knock(grpc::CreateChannel(address(), grpc::InsecureChannelCredentials())));
}

TEST_P(EveryPort, IsShutToACertificateThatHasExpired) {
    Wanted wanted = good();
    wanted.valid_from_s = -7'200;
    wanted.valid_until_s = -60;
    expect_shut(knock(forge().make(wanted)));
}

TEST_P(EveryPort, IsShutToACertificateThatIsNotValidYet) {
    Wanted wanted = good();
    wanted.valid_from_s = 600;
    wanted.valid_until_s = 7'200;
    expect_shut(knock(forge().make(wanted)));
}

TEST_P(EveryPort, IsShutToACertificateThatSignedItself) {
    expect_shut(knock(forge().make_self_signed(good())));
}

TEST_P(EveryPort, IsShutToACertificateOfAnotherAuthority) {
    const std::string folder = world_->installation.file(std::string("foreign-") + GetParam().name);
    const Ran made =
        run_to_end({"carecard-certificates", "--only", "operator", folder, "riverdale"},
                   world_->installation.file("certificates.log"));
    ASSERT_EQ(made.status, 0) << made.said;
    rpc::TlsPems foreign = Forge(folder).make(good());
    foreign.ca = forge().make({}).ca;  // it accepts our server; only the other way is in question
    expect_shut(knock(foreign));
}

TEST_P(EveryPort, IsShutToACertificateThatIsForServersOnly) {
    Wanted wanted = good();
    wanted.holder = Holder::server;
    expect_shut(knock(forge().make(wanted)));
}

TEST_P(EveryPort, DeniesTheWrongRoleAndNamesTheRightOne) {
    const Answer answer = knock(forge().make({.uri = GetParam().uri_of_wrong_role}));
    expect_denied(answer);
    EXPECT_NE(answer.message.find("lacks the right"), std::string::npos) << answer.message;
}

TEST_P(EveryPort, DeniesACertificateThatNamesNobodyOrTwoOrSomeoneUnknown) {
    const std::string uri = GetParam().uri;
    for (const std::string& said :
         {std::string(), uri + ",URI:" + GetParam().uri_of_wrong_role, uri + "/more",
          std::string("carecard://riverdale/mayor/mayor-1"),
          std::string("https://example.com/x")}) {
        expect_denied(knock(forge().make({.uri = said})));
    }
}

INSTANTIATE_TEST_SUITE_P(Tls, EveryPort, testing::ValuesIn(doors),
                         [](const testing::TestParamInfo<Door>& one) { return one.param.name; });

/// A server in the place of the authorisation service's back, which counts who gets through to it.
class Impostor {
   public:
    explicit Impostor(const rpc::TlsPems& pems) {
        grpc::SslServerCredentialsOptions options(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
        options.pem_root_certs = pems.ca;
        options.pem_key_cert_pairs.push_back(
            {.private_key = pems.key, .cert_chain = pems.certificate});
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port_);
        builder.RegisterService(&admin_);
        builder.RegisterService(&journal_);
        server_ = builder.BuildAndStart();
    }
    ~Impostor() { server_->Shutdown(std::chrono::system_clock::now()); }
    Impostor(const Impostor&) = delete;
    Impostor& operator=(const Impostor&) = delete;

    [[nodiscard]] std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
    [[nodiscard]] int calls() const { return calls_; }

   private:
    struct Admin final : v1::AdminService::Service {
        explicit Admin(std::atomic<int>& counter) : calls(counter) {}
        grpc::Status ReadStatus(grpc::ServerContext*, const v1::ReadStatusRequest*,
                                v1::ReadStatusResponse*) override {
            ++calls;
            return grpc::Status::OK;
        }
        std::atomic<int>& calls;
    };
    struct Journal final : v1::JournalService::Service {
        explicit Journal(std::atomic<int>& counter) : calls(counter) {}
        grpc::Status Tail(grpc::ServerContext*, const v1::TailRequest*,
                          grpc::ServerWriter<v1::TailResponse>*) override {
            ++calls;
            return grpc::Status::OK;
        }
        std::atomic<int>& calls;
    };

    std::atomic<int> calls_{0};
    Admin admin_{calls_};
    Journal journal_{calls_};
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
};

class OurClients : public testing::Test {
   protected:
    /// Lets the command line and the settlement service meet a server with this certificate.
    /// @return how many of their calls it got.
    [[nodiscard]] int meet(const rpc::TlsPems& server) {
        const Impostor impostor(server);
        const SettlementProcess settlement(installation_, impostor.address());
        const Ran ran = run_to_end({"carecard", "--admin", impostor.address(), "--certificates",
                                    certificates(), "status", "--json"},
                                   installation_.file("status.log"));
        said_ = ran.said;
        status_ = ran.status;
        return impostor.calls();
    }

    void expect_refused(const rpc::TlsPems& server) {
        EXPECT_EQ(meet(server), 0);
        EXPECT_EQ(status_, 3) << said_;  // not decided: nothing was sent
        EXPECT_NE(said_.find("certificate"), std::string::npos) << said_;
    }

    static Wanted good_server() {
        return {.uri = "carecard://*/authorisation-server/authorisation-server-1",
                .holder = Holder::server};
    }

    const Installation installation_;
    const Forge forge_{certificates()};
    std::string said_;
    int status_ = 0;
};

TEST_F(OurClients, CallAServerOfTheirAuthority) {
    EXPECT_GE(meet(forge_.make(good_server())), 2);
    EXPECT_EQ(status_, 0) << said_;
}

TEST_F(OurClients, SendNothingToAServerOfAnotherAuthority) {
    const std::string folder = installation_.file("foreign");
    const Ran made =
        run_to_end({"carecard-certificates", "--only", "operator", folder, "riverdale"},
                   installation_.file("certificates.log"));
    ASSERT_EQ(made.status, 0) << made.said;
    rpc::TlsPems foreign = Forge(folder).make(good_server());
    foreign.ca = forge_.make({}).ca;
    expect_refused(foreign);
}

TEST_F(OurClients, SendNothingToAServerThatHasExpired) {
    Wanted wanted = good_server();
    wanted.valid_from_s = -7'200;
    wanted.valid_until_s = -60;
    expect_refused(forge_.make(wanted));
}

TEST_F(OurClients, SendNothingToAServerThatSignedItself) {
    expect_refused(forge_.make_self_signed(good_server()));
}

TEST_F(OurClients, SendNothingToAServerWithAClientsCertificate) {
    expect_refused(forge_.make({.uri = "carecard://*/gateway/gateway-1"}));
}

}  // namespace
}  // namespace carecard::end_to_end
