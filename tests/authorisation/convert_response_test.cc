#include "services/authorisation/convert_response.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "rules/local_time.h"
#include "services/authorisation/convert_decline.h"
#include "services/authorisation/convert_exception.h"

namespace carecard::authorisation {
namespace {

using enum rules::DeclineReason;

constexpr CurrencyCode gbp{826};
constexpr TimestampNs decided{5'000'000'007};
const Answered answered{
    .stamp = {.epoch = {2}, .sequence = {42}, .now_ns = decided}, .replay = true, .currency = gbp};

rules::DeclineReason reason_at(int number) { return static_cast<rules::DeclineReason>(number); }

rules::Decline decline_of(rules::DeclineReason reason) {
    return {.reason = reason,
            .level = rules::RuleLevel::agreement,
            .amount_would_work = {5'000},
            .count_max = 3,
            .works_from = rules::day_of({.year = 2026, .month = 3, .day = 30})};
}

std::string upper(std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::toupper(letter));
    return text;
}

TEST(ToResponse, ReportsAnApproval) {
    rules::AuthorisationDecided event;
    event.id = {.epoch = {2}, .sequence = {42}};
    event.code = rules::AuthorisationCode::of("A1B2C3");
    event.approved = {1'234};
    event.available = {8'766};
    v1::AuthoriseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "2-42");
    EXPECT_EQ(response.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
    EXPECT_EQ(response.authorisation_code(), "A1B2C3");
    EXPECT_EQ(response.approved().minor_units(), 1'234);
    EXPECT_EQ(response.approved().currency(), "GBP");
    EXPECT_EQ(response.available().minor_units(), 8'766);
    EXPECT_FALSE(response.has_decline());
    EXPECT_TRUE(response.replay());
    EXPECT_EQ(response.decided_at().seconds(), 5);
    EXPECT_EQ(response.decided_at().nanos(), 7);
}

TEST(ToResponse, TellsNoBalanceThatIsHidden) {
    using enum rules::RuleLevel;
    for (const rules::RuleLevel level : {none, programme, agreement, card}) {
        rules::AuthorisationDecided decided_event;
        decided_event.available = {8'766};
        decided_event.facts.balance_hidden_by = level;
        v1::AuthoriseResponse response;
        to_response(decided_event, answered, response);
        EXPECT_EQ(response.has_available(), level == none);
        rules::HoldIncreased raised;
        raised.available = {8'766};
        raised.facts.balance_hidden_by = level;
        v1::IncrementResponse increased;
        to_response(raised, answered, increased);
        EXPECT_EQ(increased.has_available(), level == none);
    }
}

TEST(ToResponse, TellsAnApprovalInPartFromOneOfTheWhole) {
    struct Row {
        rules::PortionKind kind;
        v1::AuthoriseOutcome outcome;
        bool cashback_refused;
    };
    const Row rows[] = {
        {rules::PortionKind::available, v1::AUTHORISE_OUTCOME_APPROVED_PARTLY, false},
        {rules::PortionKind::without_cashback, v1::AUTHORISE_OUTCOME_APPROVED_PARTLY, true},
        {rules::PortionKind::beyond_balance, v1::AUTHORISE_OUTCOME_APPROVED, false},
    };
    for (const Row& row : rows) {
        rules::AuthorisationDecided event;
        event.approved = {600};
        event.facts.portion = rules::Portion{row.kind, {600}, {600}};
        v1::AuthoriseResponse response;
        to_response(event, answered, response);
        EXPECT_EQ(response.outcome(), row.outcome);
        EXPECT_EQ(response.cashback_refused(), row.cashback_refused);
        EXPECT_EQ(response.approved().minor_units(), 600);
    }
}

TEST(ToResponse, ReportsAnIncrementAndItsDecline) {
    rules::HoldIncreased event;
    event.matched_by = rules::MatchedBy::authorisation_id;
    event.extra = {500};
    event.cumulative = {1'500};
    event.available = {70};
    event.after.id = {.epoch = {2}, .sequence = {42}};
    event.after.code = rules::AuthorisationCode::of("A1B2C3");
    event.after.legs.push_back({.purse = {1}, .held = {1'400}});
    event.after.expires_ns = TimestampNs{0} + seconds(9);
    v1::IncrementResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.outcome(), v1::AUTHORISE_OUTCOME_APPROVED);
    EXPECT_EQ(response.authorisation_id(), "2-42");
    EXPECT_EQ(response.authorisation_code(), "A1B2C3");
    EXPECT_EQ(response.matched_by(), v1::MATCHED_BY_AUTHORISATION_ID);
    EXPECT_EQ(response.approved().minor_units(), 500);
    EXPECT_EQ(response.cumulative().minor_units(), 1'500);
    EXPECT_EQ(response.held().minor_units(), 1'400);
    EXPECT_EQ(response.available().minor_units(), 70);
    EXPECT_EQ(response.held_until().seconds(), 9);

    event = {};
    event.decline = {.reason = rules::DeclineReason::original_other_card,
                     .level = rules::RuleLevel::card};
    v1::IncrementResponse declined;
    to_response(event, answered, declined);
    EXPECT_EQ(declined.outcome(), v1::AUTHORISE_OUTCOME_DECLINED);
    EXPECT_EQ(declined.authorisation_id(), "");
    EXPECT_FALSE(declined.has_held());
    EXPECT_EQ(declined.decline().rule(), "original_same_card");
}

TEST(ToResponse, SaysWhatLimitsCashInOneSentence) {
    v1::AuthoriseResponse response;
    rules::AuthorisationDecided event;
    event.decline = decline_of(rules::DeclineReason::cash_over_single);
    to_response(event, answered, response);
    EXPECT_EQ(response.decline().rule(), "single_cash_max");
    EXPECT_EQ(response.decline().text(),
              "This payment is more than the £50.00 agreed for cash at one time.");
    response.Clear();
    event.decline = decline_of(rules::DeclineReason::cash_over_day);
    to_response(event, answered, response);
    EXPECT_EQ(response.decline().would_have_worked().minor_units(), 5'000);
    EXPECT_EQ(response.decline().works_from_date(), "2026-03-30");
    EXPECT_EQ(response.decline().text(),
              "Only £50.00 is left of what may be taken as cash in one day: pay less, or try again "
              "from 2026-03-30.");
}

TEST(ToResponse, ReportsADeclineWithTheNumberThatWouldHaveWorked) {
    rules::AuthorisationDecided event;
    event.id = {.epoch = {2}, .sequence = {42}};
    event.decline = decline_of(amount_over_single);
    v1::AuthoriseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.outcome(), v1::AUTHORISE_OUTCOME_DECLINED);
    EXPECT_EQ(response.authorisation_id(), "2-42");
    EXPECT_EQ(response.authorisation_code(), "");
    EXPECT_FALSE(response.has_approved());
    EXPECT_EQ(response.decline().reason(), v1::DECLINE_REASON_AMOUNT_OVER_SINGLE);
    EXPECT_EQ(response.decline().level(), v1::RULE_LEVEL_AGREEMENT);
    EXPECT_EQ(response.decline().rule(), "single_amount_max");
    EXPECT_EQ(response.decline().would_have_worked().minor_units(), 5'000);
    EXPECT_EQ(response.decline().text(),
              "This payment is more than the £50.00 agreed for one payment.");
}

TEST(ToResponse, ReportsAnUnknownCardWithoutAnId) {
    const rules::Decline decline{.reason = card_unknown, .level = rules::RuleLevel::card};
    v1::AuthoriseResponse authorise;
    to_response(decline, CurrencyCode{}, decided, authorise);
    EXPECT_EQ(authorise.outcome(), v1::AUTHORISE_OUTCOME_DECLINED);
    EXPECT_EQ(authorise.authorisation_id(), "");
    EXPECT_FALSE(authorise.has_available());
    EXPECT_EQ(authorise.decline().reason(), v1::DECLINE_REASON_CARD_UNKNOWN);
    EXPECT_EQ(authorise.decided_at().seconds(), 5);
    v1::ReverseResponse reverse;
    to_response(decline, CurrencyCode{}, decided, reverse);
    EXPECT_EQ(reverse.decline().reason(), v1::DECLINE_REASON_CARD_UNKNOWN);
    EXPECT_EQ(reverse.event_id(), "");
    v1::PresentResponse present;
    to_response(decline, CurrencyCode{}, decided, present);
    EXPECT_EQ(present.decline().reason(), v1::DECLINE_REASON_CARD_UNKNOWN);
    EXPECT_FALSE(present.has_cleared());
}

TEST(ToResponse, ReportsAReversal) {
    rules::Reversed event;
    event.matched_by = rules::MatchedBy::network_transaction_id;
    event.released = {300};
    event.available = {900};
    event.after.id = {.epoch = {1}, .sequence = {7}};
    event.after.legs.push_back({.purse = {1}, .held = {200}, .debited = {}, .credited = {}});
    v1::ReverseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "1-7");
    EXPECT_EQ(response.event_id(), "2-42");
    EXPECT_EQ(response.released().minor_units(), 300);
    EXPECT_EQ(response.held().minor_units(), 200);
    EXPECT_EQ(response.available().minor_units(), 900);
    EXPECT_EQ(response.matched_by(), v1::MATCHED_BY_NETWORK_TRANSACTION_ID);
    EXPECT_FALSE(response.has_decline());
}

TEST(ToResponse, ReportsAReversalThatIsKeptUntilItsOriginalComes) {
    rules::ReversalKept event;
    event.kept.remaining = {400};
    event.kept.until_ns = {seconds(60).value};
    event.available = {900};
    v1::ReverseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "");
    EXPECT_EQ(response.event_id(), "2-42");
    EXPECT_EQ(response.matched_by(), v1::MATCHED_BY_NONE);
    EXPECT_EQ(response.released().minor_units(), 0);
    EXPECT_EQ(response.released().currency(), "GBP");
    EXPECT_EQ(response.available().minor_units(), 900);
    EXPECT_EQ(response.kept_until().seconds(), 60);
    EXPECT_FALSE(response.has_held());
    EXPECT_FALSE(response.has_decline());
    EXPECT_TRUE(response.replay());
}

TEST(ToResponse, ReportsAReversalWithoutAnOriginal) {
    rules::Reversed event;
    event.decline = {.reason = original_unmatched, .level = rules::RuleLevel::ledger};
    v1::ReverseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "");
    EXPECT_EQ(response.matched_by(), v1::MATCHED_BY_NONE);
    EXPECT_FALSE(response.has_held());
    EXPECT_FALSE(response.has_released());
    EXPECT_EQ(response.decline().reason(), v1::DECLINE_REASON_ORIGINAL_UNMATCHED);
}

TEST(ToResponse, ReportsExposureOfADebitAndRecoveryOfACredit) {
    rules::Presented event;
    event.request.amounts.billing = {1'000};
    event.after.id = {.epoch = {1}, .sequence = {7}};
    event.exposure = {400};
    event.recovered = {50};
    event.released = {20};
    v1::PresentResponse debit;
    to_response(event, answered, debit);
    EXPECT_EQ(debit.cleared().minor_units(), 1'000);
    EXPECT_EQ(debit.exposure().minor_units(), 400);
    EXPECT_EQ(debit.released().minor_units(), 20);
    EXPECT_EQ(debit.authorisation_id(), "1-7");
    EXPECT_EQ(debit.event_id(), "2-42");
    EXPECT_EQ(debit.matched_by(), v1::MATCHED_BY_NONE);
    EXPECT_FALSE(debit.has_earmarks_broken());
    event.broken = {30};
    to_response(event, answered, debit);
    EXPECT_EQ(debit.earmarks_broken().minor_units(), 30);
    event.broken = {};
    event.request.direction = rules::Direction::credit;
    v1::PresentResponse credit;
    to_response(event, answered, credit);
    EXPECT_EQ(credit.exposure().minor_units(), 50);
}

TEST(ToResponse, ReportsAClearingTakenBackInVain) {
    rules::Presented event;
    event.request.amounts.billing = {1'000};
    event.request.direction = rules::Direction::credit;
    event.exception = {.reason = rules::ExceptionReason::presentment_reversed_twice,
                       .amount = {1'000}};
    v1::PresentResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "");
    EXPECT_EQ(response.event_id(), "2-42");
    EXPECT_EQ(response.cleared().minor_units(), 0);
    EXPECT_EQ(response.exception().reason(), v1::EXCEPTION_REASON_PRESENTMENT_REVERSED_TWICE);
    EXPECT_EQ(response.exception().amount().minor_units(), 1'000);
    EXPECT_EQ(response.exception().amount().currency(), "GBP");
}

TEST(ToResponse, ReportsAnAdvice) {
    rules::Advised event;
    event.matched_by = rules::MatchedBy::local_reference;
    event.available = {900};
    event.exposure = {70};
    event.after.id = {.epoch = {1}, .sequence = {7}};
    event.after.legs.push_back({.purse = {1}, .held = {200}, .debited = {}, .credited = {}});
    event.after.promised = {70};
    event.exception = {.reason = rules::ExceptionReason::advice_unfunded, .amount = {70}};
    v1::AdviseResponse response;
    to_response(event, answered, response);
    EXPECT_EQ(response.authorisation_id(), "1-7");
    EXPECT_EQ(response.event_id(), "2-42");
    EXPECT_EQ(response.matched_by(), v1::MATCHED_BY_LOCAL_REFERENCE);
    EXPECT_EQ(response.held().minor_units(), 270);
    EXPECT_EQ(response.released().minor_units(), 0);
    EXPECT_EQ(response.exposure().minor_units(), 70);
    EXPECT_EQ(response.available().minor_units(), 900);
    EXPECT_EQ(response.exception().reason(), v1::EXCEPTION_REASON_ADVICE_UNFUNDED);
    EXPECT_FALSE(response.has_decline());
    EXPECT_FALSE(response.has_earmarks_broken());
    event.broken = {40};
    to_response(event, answered, response);
    EXPECT_EQ(response.earmarks_broken().minor_units(), 40);
}

TEST(ToResponse, ReportsAnAdviceThatIsDeclined) {
    const rules::Decline decline{.reason = rules::DeclineReason::original_other_card,
                                 .level = rules::RuleLevel::card};
    v1::AdviseResponse response;
    to_response(decline, CurrencyCode{}, TimestampNs{1}, response);
    EXPECT_EQ(response.decline().reason(), v1::DECLINE_REASON_ORIGINAL_OTHER_CARD);
    EXPECT_EQ(response.event_id(), "");
    EXPECT_FALSE(response.has_held());
}

TEST(ToResponse, SaysOfEveryExceptionWhatToDoInFewWords) {
    for (int number = 1; number <= rules::exception_reason_last; ++number) {
        const auto reason = static_cast<rules::ExceptionReason>(number);
        v1::StaffException response;
        to_response(rules::Exception{.reason = reason, .amount = {5}}, answered.currency, response);
        const std::string name(rules::name_of(reason));
        EXPECT_EQ(v1::ExceptionReason_Name(response.reason()), "EXCEPTION_REASON_" + upper(name));
        EXPECT_GT(response.text().size(), 20U) << name;
        EXPECT_LE(response.text().size(), 90U) << name;
    }
}

TEST(ToResponse, FillsInTheDisputeOfWhatAMerchantWasNotToTake) {
    using enum rules::ExceptionReason;
    const std::map<rules::ExceptionReason, v1::DisputeCategory> disputes{
        {clearing_beyond_tolerance, v1::DISPUTE_CATEGORY_WRONG_AMOUNT},
        {force_post_unfunded, v1::DISPUTE_CATEGORY_NOT_RECOGNISED},
        {presentment_after_final, v1::DISPUTE_CATEGORY_DUPLICATE}};
    for (int number = 1; number <= rules::exception_reason_last; ++number) {
        const auto reason = static_cast<rules::ExceptionReason>(number);
        v1::StaffException response;
        to_response(rules::Exception{.reason = reason, .amount = {5}}, answered.currency, response);
        const auto expected = disputes.find(reason);
        EXPECT_EQ(response.dispute(),
                  expected == disputes.end() ? v1::DISPUTE_CATEGORY_UNSPECIFIED : expected->second)
            << rules::name_of(reason);
    }
}

TEST(ToResponse, GivesEveryChangeItsReceipt) {
    const auto expect_receipt = [](const v1::Receipt& receipt) {
        EXPECT_EQ(receipt.event_id(), "2-42");
        EXPECT_EQ(receipt.decided_at().seconds(), 5);
        EXPECT_TRUE(receipt.replay());
    };
    const auto receipt_of = [&](const auto& event, auto response) {
        to_response(event, answered, response);
        expect_receipt(response.receipt());
        return response;
    };
    receipt_of(rules::ProgrammeCreated{}, v1::CreateProgrammeResponse());
    receipt_of(rules::AccountOpened{}, v1::OpenAccountResponse());
    receipt_of(rules::PurseOpened{}, v1::OpenPurseResponse());
    receipt_of(rules::CardStatusSet{}, v1::SetCardStatusResponse());
    receipt_of(rules::AccountStatusSet{}, v1::SetAccountStatusResponse());
    rules::CardReplaced replaced;
    replaced.card = {10};
    replaced.old_status = rules::CardStatus::stolen;
    const auto replacement = receipt_of(replaced, v1::ReplaceCardResponse());
    EXPECT_EQ(replacement.card_id(), 10U);
    EXPECT_EQ(replacement.old_status(), v1::CARD_STATUS_STOLEN);
    rules::CardRulesSet ruled;
    ruled.version = 3;
    EXPECT_EQ(receipt_of(ruled, v1::SetCardRulesResponse()).rules_version(), 3U);
    rules::CardIssued issued;
    issued.card = {9};
    EXPECT_EQ(receipt_of(issued, v1::IssueCardResponse()).card_id(), 9U);
    rules::AgreementSet agreed;
    agreed.version = 4;
    EXPECT_EQ(receipt_of(agreed, v1::SetAgreementResponse()).agreement_version(), 4U);
    rules::Loaded loaded;
    loaded.purse_available = {70};
    loaded.available = {100};
    const v1::LoadPurseResponse load = receipt_of(loaded, v1::LoadPurseResponse());
    EXPECT_EQ(load.purse_available().minor_units(), 70);
    EXPECT_EQ(load.available().minor_units(), 100);
    rules::StageReleased released;
    released.unreleased = {55};
    EXPECT_EQ(receipt_of(released, v1::ReleaseStageResponse()).unreleased().minor_units(), 55);
    rules::PurseClosed closed;
    closed.surplus = {.persons_own = true, .amount = {45}};
    const auto mine = receipt_of(closed, v1::ClosePurseResponse());
    EXPECT_EQ(mine.returned().minor_units(), 45);
    EXPECT_TRUE(mine.persons_own());
    EXPECT_EQ(mine.funder(), "council");
    closed.surplus = {.funder = rules::FunderCode::of("icb"), .amount = {45}};
    EXPECT_EQ(receipt_of(closed, v1::ClosePurseResponse()).funder(), "icb");
    rules::EarmarkSet set;
    set.unearmarked = {66};
    set.until = rules::day_of({.year = 2026, .month = 3, .day = 13});
    EXPECT_EQ(receipt_of(set, v1::SetEarmarkResponse()).until(), "") << "it is the council's own";
    set.request.payee = rules::Acceptor::of("WAGES");
    EXPECT_EQ(receipt_of(set, v1::SetEarmarkResponse()).unearmarked().minor_units(), 66);
    EXPECT_EQ(receipt_of(set, v1::SetEarmarkResponse()).until(), "2026-03-13");
    rules::EarmarkWithdrawn withdrawn;
    withdrawn.freed = {77};
    EXPECT_EQ(receipt_of(withdrawn, v1::WithdrawEarmarkResponse()).freed().minor_units(), 77);
    receipt_of(rules::ProviderSet{}, v1::SetProviderResponse());
    rules::ResolutionDecided resolved;
    resolved.amount = {30};
    EXPECT_FALSE(receipt_of(resolved, v1::DecideResolutionResponse()).has_exposure());
    resolved.after.id = {.epoch = {1}, .sequence = {42}};
    resolved.after.exposure = {12};
    const auto decision = receipt_of(resolved, v1::DecideResolutionResponse());
    EXPECT_EQ(decision.amount().minor_units(), 30);
    EXPECT_EQ(decision.exposure().minor_units(), 12);
    rules::ExposureRecovered recovered;
    recovered.amount = {9};
    recovered.available = {1};
    const auto recovery = receipt_of(recovered, v1::RecoverExposureResponse());
    EXPECT_EQ(recovery.amount().minor_units(), 9);
    EXPECT_EQ(recovery.available().minor_units(), 1);
    rules::DisputeOpened disputed;
    disputed.lent = {50};
    disputed.available = {60};
    const auto dispute = receipt_of(disputed, v1::OpenDisputeResponse());
    EXPECT_EQ(dispute.credited().minor_units(), 50);
    EXPECT_EQ(dispute.available().minor_units(), 60);
    rules::DisputeClosed lost;
    lost.taken = {30};
    lost.exposure = {20};
    lost.exception = {.reason = rules::ExceptionReason::dispute_unfunded, .amount = {20}};
    const auto end = receipt_of(lost, v1::CloseDisputeResponse());
    EXPECT_EQ(end.taken_back().minor_units(), 30);
    EXPECT_EQ(end.exposure().minor_units(), 20);
    EXPECT_EQ(end.exception().reason(), v1::EXCEPTION_REASON_DISPUTE_UNFUNDED);
    rules::ClockAccepted accepted;
    accepted.request.seen = {seconds(9).value};
    EXPECT_EQ(receipt_of(accepted, v1::AcceptClockResponse()).now().seconds(), 9);
}

TEST(ToResponse, ReportsAClosedSettlementAndAnAdvancedClock) {
    rules::SettlementClosed closed;
    closed.request.day = rules::day_of({.year = 2026, .month = 3, .day = 29});
    closed.number = 3;
    closed.first = {10};
    closed.last = {40};
    v1::CloseSettlementResponse settlement;
    to_response(closed, answered, settlement);
    EXPECT_EQ(settlement.number(), 3U);
    EXPECT_EQ(settlement.epoch(), 2U);
    EXPECT_EQ(settlement.first_sequence(), 10U);
    EXPECT_EQ(settlement.last_sequence(), 40U);
    EXPECT_EQ(settlement.closed_sequence(), 42U);
    EXPECT_EQ(settlement.day(), "2026-03-29");
    EXPECT_TRUE(settlement.replay());
    rules::ClockAdvanced advanced;
    advanced.request.to = {seconds(60).value};
    v1::AdvanceClockResponse clock;
    to_response(advanced, answered, Sequence{44}, clock);
    EXPECT_EQ(clock.now().seconds(), 60);
    EXPECT_EQ(clock.durable_sequence(), 44U);
}

TEST(Decline, HasARuleAndASentenceOfItsOwnForEveryReason) {
    std::set<std::string> rules_seen;
    std::set<std::string> sentences_seen;
    for (int number = 1; number <= rules::decline_reason_last; ++number) {
        const rules::DeclineReason reason = reason_at(number);
        const std::string sentence = sentence_of(decline_of(reason), gbp);
        EXPECT_TRUE(sentence.ends_with(".")) << number;
        EXPECT_TRUE(rules_seen.emplace(rule_of(reason)).second) << number;
        EXPECT_TRUE(sentences_seen.insert(sentence).second) << sentence;
        EXPECT_TRUE(v1::DeclineReason_IsValid(number)) << number;
    }
    EXPECT_FALSE(v1::DeclineReason_IsValid(rules::decline_reason_last + 1));
    EXPECT_FALSE(v1::RuleLevel_IsValid(rules::rule_level_last + 1));
}

TEST(Decline, CarriesTheNumbersThatMeanSomething) {
    for (int number = 1; number <= rules::decline_reason_last; ++number) {
        v1::Decline decline;
        to_response(decline_of(reason_at(number)), gbp, decline);
        const std::string name = v1::DeclineReason_Name(decline.reason());
        const auto has = [&name](const char* part) { return name.find(part) != name.npos; };
        const bool amount = has("AMOUNT_OVER") || has("CASH_OVER") || has("CONTACTLESS_OVER") ||
                            has("NEEDS_PIN") || has("FUNDS") || has("EXCEEDS");
        const bool count = name.find("COUNT_OVER") != name.npos;
        const bool window = (amount || count) && (name.ends_with("DAY") || name.ends_with("WEEK") ||
                                                  name.ends_with("MONTH"));
        EXPECT_EQ(decline.has_would_have_worked(), amount) << name;
        EXPECT_EQ(decline.has_count_limit(), count) << name;
        EXPECT_EQ(decline.has_works_from_date(), window) << name;
        if (window) {
            EXPECT_EQ(decline.works_from_date(), "2026-03-30") << name;
        }
    }
}

TEST(Decline, SaysWhatCanBeDone) {
    rules::Decline decline = decline_of(amount_over_week);
    EXPECT_EQ(sentence_of(decline, gbp),
              "Only £50.00 is left of what may be spent in one week: pay less, or try again from "
              "2026-03-30.");
    decline.amount_would_work = {0};
    EXPECT_EQ(sentence_of(decline, gbp),
              "Nothing is left of what may be spent in one week: try again from 2026-03-30.");
    EXPECT_EQ(sentence_of(decline_of(count_over_day), gbp),
              "The 3 payments allowed in one day have been made: try again from 2026-03-30.");
    decline = decline_of(count_over_day);
    decline.count_max = 0;
    EXPECT_EQ(sentence_of(decline, gbp), "No payment in any day is allowed.");
    decline = decline_of(amount_over_single);
    decline.level = rules::RuleLevel::programme;
    EXPECT_EQ(sentence_of(decline, CurrencyCode{978}),
              "This payment is more than the 50.00 EUR that the council allows for one payment.");
    decline = decline_of(funds_insufficient);
    decline.amount_would_work = {0};
    EXPECT_EQ(sentence_of(decline, gbp), "There is no money available on this account.");
}

}  // namespace
}  // namespace carecard::authorisation
