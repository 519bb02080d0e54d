#include "services/rpc/credentials.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>

#include "carecard/v1/admin.grpc.pb.h"
#include "services/rpc/channel.h"
#include "services/rpc/faults.h"
#include "services/rpc/identity.h"
#include "services/rpc/rights.h"
#include "tests/rpc/certificate_folder.h"

namespace carecard::rpc {
namespace {

/// Answers ReadStatus with the caller's URI as the version.
class StatusService final : public v1::AdminService::Service {
    grpc::Status ReadStatus(grpc::ServerContext* context, const v1::ReadStatusRequest*,
                            v1::ReadStatusResponse* response) override {
        constexpr const char* method = "carecard.v1.AdminService/ReadStatus";
        const Result<Identity> identity = identity_of(*context->auth_context());
        if (!identity) return to_status(identity.fault());
        const Result<Done> right = check_right(method, *identity);
        if (!right) return to_status(right.fault(), roles_with_right(method));
        response->set_version(to_uri(*identity));
        return grpc::Status::OK;
    }
};

class Credentials : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        folder_ = new CertificateFolder;
        const Ran ran = folder_->make();
        ASSERT_EQ(ran.status, 0) << ran.said;
    }
    static void TearDownTestSuite() {
        delete folder_;
        folder_ = nullptr;
    }

    static TlsFiles files(const std::string& name) {
        return {.ca = folder_->file("ca.pem"),
                .certificate = folder_->file(name + ".pem"),
                .key = folder_->file(name + ".key")};
    }

    /// Starts the server and gives its address.
    std::string serve() {
        const auto credentials = server_credentials(files("authorisation-server"));
        EXPECT_TRUE(credentials);
        int port = 0;
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", *credentials, &port);
        builder.RegisterService(&service_);
        server_ = builder.BuildAndStart();
        return "127.0.0.1:" + std::to_string(port);
    }

    static grpc::Status read_status(const std::shared_ptr<grpc::Channel>& channel,
                                    std::string& version) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
        v1::ReadStatusResponse response;
        const grpc::Status status =
            v1::AdminService::NewStub(channel)->ReadStatus(&context, {}, &response);
        version = response.version();
        return status;
    }

    static void expect_fault(const TlsFiles& tls, FaultKind kind, const std::string& field) {
        const auto server = server_credentials(tls);
        ASSERT_FALSE(server) << field;
        EXPECT_EQ(server.fault().kind, kind) << explain(server.fault());
        EXPECT_EQ(server.fault().field, field) << explain(server.fault());
        EXPECT_FALSE(server.fault().remedy.empty());
        EXPECT_FALSE(client_credentials(tls)) << field;
    }

    static void write(const std::string& path, const std::string& text) {
        std::ofstream(path) << text;
        ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    }

    static CertificateFolder* folder_;
    StatusService service_;
    std::unique_ptr<grpc::Server> server_;
};

CertificateFolder* Credentials::folder_ = nullptr;

TEST_F(Credentials, TellTheServerWhoCalls) {
    const std::string address = serve();
    const auto channel = make_channel(address, *client_credentials(files("operator")));
    ASSERT_TRUE(wait_for_ready(*channel, address, seconds(10)));
    std::string version;
    const grpc::Status status = read_status(channel, version);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(version, "carecard://*/operator/operator-1");
}

TEST_F(Credentials, LetARoleWithoutTheRightHearWhichItLacks) {
    const std::string address = serve();
    const auto channel = make_channel(address, *client_credentials(files("finance")));
    std::string version;
    const grpc::Status status = read_status(channel, version);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(explain(status),
              "certificate: the role finance lacks the right to call "
              "carecard.v1.AdminService/ReadStatus, which operator has; use a certificate with "
              "the role operator");
}

TEST_F(Credentials, RefuseAClientWithoutACertificate) {
    const std::string address = serve();
    std::ifstream file(folder_->file("ca.pem"));
    const std::string ca(std::istreambuf_iterator<char>(file), {});
    const auto channel = make_channel(address, grpc::SslCredentials({.pem_root_certs = ca}));
    std::string version;
    EXPECT_FALSE(read_status(channel, version).ok());
    EXPECT_EQ(version, "");
}

