#include <gtest/gtest.h>

#include <functional>
#include <string>
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
    request.set_reason("agreed");
    request.mutable_account()->set_programme("care");
    request.mutable_account()->set_reference("DP-1001");
    return request;
}

template <class Request>
void expect_each_named(const Request& good, const Rows<Request>& rows) {
    const auto whole = to_command(good, support);
    ASSERT_TRUE(whole) << whole.fault().field;
    for (const auto& [field, spoil] : rows) {
        Request request = good;
        spoil(request);
        const auto command = to_command(request, support);
        ASSERT_FALSE(command) << field;
        EXPECT_EQ(command.fault().field, field);
    }
}

TEST(ToProposeResolution, NamesEachFieldThatIsWrong) {
    using R = v1::ProposeResolutionRequest;
    R good = sample<R>();
    good.set_authorisation_id("1-42");
    good.set_kind(v1::RESOLUTION_KIND_RECOVERY);
    good.mutable_amount()->set_minor_units(30'00);
    good.mutable_amount()->set_currency("GBP");
    good.set_notice_until("2026-07-01");
    expect_each_named<R>(
        good, {{"request_key", [](R& r) { r.clear_request_key(); }},
               {"reason", [](R& r) { r.clear_reason(); }},
               {"account.reference", [](R& r) { r.mutable_account()->clear_reference(); }},
               {"authorisation_id", [](R& r) { r.clear_authorisation_id(); }},
               {"authorisation_id", [](R& r) { r.set_authorisation_id("the hotel"); }},
               {"kind", [](R& r) { r.clear_kind(); }},
               {"amount", [](R& r) { r.clear_amount(); }},
               {"amount.minor_units", [](R& r) { r.mutable_amount()->set_minor_units(0); }},
               {"amount.currency", [](R& r) { r.mutable_amount()->set_currency("POUNDS"); }},
               {"notice_until", [](R& r) { r.clear_notice_until(); }},
               {"notice_until", [](R& r) { r.set_notice_until("July"); }},
               {"notice_until", [](R& r) { r.set_kind(v1::RESOLUTION_KIND_WRITE_OFF); }}});
    const auto command = to_command(good, support);
    EXPECT_EQ((*command)->authorisation, (AuthorisationId{.epoch = {1}, .sequence = {42}}));
    EXPECT_EQ((*command)->kind, rules::ResolutionKind::recovery);
    EXPECT_EQ((*command)->amount, AmountMinor{30'00});
}

TEST(ToDecideResolution, NamesEachFieldThatIsWrong) {
    using R = v1::DecideResolutionRequest;
    R good = sample<R>();
    good.set_proposal(4750);
    good.set_approve(true);
    expect_each_named<R>(good, {{"reason", [](R& r) { r.clear_reason(); }},
                                {"proposal", [](R& r) { r.clear_proposal(); }}});
    EXPECT_TRUE((*to_command(good, support))->approve);
    EXPECT_EQ((*to_command(good, support))->proposal, Sequence{4750});
}

TEST(ToRecoverExposure, NamesEachFieldThatIsWrong) {
    using R = v1::RecoverExposureRequest;
    R good = sample<R>();
    good.set_proposal(4750);
    expect_each_named<R>(good, {{"reason", [](R& r) { r.clear_reason(); }},
                                {"proposal", [](R& r) { r.clear_proposal(); }}});
    EXPECT_EQ((*to_command(good, support))->proposal, Sequence{4750});
}

}  // namespace
}  // namespace carecard::authorisation
