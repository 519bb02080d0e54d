#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "tests/rpc/certificate_folder.h"

namespace carecard::rpc {
namespace {

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::map<std::string, std::string> contents(const CertificateFolder& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        found[entry.path().filename().string()] = content(entry.path().string());
    }
    return found;
}

unsigned mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
}

std::string uri_of(const CertificateFolder& folder, const std::string& name) {
    return run("openssl x509 -noout -ext subjectAltName -in '" + folder.file(name + ".pem") + "'")
        .said;
}

constexpr const char* names[] = {"authorisation-server",
                                 "settlement-server",
                                 "gateway",
                                 "settlement",
                                 "operator",
                                 "support",
                                 "social_worker",
                                 "approver",
                                 "finance",
                                 "auditor",
                                 "holder",
                                 "representative",
                                 "batch-signer"};

TEST(Certificates, AreMadeForEveryRoleWithKeysForTheOwnerOnly) {
    const CertificateFolder folder;
    const Ran ran = folder.make();
    ASSERT_EQ(ran.status, 0) << ran.said;
    EXPECT_EQ(ran.said, "");
    for (const std::string name : names) {
        EXPECT_EQ(mode_of(folder.file(name + ".key")), 0600U) << name;
        const Ran verified = run("openssl verify -CAfile '" + folder.file("ca.pem") + "' '" +
                                 folder.file(name + ".pem") + "'");
        EXPECT_EQ(verified.status, 0) << verified.said;
    }
    for (const char* key : {"ca.key", "master.key", "token-1.key"}) {
        EXPECT_EQ(mode_of(folder.file(key)), 0600U) << key;
    }
    EXPECT_EQ(content(folder.file("master.key")).size(), 65U);
    EXPECT_NE(content(folder.file("master.key")), content(folder.file("token-1.key")));
    EXPECT_NE(uri_of(folder, "finance").find("URI:carecard://riverdale/finance/finance-1"),
              std::string::npos);
    EXPECT_NE(uri_of(folder, "operator").find("URI:carecard://*/operator/operator-1"),
              std::string::npos);
    EXPECT_NE(uri_of(folder, "settlement-server").find("IP Address:127.0.0.1"), std::string::npos);
}

TEST(Certificates, KeepWhatIsStillValid) {
    const CertificateFolder folder;
    ASSERT_EQ(folder.make().status, 0);
    const auto before = contents(folder);
    ASSERT_EQ(folder.make().status, 0);
    EXPECT_EQ(contents(folder), before);
}

TEST(Certificates, AreMadeAnewForAnotherCouncilAndOnlyThose) {
    const CertificateFolder folder;
    ASSERT_EQ(folder.make().status, 0);
    const auto before = contents(folder);
    ASSERT_EQ(folder.make("hillside").status, 0);
    const auto after = contents(folder);
    EXPECT_NE(after.at("finance.pem"), before.at("finance.pem"));
    EXPECT_EQ(after.at("gateway.pem"), before.at("gateway.pem"));
    EXPECT_EQ(after.at("ca.pem"), before.at("ca.pem"));
    EXPECT_EQ(after.at("master.key"), before.at("master.key"));
    EXPECT_NE(uri_of(folder, "finance").find("carecard://hillside/"), std::string::npos);
}

TEST(Certificates, AreMadeAnewWhenTheirKeyOrAuthorityIsGone) {
    const CertificateFolder folder;
    ASSERT_EQ(folder.make("riverdale", "--only finance").status, 0);
    const auto before = contents(folder);
    std::filesystem::remove(folder.file("finance.key"));
    ASSERT_EQ(folder.make("riverdale", "--only finance").status, 0);
    const auto again = contents(folder);
    EXPECT_NE(again.at("finance.pem"), before.at("finance.pem"));
    std::filesystem::remove(folder.file("ca.pem"));
    ASSERT_EQ(folder.make("riverdale", "--only finance").status, 0);
    EXPECT_NE(contents(folder).at("finance.pem"), again.at("finance.pem"));
}

TEST(Certificates, AreMadeForOneRoleWhenAsked) {
    const CertificateFolder folder;
    ASSERT_EQ(folder.make("riverdale", "--days 2 --only auditor").status, 0);
    EXPECT_TRUE(std::filesystem::exists(folder.file("auditor.pem")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("finance.pem")));
    const std::string checked = "openssl x509 -noout -in '" + folder.file("auditor.pem") + "'";
    EXPECT_EQ(run(checked + " -checkend 170000").status, 0);
    EXPECT_NE(run(checked + " -checkend 175000").status, 0);
}

TEST(Certificates, SignABatchThatOpensslVerifies) {
    const CertificateFolder folder;
    ASSERT_EQ(folder.make("riverdale", "--only batch-signer").status, 0);
    std::ofstream(folder.file("manifest.json")) << "{}";
    const std::string in = "cd '" + folder.path() + "' && ";
    const Ran made = run(in +
                         "openssl cms -sign -binary -nocerts -in manifest.json -outform DER "
                         "-signer batch-signer.pem -inkey batch-signer.key -out manifest.cms");
    ASSERT_EQ(made.status, 0) << made.said;
    const Ran verified = run(in +
                             "openssl cms -verify -binary -content manifest.json -inform DER "
                             "-in manifest.cms -certfile batch-signer.pem -CAfile ca.pem");
    EXPECT_EQ(verified.status, 0) << verified.said;
}

TEST(Certificates, ExplainWhatIsWrongWithTheArguments) {
    const CertificateFolder folder;
    const struct {
        const char* arguments;
        const char* options;
        const char* said;
    } rows[] = {{"", "", "give a directory and a council"},
                {"River", "", "is not 1 to 32 of a-z"},
                {"riverdale", "--days 0", "--days must be"},
                {"riverdale", "--days 3651", "--days must be"},
                {"riverdale", "--only mayor", "--only must be one of"},
                {"riverdale", "--colour", "unknown option"},
                {"riverdale --days", "", "--days needs a value"},
                {"one two", "", "give a directory and a council"}};
    for (const auto& row : rows) {
        const Ran ran = folder.make(row.arguments, row.options);
        EXPECT_EQ(ran.status, 2) << row.said;
        EXPECT_NE(ran.said.find(row.said), std::string::npos) << ran.said;
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const Ran help = folder.make("", "--help");
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.said.find("Usage: certificates"), std::string::npos);
}

}  // namespace
}  // namespace carecard::rpc
