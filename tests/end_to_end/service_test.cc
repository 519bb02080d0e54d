#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "common/limits.h"
#include "tests/end_to_end/running_service.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

TEST_F(RunningService, RefusesARoleWithoutTheRightAndNamesWhoHasIt) {
    const auto stranger =
        v1::AuthorisationService::NewStub(service_->channel(service_->front(), "support"));
    v1::AuthoriseResponse response;
    const grpc::Status paying =
        call(*stranger, &Gateway::Authorise, new_payment("denied", 1, 100), response);
    EXPECT_EQ(paying.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_NE(rpc::explain(paying).find("gateway"), std::string::npos) << rpc::explain(paying);

    v1::LoadPurseResponse loaded;
    const grpc::Status loading =
        call(*service_->staff("support"), &Admin::LoadPurse, new_load("A1", 100, "denied"), loaded);
    EXPECT_EQ(loading.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_NE(rpc::explain(loading).find("finance"), std::string::npos) << rpc::explain(loading);

    v1::ReadAccountResponse account;
    const grpc::Status reading = call(*service_->staff("operator"), &Admin::ReadAccount,
                                      about<v1::ReadAccountRequest>("A1"), account);
    EXPECT_EQ(reading.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(account.ByteSizeLong(), 0U);
}

TEST_F(RunningService, GivesAnotherCouncilsAccountTheSameAnswerAsNone) {
    const std::string folder = installation_->file("hilltown");
    std::filesystem::create_directory(folder);
    for (const char* name : {"ca.pem", "ca.key"}) {
        std::filesystem::copy(certificates() + "/" + name, folder);
    }
    for (const char* role : {"support", "social_worker"}) {
        const Ran made = run_to_end({"carecard-certificates", "--only", role, folder, "hilltown"},
                                    installation_->file("certificates.log"));
        ASSERT_EQ(made.status, 0) << made.said;
    }
    const auto neighbour =
        v1::AdminService::NewStub(service_->channel(service_->back(), "support", folder));
    const v1::AuthoriseResponse paid = authorise(new_payment("seen-by-one", 1, 100));

    const auto same_for = [](Admin& caller, auto method, const auto& theirs, const auto& none,
                             auto response) {
        const grpc::Status hidden = call(caller, method, theirs, response);
        const grpc::Status absent = call(caller, method, none, response);
        EXPECT_EQ(hidden.error_code(), grpc::StatusCode::NOT_FOUND) << rpc::explain(hidden);
        EXPECT_EQ(hidden.error_code(), absent.error_code());
        EXPECT_EQ(hidden.error_message(), absent.error_message());
        EXPECT_EQ(hidden.error_details().size(), absent.error_details().size());
        EXPECT_EQ(rpc::to_fault(hidden).field, rpc::to_fault(absent).field);
        EXPECT_EQ(rpc::to_fault(hidden).remedy, rpc::to_fault(absent).remedy);
    };
    const auto same = [&](auto method, const auto& theirs, const auto& none, auto response) {
        same_for(*neighbour, method, theirs, none, response);
    };
    same(&Admin::ReadAccount, about<v1::ReadAccountRequest>("A1"),
         about<v1::ReadAccountRequest>("A99"), v1::ReadAccountResponse{});
    v1::ReadAccountRequest by_card;
    by_card.set_card_token(token_of(1));
    v1::ReadAccountRequest by_no_card;
    by_no_card.set_card_token(token_of(99));
    same(&Admin::ReadAccount, by_card, by_no_card, v1::ReadAccountResponse{});
    same(&Admin::ListTransactions, about<v1::ListTransactionsRequest>("A1"),
         about<v1::ListTransactionsRequest>("A1", "none"), v1::ListTransactionsResponse{});
    v1::ExplainDecisionRequest theirs;
    theirs.set_authorisation_id(paid.authorisation_id());
    v1::ExplainDecisionRequest none;
    none.set_authorisation_id("1-999999");
    same(&Admin::ExplainDecision, theirs, none, v1::ExplainDecisionResponse{});
    none.set_authorisation_id("1-1");  // an event, and no decision
    same(&Admin::ExplainDecision, theirs, none, v1::ExplainDecisionResponse{});
    same(&Admin::OpenAccount, new_account("B1"), new_account("B1", "none"),
         v1::OpenAccountResponse{});
    v1::SetCardStatusRequest freeze;
    freeze.set_request_key("freeze");
    freeze.set_reason("lost");
    freeze.set_card_token(token_of(1));
    freeze.set_status(v1::CARD_STATUS_FROZEN);
    v1::SetCardStatusRequest freeze_none = freeze;
    freeze_none.set_card_token(token_of(99));
    same(&Admin::SetCardStatus, freeze, freeze_none, v1::SetCardStatusResponse{});

    const auto worker =
        v1::AdminService::NewStub(service_->channel(service_->back(), "social_worker", folder));
    auto agree = about<v1::SetAgreementRequest>("A1");
    agree.set_request_key("agree");
    agree.set_reason("trying");
    v1::Money& limit = *agree.mutable_rules()->mutable_single_max();
    limit.set_currency("EUR");  // which would tell that the programme's is another
    limit.set_minor_units(100);
    v1::SetAgreementRequest agree_none = agree;
    agree_none.mutable_account()->set_programme("none");
    same_for(*worker, &Admin::SetAgreement, agree, agree_none, v1::SetAgreementResponse{});
}

TEST_F(RunningService, AnswersARepeatAsBeforeAndRefusesTheKeyWithOtherFields) {
    const v1::AuthoriseRequest request = new_payment("twice", 2, 40'00);
    const v1::AuthoriseResponse first = authorise(request);
    EXPECT_EQ(first.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
    EXPECT_EQ(first.available().minor_units(), 60'00);
    EXPECT_FALSE(first.replay());
    v1::AuthoriseResponse again = authorise(request);
    EXPECT_TRUE(again.replay());
    again.set_replay(false);
    EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());

    v1::AuthoriseRequest other = request;
    other.mutable_merchant()->set_name("ANOTHER SHOP");
    v1::AuthoriseResponse response;
    const grpc::Status status = call(*service_->gateway(), &Gateway::Authorise, other, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(rpc::to_fault(status).field, "request_key");
    EXPECT_EQ(authorise(new_payment("once-more", 2, 40'00)).available().minor_units(), 20'00);
}

TEST_F(RunningService, NamesTheFieldAtFaultOverTheWire) {
    v1::AuthoriseRequest request = new_payment("bad", 2, 100);
    request.set_mcc("54");
    v1::AuthoriseResponse response;
    const grpc::Status status = call(*service_->gateway(), &Gateway::Authorise, request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(rpc::to_fault(status).field, "mcc");
    EXPECT_FALSE(rpc::to_fault(status).remedy.empty());
}

/// From the first question about a card to the last of its money, and what staff see of it.
TEST_F(RunningService, RaisesAHoldApprovesAPartAndTellsStaffSo) {
    v1::AuthoriseRequest verification = new_payment("life-1", 14, 0);
    verification.set_kind(v1::TRANSACTION_KIND_VERIFICATION);
    EXPECT_EQ(authorise(verification).approved().minor_units(), 0);

    const v1::AuthoriseResponse room = authorise(new_payment("life-2", 14, 30'00));
    v1::IncrementRequest another_night;
    another_night.set_request_key("life-3");
    another_night.set_card_token(token_of(14));
    another_night.mutable_original()->set_authorisation_id(room.authorisation_id());
    set_pence(20'00, *another_night.mutable_transaction());
    another_night.set_mcc("5411");
    another_night.set_acquirer("400001");
    v1::IncrementResponse raised;
    const auto gateway = service_->gateway();
    EXPECT_TRUE(call(*gateway, &Gateway::Increment, another_night, raised).ok());
    EXPECT_EQ(raised.authorisation_id(), room.authorisation_id());
    EXPECT_EQ(raised.cumulative().minor_units(), 50'00);
    EXPECT_EQ(raised.held().minor_units(), 50'00);
    EXPECT_EQ(raised.available().minor_units(), 50'00);
    v1::IncrementResponse again;
    EXPECT_TRUE(call(*gateway, &Gateway::Increment, another_night, again).ok());
    EXPECT_TRUE(again.replay());
    EXPECT_EQ(again.event_id(), raised.event_id());

    v1::AuthoriseRequest dear = new_payment("life-4", 14, 80'00);
    dear.set_partial_capable(true);
    const v1::AuthoriseResponse part = authorise(dear);
    EXPECT_EQ(part.outcome(), v1::AUTHORISE_OUTCOME_APPROVED_PARTLY);
    EXPECT_EQ(part.approved().minor_units(), 50'00);

    const auto staff = service_->staff("support");
    v1::ListTransactionsResponse list;
    EXPECT_TRUE(
        call(*staff, &Admin::ListTransactions, about<v1::ListTransactionsRequest>("A14"), list)
            .ok());
    ASSERT_GE(list.transactions_size(), 4);
    EXPECT_EQ(list.transactions(0).asked().minor_units(), 80'00);
    EXPECT_EQ(list.transactions(1).entry_kind(), v1::ENTRY_KIND_INCREASED);
    EXPECT_EQ(list.transactions(1).amount().minor_units(), 20'00);
    EXPECT_EQ(list.transactions(3).kind(), v1::TRANSACTION_KIND_VERIFICATION);
    v1::ExplainDecisionRequest why;
    why.set_authorisation_id(part.authorisation_id());
    v1::ExplainDecisionResponse explained;
    EXPECT_TRUE(call(*staff, &Admin::ExplainDecision, why, explained).ok());
    EXPECT_EQ(explained.amount().minor_units(), 80'00);
    EXPECT_EQ(explained.approved().minor_units(), 50'00);
    EXPECT_FALSE(explained.has_decline());
    EXPECT_FALSE(explained.increment());

    why.set_authorisation_id(raised.event_id());
    EXPECT_TRUE(call(*staff, &Admin::ExplainDecision, why, explained).ok());
    EXPECT_TRUE(explained.increment());
    EXPECT_EQ(explained.amount().minor_units(), 20'00);
    EXPECT_EQ(explained.approved().minor_units(), 20'00);
    EXPECT_GT(explained.checks_size(), 10);
}

TEST_F(RunningService, RefusesToAcceptAClockThatItBelieves) {
    v1::AcceptClockRequest request;
    request.set_request_key("accept");
    request.set_reason("trying");
    v1::AcceptClockResponse response;
    const grpc::Status status =
        call(*service_->staff("operator"), &Admin::AcceptClock, request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << rpc::explain(status);
}

TEST_F(RunningService, OpensAnAccountOnceForARepeatedCall) {
    const auto support = service_->staff("support");
    const v1::OpenAccountRequest request = new_account("R1");
    v1::OpenAccountResponse first;
    ASSERT_TRUE(call(*support, &Admin::OpenAccount, request, first).ok());
    v1::OpenAccountResponse again;
    const grpc::Status repeated = call(*support, &Admin::OpenAccount, request, again);
    ASSERT_TRUE(repeated.ok()) << rpc::explain(repeated);
    EXPECT_TRUE(again.receipt().replay());
    EXPECT_EQ(again.receipt().event_id(), first.receipt().event_id());
    v1::OpenAccountRequest other = request;
    other.set_request_key("R1-other");
    EXPECT_EQ(call(*support, &Admin::OpenAccount, other, again).error_code(),
              grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(RunningService, ExplainsAnApprovalAndADecline) {
    const auto support = service_->staff("support");
    const v1::AuthoriseResponse paid = authorise(new_payment("explained", 7, 30'00));
    v1::ExplainDecisionRequest request;
    request.set_authorisation_id(paid.authorisation_id());
    v1::ExplainDecisionResponse explained;
    grpc::Status status = call(*support, &Admin::ExplainDecision, request, explained);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(explained.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
    EXPECT_EQ(explained.account().reference(), "A7");
    EXPECT_EQ(explained.amount().minor_units(), 30'00);
    EXPECT_EQ(explained.merchant().name(), "CORNER SHOP");
    EXPECT_EQ(explained.mcc(), "5411");
    ASSERT_GT(explained.checks_size(), 0);
    for (const v1::RuleCheck& check : explained.checks()) {
        EXPECT_NE(check.outcome(), v1::RULE_OUTCOME_FAILED) << check.rule();
    }
    EXPECT_EQ(explained.agreement_version(), 0U);
    const auto cash = std::ranges::find(explained.checks(), "cash_agreed", &v1::RuleCheck::rule);
    ASSERT_NE(cash, explained.checks().end());
    EXPECT_EQ(cash->outcome(), v1::RULE_OUTCOME_NOT_APPLICABLE);
    EXPECT_EQ(cash->text(), "Not asked: nothing is set, or it is about other payments.");

    const v1::AuthoriseResponse refused = authorise(new_payment("too-much", 7, 70'01));
    request.set_authorisation_id(refused.authorisation_id());
    status = call(*support, &Admin::ExplainDecision, request, explained);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(explained.outcome(), v1::AUTHORISE_OUTCOME_DECLINED);
    EXPECT_EQ(explained.decline().reason(), v1::DECLINE_REASON_FUNDS_INSUFFICIENT);
    int failed = 0;
    for (const v1::RuleCheck& check : explained.checks()) {
        if (check.outcome() != v1::RULE_OUTCOME_FAILED) continue;
        ++failed;
        EXPECT_EQ(check.reason(), v1::DECLINE_REASON_FUNDS_INSUFFICIENT);
        EXPECT_FALSE(check.text().empty());
    }
    EXPECT_EQ(failed, 1);

    auto agree = about<v1::SetAgreementRequest>("A7");
    agree.set_request_key("agree-A7");
    agree.set_reason("smaller payments");
    set_pence(50'00, *agree.mutable_rules()->mutable_single_max());
    v1::SetAgreementResponse agreed;
    status = call(*service_->staff("social_worker"), &Admin::SetAgreement, agree, agreed);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    request.set_authorisation_id(authorise(new_payment("agreed", 7, 50'01)).authorisation_id());
    status = call(*support, &Admin::ExplainDecision, request, explained);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(explained.decline().level(), v1::RULE_LEVEL_AGREEMENT);
    EXPECT_EQ(explained.agreement_version(), 1U);
}

TEST_F(RunningService, KeepsAReversalThatComesFirstAndLetsItsPaymentMeetIt) {
    const auto reverse_first = [](const std::string& payment, std::int64_t remaining) {
        v1::ReverseRequest request = new_reversal("first-" + payment, 13, "");
        request.mutable_original()->mutable_request()->set_request_key(payment);
        request.mutable_remaining()->set_minor_units(remaining);
        v1::ReverseResponse response;
        const grpc::Status status =
            call(*service_->gateway(), &Gateway::Reverse, request, response);
        EXPECT_TRUE(status.ok()) << rpc::explain(status);
        EXPECT_FALSE(response.has_decline());
        EXPECT_TRUE(response.has_kept_until());
        return response;
    };
    const v1::ReverseResponse kept = reverse_first("late", 0);
    const v1::AuthoriseResponse late = authorise(new_payment("late", 13, 30'00));
    EXPECT_EQ(late.decline().reason(), v1::DECLINE_REASON_REVERSED_BEFORE);
    EXPECT_TRUE(authorise(new_payment("late", 13, 30'00)).replay());

    reverse_first("late-too", 10'00);
    const v1::AuthoriseResponse lowered = authorise(new_payment("late-too", 13, 30'00));
    EXPECT_EQ(lowered.approved().minor_units(), 10'00);
    EXPECT_EQ(lowered.available().minor_units(), 90'00);

    const auto support = service_->staff("support");
    v1::ExplainDecisionRequest request;
    request.set_authorisation_id(lowered.authorisation_id());
    v1::ExplainDecisionResponse explained;
    ASSERT_TRUE(call(*support, &Admin::ExplainDecision, request, explained).ok());
    EXPECT_EQ(explained.amount().minor_units(), 30'00);
    EXPECT_EQ(explained.checks(0).rule(), "not_reversed_before");
    EXPECT_EQ(explained.checks(0).amount_limit().minor_units(), 10'00);
    EXPECT_NE(explained.checks(0).text().find("£10.00"), std::string::npos);

    v1::ListTransactionsResponse list;
    ASSERT_TRUE(
        call(*support, &Admin::ListTransactions, about<v1::ListTransactionsRequest>("A13"), list)
            .ok());
    ASSERT_GE(list.transactions_size(), 4);
    EXPECT_EQ(list.transactions(0).amount().minor_units(), 10'00);
    EXPECT_EQ(list.transactions(1).entry_kind(), v1::ENTRY_KIND_REVERSAL_KEPT);
    EXPECT_EQ(list.transactions(1).amount().minor_units(), 10'00);
    EXPECT_EQ(list.transactions(2).decline().reason(), v1::DECLINE_REASON_REVERSED_BEFORE);
    EXPECT_EQ(list.transactions(3).event_id(), kept.event_id());
    EXPECT_EQ(list.transactions(3).authorisation_id(), "");
}

TEST_F(RunningService, TellsStaffWhatTheNetworkPromisedClearedAndTookBack) {
    v1::AdviseRequest advise;
    advise.set_request_key("advised");
    advise.set_card_token(token_of(15));
    advise.set_advice(v1::ADVICE_KIND_STAND_IN_APPROVED);
    advise.mutable_billing()->set_minor_units(130'00);
    advise.mutable_billing()->set_currency("GBP");
    advise.set_mcc("5411");
    advise.set_network_transaction_id("300000000000016");
    v1::AdviseResponse advised;
    grpc::Status status = call(*service_->gateway(), &Gateway::Advise, advise, advised);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(advised.held().minor_units(), 130'00);
    EXPECT_EQ(advised.exposure().minor_units(), 30'00);
    EXPECT_EQ(advised.available().minor_units(), 0);
    EXPECT_EQ(advised.exception().reason(), v1::EXCEPTION_REASON_ADVICE_UNFUNDED);

    const v1::PresentRequest clear =
        new_presentment("advised-clear", 15, advised.authorisation_id(), 130'00);
    v1::PresentResponse cleared;
    status = call(*service_->gateway(), &Gateway::Present, clear, cleared);
    ASSERT_TRUE(status.ok()) << rpc::explain(status);
    EXPECT_EQ(cleared.exposure().minor_units(), 30'00);
    EXPECT_FALSE(cleared.has_exception());

    for (const char* key : {"advised-back", "advised-back-again"}) {
        v1::PresentRequest back = new_presentment(key, 15, "", 130'00);
        back.clear_original();
        back.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
        back.set_reverses(clear.presentment_id());
        v1::PresentResponse taken_back;
        status = call(*service_->gateway(), &Gateway::Present, back, taken_back);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
        EXPECT_EQ(taken_back.available().minor_units(), 100'00);
    }

    v1::ListTransactionsResponse list;
    ASSERT_TRUE(call(*service_->staff("support"), &Admin::ListTransactions,
                     about<v1::ListTransactionsRequest>("A15"), list)
                    .ok());
    ASSERT_EQ(list.transactions_size(), 5);
    EXPECT_EQ(list.transactions(0).entry_kind(), v1::ENTRY_KIND_TAKEN_BACK);
    EXPECT_EQ(list.transactions(0).exception().reason(),
              v1::EXCEPTION_REASON_PRESENTMENT_REVERSED_TWICE);
    EXPECT_EQ(list.transactions(0).authorisation_id(), "");
    EXPECT_EQ(list.transactions(1).entry_kind(), v1::ENTRY_KIND_TAKEN_BACK);
    EXPECT_FALSE(list.transactions(1).has_exception());
    EXPECT_EQ(list.transactions(2).entry_kind(), v1::ENTRY_KIND_CLEARED);
    EXPECT_EQ(list.transactions(3).entry_kind(), v1::ENTRY_KIND_STAND_IN_APPROVED);
    EXPECT_EQ(list.transactions(3).exposure().minor_units(), 30'00);
    EXPECT_EQ(list.transactions(3).exception().amount().minor_units(), 30'00);
}

TEST_F(RunningService, ShowsAtWhatRateAndPriceAPaymentWasConverted) {
    v1::AuthoriseRequest abroad = new_payment("abroad", 16, 9'00);
    abroad.mutable_billing()->CopyFrom(abroad.transaction());
    abroad.mutable_transaction()->set_minor_units(10'00);
    abroad.mutable_transaction()->set_currency("EUR");
    abroad.set_conversion_rate("70900000");
    abroad.mutable_mark_up()->set_minor_units(25);
    abroad.mutable_mark_up()->set_currency("GBP");
    EXPECT_EQ(authorise(abroad).approved().minor_units(), 9'00);
    v1::ListTransactionsResponse list;
    EXPECT_TRUE(call(*service_->staff("support"), &Admin::ListTransactions,
                     about<v1::ListTransactionsRequest>("A16"), list)
                    .ok());
    ASSERT_GE(list.transactions_size(), 1);
    EXPECT_EQ(list.transactions(0).transaction().currency(), "EUR");
    EXPECT_EQ(list.transactions(0).conversion_rate(), "70900000");
    EXPECT_EQ(list.transactions(0).mark_up().minor_units(), 25);
}

TEST_F(RunningService, PagesThroughTransactionsFromTheNewestWhileNewOnesCome) {
    std::vector<std::string> ids;
    for (int number = 0; number < 12; ++number) {
        ids.push_back(
            authorise(new_payment(fmt::format("page-{}", number), 8, 1)).authorisation_id());
    }
    const auto support = service_->staff("support");
    auto request = about<v1::ListTransactionsRequest>("A8");
    request.set_page_size(5);
    std::vector<std::string> listed;
    int pages = 0;
    v1::ListTransactionsResponse page;
    do {
        const grpc::Status status = call(*support, &Admin::ListTransactions, request, page);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
        EXPECT_LE(page.transactions_size(), 5);
        for (const v1::Transaction& entry : page.transactions()) {
            listed.push_back(entry.event_id());
            if (entry.entry_kind() == v1::ENTRY_KIND_LOADED) continue;
            EXPECT_EQ(entry.merchant().name(), "CORNER SHOP");
            EXPECT_EQ(entry.amount().minor_units(), 1);
        }
        authorise(new_payment(fmt::format("page-late-{}", pages), 8, 1));
        request.set_page_token(page.next_page_token());
        ++pages;
    } while (!request.page_token().empty());
    EXPECT_EQ(pages, 3);
    ASSERT_EQ(listed.size(), 13U);  // and the opening load
    EXPECT_EQ(std::vector<std::string>(listed.rbegin() + 1, listed.rend()), ids);

    request.set_page_token("not-a-token");
    grpc::Status status = call(*support, &Admin::ListTransactions, request, page);
    EXPECT_EQ(rpc::to_fault(status).field, "page_token");
    request.set_page_token("1");  // an event, and none of this account
    status = call(*support, &Admin::ListTransactions, request, page);
    EXPECT_EQ(rpc::to_fault(status).field, "page_token");
    request.set_page_token("");
    request.set_page_size(501);
    status = call(*support, &Admin::ListTransactions, request, page);
    EXPECT_EQ(rpc::to_fault(status).field, "page_size");
}

TEST_F(RunningService, ReadsItsWatermarksInOrderUnderLoad) {
    std::atomic<bool> ended{false};
    std::thread load([&] {
        for (int number = 0; !ended; ++number) {
            authorise(new_payment(fmt::format("mark-{}", number), 9, 1));
        }
    });
    const auto operator_ = service_->staff("operator");
    std::uint64_t replied_before = 0;
    for (int reading = 0; reading < 50; ++reading) {
        v1::ReadStatusResponse response;
        const grpc::Status status =
            call(*operator_, &Admin::ReadStatus, v1::ReadStatusRequest{}, response);
        EXPECT_TRUE(status.ok()) << rpc::explain(status);
        EXPECT_TRUE(response.serving());
        EXPECT_TRUE(response.clock_believed());
        EXPECT_EQ(response.clock(), v1::CLOCK_KIND_SYSTEM);
        EXPECT_GE(response.received(), response.decided());
        EXPECT_GE(response.decided(), response.durable());
        EXPECT_GE(response.durable(), response.replied());
        EXPECT_GE(response.replied(), replied_before);
        replied_before = response.replied();
        EXPECT_TRUE(std::ranges::is_sorted(response.counters(), {}, &v1::NamedCount::name));
        for (const v1::ProjectionWatermark& projected : response.projected()) {
            EXPECT_GE(response.durable(), projected.sequence()) << projected.name();
        }
    }
    ended = true;
    load.join();
    EXPECT_GT(replied_before, 0U);
}

TEST_F(RunningService, AnswersHealthAndReflectionOnTheBack) {
    const auto channel = service_->channel(service_->back(), "operator");
    const std::string serving = "\x08\x01";
    EXPECT_EQ(ask(channel, "grpc.health.v1.Health/Check", "").responses,
              std::vector<std::string>{serving});
    const std::string list_services = "\x3a\x01*";
    const Answer listed = ask(
        channel, "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services);
    ASSERT_EQ(listed.responses.size(), 1U);
    for (const char* name : {"carecard.v1.AdminService", "carecard.v1.JournalService"}) {
        EXPECT_NE(listed.responses[0].find(name), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace carecard::end_to_end
