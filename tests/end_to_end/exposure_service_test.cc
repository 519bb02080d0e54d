#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "services/rpc/faults.h"
#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

/// `carecard exposure` against a service on a simulated clock, which begins in 1970. Account "A1"
/// has £100.00, and each test clears £30.00 more than there is.
class ExposureService : public testing::Test {
   protected:
    ExposureService() {
        open_accounts(service_, 1, 100'00);
        payment_ = present(new_presentment("stay", 1, "", 130'00)).authorisation_id();
    }
    ~ExposureService() override {
        EXPECT_EQ(service_.stop(), 0) << service_.process().said();
        const Ran checked = run_to_end({"carecard-fsck", "--data", installation_.data()},
                                       installation_.file("fsck.log"));
        EXPECT_EQ(checked.status, 0) << checked.said;
    }

    void open_account(const std::string& reference, unsigned card, std::int64_t pence) {
        using Admin = v1::AdminService::Stub;
        v1::OpenAccountResponse opened;
        v1::IssueCardResponse issued;
        v1::LoadPurseResponse loaded;
        const auto support = service_.staff("support");
        v1::OpenAccountRequest open = new_account(reference);
        open.set_request_key("account-of-" + std::to_string(card));
        const grpc::Status status = call(*support, &Admin::OpenAccount, open, opened);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
        ASSERT_TRUE(call(*support, &Admin::IssueCard, new_card(reference, card), issued).ok());
        ASSERT_TRUE(call(*service_.staff("finance"), &Admin::LoadPurse,
                         new_load(reference, pence, "opening-of-" + std::to_string(card)), loaded)
                        .ok());
    }

    v1::PresentResponse present(const v1::PresentRequest& request) {
        v1::PresentResponse response;
        const grpc::Status status =
            call(*service_.gateway(), &v1::AuthorisationService::Stub::Present, request, response);
        EXPECT_TRUE(status.ok()) << rpc::explain(status);
        return response;
    }
    v1::PresentResponse refund(const std::string& key, std::int64_t pence) {
        v1::PresentRequest request = new_presentment(key, 1, payment_, pence);
        request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
        return present(request);
    }

    Ran carecard(std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"carecard", "--admin", service_.back(), "--certificates", certificates()});
        return run_to_end(std::move(words), installation_.file("carecard.log"));
    }
    std::string show(const std::string& account = "A1") {
        return carecard({"show", account, "--programme", "care"}).said;
    }
    /// A change that staff give a reason for. @return what was said.
    std::string change(int status, std::vector<std::string> words) {
        words.insert(words.end(), {"--reason", "agreed in writing"});
        const Ran ran = carecard(std::move(words));
        EXPECT_EQ(ran.status, status) << ran.said;
        return ran.said;
    }
    std::string ok(std::vector<std::string> words) { return change(0, std::move(words)); }
    /// `exposure` with what follows, of account "A1".
    std::string exposure(int status, const std::string& act, std::vector<std::string> words) {
        words.insert(words.begin(), {"exposure", act, "A1"});
        words.insert(words.end(), {"--programme", "care"});
        return change(status, std::move(words));
    }
    /// The number of what was proposed, from what was said.
    std::string proposed(std::vector<std::string> words) {
        const std::string said = exposure(0, "propose", std::move(words));
        EXPECT_TRUE(said.starts_with("proposal ")) << said;
        return said.substr(9, said.find(' ', 9) - 9);
    }
    static bool tells(const std::string& said, const std::string& part) {
        return said.find(part) != std::string::npos;
    }

    Installation installation_;
    Service service_{installation_, "simulated"};
    std::string payment_;
};

TEST_F(ExposureService, WritesOffWhatAnotherPersonApprovesAndARefundRepaysIt) {
    EXPECT_TRUE(tells(show(), "borne by the programme £30.00")) << show();
    const std::string number = proposed({payment_, "write-off", "12.00"});
    EXPECT_TRUE(tells(show(), "What is proposed about the programme's part")) << show();
    EXPECT_TRUE(tells(show(), payment_)) << show();
    const std::string own = exposure(1, "approve", {number, "--as", "support"});
    EXPECT_TRUE(tells(own, "another member of staff")) << own;
    const std::string approved = exposure(0, "approve", {number});
    EXPECT_TRUE(tells(approved, "£18.00")) << approved;
    EXPECT_TRUE(tells(show(), "borne by the programme £18.00")) << show();
    EXPECT_FALSE(tells(show(), "What is proposed")) << show();
    const v1::PresentResponse refunded = refund("refund", 35'00);
    EXPECT_EQ(refunded.exposure().minor_units(), 18'00);
    EXPECT_EQ(refunded.repaid().minor_units(), 12'00);
    EXPECT_EQ(refunded.available().minor_units(), 5'00);
}

TEST_F(ExposureService, RejectsAProposalWithoutMovingAnything) {
    const std::string number = proposed({payment_, "write-off", "30.00"});
    EXPECT_TRUE(tells(exposure(0, "reject", {number}), "rejected"));
    EXPECT_TRUE(tells(show(), "borne by the programme £30.00")) << show();
    EXPECT_FALSE(tells(show(), "What is proposed")) << show();
    exposure(1, "reject", {number});
}

TEST_F(ExposureService, RecoversAfterTheNoticeAndNoMoreThanIsThere) {
    const std::string early =
        exposure(1, "propose", {payment_, "recovery", "30.00", "--notice-until", "1970-01-28"});
    EXPECT_TRUE(tells(early, "28 days")) << early;
    const std::string number =
        proposed({payment_, "recovery", "30.00", "--notice-until", "1970-01-29"});
    exposure(0, "approve", {number});
    EXPECT_TRUE(tells(show(), "1970-01-29")) << show();
    ok({"load", "A1", "20", "--programme", "care", "--reference", "february"});
    const std::string refused = exposure(1, "recover", {number});
    EXPECT_TRUE(tells(refused, "1970-01-29")) << refused;
    ok({"clock", "advance", "1970-01-29T09:00:00Z"});
    const std::string part = exposure(0, "recover", {number});
    EXPECT_TRUE(tells(part, "recovered £20.00")) << part;
    EXPECT_TRUE(tells(show(), "available £0.00")) << show();
    EXPECT_TRUE(tells(show(), "borne by the programme £10.00")) << show();
    exposure(1, "recover", {number});
    ok({"load", "A1", "50", "--programme", "care", "--reference", "march"});
    EXPECT_TRUE(tells(exposure(0, "recover", {number}), "recovered £10.00"));
    EXPECT_TRUE(tells(show(), "available £40.00")) << show();
}

/// The words of a command line, as a shell reads them.
std::vector<std::string> words_of(const std::string& line) {
    std::FILE* const shell = ::popen(("printf '%s\\n' " + line).c_str(), "r");
    EXPECT_NE(shell, nullptr);
    if (shell == nullptr) return {};
    std::vector<std::string> words;
    std::array<char, 256> word{};
    while (std::fgets(word.data(), static_cast<int>(word.size()), shell) != nullptr) {
        words.emplace_back(word.data());
        words.back().pop_back();
    }
    EXPECT_EQ(::pclose(shell), 0);
    return words;
}

TEST_F(ExposureService, ShowsTheCommandThatDisputesWhatIsBeyondTolerance) {
    const std::string ann = "Ann O'Hara \"2\"";
    open_account(ann, 2, 100'00);
    v1::AuthoriseResponse approved;
    ASSERT_TRUE(call(*service_.gateway(), &v1::AuthorisationService::Stub::Authorise,
                     new_payment("shop", 2, 50'00), approved)
                    .ok());
    present(new_presentment("shop-clears", 2, approved.authorisation_id(), 90'00));
    const std::string shown = show(ann);
    const std::size_t begin = shown.find("carecard dispute open ");
    ASSERT_NE(begin, std::string::npos) << shown;
    const std::string line = shown.substr(begin, shown.find('\n', begin) - begin);
    std::vector<std::string> words = words_of(line);
    ASSERT_EQ(words.at(3), ann) << line;
    words.erase(words.begin());
    EXPECT_TRUE(tells(ok(words), "the dispute of £40.00 is open")) << line;
    EXPECT_TRUE(tells(show(ann), "disputed: wrong amount; nothing credited now")) << show(ann);
}

}  // namespace
}  // namespace carecard::end_to_end
