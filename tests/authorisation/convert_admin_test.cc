#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/pan_token.h"
#include "services/authorisation/convert.h"
#include "services/rpc/wire.h"
#include "tests/authorisation/convert_samples.h"

namespace carecard::authorisation {
namespace {

const rpc::Identity support = caller_with(rpc::Role::support);
constexpr VaultKeyId vault_key{{std::byte{7}}};
constexpr CurrencyCode gbp{826};

template <class Request>
struct Wrong {
    const char* field;
    std::function<void(Request&)> spoil;
    FaultKind kind = FaultKind::malformed;
};

template <class Request, class... Arguments>
void expect_faults(const Request& sample, const std::vector<Wrong<Request>>& rows,
                   const Arguments&... arguments) {
    const auto good = to_command(sample, support, arguments...);
    ASSERT_TRUE(good) << good.fault().field;
    for (const Wrong<Request>& row : rows) {
        Request request = sample;
        row.spoil(request);
        const auto command = to_command(request, support, arguments...);
        ASSERT_FALSE(command) << row.field << ' ' << request.ShortDebugString();
        EXPECT_EQ(command.fault().kind, row.kind) << row.field;
        EXPECT_EQ(command.fault().field, row.field) << request.ShortDebugString();
        EXPECT_FALSE(command.fault().remedy.empty()) << row.field;
    }
}

/// Faults of the key, the reason and the account, which these messages share.
template <class Request>
std::vector<Wrong<Request>> shared_faults() {
    return {
        {"request_key", [](Request& r) { r.clear_request_key(); }},
        {"reason", [](Request& r) { r.clear_reason(); }},
        {"reason", [](Request& r) { r.set_reason(card_number); }},
        {"reason", [](Request& r) { r.set_reason(std::string(reason_bytes_max + 1, 'r')); }},
        {"account.programme", [](Request& r) { r.mutable_account()->clear_programme(); }},
        {"account.programme",
         [](Request& r) { r.mutable_account()->set_programme(std::string(33, 'p')); }},
        {"account.reference", [](Request& r) { r.mutable_account()->clear_reference(); }},
        {"account.reference", [](Request& r) { r.mutable_account()->set_reference(card_number); }},
        {"account.reference",
         [](Request& r) { r.mutable_account()->set_reference(std::string(65, 'r')); }}};
}

template <class Request>
std::vector<Wrong<Request>> with_shared(std::vector<Wrong<Request>> rows) {
    std::vector<Wrong<Request>> all = shared_faults<Request>();
    all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

TEST(ToCreateProgramme, ReadsTheTermsAndTheDefaults) {
    v1::CreateProgrammeRequest request = programme_sample();
    request.set_cut_off("22:30");
    const auto converted = to_command(request, support);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->code.view(), "direct-payments");
    EXPECT_EQ((*converted)->currency, gbp);
    EXPECT_EQ((*converted)->cut_off_second, 22 * 3600 + 30 * 60);
    EXPECT_EQ((*converted)->hold_lifetime, days(7));
    EXPECT_EQ((*converted)->defaults.single_max, AmountMinor{50'000});
    ASSERT_EQ((*converted)->defaults.mcc_refused.size(), 1U);
    EXPECT_EQ((*converted)->defaults.mcc_refused[0].first, rules::Mcc{7995});
    request.clear_cut_off();
    EXPECT_EQ((*to_command(request, support))->cut_off_second, 23 * 3600);
}

TEST(ToCreateProgramme, CarriesItsTolerances) {
    v1::CreateProgrammeRequest request = programme_sample();
    EXPECT_EQ((*to_command(request, support))->tolerance, rules::ToleranceRules{});
    v1::ToleranceRule& range = *request.mutable_tolerance()->add_rules();
    range.set_mcc_first("3501");
    range.set_mcc_last("3999");
    range.set_payments(v1::TOLERANCE_PAYMENTS_ESTIMATED);
    range.set_basis_points(1'500);
    v1::ToleranceRule& one = *request.mutable_tolerance()->add_rules();
    one.set_mcc_first("5411");
    set_pounds(25, *one.mutable_amount());
    request.mutable_tolerance()->set_foreign_basis_points(300);
    const auto converted = to_command(request, support);
    ASSERT_TRUE(converted) << converted.fault().field;
    const rules::ToleranceRules expected{
        .rules = {{.first = {3501},
                   .last = {3999},
                   .payments = rules::ToleranceFor::estimated,
                   .basis_points = 1'500},
                  {.first = {5411}, .last = {5411}, .amount = {25}}},
        .foreign_basis_points = 300};
    EXPECT_EQ((*converted)->tolerance, expected);
}

TEST(ToCreateProgramme, NamesEachFieldThatIsWrong) {
    using R = v1::CreateProgrammeRequest;
    expect_faults<R>(
        programme_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"reason", [](R& r) { r.set_reason(std::string(reason_bytes_max + 1, 'r')); }},
         {"programme", [](R& r) { r.set_programme("Direct"); }},
         {"council", [](R& r) { r.clear_council(); }},
         {"name", [](R& r) { r.clear_name(); }},
         {"name", [](R& r) { r.set_name(std::string(81, 'n')); }},
         {"currency", [](R& r) { r.set_currency("826"); }},
         {"cut_off", [](R& r) { r.set_cut_off("24:00"); }},
         {"cut_off", [](R& r) { r.set_cut_off("9:00"); }},
         {"cut_off", [](R& r) { r.set_cut_off("01:30"); }},
         {"tolerance.rules[0].mcc_first",
          [](R& r) { r.mutable_tolerance()->add_rules()->set_mcc_first("54"); }},
         {"tolerance.rules[0].mcc_last",
          [](R& r) {
              v1::ToleranceRule& rule = *r.mutable_tolerance()->add_rules();
              rule.set_mcc_first("5411");
              rule.set_mcc_last("5410");
          }},
         {"tolerance.rules[0].payments",
          [](R& r) {
              v1::ToleranceRule& rule = *r.mutable_tolerance()->add_rules();
              rule.set_mcc_first("5411");
              rule.set_payments(static_cast<v1::TolerancePayments>(3));
          }},
         {"tolerance.rules[0].basis_points",
          [](R& r) {
              v1::ToleranceRule& rule = *r.mutable_tolerance()->add_rules();
              rule.set_mcc_first("5411");
              rule.set_basis_points(10'001);
          }},
         {"tolerance.rules[0].amount.currency",
          [](R& r) {
              v1::ToleranceRule& rule = *r.mutable_tolerance()->add_rules();
              rule.set_mcc_first("5411");
              rule.mutable_amount()->set_currency("EUR");
          }},
         {"tolerance.rules",
          [](R& r) {
              for (int count = 0; count < 65; ++count) {
                  r.mutable_tolerance()->add_rules()->set_mcc_first("5411");
              }
          }},
         {"tolerance.foreign_basis_points",
          [](R& r) { r.mutable_tolerance()->set_foreign_basis_points(70'000); }},
         {"hold_lifetime_days", [](R& r) { r.clear_hold_lifetime_days(); }},
         {"hold_lifetime_days", [](R& r) { r.set_hold_lifetime_days(32); }},
         {"hold_lifetime_days", [](R& r) { r.set_hold_lifetime_days(0xffffffff); }},
         {"defaults.mcc_refused[1]", [](R& r) { r.mutable_defaults()->add_mcc_refused("groats"); }},
         {"defaults.single_max.currency",
          [](R& r) { r.mutable_defaults()->mutable_single_max()->set_currency("EUR"); },
          FaultKind::conflict}});
}

TEST(ToCreateProgramme, HasTheTermsOfTheNetworksWhenItNamesNone) {
    const auto converted = to_command(programme_sample(), support);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->hold_rules, rules::default_hold_rules());
    EXPECT_EQ((*converted)->partial, (rules::PartialApproval{.allowed = true, .least = {100}}));
    EXPECT_FALSE((*converted)->estimate_beyond_balance);
    EXPECT_EQ(
        (*converted)->defaults.contactless,
        (rules::ContactlessRules{
            .single_max = AmountMinor{10'000}, .total_max = AmountMinor{30'000}, .count_max = 5}));
}

TEST(ToCreateProgramme, MakesARuleOfEachRangeThatAHoldRuleNames) {
    v1::CreateProgrammeRequest request = programme_sample();
    v1::HoldRule& rule = *request.add_hold_rules();
    rule.add_mcc("7011");
    rule.add_mcc("3500-3999");
    rule.set_initiator(v1::INITIATOR_CARDHOLDER);
    rule.set_presence(v1::PRESENCE_ABSENT);
    rule.set_estimated(true);
    rule.set_lifetime_hours(720);
    rule.set_uplift_basis_points(1'500);
    set_pounds(500, *rule.mutable_hold_at_least());
    request.add_hold_rules()->set_lifetime_hours(24);
    request.mutable_partial()->set_allowed(false);
    request.set_estimate_beyond_balance(true);
    const auto converted = to_command(request, support);
    ASSERT_TRUE(converted) << converted.fault().field;
    const rules::CreateProgramme& command = **converted;
    ASSERT_EQ(command.hold_rules.size(), 3U);
    EXPECT_EQ(command.hold_rules[0].merchants.first, rules::Mcc{3500});
    EXPECT_EQ(command.hold_rules[1],
              (rules::HoldRule{.merchants = {.first = {7011}, .last = {7011}},
                               .initiator = rules::Initiator::cardholder,
                               .presence = rules::Presence::absent,
                               .exactness = rules::Exactness::estimated,
                               .lifetime = days(30),
                               .uplift = {.basis_points = 1'500, .at_least = {500}}}));
    EXPECT_EQ(command.hold_rules[2], (rules::HoldRule{.lifetime = days(1)}));
    EXPECT_EQ(command.partial, rules::PartialApproval{});
    EXPECT_TRUE(command.estimate_beyond_balance);
}

TEST(ToCreateProgramme, NamesEachTermThatIsWrong) {
    using R = v1::CreateProgrammeRequest;
    R sample = programme_sample();
    sample.add_hold_rules()->set_lifetime_hours(24);
    sample.mutable_partial()->set_allowed(true);
    const auto rule = [](R& r) { return r.mutable_hold_rules(0); };
    expect_faults<R>(
        sample,
        {{"hold_rules[0].mcc[0]", [rule](R& r) { rule(r)->add_mcc("groats"); }},
         {"hold_rules[0].initiator",
          [rule](R& r) { rule(r)->set_initiator(static_cast<v1::Initiator>(3)); }},
         {"hold_rules[0].presence",
          [rule](R& r) { rule(r)->set_presence(static_cast<v1::Presence>(257)); }},
         {"hold_rules[0].lifetime_hours", [rule](R& r) { rule(r)->clear_lifetime_hours(); }},
         {"hold_rules[0].lifetime_hours", [rule](R& r) { rule(r)->set_lifetime_hours(745); }},
         {"hold_rules[0].uplift_basis_points",
          [rule](R& r) { rule(r)->set_uplift_basis_points(100'001); }},
         {"hold_rules[0].uplift_amount.minor_units",
          [rule](R& r) { set_pounds(-1, *rule(r)->mutable_uplift_amount()); }},
         {"hold_rules[0].hold_at_least.currency",
          [rule](R& r) {
              rule(r)->mutable_hold_at_least()->set_minor_units(1);
              rule(r)->mutable_hold_at_least()->set_currency("EUR");
          }},
         {"hold_rules[0].estimated",
          [rule](R& r) {
              rule(r)->set_estimated(false);
              rule(r)->set_uplift_basis_points(1);
          }},
         {"hold_rules",
          [](R& r) {
              while (r.hold_rules_size() <= 256) r.add_hold_rules()->set_lifetime_hours(1);
          }},
         {"partial.least.minor_units",
          [](R& r) { set_pounds(-1, *r.mutable_partial()->mutable_least()); }}});
}

TEST(ToOpenAccount, CarriesPursesAndTheVaultKey) {
    const auto converted = to_command(account_sample(), support, vault_key);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->vault_key, vault_key);
    EXPECT_EQ((*converted)->account.reference.view(), "0042/homecare");
    ASSERT_EQ((*converted)->purses.size(), 1U);
    EXPECT_EQ((*converted)->purses[0].name.view(), "social care");
}

TEST(ToOpenAccount, NamesEachFieldThatIsWrong) {
    using R = v1::OpenAccountRequest;
    expect_faults<R>(
        account_sample(),
        with_shared<R>(
            {{"arrangement", [](R& r) { r.clear_arrangement(); }},
             {"arrangement", [](R& r) { r.set_arrangement(static_cast<v1::Arrangement>(257)); }},
             {"purses", [](R& r) { r.clear_purses(); }},
             {"purses",
              [](R& r) {
                  while (r.purses_size() <= 16) r.add_purses()->set_name("p");
              }},
             {"purses[0].name", [](R& r) { r.mutable_purses(0)->set_name(std::string(33, 'p')); }},
             {"purses[0].name", [](R& r) { r.mutable_purses(0)->set_name(card_number); }},
             {"purses[0].priority", [](R& r) { r.mutable_purses(0)->set_priority(256); }}}),
        vault_key);
}

TEST(ToOpenPurse, NamesEachFieldThatIsWrong) {
    using R = v1::OpenPurseRequest;
    R sample;
    set_account(sample);
    sample.mutable_purse()->set_name("nhs");
    sample.mutable_purse()->set_priority(2);
    expect_faults<R>(
        sample, with_shared<R>({{"purse", [](R& r) { r.clear_purse(); }},
                                {"purse.name", [](R& r) { r.mutable_purse()->clear_name(); }}}));
}

TEST(ToIssueCard, NamesEachFieldThatIsWrong) {
    using R = v1::IssueCardRequest;
    expect_faults<R>(
        card_sample(),
        with_shared<R>({{"card_tokens", [](R& r) { r.clear_card_tokens(); }},
                        {"card_tokens",
                         [](R& r) {
                             while (r.card_tokens_size() <= 2) r.add_card_tokens(token_text);
                         }},
                        {"card_tokens[0]", [](R& r) { r.set_card_tokens(0, card_number); }},
                        {"card_tokens[1]", [](R& r) { r.add_card_tokens(token_text); }},
                        {"last_four", [](R& r) { r.set_last_four("123"); }},
                        {"last_four", [](R& r) { r.set_last_four("12345"); }},
                        {"expiry", [](R& r) { r.set_expiry("2908"); }},
                        {"holder", [](R& r) { r.clear_holder(); }},
                        {"holder_reference", [](R& r) { r.set_holder_reference(card_number); }}}));
}

TEST(ToLoad, NamesEachFieldThatIsWrong) {
    using R = v1::LoadPurseRequest;
    expect_faults<R>(
        load_sample(),
        with_shared<R>(
            {{"purse", [](R& r) { r.set_purse(std::string(33, 'p')); }},
             {"amount", [](R& r) { r.clear_amount(); }},
             {"amount.currency", [](R& r) { r.mutable_amount()->set_currency("POUNDS"); }},
             {"amount.minor_units", [](R& r) { r.mutable_amount()->set_minor_units(0); }},
             {"amount.minor_units",
              [](R& r) { r.mutable_amount()->set_minor_units(load_minor_max.value + 1); }},
             {"reference", [](R& r) { r.clear_reference(); }},
             {"reference", [](R& r) { r.set_reference(card_number); }}}));
}

TEST(ToSetAgreement, ReadsTheWholeOfTheRules) {
    const auto converted = to_command(agreement_sample(), support);
    ASSERT_TRUE(converted) << converted.fault().field;
    const rules::SpendingRules& rules = (*converted)->rules;
    ASSERT_EQ(rules.mcc_allowed.size(), 1U);
    EXPECT_EQ(rules.mcc_allowed[0].last, rules::Mcc{5499});
    EXPECT_TRUE(rules.mcc_refused.empty());
    EXPECT_TRUE(rules.cash_agreed);
    EXPECT_EQ(rules.single_max, AmountMinor{5'000});
    EXPECT_EQ(rules.day, (rules::WindowLimit{.amount_max = {}, .count_max = 3}));
    EXPECT_EQ(rules.week, (rules::WindowLimit{.amount_max = AmountMinor{20'000}, .count_max = {}}));
    EXPECT_EQ(rules.month, rules::WindowLimit{});
    EXPECT_FALSE(rules.balance_hidden);
    v1::SetAgreementRequest discreet = agreement_sample();
    discreet.mutable_rules()->set_balance_hidden(true);
    EXPECT_TRUE((*to_command(discreet, support))->rules.balance_hidden);
}

TEST(ToSetAgreement, NamesEachFieldThatIsWrong) {
    using R = v1::SetAgreementRequest;
    expect_faults<R>(
        agreement_sample(),
        with_shared<R>(
            {{"rules", [](R& r) { r.clear_rules(); }},
             {"rules.mcc_allowed[1]", [](R& r) { r.mutable_rules()->add_mcc_allowed("99-1"); }},
             {"rules.mcc_refused[0]",
              [](R& r) { r.mutable_rules()->add_mcc_refused("5499-5411"); }},
             {"rules.single_max.currency",
              [](R& r) { r.mutable_rules()->mutable_single_max()->clear_currency(); }},
             {"rules.mcc_refused", [](R& r) {
                  for (std::size_t item = 0; item <= mcc_items_per_list_max; ++item) {
                      r.mutable_rules()->add_mcc_refused("5411");
                  }
              }}}));
}

TEST(ToSetAgreement, TakesAsManyItemsAsAListMayHave) {
    v1::SetAgreementRequest request = agreement_sample();
    for (std::size_t item = 0; item < mcc_items_per_list_max; ++item) {
        request.mutable_rules()->add_mcc_refused("5411");
    }
    EXPECT_TRUE(to_command(request, support));
}

TEST(ToSetAgreement, FindsTheAmountThatIsNotInTheProgrammesCurrency) {
    v1::SetAgreementRequest request = agreement_sample();
    EXPECT_FALSE(fault_in_currency(request, gbp));
    request.mutable_rules()->mutable_week()->mutable_amount_max()->set_currency("EUR");
    EXPECT_TRUE(to_command(request, support));
    const std::optional<Fault> fault = fault_in_currency(request, gbp);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, FaultKind::conflict);
    EXPECT_EQ(fault->field, "rules.week.amount_max.currency");
}

TEST(ToSetCardStatus, TakesACardByNumberOrToken) {
    v1::SetCardStatusRequest request;
    request.set_request_key("st:1");
    request.set_reason("lost");
    request.set_status(v1::CARD_STATUS_FROZEN);
    request.set_card_id(7);
    const auto by_number = to_command(request, support);
    ASSERT_TRUE(by_number) << by_number.fault().field;
    EXPECT_EQ((*by_number)->card, CardId{7});
    EXPECT_EQ((*by_number)->card_token, CardToken{});
    EXPECT_EQ((*by_number)->status, rules::CardStatus::frozen);
    request.set_card_token(token_text);
    const auto by_token = to_command(request, support);
    ASSERT_TRUE(by_token) << by_token.fault().field;
    EXPECT_EQ((*by_token)->card, CardId{});
    EXPECT_EQ((*by_token)->card_token, *parse_card_token(token_text));
}

TEST(ToSetCardStatus, NamesEachFieldThatIsWrong) {
    using R = v1::SetCardStatusRequest;
    R sample;
    sample.set_request_key("st:1");
    sample.set_reason("lost");
    sample.set_status(v1::CARD_STATUS_FROZEN);
    sample.set_card_id(7);
    expect_faults<R>(sample, {{"request_key", [](R& r) { r.clear_request_key(); }},
                              {"reason", [](R& r) { r.clear_reason(); }},
                              {"card", [](R& r) { r.clear_card(); }},
                              {"card_token", [](R& r) { r.set_card_token("0006"); }},
                              {"status", [](R& r) { r.clear_status(); }}});
}

TEST(ToSetCardStatus, TakesTheCouncilsWordUnlessItIsTheHolders) {
    v1::SetCardStatusRequest request;
    request.set_request_key("st:1");
    request.set_reason("lost");
    request.set_status(v1::CARD_STATUS_LOST);
    request.set_card_id(7);
    EXPECT_EQ((*to_command(request, support))->by, rules::Actor::council);
    EXPECT_EQ((*to_command(request, support))->status, rules::CardStatus::lost);
    request.set_by(v1::CARD_ACTOR_HOLDER);
    EXPECT_EQ((*to_command(request, support))->by, rules::Actor::holder);
}

TEST(ToReplaceCard, TakesTheOldCardAndTheNewAndNamesEachFieldThatIsWrong) {
    using R = v1::ReplaceCardRequest;
    R sample;
    sample.set_request_key("rp:1");
    sample.set_reason("lost");
    sample.set_card_id(7);
    sample.set_because(v1::CARD_REPLACED_BECAUSE_DAMAGED);
    sample.add_new_card_tokens(token_text);
    sample.set_last_four("4242");
    sample.set_expiry("2030-12");
    sample.set_activation_required(true);
    const auto command = to_command(sample, support);
    ASSERT_TRUE(command) << command.fault().field;
    EXPECT_EQ((*command)->card, CardId{7});
    EXPECT_EQ((*command)->because, rules::ReplacedBecause::damaged);
    EXPECT_EQ((*command)->tokens[0], *parse_card_token(token_text));
    EXPECT_EQ((*command)->expiry, (ExpiryMonth{.year = 2030, .month = 12}));
    EXPECT_TRUE((*command)->activation_required);
    expect_faults<R>(sample, {{"request_key", [](R& r) { r.clear_request_key(); }},
                              {"reason", [](R& r) { r.clear_reason(); }},
                              {"card", [](R& r) { r.clear_card(); }},
                              {"because", [](R& r) { r.clear_because(); }},
                              {"new_card_tokens", [](R& r) { r.clear_new_card_tokens(); }},
                              {"last_four", [](R& r) { r.clear_last_four(); }},
                              {"expiry", [](R& r) { r.set_expiry("December"); }}});
}

TEST(ToSetCardRules, TakesRulesAsAnAgreementDoes) {
    using R = v1::SetCardRulesRequest;
    R sample;
    sample.set_request_key("cr:1");
    sample.set_reason("a helper's card");
    sample.set_card_id(7);
    sample.mutable_rules()->mutable_day()->set_count_max(2);
    const auto command = to_command(sample, support);
    ASSERT_TRUE(command) << command.fault().field;
    EXPECT_EQ((*command)->rules.day.count_max, 2U);
    expect_faults<R>(
        sample, {{"card", [](R& r) { r.clear_card(); }}, {"rules", [](R& r) { r.clear_rules(); }}});
    v1::Money& most = *sample.mutable_rules()->mutable_single_max();
    most.set_minor_units(500);
    most.set_currency("EUR");
    EXPECT_EQ(fault_in_currency(sample, gbp)->field, "rules.single_max.currency");
}

TEST(ToSetAccountStatus, NamesEachFieldThatIsWrong) {
    using R = v1::SetAccountStatusRequest;
    R sample;
    set_account(sample);
    sample.set_status(v1::ACCOUNT_STATUS_SUSPENDED);
    expect_faults<R>(sample, with_shared<R>({{"status", [](R& r) { r.clear_status(); }}}));
    EXPECT_EQ((*to_command(sample, support))->status, rules::AccountStatus::suspended);
}

TEST(ToCloseSettlement, NamesEachFieldThatIsWrong) {
    using R = v1::CloseSettlementRequest;
    expect_faults<R>(close_sample(),
                     {{"request_key", [](R& r) { r.clear_request_key(); }},
                      {"programme", [](R& r) { r.clear_programme(); }},
                      {"day", [](R& r) { r.clear_day(); }},
                      {"day", [](R& r) { r.set_day("2026-02-29"); }},
                      {"requested_by", [](R& r) { r.set_requested_by(std::string(65, 'f')); }}});
    EXPECT_EQ((*to_command(close_sample(), support))->requested_by.view(), "finance-1");
}

TEST(ToAdvanceClock, NamesEachFieldThatIsWrong) {
    using R = v1::AdvanceClockRequest;
    R sample;
    sample.set_request_key("op:1");
    sample.set_reason("next day");
    rpc::set_timestamp({days(20'000).value}, *sample.mutable_to());
    expect_faults<R>(sample,
                     {{"request_key", [](R& r) { r.clear_request_key(); }},
                      {"to", [](R& r) { r.clear_to(); }},
                      {"to", [](R& r) { r.mutable_to()->set_seconds(1'000'000'000'000); }}});
    EXPECT_EQ((*to_command(sample, support))->to, TimestampNs{days(20'000).value});
}

TEST(ToAcceptClock, NamesEachFieldThatIsWrong) {
    using R = v1::AcceptClockRequest;
    R sample;
    sample.set_request_key("op:1");
    sample.set_reason("the machine was off");
    expect_faults<R>(sample,
                     {{"request_key", [](R& r) { r.clear_request_key(); }},
                      {"reason", [](R& r) { r.clear_reason(); }},
                      {"reason", [](R& r) { r.set_reason(std::string(201, 'r')); }}},
                     TimestampNs{5});
}

}  // namespace
}  // namespace carecard::authorisation
