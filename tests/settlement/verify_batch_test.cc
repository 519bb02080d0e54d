#include "services/settlement/verify_batch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "common/sha256.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

/// Two batches, as an auditor has downloaded them.
class VerifyBatch : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        SampleMonth month;
        month.close(0);
        month.second_day();
        month.close(1);
        Recorder recorder;
        recorder.record(month.world);
        run = new FreshRun;
        run->follow(recorder.store);
    }
    static void TearDownTestSuite() {
        delete run;
        run = nullptr;
    }

    static TrustedSigner trusted() { return Authority::one().trusted(); }

    /// Signs `files` again after a change, as a signer who is not honest, or wrong, could.
    static void sign_again(BatchFiles& files, const std::function<void(Manifest&)>& change) {
        Manifest manifest = *parse_manifest(files.manifest);
        change(manifest);
        manifest.items = {.size = files.items.size(), .sha256 = sha256(bytes_of(files.items))};
        manifest.positions = {.size = files.positions.size(),
                              .sha256 = sha256(bytes_of(files.positions))};
        files.manifest = render(manifest);
        files.signature = *Authority::one().signer().sign(files.manifest);
    }

    static void expect_refused(const BatchFiles& files, const BatchFiles* previous,
                               std::string_view file, std::string_view words) {
        const auto verified = verify_batch(files, trusted(), previous);
        ASSERT_FALSE(verified) << words;
        EXPECT_EQ(verified.fault().field, file) << verified.fault().detail;
        EXPECT_NE(verified.fault().detail.find(words), std::string::npos)
            << verified.fault().detail;
    }

    static FreshRun* run;
};
FreshRun* VerifyBatch::run = nullptr;

/// Line `number` of a file, from 0, with its end.
std::pair<std::size_t, std::size_t> line_at(const std::string& text, int number) {
    std::size_t begin = 0;
    while (number-- > 0) begin = text.find('\n', begin) + 1;
    return {begin, text.find('\n', begin) + 1 - begin};
}

void delete_line(std::string& text, int number) {
    const auto [begin, size] = line_at(text, number);
    text.erase(begin, size);
}

void swap_lines(std::string& text, int first) {
    const auto [begin, size] = line_at(text, first);
    const std::string line = text.substr(begin, size);
    text.erase(begin, size);
    text.insert(line_at(text, first + 1).first, line);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
}

