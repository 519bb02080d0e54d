#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "services/authorisation/convert.h"
#include "tests/authorisation/convert_samples.h"

namespace carecard::authorisation {
namespace {

const rpc::Identity support = caller_with(rpc::Role::support);

template <class Request>
using Rows = std::vector<std::pair<const char*, std::function<void(Request&)>>>;

template <class Request>
Request sample() {
    Request request;
    request.set_request_key("key");
    request.set_reason("the chair never came");
    request.mutable_account()->set_programme("care");
    request.mutable_account()->set_reference("DP-1001");
    request.set_authorisation_id("1-42");
    return request;
}

template <class Request>
void expect_each_named(const Request& good, const Rows<Request>& rows) {
    const auto whole = to_command(good, support);
    ASSERT_TRUE(whole) << whole.fault().field;
    EXPECT_EQ((*whole)->authorisation, (AuthorisationId{.epoch = {1}, .sequence = {42}}));
    for (const auto& [field, spoil] : rows) {
        Request request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToOpenDispute, NamesEachFieldThatIsWrong) {
    using R = v1::OpenDisputeRequest;
    R good = sample<R>();
    good.mutable_amount()->set_minor_units(30'00);
    good.mutable_amount()->set_currency("GBP");
    good.set_category(v1::DISPUTE_CATEGORY_CASH_NOT_DISPENSED);
    good.set_provisional(true);
    expect_each_named<R>(
        good, {{"request_key", [](R& r) { r.clear_request_key(); }},
               {"reason", [](R& r) { r.clear_reason(); }},
               {"account.reference", [](R& r) { r.mutable_account()->clear_reference(); }},
               {"authorisation_id", [](R& r) { r.set_authorisation_id("the chair"); }},
               {"amount", [](R& r) { r.clear_amount(); }},
               {"amount.minor_units", [](R& r) { r.mutable_amount()->set_minor_units(0); }},
               {"amount.currency", [](R& r) { r.mutable_amount()->set_currency("POUNDS"); }},
               {"category", [](R& r) { r.clear_category(); }},
               {"category", [](R& r) { r.set_category(static_cast<v1::DisputeCategory>(7)); }}});
    const auto command = to_command(good, support);
    EXPECT_EQ((*command)->category, rules::DisputeCategory::cash_not_dispensed);
    EXPECT_EQ((*command)->amount, AmountMinor{30'00});
    EXPECT_TRUE((*command)->provisional);
}

TEST(ToCloseDispute, NamesEachFieldThatIsWrong) {
    using R = v1::CloseDisputeRequest;
    R good = sample<R>();
    good.set_outcome(v1::DISPUTE_OUTCOME_WITHDRAWN);
    expect_each_named<R>(good, {{"reason", [](R& r) { r.clear_reason(); }},
                                {"authorisation_id", [](R& r) { r.clear_authorisation_id(); }},
                                {"outcome", [](R& r) { r.clear_outcome(); }}});
    EXPECT_EQ((*to_command(good, support))->outcome, rules::DisputeOutcome::withdrawn);
}

}  // namespace
}  // namespace carecard::authorisation
