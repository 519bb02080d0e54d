#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/end_to_end/running_service.h"

namespace carecard::end_to_end {
namespace {

/// Account "A1" with a purse of its own from the start, and others that are opened here.
class PurseService : public RunningService {
   protected:
    template <class Request>
    Request change(const std::string& key) {
        auto request = about<Request>("A1");
        request.set_request_key(key);
        request.set_reason("agreed");
        return request;
    }
    void open(const std::string& name, const std::string& from) {
        auto request = change<v1::OpenPurseRequest>("open-" + name);
        request.mutable_purse()->set_name(name);
        request.mutable_purse()->set_template_(from);
        if (from == "voucher") {
            request.mutable_purse()->mutable_terms()->set_hour_rate_minor_units(17'50);
        }
        v1::OpenPurseResponse response;
        const grpc::Status status =
            call(*service_->staff("support"), &Admin::OpenPurse, request, response);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
    }
    v1::AuthoriseRequest pay_at(const std::string& key, const std::string& mcc,
                                const std::string& acceptor, std::int64_t pence) {
        v1::AuthoriseRequest request = new_payment(key, 1, pence);
        request.set_mcc(mcc);
        request.set_acceptor(acceptor);
        return request;
    }
    v1::Purse purse(const std::string& name) {
        v1::ReadAccountResponse account;
        EXPECT_TRUE(call(*service_->staff("support"), &Admin::ReadAccount,
                         about<v1::ReadAccountRequest>("A1"), account)
                        .ok());
        for (const v1::Purse& one : account.purses()) {
            if (one.name() == name) return one;
        }
        ADD_FAILURE() << "no purse " << name;
        return {};
    }
};

TEST_F(PurseService, PaysACollegeFromTheSkillsAccountAloneAndOnlyIfAccredited) {
    open("learning", "skills");
    v1::LoadPurseRequest load = new_load("A1", 500'00, "learning");
    load.set_purse("learning");
    v1::LoadPurseResponse loaded;
    ASSERT_TRUE(call(*service_->staff("finance"), &Admin::LoadPurse, load, loaded).ok());

    const v1::AuthoriseResponse refused = authorise(pay_at("early", "8220", "COLLEGE", 100'00));
    EXPECT_EQ(refused.decline().reason(), v1::DECLINE_REASON_PURSE_NOT_ELIGIBLE);
    EXPECT_EQ(refused.decline().purse_verdict(), v1::PURSE_VERDICT_PROVIDER_NOT_ACCREDITED);
    EXPECT_EQ(refused.decline().purse_number(), purse("learning").number());
    v1::ExplainDecisionRequest which;
    which.set_authorisation_id(refused.authorisation_id());
    v1::ExplainDecisionResponse explained;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::ExplainDecision, which, explained).ok());
    ASSERT_GE(explained.purses_size(), 2);
    for (const v1::PurseCheck& check : explained.purses()) {
        EXPECT_EQ(check.verdict(), check.name() == "learning"
                                       ? v1::PURSE_VERDICT_PROVIDER_NOT_ACCREDITED
                                       : v1::PURSE_VERDICT_KEPT_FOR_ANOTHER)
            << check.name();
    }

    v1::SetProviderRequest provider;
    provider.set_request_key("college");
    provider.set_reason("accredited");
    provider.set_programme("care");
    provider.set_provider_register("colleges");
    provider.set_acceptor("COLLEGE");
    provider.set_from("2020-01-01");
    v1::SetProviderResponse set;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::SetProvider, provider, set).ok());
    const v1::AuthoriseResponse paid = authorise(pay_at("then", "8220", "COLLEGE", 100'00));
    EXPECT_EQ(paid.outcome(), v1::AUTHORISE_OUTCOME_APPROVED) << paid.ShortDebugString();
    EXPECT_EQ(purse("learning").held().minor_units(), 100'00);
}

TEST_F(PurseService, ReleasesAStageOnceAndCountsAVoucherInHours) {
    open("works", "disabled-facilities");
    open("hours", "voucher");
    v1::LoadPurseRequest load = new_load("A1", 1'000'00, "works");
    load.set_purse("works");
    v1::LoadPurseResponse loaded;
    ASSERT_TRUE(call(*service_->staff("finance"), &Admin::LoadPurse, load, loaded).ok());
    auto release = change<v1::ReleaseStageRequest>("ramp");
    release.set_purse("works");
    set_pence(400'00, *release.mutable_amount());
    release.set_stage("ramp");
    v1::ReleaseStageResponse released;
    ASSERT_TRUE(call(*service_->staff("finance"), &Admin::ReleaseStage, release, released).ok());
    EXPECT_EQ(released.unreleased().minor_units(), 600'00);
    release.set_request_key("ramp-again");
    ASSERT_TRUE(call(*service_->staff("finance"), &Admin::ReleaseStage, release, released).ok());
    EXPECT_TRUE(released.receipt().replay());
    EXPECT_EQ(purse("works").unreleased().minor_units(), 600'00);
    set_pence(1, *release.mutable_amount());
    release.set_request_key("ramp-otherwise");
    const grpc::Status other =
        call(*service_->staff("finance"), &Admin::ReleaseStage, release, released);
    EXPECT_EQ(rpc::to_fault(other).field, "stage") << rpc::explain(other);

    v1::LoadPurseRequest voucher = new_load("A1", 1, "voucher");
    voucher.set_purse("hours");
    voucher.clear_amount();
    voucher.set_units_hundredths(10'00);
    const grpc::Status hours =
        call(*service_->staff("finance"), &Admin::LoadPurse, voucher, loaded);
    ASSERT_TRUE(hours.ok()) << rpc::explain(hours);
    EXPECT_EQ(loaded.purse_available().minor_units(), 175'00);
    EXPECT_EQ(purse("hours").available_hundredths(), 10'00);
}

TEST_F(PurseService, ListsWhatWasEarmarkedAndWithdrawn) {
    auto set = change<v1::SetEarmarkRequest>("wages");
    set.set_reference("wages June");
    set.set_purse("care");
    set_pence(10'00, *set.mutable_amount());
    set.set_payee("WAGES");
    set.set_due("2100-01-01");
    v1::SetEarmarkResponse kept;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::SetEarmark, set, kept).ok());
    auto withdraw = change<v1::WithdrawEarmarkRequest>("no-wages");
    withdraw.set_reference("wages June");
    v1::WithdrawEarmarkResponse freed;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::WithdrawEarmark, withdraw, freed).ok());
    v1::ListTransactionsResponse list;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::ListTransactions,
                     about<v1::ListTransactionsRequest>("A1"), list)
                    .ok());
    ASSERT_GE(list.transactions_size(), 2);
    EXPECT_EQ(list.transactions(0).entry_kind(), v1::ENTRY_KIND_EARMARK_WITHDRAWN);
    EXPECT_EQ(list.transactions(0).earmark(), "wages June");
    EXPECT_EQ(list.transactions(0).amount().minor_units(), 10'00);
    EXPECT_EQ(list.transactions(1).entry_kind(), v1::ENTRY_KIND_EARMARK_SET);
    EXPECT_EQ(list.transactions(1).purse(), "care");
    EXPECT_EQ(list.transactions(1).amount().minor_units(), 10'00);
}

TEST_F(PurseService, ListsTheTemplates) {
    v1::ListPurseTemplatesResponse templates;
    ASSERT_TRUE(call(*service_->staff("finance"), &Admin::ListPurseTemplates,
                     v1::ListPurseTemplatesRequest(), templates)
                    .ok());
    EXPECT_EQ(templates.templates_size(), 12);
}

}  // namespace
}  // namespace carecard::end_to_end
