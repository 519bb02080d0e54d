#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/end_to_end/installation.h"

namespace carecard::end_to_end {
namespace {

using Front = v1::AuthorisationService::Stub;
using Admin = v1::AdminService::Stub;

/// A service that has sweeps of images and flushes behind it, then is killed.
class Projections : public testing::Test {
   protected:
    static constexpr unsigned accounts = 3;

    v1::ReadStatusResponse status(Service& service) const {
        v1::ReadStatusResponse response;
        EXPECT_TRUE(call(*service.staff("operator"), &Admin::ReadStatus, {}, response).ok());
        return response;
    }
    static std::uint64_t projected(const v1::ReadStatusResponse& status, const std::string& name) {
        for (const auto& projection : status.projected()) {
            if (projection.name() == name) return projection.sequence();
        }
        ADD_FAILURE() << "no projection " << name;
        return 0;
    }
    static std::uint64_t size_of(const v1::ReadStatusResponse& status, const std::string& name) {
        for (const auto& size : status.sizes()) {
            if (size.name() == name) return size.value();
        }
        ADD_FAILURE() << "no size " << name;
        return 0;
    }

    v1::AuthoriseResponse pay(Service& service, const std::string& key, unsigned card) const {
        v1::AuthoriseResponse response;
        const auto answered =
            call(*service.gateway(), &Front::Authorise, new_payment(key, card, 500), response);
        EXPECT_TRUE(answered.ok()) << answered.error_message();
        return response;
    }
    v1::PresentResponse present(Service& service, const v1::PresentRequest& request) const {
        v1::PresentResponse response;
        const auto answered = call(*service.gateway(), &Front::Present, request, response);
        EXPECT_TRUE(answered.ok()) << answered.error_message();
        return response;
    }

    /// Pays and clears for each account, and leaves a payment open.
    void live(Service& service) {
        open_accounts(service, accounts, 100'00);
        for (unsigned card = 1; card <= accounts; ++card) {
            ids_.push_back(pay(service, fmt::format("pay-{}", card), card).authorisation_id());
            present(service,
                    new_presentment(fmt::format("clear-{}", card), card, ids_.back(), 450));
            pay(service, fmt::format("open-{}", card), card);
        }
    }

    /// Until images and archive have everything, on the disk, and what is over has left memory.
    void settle(Service& service) const {
        for (int tries = 0; tries < 400; ++tries) {
            const v1::ReadStatusResponse now = status(service);
            if (projected(now, "archive") == now.durable() &&
                projected(now, "images") == now.durable() &&
                size_of(now, "authorisations_in_memory_count") == accounts) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        FAIL() << status(service).ShortDebugString();
    }

    /// What the check finds of journal and projections, with or without a service on them.
    void expect_sound() const {
        const Ran ran = run_to_end({"carecard-fsck", "--data", installation_.data(), "--master-key",
                                    certificates() + "/master.key"},
                                   installation_.file("fsck.log"));
        EXPECT_EQ(ran.status, 0) << ran.said;
        EXPECT_NE(ran.said.find("images agree, up to sequence"), std::string::npos) << ran.said;
    }

    std::vector<std::string> accounts_as_read(Service& service) const {
        std::vector<std::string> read;
        for (unsigned card = 1; card <= accounts; ++card) {
            v1::ReadAccountRequest request;
            request.set_card_token(token_of(card));
            v1::ReadAccountResponse response;
            EXPECT_TRUE(
                call(*service.staff("support"), &Admin::ReadAccount, request, response).ok());
            read.push_back(response.DebugString());
        }
        return read;
    }

    const Installation installation_;
    std::vector<std::string> ids_;
};

TEST_F(Projections, CarryAKilledServiceOnAndDeletingThemChangesOnlyWhereItBegins) {
    std::vector<std::string> before;
    {
        Service service(installation_);
        live(service);
        settle(service);
        before = accounts_as_read(service);
        expect_sound();
        EXPECT_EQ(service.process().end_by(SIGKILL), -SIGKILL);
        expect_sound();
    }
    {
        Service service(installation_);
        EXPECT_EQ(service.process().said().find("folded_from=0 "), std::string::npos)
            << service.process().said();
        EXPECT_EQ(accounts_as_read(service), before);
        const v1::AuthoriseResponse again = pay(service, "pay-1", 1);
        EXPECT_TRUE(again.replay());
        EXPECT_EQ(again.authorisation_id(), ids_[0]);
        EXPECT_EQ(size_of(status(service), "authorisations_in_memory_count"), accounts);
        v1::PresentRequest refund = new_presentment("refund-1", 1, ids_[0], 100);
        refund.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
        const v1::PresentResponse refunded = present(service, refund);
        EXPECT_EQ(refunded.authorisation_id(), ids_[0]) << "found in the archive";
        v1::PresentRequest twice = new_presentment("clear-2", 2, ids_[1], 450);
        twice.set_request_key("clear-2-under-another-key");
        EXPECT_TRUE(present(service, twice).replay());
        before = accounts_as_read(service);
        EXPECT_EQ(service.process().end_by(SIGKILL), -SIGKILL);
    }
    std::filesystem::remove_all(installation_.data() + "/projections");
    Service service(installation_);
    EXPECT_NE(service.process().said().find("folded_from=0 "), std::string::npos)
        << service.process().said();
    EXPECT_EQ(accounts_as_read(service), before);
    EXPECT_TRUE(pay(service, "pay-1", 1).replay());
    EXPECT_EQ(service.stop(), 0);
    expect_sound();
}

}  // namespace
}  // namespace carecard::end_to_end
