#include "services/authorisation/convert_purse.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/limits.h"
#include "rules/purse_templates.h"
#include "services/authorisation/convert.h"
#include "services/authorisation/convert_decline.h"
#include "tests/authorisation/convert_samples.h"

namespace carecard::authorisation {
namespace {

const rpc::Identity support = caller_with(rpc::Role::support);

v1::OpenPurseRequest purse_sample() {
    v1::OpenPurseRequest request;
    request.set_request_key("key");
    request.set_reason("agreed");
    request.mutable_account()->set_programme("care");
    request.mutable_account()->set_reference("DP-1001");
    request.mutable_purse()->set_name("it");
    request.mutable_purse()->set_priority(2);
    return request;
}

rules::PurseSpec opened(const v1::OpenPurseRequest& request) {
    const auto command = to_command(request, support);
    EXPECT_TRUE(command) << command.fault().field;
    return command ? (*command)->purse : rules::PurseSpec{};
}

TEST(ToOpenPurse, WithoutTermsPaysAnywhere) {
    EXPECT_EQ(opened(purse_sample()).terms, rules::PurseTerms{});
}

TEST(ToOpenPurse, HasItsTemplatesTermsAndPriority) {
    for (const rules::PurseTemplate& one : rules::purse_templates()) {
        v1::OpenPurseRequest request = purse_sample();
        request.mutable_purse()->set_template_(std::string(one.name));
        request.mutable_purse()->clear_priority();
        EXPECT_EQ(opened(request).terms, one.terms) << one.name;
        EXPECT_EQ(opened(request).priority, one.priority) << one.name;
    }
}

TEST(ToOpenPurse, ReadsWhatIsShownOfEveryTemplate) {
    v1::ListPurseTemplatesResponse shown;
    show_purse_templates(shown);
    ASSERT_EQ(static_cast<std::size_t>(shown.templates_size()), rules::purse_templates().size());
    for (int index = 0; index < shown.templates_size(); ++index) {
        v1::OpenPurseRequest request = purse_sample();
        *request.mutable_purse()->mutable_terms() = shown.templates(index).terms();
        EXPECT_EQ(opened(request).terms,
                  rules::purse_templates()[static_cast<std::size_t>(index)].terms);
    }
}

TEST(ToOpenPurse, LetsEveryTermBeSetOverTheTemplates) {
    v1::OpenPurseRequest request = purse_sample();
    request.mutable_purse()->set_template_("skills");
    v1::PurseTerms& terms = *request.mutable_purse()->mutable_terms();
    terms.set_funder("college-fund");
    terms.set_persons_own(true);
    terms.add_mccs("8220");
    terms.set_exclusive(false);
    terms.set_provider_register("");
    terms.add_weekdays(v1::WEEKDAY_MONDAY);
    terms.add_weekdays(v1::WEEKDAY_SUNDAY);
    terms.set_no_cash(false);
    terms.set_spend_from("2024-06-03");
    terms.set_spend_until("2024-06-04");
    terms.set_intake_closed_from("2024-06-05");
    terms.set_staged(true);
    terms.set_hour_rate_minor_units(1'750);
    rules::PurseTerms expected{.funder = rules::FunderCode::of("college-fund"),
                               .persons_own = true,
                               .weekdays = {0b100'0001},
                               .spend_from = {19'877},
                               .spend_until = {19'878},
                               .intake_closed_from = {19'879},
                               .staged = true,
                               .unit = rules::PurseUnit::hours,
                               .unit_rate = {1'750}};
    expected.mccs.push_back({{8'220}, {8'220}});
    EXPECT_EQ(opened(request).terms, expected);
    EXPECT_EQ(opened(request).priority, 2);
}

TEST(ToOpenPurse, NamesEachTermThatIsWrong) {
    using T = v1::PurseTerms;
    const std::vector<std::pair<const char*, std::function<void(T&)>>> rows{
        {"purse.terms.funder", [](T& t) { t.set_funder("The Council"); }},
        {"purse.terms.funder", [](T& t) { t.set_funder(std::string(17, 'f')); }},
        {"purse.terms.provider_register", [](T& t) { t.set_provider_register("Colleges"); }},
        {"purse.terms.mccs[0]", [](T& t) { t.add_mccs("82200"); }},
        {"purse.terms.mccs",
         [](T& t) {
             for (int code = 1000; code < 1050; code += 2) t.add_mccs(std::to_string(code));
         }},
        {"purse.terms.exclusive", [](T& t) { t.set_exclusive(true); }},
        {"purse.terms.weekdays", [](T& t) { t.add_weekdays(v1::WEEKDAY_UNSPECIFIED); }},
        {"purse.terms.spend_from", [](T& t) { t.set_spend_from("June"); }},
        {"purse.terms.spend_until",
         [](T& t) {
             t.set_spend_from("2024-06-04");
             t.set_spend_until("2024-06-03");
         }},
        {"purse.terms.intake_closed_from", [](T& t) { t.set_intake_closed_from("2024-02-30"); }},
        {"purse.terms.unit_rate.minor_units", [](T& t) { t.set_hour_rate_minor_units(-1); }},
        {"purse.terms.unit_rate.minor_units",
         [](T& t) { t.set_hour_rate_minor_units(unit_rate_minor_max.value + 1); }}};
    for (const auto& [field, spoil] : rows) {
        v1::OpenPurseRequest request = purse_sample();
        spoil(*request.mutable_purse()->mutable_terms());
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
        EXPECT_FALSE(command.fault().remedy.empty());
    }
    v1::OpenPurseRequest request = purse_sample();
    request.mutable_purse()->set_template_("lottery");
    EXPECT_EQ(to_command(request, support).fault().field, "purse.template");
}

TEST(ToLoad, TakesHoursInPlaceOfAnAmount) {
    v1::LoadPurseRequest request;
    request.set_request_key("key");
    request.set_reason("voucher");
    *request.mutable_account() = purse_sample().account();
    request.set_reference("V-1");
    request.set_units_hundredths(1'250);
    const auto command = to_command(request, support);
    ASSERT_TRUE(command) << command.fault().field;
    EXPECT_EQ((*command)->units.value, 1'250U);
    request.mutable_amount()->set_minor_units(1);
    request.mutable_amount()->set_currency("GBP");
    EXPECT_EQ(to_command(request, support).fault().field, "units_hundredths");
    request.clear_amount();
    request.set_units_hundredths(load_unit_hundredths_max + 1);
    EXPECT_EQ(to_command(request, support).fault().field, "units_hundredths");
}

TEST(ToClosePurse, NamesEachFieldThatIsWrong) {
    using R = v1::ClosePurseRequest;
    R good;
    good.set_request_key("key");
    good.set_reason("the works are done");
    *good.mutable_account() = purse_sample().account();
    good.set_purse("works");
    ASSERT_TRUE(to_command(good, support));
    const std::vector<std::pair<const char*, std::function<void(R&)>>> rows{
        {"request_key", [](R& r) { r.clear_request_key(); }},
        {"reason", [](R& r) { r.clear_reason(); }},
        {"account.programme", [](R& r) { r.mutable_account()->clear_programme(); }},
        {"purse", [](R& r) { r.clear_purse(); }},
        {"purse", [](R& r) { r.set_purse(std::string(33, 'p')); }}};
    for (const auto& [field, spoil] : rows) {
        R request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToReleaseStage, NamesEachFieldThatIsWrong) {
    using R = v1::ReleaseStageRequest;
    R good;
    good.set_request_key("key");
    good.set_reason("inspected");
    *good.mutable_account() = purse_sample().account();
    good.set_purse("works");
    good.mutable_amount()->set_minor_units(100);
    good.mutable_amount()->set_currency("GBP");
    good.set_stage("one");
    ASSERT_TRUE(to_command(good, support));
    const std::vector<std::pair<const char*, std::function<void(R&)>>> rows{
        {"request_key", [](R& r) { r.clear_request_key(); }},
        {"reason", [](R& r) { r.clear_reason(); }},
        {"account.programme", [](R& r) { r.mutable_account()->clear_programme(); }},
        {"purse", [](R& r) { r.clear_purse(); }},
        {"amount", [](R& r) { r.clear_amount(); }},
        {"amount.minor_units", [](R& r) { r.mutable_amount()->set_minor_units(0); }},
        {"amount.currency", [](R& r) { r.mutable_amount()->set_currency("POUNDS"); }},
        {"stage", [](R& r) { r.clear_stage(); }},
        {"stage", [](R& r) { r.set_stage(std::string(49, 's')); }}};
    for (const auto& [field, spoil] : rows) {
        R request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToSetEarmark, NamesEachFieldThatIsWrong) {
    using R = v1::SetEarmarkRequest;
    R good;
    good.set_request_key("key");
    good.set_reason("the wages of June");
    *good.mutable_account() = purse_sample().account();
    good.set_reference("wages June");
    good.mutable_amount()->set_minor_units(100);
    good.mutable_amount()->set_currency("GBP");
    good.set_payee("PAYROLL42");
    good.set_due("2024-06-07");
    const auto whole = to_command(good, support);
    ASSERT_TRUE(whole);
    EXPECT_EQ((*whole)->until, DayNumber{});
    R council = good;
    council.clear_payee();
    council.set_council_run(true);
    const auto councils = to_command(council, support);
    ASSERT_TRUE(councils);
    EXPECT_TRUE((*councils)->payee.empty());
    const std::vector<std::pair<const char*, std::function<void(R&)>>> rows{
        {"request_key", [](R& r) { r.clear_request_key(); }},
        {"reason", [](R& r) { r.clear_reason(); }},
        {"account.programme", [](R& r) { r.mutable_account()->clear_programme(); }},
        {"reference", [](R& r) { r.clear_reference(); }},
        {"reference", [](R& r) { r.set_reference(std::string(49, 'r')); }},
        {"amount", [](R& r) { r.clear_amount(); }},
        {"amount.minor_units", [](R& r) { r.mutable_amount()->set_minor_units(0); }},
        {"payee", [](R& r) { r.clear_payee(); }},
        {"payee", [](R& r) { r.set_council_run(true); }},
        {"payee", [](R& r) { r.set_payee("WAGES\n"); }},
        {"due", [](R& r) { r.clear_due(); }},
        {"due", [](R& r) { r.set_due("Friday"); }},
        {"until", [](R& r) { r.set_until("2024-06-06"); }}};
    for (const auto& [field, spoil] : rows) {
        R request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToSetProvider, NamesEachFieldThatIsWrong) {
    using R = v1::SetProviderRequest;
    R good;
    good.set_request_key("key");
    good.set_reason("accredited");
    good.set_programme("care");
    good.set_provider_register("colleges");
    good.set_acceptor("COLLEGE 1");
    good.set_from("2024-06-03");
    ASSERT_TRUE(to_command(good, support));
    const std::vector<std::pair<const char*, std::function<void(R&)>>> rows{
        {"programme", [](R& r) { r.set_programme("No Code"); }},
        {"provider_register", [](R& r) { r.clear_provider_register(); }},
        {"provider_register", [](R& r) { r.set_provider_register("Colleges"); }},
        {"acceptor", [](R& r) { r.clear_acceptor(); }},
        {"acceptor", [](R& r) { r.set_acceptor("COLLEGE\n"); }},
        {"acceptor", [](R& r) { r.set_acceptor(std::string(16, 'a')); }},
        {"from", [](R& r) { r.clear_from(); }},
        {"until", [](R& r) { r.set_until("2024-06-02"); }},
        {"until", [](R& r) { r.set_until("soon"); }}};
    for (const auto& [field, spoil] : rows) {
        R request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToResponse, OfARefusedPurseSaysWhichAndWhy) {
    rules::Decline decline{.reason = rules::DeclineReason::purse_not_eligible,
                           .level = rules::RuleLevel::account,
                           .purse = {2}};
    for (std::uint8_t verdict = 1; verdict <= rules::purse_verdict_last; ++verdict) {
        decline.verdict = rules::PurseVerdict{verdict};
        v1::Decline response;
        to_response(decline, CurrencyCode{826}, response);
        EXPECT_EQ(response.rule(), "purse_eligible");
        EXPECT_EQ(response.purse_number(), 2U);
        EXPECT_EQ(response.purse_verdict(), static_cast<v1::PurseVerdict>(verdict));
        EXPECT_FALSE(response.has_would_have_worked());
        EXPECT_TRUE(response.text().ends_with('.')) << response.text();
        EXPECT_FALSE(words_of(decline.verdict).empty());
        const std::string name = v1::PurseVerdict_Name(response.purse_verdict());
        std::string ours = "purse_verdict_" + std::string(name_of(decline.verdict));
        for (char& letter : ours) letter = static_cast<char>(std::toupper(letter));
        EXPECT_EQ(name, ours);
    }
}

}  // namespace
}  // namespace carecard::authorisation
