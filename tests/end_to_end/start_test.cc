#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

namespace fs = std::filesystem;

using Options = std::map<std::string, std::string>;

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Start : public testing::Test {
   protected:
    /// Starts the service and expects it to end by itself, saying each of `parts`.
    void expect_refused(const Options& options, const std::vector<std::string>& parts) const {
        expect_says(run_to_end(installation_.words(options), installation_.file("refused.log")),
                    parts);
    }

    static void expect_says(const Ran& ran, const std::vector<std::string>& parts) {
        EXPECT_GT(ran.status, 0) << ran.said;
        for (const std::string& part : parts) {
            EXPECT_NE(ran.said.find(part), std::string::npos) << "no \"" << part << "\" in\n"
                                                              << ran.said;
        }
    }

    /// Makes a journal with a few events, and ends the service in order.
    void make_journal() const {
        Service service(installation_);
        open_accounts(service, 2, 100'00);
        EXPECT_EQ(service.stop(), 0);
    }

    /// @return the id of the last payment's decision.
    std::string pay(int count) const {
        Service service(installation_);
        v1::AuthoriseResponse response;
        for (int number = 0; number < count; ++number) {
            const auto status = call(*service.gateway(), &v1::AuthorisationService::Stub::Authorise,
                                     new_payment(fmt::format("pay-{}", number), 1, 100), response);
            EXPECT_TRUE(status.ok());
        }
        EXPECT_EQ(service.stop(), 0);
        return response.authorisation_id();
    }

    [[nodiscard]] std::string journal() const { return installation_.data() + "/journal"; }
    void keep_journal(const std::string& as) const {
        fs::copy(journal(), installation_.file(as), fs::copy_options::recursive);
    }
    void bring_back_journal(const std::string& from) const {
        fs::remove_all(journal());
        fs::copy(installation_.file(from), journal(), fs::copy_options::recursive);
    }

    /// Some blocks of records, all of them folded into images that are on the disk.
    void make_long_journal_with_images() const {
        Service service(installation_);
        open_accounts(service, 2, 100'00);
        v1::AuthoriseResponse paid;
        for (int number = 0; number < 60; ++number) {
            EXPECT_TRUE(call(*service.gateway(), &v1::AuthorisationService::Stub::Authorise,
                             new_payment(fmt::format("long-{}", number), 1, 1), paid)
                            .ok());
        }
        v1::ReadStatusResponse status;
        const auto has_images = [&status] {
            return std::ranges::any_of(status.projected(), [&](const auto& projection) {
                return projection.name() == "images" && projection.sequence() == status.durable();
            });
        };
        for (int tries = 0; tries < 200 && !has_images(); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            EXPECT_TRUE(
                call(*service.staff("operator"), &v1::AdminService::Stub::ReadStatus, {}, status)
                    .ok());
        }
        EXPECT_TRUE(has_images()) << status.ShortDebugString();
        EXPECT_EQ(service.stop(), 0);
    }

    /// Waits until the service's scrub is as `wanted`; the service serves all the while.
    template <class Wanted>
    static v1::ScrubStatus scrub_until(Service& service, Wanted wanted) {
        v1::ReadStatusResponse status;
        for (int tries = 0; tries < 200 && !wanted(status.scrub()); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            const auto answered =
                call(*service.staff("operator"), &v1::AdminService::Stub::ReadStatus, {}, status);
            EXPECT_TRUE(answered.ok()) << answered.error_message();
            EXPECT_TRUE(status.serving());
        }
        EXPECT_TRUE(wanted(status.scrub())) << status.ShortDebugString();
        return status.scrub();
    }

    const Installation installation_;
};

/// A copy of a file that its owner alone may read.
void copy_secret(const std::string& from, const std::string& to) {
    write_text(to, read_text(from));
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
}

void flip_bit(const std::string& path, std::size_t at) {
    std::string bytes = read_text(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    write_text(path, bytes);
}

/// The number behind the first "sequence "; 0 when there is none.
std::uint64_t first_sequence_in(const std::string& text) {
    const std::size_t word = text.find("sequence ");
    if (word == std::string::npos) return 0;
    return std::strtoull(text.c_str() + word + std::string_view("sequence ").size(), nullptr, 10);
}

TEST_F(Start, RefusesAStoreThatARunningServiceHolds) {
    const Service service(installation_);
    expect_refused({{"--ports-file", ""}},
                   {"data/journal", "in use by another service", "top the other service"});
}

TEST_F(Start, RefusesAPortInUseAndSaysWhichAddress) {
    const Installation other;
    Service service(other);
    expect_refused({{"--front", service.front()}},
                   {"front", "cannot listen on " + service.front(), "another"});
    expect_refused({{"--back", service.back()}},
                   {"back", "cannot listen on " + service.back(), "another"});
}

TEST_F(Start, SaysTheAddressesThatItWasGivenWithThePortsThatItHas) {
    Process process(installation_.words({{"--front", "localhost:0"}}), installation_.file("log"));
    const std::string ports = installation_.file("ports");
    for (int attempt = 0; attempt < 200 && !fs::exists(ports); ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_NE(read_text(ports).find("\"front\": \"localhost:"), std::string::npos);
    EXPECT_NE(read_text(ports).find("\"back\": \"127.0.0.1:"), std::string::npos);
}

TEST_F(Start, EndsByItselfWhenItCannotWriteThePorts) {
    expect_refused({{"--ports-file", installation_.file("absent/ports")}}, {"ports-file"});
}

TEST_F(Start, RefusesACertificateThatIsNotThereOrIsNone) {
    expect_refused({{"--certificate", installation_.file("absent.pem")}},
                   {"certificate", "absent"});
    write_text(installation_.file("none.pem"), "not a certificate\n");
    expect_refused({{"--certificate", installation_.file("none.pem")}}, {"certificate"});
    expect_refused({{"--certificate", certificates() + "/gateway.pem"}}, {"key"});
    EXPECT_FALSE(fs::exists(installation_.data()));
}

TEST_F(Start, RefusesAKeyThatOthersMayRead) {
    for (const auto& [option, name] : {std::pair{"--key", "authorisation-server.key"},
                                       std::pair{"--master-key", "master.key"}}) {
        const std::string open_key = installation_.file(name);
        copy_secret(certificates() + "/" + name, open_key);
        fs::permissions(open_key, fs::perms::others_read, fs::perm_options::add);
        expect_refused({{option, open_key}}, {"key", name, "others", "600"});
    }
}

TEST_F(Start, RefusesAnUnknownSettingAndAMissingOne) {
    write_text(installation_.file("config"), "colour=blue\n");
    expect_refused({{"--config", installation_.file("config")}}, {"colour"});
    expect_refused({{"--master-key", ""}}, {"--master-key", "required"});
    expect_refused({{"--clock", "sundial"}}, {"--clock", "simulated"});
}

TEST_F(Start, TakesSettingsFromAFile) {
    write_text(installation_.file("config"), "clock=simulated\n");
    std::vector<std::string> words =
        installation_.words({{"--clock", ""}, {"--config", installation_.file("config")}});
    Process process(words, installation_.file("log"));
    for (int tries = 0; tries < 500 && !fs::exists(installation_.file("ports")); ++tries) {
        ASSERT_FALSE(process.wait(std::chrono::milliseconds(20))) << process.said();
    }
    EXPECT_EQ(process.end_by(SIGTERM), 0);
    EXPECT_NE(process.said().find("clock=simulated"), std::string::npos) << process.said();
}

TEST_F(Start, RefusesAnotherMasterKeyThanTheVaultWasBegunWith) {
    make_journal();
    const std::string other = installation_.file("other.key");
    write_text(other, fmt::format("{:064}\n", 1));
    fs::permissions(other, fs::perms::owner_read | fs::perms::owner_write);
    expect_refused({{"--master-key", other}}, {"master", "key"});
    write_text(other, "short\n");
    expect_refused({{"--master-key", other}}, {"master-key", "64 hexadecimal digits", "restore"});
}

TEST_F(Start, RefusesAJournalThatEndsBeforeItsHead) {
    make_journal();
    keep_journal("old");
    const std::string last = pay(3);
    bring_back_journal("old");
    expect_refused({}, {"head_file", "knows sequence " + last.substr(last.find('-') + 1),
                        "what came after is lost", "restore from a backup"});
}

TEST_F(Start, RefusesAFlippedBitInTheNewestFileOfTheJournal) {
    make_journal();
    const std::string last_id = pay(20);
    const std::uint64_t last = std::stoull(last_id.substr(last_id.find('-') + 1));
    keep_journal("whole");
    std::string newest;
    for (const auto& entry : fs::directory_iterator(installation_.file("whole"))) {
        const std::string name = entry.path().filename();
        if (name.ends_with(".log") && entry.file_size() > 0) newest = std::max(newest, name);
    }
    ASSERT_FALSE(newest.empty());
    const std::size_t size = fs::file_size(installation_.file("whole/" + newest));
    for (const std::size_t at : {std::size_t{5}, size / 3, size / 2, size - 10}) {
        bring_back_journal("whole");
        flip_bit(journal() + "/" + newest, at);
        const Ran checked = run_to_end({"carecard-fsck", "--data", installation_.data()},
                                       installation_.file("fsck.log"));
        expect_says(checked, {"sequence"});
        const std::string damaged = contents(journal() + "/" + newest);
        const Ran refused = run_to_end(installation_.words(), installation_.file("refused.log"));
        expect_says(refused, {"sequence ", "restore"});
        const std::uint64_t named = first_sequence_in(refused.said);
        EXPECT_GE(named, 1U) << refused.said;
        EXPECT_LE(named, last) << refused.said;
        EXPECT_EQ(contents(journal() + "/" + newest), damaged) << "the evidence has been changed";
    }
    bring_back_journal("whole");
    const Service service(installation_);
}

/// The oldest table of the journal: a start looks only at what came after the images.
TEST_F(Start, GoesOnWithAFlippedBitInAnOldTableAndTheScrubRaisesTheAlarm) {
    make_long_journal_with_images();
    pay(1);  // this start has moved what came before into a table
    std::string oldest;
    for (const auto& entry : fs::directory_iterator(journal())) {
        const std::string path = entry.path();
        if (path.ends_with(".sst") && (oldest.empty() || path < oldest)) oldest = path;
    }
    ASSERT_FALSE(oldest.empty());
    flip_bit(oldest, fs::file_size(oldest) / 2);  // the first block is read at each start
    Service service(installation_);
    const v1::ScrubStatus scrub =
        scrub_until(service, [](const v1::ScrubStatus& now) { return now.damaged_from() > 0; });
    EXPECT_FALSE(scrub.has_last_pass_ended_at());
    EXPECT_NE(service.process().said().find(
                  fmt::format("alarm journal_damaged sequence={} ", scrub.damaged_from())),
              std::string::npos)
        << service.process().said();
}

TEST_F(Start, ShowsTheLastFullPassOfTheScrub) {
    make_journal();
    Service service(installation_);
    const v1::ScrubStatus scrub = scrub_until(
        service, [](const v1::ScrubStatus& now) { return now.has_last_pass_ended_at(); });
    EXPECT_GT(scrub.last_pass_through(), 0U);
    EXPECT_EQ(scrub.damaged_from(), 0U);
}

}  // namespace
}  // namespace carecard::end_to_end