TEST_F(VerifyBatch, AcceptsWhatTheServiceMade) {
    const BatchFiles first = run->files(1);
    const BatchFiles second = run->files(2);
    const auto verified = verify_batch(first, trusted(), nullptr);
    ASSERT_TRUE(verified) << verified.fault().detail;
    EXPECT_EQ(verified->manifest.totals.loads, (CountAndSum{1, {100'00}}));
    EXPECT_EQ(verified->manifest.totals.debits, (CountAndSum{2, {107'50}}));
    EXPECT_EQ(verified->manifest.totals.closing_exposure, TotalMinor{7'50});
    const auto next = verify_batch(second, trusted(), &first);
    ASSERT_TRUE(next) << next.fault().detail;
    EXPECT_EQ(next->manifest.previous, verified->self);
    EXPECT_EQ(next->manifest.totals.recovered, TotalMinor{7'50});
    EXPECT_TRUE(verify_batch(second, trusted(), nullptr));
}

TEST_F(VerifyBatch, NoticesEveryFlippedBit) {
    const BatchFiles good = run->files(1);
    int tried = 0;
    const auto expect_noticed = [&](auto member, std::string_view name) {
        for (std::size_t index = 0; index < (good.*member).size(); ++index) {
            BatchFiles files = good;
            auto& byte = (files.*member)[index];
            byte = static_cast<std::remove_reference_t<decltype(byte)>>(
                static_cast<unsigned char>(byte) ^ (1U << (index % 8)));
            const auto verified = verify_batch(files, trusted(), nullptr);
            ASSERT_FALSE(verified) << name << " byte " << index;
            const std::string& field = verified.fault().field;
            EXPECT_TRUE(field == name || (name == manifest_file && field == signature_file))
                << field;
            ++tried;
        }
    };
    expect_noticed(&BatchFiles::items, items_file);
    expect_noticed(&BatchFiles::positions, positions_file);
    expect_noticed(&BatchFiles::manifest, manifest_file);
    expect_noticed(&BatchFiles::signature, signature_file);
    EXPECT_GT(tried, 500);
}

TEST_F(VerifyBatch, NamesTheFileThatWasTamperedWith) {
    const struct {
        const char* what;
        std::function<void(BatchFiles&)> tamper;
        std::string_view file;
    } rows[] = {
        {"newest line deleted", [](BatchFiles& files) { delete_line(files.items, 3); }, items_file},
        {"two lines swapped", [](BatchFiles& files) { swap_lines(files.items, 1); }, items_file},
        {"items emptied", [](BatchFiles& files) { files.items.clear(); }, items_file},
        {"an account deleted", [](BatchFiles& files) { delete_line(files.positions, 1); },
         positions_file},
        {"manifest emptied", [](BatchFiles& files) { files.manifest.clear(); }, manifest_file},
        {"signature emptied", [](BatchFiles& files) { files.signature.clear(); }, signature_file},
        {"bytes after the signature",
         [](BatchFiles& files) { files.signature.push_back(std::byte{0}); }, signature_file},
        {"another day", [](BatchFiles& files) { replace(files.manifest, "06-03", "06-04"); },
         signature_file},
        {"a space more", [](BatchFiles& files) { replace(files.manifest, ": ", ":  "); },
         manifest_file},
        {"a member twice",
         [](BatchFiles& files) {
             replace(files.manifest, "  \"epoch\": 1,\n", "  \"epoch\": 1,\n  \"epoch\": 1,\n");
         },
         manifest_file},
        {"the signature of another batch",
         [this_run = run](BatchFiles& files) { files.signature = this_run->files(2).signature; },
         signature_file},
        {"a newer format",
         [](BatchFiles& files) {
             replace(files.manifest, "\"format_version\": 1", "\"format_version\": 4");
         },
         manifest_file},
    };
    for (const auto& row : rows) {
        BatchFiles files = run->files(1);
        row.tamper(files);
        const auto verified = verify_batch(files, trusted(), nullptr);
        ASSERT_FALSE(verified) << row.what;
        EXPECT_EQ(verified.fault().field, row.file) << row.what;
    }
}

TEST_F(VerifyBatch, ProvesTheFiguresEvenAgainstTheSignerItself) {
    const BatchFiles first = run->files(1);
    const struct {
        const char* words;
        std::string_view file;
        std::function<void(BatchFiles&)> files;
        std::function<void(Manifest&)> manifest;
    } rows[] = {
        {"debits are not", manifest_file, {}, [](Manifest& m) { m.totals.debits.sum.add({1}); }},
        {"credits are not", manifest_file, {}, [](Manifest& m) { ++m.totals.credits.count; }},
        {"loads are not", manifest_file, {}, [](Manifest& m) { m.totals.loads.count = 0; }},
        {"closing_balance", manifest_file, {}, [](Manifest& m) { m.totals.closing_balance = {}; }},
        {"does not open with",
         manifest_file,
         {},
         [](Manifest& m) { m.totals.opening_balance.add({1}); }},
        {"number of accounts", manifest_file, {}, [](Manifest& m) { ++m.totals.accounts; }},
        {"its number is 3", manifest_file, {}, [](Manifest& m) { m.number = 3; }},
        {"do not follow", manifest_file, {}, [](Manifest& m) { ++m.first.value; }},
        {"previous hashes",
         manifest_file,
         {},
         [](Manifest& m) { m.previous->signature_sha256[0] ^= std::byte{1}; }},
        {"another programme", manifest_file, {}, [](Manifest& m) { m.programme = "other"; }},
        {"no previous", manifest_file, {}, [](Manifest& m) { m.previous.reset(); }},
        {"not after the one before",
         items_file,
         [](BatchFiles& files) { swap_lines(files.items, 1); },
         {}},
        {"credits are not",
         manifest_file,
         [](BatchFiles& files) { delete_line(files.items, 1); },
         {}},
        {"do not follow from",
         positions_file,
         [](BatchFiles& files) { replace(files.positions, "3550,1200,2350", "3551,1200,2351"); },
         {}},
        {"one form",
         items_file,
         [](BatchFiles& files) { replace(files.items, ",GBP", ",\"GBP\""); },
         {}},
        {"header", items_file, [](BatchFiles& files) { delete_line(files.items, 0); }, {}},
    };
    for (const auto& row : rows) {
        BatchFiles files = run->files(2);
        if (row.files) row.files(files);
        sign_again(
            files, row.manifest ? row.manifest : [](Manifest&) {});
        expect_refused(files, &first, row.file, row.words);
    }
}

TEST_F(VerifyBatch, RefusesABatchThatFollowsAReSignedOne) {
    BatchFiles first = run->files(1);
    sign_again(first, [](Manifest&) {});
    EXPECT_TRUE(verify_batch(first, trusted(), nullptr));
    expect_refused(run->files(2), &first, manifest_file, "previous hashes");
}

TEST_F(VerifyBatch, RefusesAnotherSigner) {
    BatchFiles files = run->files(1);
    files.signature = *Authority::another().signer().sign(files.manifest);
    expect_refused(files, nullptr, signature_file, "trusted signer");

    TrustedSigner of_another_authority = trusted();
    of_another_authority.authorities = Authority::another().trusted().authorities;
    EXPECT_FALSE(verify_batch(run->files(1), of_another_authority, nullptr));
}

TEST_F(VerifyBatch, RefusesACertificateOfAnotherRole) {
    TrustedSigner auditor = trusted();
    auditor.certificate = read_text(Authority::one().file("auditor.pem"));
    const auto verified = verify_batch(run->files(1), auditor, nullptr);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.fault().field, "signer_certificate");

    journal::PosixFileSystem files;
    const Result<Secret> key =
        files.read_secret({.field = "signing_key", .path = Authority::one().file("auditor.key")});
    ASSERT_TRUE(key);
    EXPECT_FALSE(Signer::make(read_text(Authority::one().file("auditor.pem")), *key));
    EXPECT_FALSE(Signer::make(read_text(Authority::one().file("batch-signer.pem")), *key));
}

TEST_F(VerifyBatch, NamesAFileThatIsMissing) {
    for (const std::string_view name :
         {items_file, positions_file, manifest_file, signature_file}) {
        TemporaryDirectory copy;
        std::filesystem::copy(run->place(1), copy.path());
        std::filesystem::remove(copy.path() + "/" + std::string(name));
        const Result<BatchFiles> files = read_batch(copy.path());
        ASSERT_FALSE(files);
        EXPECT_EQ(files.fault().kind, FaultKind::not_found);
        EXPECT_EQ(files.fault().field, name);
    }
}

/// The line that the README gives to auditors.
int openssl_verify(const std::string& directory) {
    const std::string command = "cd '" + directory + "' && openssl cms -verify -binary" +
                                " -inform DER -in manifest.cms -content manifest.json" +
                                " -certfile '" + Authority::one().file("batch-signer.pem") +
                                "' -CAfile '" + Authority::one().file("ca.pem") +
                                "' -purpose any -out /dev/null 2>/dev/null";
    return std::system(command.c_str());
}

TEST_F(VerifyBatch, AgreesWithTheOpensslProgram) {
    TemporaryDirectory copy;
    std::filesystem::copy(run->place(2), copy.path());
    EXPECT_EQ(openssl_verify(copy.path()), 0);
    std::string manifest = read_text(copy.path() + "/manifest.json");
    manifest[manifest.size() / 2] ^= 1;
    write_text(copy.path() + "/manifest.json", manifest);
    EXPECT_NE(openssl_verify(copy.path()), 0);
}

TEST_F(VerifyBatch, DoesNotReadAFileThatIsLongerThanItMayBe) {
    const TemporaryDirectory directory;
    for (const std::string name :
         {"manifest.json", "manifest.cms", "items.csv", "closing_position.csv"}) {
        std::filesystem::copy(run->place(1) + "/" + name, directory.path());
    }
    ASSERT_TRUE(read_batch(directory.path()));
    const std::string path = directory.path() + "/manifest.json";
    write_text(path, std::string(batch_manifest_bytes_max, ' '));
    EXPECT_TRUE(read_batch(directory.path()));
    write_text(path, std::string(batch_manifest_bytes_max + 1, ' '));
    const Result<BatchFiles> files = read_batch(directory.path());
    ASSERT_FALSE(files);
    EXPECT_EQ(files.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(files.fault().field, "manifest.json");
}

}  // namespace
}  // namespace carecard::settlement