TEST_F(Credentials, RefuseAClientOfAnotherAuthority) {
    const std::string address = serve();
    const CertificateFolder other;
    ASSERT_EQ(other.make("riverdale", "--only operator").status, 0);
    TlsFiles tls{.ca = folder_->file("ca.pem"),
                 .certificate = other.file("operator.pem"),
                 .key = other.file("operator.key")};
    const auto channel = make_channel(address, *client_credentials(tls));
    std::string version;
    EXPECT_FALSE(read_status(channel, version).ok());
    EXPECT_EQ(version, "");
}

TEST_F(Credentials, RefuseAServerOfAnotherAuthority) {
    const std::string address = serve();
    const CertificateFolder other;
    ASSERT_EQ(other.make("riverdale", "--only operator").status, 0);
    TlsFiles tls = files("operator");
    tls.ca = other.file("ca.pem");
    const auto channel = make_channel(address, *client_credentials(tls), Connection::own);
    const Result<Done> ready = wait_for_ready(*channel, address, seconds(1));
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.fault().kind, FaultKind::unavailable);
    EXPECT_EQ(ready.fault().field, "server");
}

TEST_F(Credentials, RefuseAFileThatIsNotThere) {
    for (const auto member : {&TlsFiles::ca, &TlsFiles::certificate, &TlsFiles::key}) {
        TlsFiles tls = files("operator");
        tls.*member = folder_->file("absent.pem");
        const std::string field = member == &TlsFiles::ca            ? "ca"
                                  : member == &TlsFiles::certificate ? "certificate"
                                                                     : "key";
        expect_fault(tls, FaultKind::not_found, field);
        tls.*member = folder_->path();
        expect_fault(tls, FaultKind::malformed, field);
        tls.*member = folder_->file("empty.pem");
        write(folder_->file("empty.pem"), "");
        expect_fault(tls, FaultKind::malformed, field);
        tls.*member = folder_->file("text.pem");
        write(folder_->file("text.pem"), "not PEM at all\n");
        expect_fault(tls, FaultKind::malformed, field);
    }
}

TEST_F(Credentials, RefuseAKeyThatOthersMayUse) {
    const CertificateFolder other;
    ASSERT_EQ(other.make("riverdale", "--only operator").status, 0);
    const TlsFiles tls{.ca = other.file("ca.pem"),
                       .certificate = other.file("operator.pem"),
                       .key = other.file("operator.key")};
    ASSERT_EQ(::chmod(tls.key.c_str(), 0640), 0);
    expect_fault(tls, FaultKind::denied, "key");
}

TEST_F(Credentials, RefuseAKeyOfAnotherCertificate) {
    TlsFiles tls = files("operator");
    tls.key = folder_->file("finance.key");
    expect_fault(tls, FaultKind::malformed, "key");
}

TEST_F(Credentials, RefuseAnEncryptedKey) {
    TlsFiles tls = files("operator");
    tls.key = folder_->file("encrypted.key");
    const Ran ran = run("openssl pkey -aes256 -passout pass:x -in '" +
                        folder_->file("operator.key") + "' -out '" + tls.key + "'");
    ASSERT_EQ(ran.status, 0) << ran.said;
    ASSERT_EQ(::chmod(tls.key.c_str(), 0600), 0);
    expect_fault(tls, FaultKind::malformed, "key");
}

TEST_F(Credentials, RefuseACertificateThatHasExpired) {
    TlsFiles tls = files("operator");
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(tls.certificate.c_str(), "r"),
                                                       &std::fclose);
    std::unique_ptr<X509, void (*)(X509*)> certificate(
        ::PEM_read_X509(in.get(), nullptr, nullptr, nullptr), &::X509_free);
    ASSERT_NE(certificate, nullptr);
    ASSERT_NE(::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), -1), nullptr);
    // Without this the bytes that were read are written again.
    ASSERT_GT(::i2d_re_X509_tbs(certificate.get(), nullptr), 0);
    tls.certificate = folder_->file("expired.pem");
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(tls.certificate.c_str(), "w"),
                                                        &std::fclose);
    ASSERT_EQ(::PEM_write_X509(out.get(), certificate.get()), 1);
    out.reset();
    expect_fault(tls, FaultKind::malformed, "certificate");
}

}  // namespace
}  // namespace carecard::rpc
