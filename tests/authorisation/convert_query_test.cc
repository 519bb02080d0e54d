#include "services/authorisation/convert_query.h"

#include <gtest/gtest.h>

#include <string>

#include "common/limits.h"
#include "tests/authorisation/convert_samples.h"

namespace carecard::authorisation {
namespace {

constexpr Sequence as_of{1'000};

TEST(AccountSelector, IsTheNameOrTheTokenThatTheRequestGives) {
    v1::ReadAccountRequest request;
    request.mutable_account()->set_programme("direct-payments");
    request.mutable_account()->set_reference("0042/homecare");
    const auto by_name = to_selector(request);
    ASSERT_TRUE(by_name);
    ASSERT_TRUE(by_name->name);
    EXPECT_EQ(by_name->name->reference.view(), "0042/homecare");
    EXPECT_FALSE(by_name->token);

    request.set_card_token(token_text);
    const auto by_token = to_selector(request);
    ASSERT_TRUE(by_token);
    EXPECT_FALSE(by_token->name);
    EXPECT_TRUE(by_token->token);
}

TEST(AccountSelector, IsNotFoundForANameThatNoAccountCanHave) {
    v1::ListTransactionsRequest request;
    request.mutable_account()->set_programme(std::string(1'000, 'a'));
    request.mutable_account()->set_reference("0042");
    const auto selector = to_selector(request);
    ASSERT_FALSE(selector);
    EXPECT_EQ(selector.fault().kind, FaultKind::not_found);
    EXPECT_EQ(selector.fault().field, "account");
}

TEST(AccountSelector, RefusesANameThatIsNotFilledIn) {
    v1::ReadAccountRequest request;
    const auto unset = to_selector(request);
    ASSERT_FALSE(unset);
    EXPECT_EQ(unset.fault().kind, FaultKind::malformed);
    EXPECT_EQ(unset.fault().field, "account.programme");
    request.mutable_account()->set_programme("direct-payments");
    EXPECT_EQ(to_selector(request).fault().field, "account.reference");
    const auto listed = to_selector(v1::ListTransactionsRequest{});
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.fault().kind, FaultKind::malformed);
}

TEST(AccountSelector, RefusesACardNumberInPlaceOfAToken) {
    v1::ReadAccountRequest request;
    request.set_card_token(card_number);
    const auto selector = to_selector(request);
    ASSERT_FALSE(selector);
    EXPECT_EQ(selector.fault().kind, FaultKind::malformed);
    EXPECT_EQ(selector.fault().field, "card_token");
}

TEST(Page, HasTheDefaultSizeUnlessAskedForAnother) {
    EXPECT_EQ(*page_size(0), page_items_default);
    EXPECT_EQ(*page_size(1), 1U);
    EXPECT_EQ(*page_size(page_items_max), page_items_max);
    EXPECT_EQ(page_size(page_items_max + 1).fault().field, "page_size");
}

TEST(Page, BeginsWhereTheOneBeforeEndedAndNeverAfterTheLastEvent) {
    EXPECT_EQ(*page_start("", as_of), Sequence{1'001});
    EXPECT_EQ(*page_start("42", as_of), Sequence{42});
    EXPECT_EQ(*page_start("18446744073709551615", as_of), Sequence{1'001});
    for (const char* const token : {"0", "-1", "42 ", " 42", "4x", "18446744073709551616"}) {
        const auto start = page_start(token, as_of);
        ASSERT_FALSE(start) << token;
        EXPECT_EQ(start.fault().kind, FaultKind::malformed);
        EXPECT_EQ(start.fault().field, "page_token");
    }
}

}  // namespace
}  // namespace carecard::authorisation
