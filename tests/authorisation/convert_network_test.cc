#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/pan_token.h"
#include "services/authorisation/convert.h"
#include "tests/authorisation/convert_samples.h"
#include "tests/authorisation/count_allocations.h"

namespace carecard::authorisation {
namespace {

const rpc::Identity gateway = caller_with(rpc::Role::gateway);

/// What is made wrong with a valid message, and the field that the fault then names.
template <class Request>
struct Wrong {
    const char* field;
    std::function<void(Request&)> spoil;
};

template <class Request>
void expect_faults(const Request& sample, const std::vector<Wrong<Request>>& rows) {
    ASSERT_TRUE(to_command(sample, gateway)) << to_command(sample, gateway).fault().field;
    for (const Wrong<Request>& row : rows) {
        Request request = sample;
        row.spoil(request);
        const auto command = to_command(request, gateway);
        ASSERT_FALSE(command) << row.field << ' ' << request.ShortDebugString();
        EXPECT_EQ(command.fault().kind, FaultKind::malformed) << row.field;
        EXPECT_EQ(command.fault().field, row.field) << request.ShortDebugString();
        EXPECT_FALSE(command.fault().detail.empty()) << row.field;
        EXPECT_FALSE(command.fault().remedy.empty()) << row.field;
        EXPECT_EQ(command.fault().detail.find("9999"), std::string::npos) << row.field;
    }
}

TEST(ToAuthorise, CarriesEveryField) {
    const auto converted = to_command(authorise_sample(), gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    rules::Authorise expected;
    expected.request = {.key = RequestKey::of("gw:1"),
                        .caller = CallerId::of("caller-1"),
                        .council = CouncilCode::of("riverdale")};
    expected.card_token = *parse_card_token(token_text);
    expected.kind = rules::TransactionKind::purchase;
    expected.amounts = {.transaction = {1'500},
                        .transaction_currency = {978},
                        .billing = {1'234},
                        .billing_currency = {826},
                        .conversion_rate = InlineText<8>::of("61234567"),
                        .mark_up = {34}};
    expected.merchant = {.mcc = {5411},
                         .acceptor = InlineText<15>::of("SHOP 00012"),
                         .terminal = InlineText<8>::of("T-1"),
                         .country = InlineText<2>::of("GB"),
                         .name = {InlineText<merchant_name_bytes_max>::of("Corner Shop")},
                         .city = {InlineText<merchant_city_bytes_max>::of("Riverdale")}};
    expected.identity = {.network_transaction_id = InlineText<15>::of("123456789012345"),
                         .acquirer = InlineText<11>::of("444555"),
                         .stan = InlineText<6>::of("000123"),
                         .transmission_time = InlineText<10>::of("0329010203"),
                         .rrn = InlineText<12>::of("A12345678901")};
    expected.local_date = InlineText<4>::of("0329");
    expected.local_time = InlineText<6>::of("020203");
    expected.expiry = {.year = 2029, .month = 8};
    expected.entry_mode = rules::EntryMode::chip;
    expected.channel = rules::Channel::point_of_sale;
    expected.pin_present = true;
    expected.partial_capable = true;
    expected.estimated = true;
    expected.recurring = true;
    EXPECT_EQ(**converted, expected);
}

TEST(ToAuthorise, TakesTheTransactionWhereNothingWasConverted) {
    v1::AuthoriseRequest request = authorise_sample();
    request.clear_billing();
    request.clear_conversion_rate();
    request.clear_mark_up();
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted);
    EXPECT_EQ((*converted)->amounts.billing, AmountMinor{1'500});
    EXPECT_EQ((*converted)->amounts.billing_currency, CurrencyCode{978});
}

TEST(ToAuthorise, TakesAMessageWithNothingOptional) {
    v1::AuthoriseRequest request;
    request.set_request_key("gw:1");
    request.set_card_token(token_text);
    request.set_kind(v1::TRANSACTION_KIND_CASH);
    set_pounds(2'000, *request.mutable_transaction());
    request.set_mcc("6011");
    request.set_acquirer("1");
    EXPECT_TRUE(to_command(request, gateway));
}

TEST(ToAuthorise, TakesAnEnquiryOfZeroAndARefundThatNamesItsPurchase) {
    v1::AuthoriseRequest request = authorise_sample();
    request.set_kind(v1::TRANSACTION_KIND_VERIFICATION);
    set_pounds(0, *request.mutable_transaction());
    request.clear_billing();
    request.clear_conversion_rate();
    request.clear_mark_up();
    const auto verification = to_command(request, gateway);
    ASSERT_TRUE(verification) << verification.fault().field;
    EXPECT_EQ((*verification)->kind, rules::TransactionKind::verification);
    EXPECT_EQ((*verification)->amounts.billing, AmountMinor{0});

    request = authorise_sample();
    request.set_kind(v1::TRANSACTION_KIND_REFUND);
    request.mutable_refunds()->set_authorisation_id("1-42");
    request.mutable_refunds()->set_network_transaction_id("000000000000000");
    const auto refund = to_command(request, gateway);
    ASSERT_TRUE(refund) << refund.fault().field;
    EXPECT_EQ((*refund)->refunds.authorisation_id, (AuthorisationId{{1}, {42}}));
    EXPECT_TRUE((*refund)->refunds.network_transaction_id.empty()) << "zeros are unknown";
}

TEST(ToAuthorise, NamesEachFieldThatIsWrong) {
    using R = v1::AuthoriseRequest;
    expect_faults<R>(
        authorise_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"request_key", [](R& r) { r.set_request_key("has space"); }},
         {"request_key", [](R& r) { r.set_request_key(std::string(65, 'k')); }},
         {"card_token", [](R& r) { r.clear_card_token(); }},
         {"card_token", [](R& r) { r.set_card_token(card_number); }},
         {"card_token", [](R& r) { r.set_card_token("k0" + token_text.substr(2)); }},
         {"card_token", [](R& r) { r.mutable_card_token()->back() = 'F'; }},
         {"kind", [](R& r) { r.clear_kind(); }},
         {"kind", [](R& r) { r.set_kind(static_cast<v1::TransactionKind>(-1)); }},
         {"transaction", [](R& r) { r.clear_transaction(); }},
         {"transaction.currency", [](R& r) { r.mutable_transaction()->clear_currency(); }},
         {"transaction.currency", [](R& r) { r.mutable_transaction()->set_currency("QQQ"); }},
         {"transaction.minor_units", [](R& r) { r.mutable_transaction()->set_minor_units(0); }},
         {"billing.currency", [](R& r) { r.mutable_billing()->set_currency("gbp"); }},
         {"billing.minor_units", [](R& r) { r.mutable_billing()->set_minor_units(0); }},
         {"billing.minor_units", [](R& r) { r.mutable_billing()->set_minor_units(-1); }},
         {"billing.minor_units",
          [](R& r) { r.mutable_billing()->set_minor_units(transaction_minor_max.value + 1); }},
         {"billing.minor_units",
          [](R& r) {
              r.mutable_billing()->set_minor_units(std::numeric_limits<std::int64_t>::max());
          }},
         {"billing.minor_units",
          [](R& r) {
              r.mutable_billing()->set_currency("EUR");
              r.clear_mark_up();
          }},
         {"conversion_rate", [](R& r) { r.set_conversion_rate("1.25"); }},
         {"mark_up.currency", [](R& r) { r.mutable_mark_up()->set_currency("EUR"); }},
         {"mark_up.minor_units", [](R& r) { r.mutable_mark_up()->set_minor_units(1'235); }},
         {"conversion_rate", [](R& r) { r.set_conversion_rate("123456789"); }},
         {"cashback.currency", [](R& r) { set_pounds(100, *r.mutable_cashback()); }},
         {"cashback.minor_units",
          [](R& r) {
              r.mutable_cashback()->set_currency("EUR");
              r.mutable_cashback()->set_minor_units(100);
          }},
         {"refunds.authorisation_id",
          [](R& r) {
              r.set_kind(v1::TRANSACTION_KIND_REFUND);
              r.mutable_refunds()->set_authorisation_id("42");
          }},
         {"refunds", [](R& r) { r.mutable_refunds()->set_authorisation_id("1-42"); }},
         {"mcc", [](R& r) { r.clear_mcc(); }},
         {"mcc", [](R& r) { r.set_mcc("541"); }},
         {"mcc", [](R& r) { r.set_mcc("54111"); }},
         {"mcc", [](R& r) { r.set_mcc("54l1"); }},
         {"mcc", [](R& r) { r.set_mcc("-541"); }},
         {"acquirer", [](R& r) { r.clear_acquirer(); }},
         {"acquirer", [](R& r) { r.set_acquirer("123456789012"); }},
         {"acquirer", [](R& r) { r.set_acquirer("44A"); }},
         {"acceptor", [](R& r) { r.set_acceptor("1234567890123456"); }},
         {"acceptor", [](R& r) { r.set_acceptor("caf\xc3\xa9"); }},
         {"terminal", [](R& r) { r.set_terminal("123456789"); }},
         {"merchant.name", [](R& r) { r.mutable_merchant()->set_name(std::string(81, 'n')); }},
         {"merchant.name", [](R& r) { r.mutable_merchant()->set_name(card_number); }},
         {"merchant.city", [](R& r) { r.mutable_merchant()->set_city(std::string(41, 'c')); }},
         {"merchant.city", [](R& r) { r.mutable_merchant()->set_city(card_number); }},
         {"merchant.country", [](R& r) { r.mutable_merchant()->set_country("GBR"); }},
         {"merchant.country", [](R& r) { r.mutable_merchant()->set_country("gb"); }},
         {"stan", [](R& r) { r.set_stan("12345"); }},
         {"stan", [](R& r) { r.set_stan("1234567"); }},
         {"rrn", [](R& r) { r.set_rrn("1234567890123"); }},
         {"transmission_time", [](R& r) { r.set_transmission_time("0230010203"); }},
         {"transmission_time", [](R& r) { r.set_transmission_time("03290102"); }},
         {"local_date", [](R& r) { r.set_local_date("0230"); }},
         {"local_date", [](R& r) { r.set_local_date("1301"); }},
         {"local_date", [](R& r) { r.set_local_date("03290"); }},
         {"local_time", [](R& r) { r.set_local_time("240000"); }},
         {"network_transaction_id", [](R& r) { r.set_network_transaction_id("12345678901234"); }},
         {"network_transaction_id", [](R& r) { r.set_network_transaction_id("1234567890123456"); }},
         {"expiry", [](R& r) { r.set_expiry("2913"); }},
         {"expiry", [](R& r) { r.set_expiry("082029"); }},
         {"entry_mode", [](R& r) { r.set_entry_mode(static_cast<v1::EntryMode>(99)); }},
         {"channel", [](R& r) { r.set_channel(static_cast<v1::Channel>(256)); }}});
}

TEST(ToAuthorise, LeavesAKindOfALaterVersionToBeDeclined) {
    v1::AuthoriseRequest request = authorise_sample();
    request.set_kind(static_cast<v1::TransactionKind>(257));
    const auto command = to_command(request, gateway);
    ASSERT_TRUE(command);
    EXPECT_EQ((*command)->kind, rules::TransactionKind::unsupported);
}

TEST(ToAuthorise, RefusesNoNetworkTransactionId) {
    std::mt19937_64 random(20'260'329);
    std::uniform_int_distribution<int> digit('0', '9');
    v1::AuthoriseRequest request = authorise_sample();
    for (int round = 0; round < 10'000; ++round) {
        std::string id(15, '0');
        for (char& character : id) character = static_cast<char>(digit(random));
        request.set_network_transaction_id(id);
        ASSERT_TRUE(to_command(request, gateway)) << id;
    }
}

TEST(ToAuthorise, AllocatesNothingForAValidMessage) {
    const v1::AuthoriseRequest request = authorise_sample();
    const std::size_t before = allocations_so_far();
    const auto converted = to_command(request, gateway);
    const std::size_t after = allocations_so_far();
    EXPECT_TRUE(converted);
    EXPECT_EQ(after, before);
    EXPECT_FALSE(to_command(v1::AuthoriseRequest(), gateway));
    EXPECT_GT(allocations_so_far(), after);
}

TEST(ToIncrement, CarriesTheExtraAndBothSetsOfNames) {
    v1::IncrementRequest request = increment_sample();
    request.set_estimated(true);
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    const rules::Increment& command = **converted;
    EXPECT_EQ(command.original.authorisation_id, (AuthorisationId{{1}, {42}}));
    EXPECT_EQ(command.amounts.transaction, AmountMinor{1'234});
    EXPECT_EQ(command.amounts.billing, AmountMinor{1'234});
    EXPECT_EQ(command.identity.stan.view(), "000124");
    EXPECT_TRUE(command.estimated);
}

TEST(ToIncrement, NamesEachFieldThatIsWrong) {
    using R = v1::IncrementRequest;
    expect_faults<R>(
        increment_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"card_token", [](R& r) { r.set_card_token(card_number); }},
         {"original", [](R& r) { r.clear_original(); }},
         {"original.authorisation_id",
          [](R& r) { r.mutable_original()->set_authorisation_id("42"); }},
         {"transaction", [](R& r) { r.clear_transaction(); }},
         {"transaction.minor_units", [](R& r) { r.mutable_transaction()->set_minor_units(0); }},
         {"mcc", [](R& r) { r.clear_mcc(); }},
         {"acquirer", [](R& r) { r.clear_acquirer(); }},
         {"stan", [](R& r) { r.set_stan("12"); }},
         {"merchant.name", [](R& r) { r.mutable_merchant()->set_name(card_number); }}});
}

TEST(ToReverse, TakesEachNameOfTheOriginal) {
    v1::ReverseRequest request = reverse_sample();
    v1::OriginalReference& original = *request.mutable_original();
    original.mutable_request()->set_request_key("gw:1");
    original.mutable_trace()->set_acquirer("444555");
    original.mutable_trace()->set_stan("000123");
    original.mutable_trace()->set_transmission_time("0329010203");
    original.mutable_trace()->set_rrn("A12345678901");
    original.mutable_trace()->set_local_date("0329");
    original.set_network_transaction_id("123456789012345");
    original.set_authorisation_code("A1B2C3");
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    const rules::OriginalReference expected{
        .authorisation_id = {.epoch = {1}, .sequence = {42}},
        .caller = CallerId::of("caller-1"),
        .request_key = RequestKey::of("gw:1"),
        .identity = {.network_transaction_id = InlineText<15>::of("123456789012345"),
                     .acquirer = InlineText<11>::of("444555"),
                     .stan = InlineText<6>::of("000123"),
                     .transmission_time = InlineText<10>::of("0329010203"),
                     .rrn = InlineText<12>::of("A12345678901")},
        .authorisation_code = rules::AuthorisationCode::of("A1B2C3"),
        .local_date = InlineText<4>::of("0329")};
    EXPECT_EQ((*converted)->original, expected);
    EXPECT_EQ((*converted)->remaining, AmountMinor{0});
    EXPECT_EQ((*converted)->currency, CurrencyCode{826});
    EXPECT_EQ((*converted)->reason.text.view(), "2502");
}

TEST(ToReverse, TakesAnotherCallersRequestAndUnknownZeros) {
    v1::ReverseRequest request = reverse_sample();
    v1::OriginalReference& original = *request.mutable_original();
    original.mutable_request()->set_caller("gateway-2");
    original.mutable_request()->set_request_key("gw:1");
    original.mutable_trace()->set_acquirer("00000000000");
    original.mutable_trace()->set_stan("000000");
    original.mutable_trace()->set_transmission_time("0000000000");
    original.set_network_transaction_id(std::string(15, '0'));
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->original.caller.view(), "gateway-2");
    EXPECT_EQ((*converted)->original.identity, rules::NetworkIdentity{});
}

TEST(ToReverse, NamesEachFieldThatIsWrong) {
    using R = v1::ReverseRequest;
    expect_faults<R>(
        reverse_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"card_token", [](R& r) { r.clear_card_token(); }},
         {"original", [](R& r) { r.clear_original(); }},
         {"original.authorisation_id",
          [](R& r) { r.mutable_original()->set_authorisation_id("42"); }},
         {"original.authorisation_id",
          [](R& r) { r.mutable_original()->set_authorisation_id("0-42"); }},
         {"original.request.request_key",
          [](R& r) { r.mutable_original()->mutable_request()->set_caller("gateway-1"); }},
         {"original.request.caller",
          [](R& r) {
              r.mutable_original()->mutable_request()->set_request_key("k");
              r.mutable_original()->mutable_request()->set_caller(std::string(65, 'c'));
          }},
         {"original.trace.acquirer", [](R& r) { r.mutable_original()->mutable_trace(); }},
         {"original.trace.stan",
          [](R& r) { r.mutable_original()->mutable_trace()->set_acquirer("1"); }},
         {"original.trace.stan",
          [](R& r) {
              r.mutable_original()->mutable_trace()->set_acquirer("1");
              r.mutable_original()->mutable_trace()->set_stan("1234567");
          }},
         {"original.trace.local_date",
          [](R& r) {
              r.mutable_original()->mutable_trace()->set_acquirer("1");
              r.mutable_original()->mutable_trace()->set_stan("123456");
              r.mutable_original()->mutable_trace()->set_local_date("1331");
          }},
         {"original.network_transaction_id",
          [](R& r) { r.mutable_original()->set_network_transaction_id("x"); }},
         {"original.authorisation_code",
          [](R& r) { r.mutable_original()->set_authorisation_code("abcdef"); }},
         {"remaining", [](R& r) { r.clear_remaining(); }},
         {"remaining.currency", [](R& r) { r.mutable_remaining()->clear_currency(); }},
         {"remaining.minor_units", [](R& r) { r.mutable_remaining()->set_minor_units(-1); }},
         {"reason", [](R& r) { r.set_reason(card_number); }},
         {"reason", [](R& r) { r.set_reason(std::string(reason_bytes_max + 1, 'r')); }}});
}

TEST(ToPresent, CarriesItsOwnNames) {
    const auto converted = to_command(present_sample(), gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->direction, rules::Direction::debit);
    EXPECT_EQ((*converted)->presentment_id.view(), "ARN-74012345678901234567890");
    EXPECT_TRUE((*converted)->final);
    EXPECT_EQ((*converted)->amounts.transaction, AmountMinor{1'234});
    EXPECT_EQ((*converted)->amounts.transaction_currency, CurrencyCode{826});
    EXPECT_EQ((*converted)->identity.network_transaction_id.view(), "123456789012345");
    EXPECT_EQ((*converted)->identity.acquirer.view(), "444555");
    EXPECT_EQ((*converted)->identity.rrn.view(), "A12345678901");
    EXPECT_EQ((*converted)->local_date.view(), "0329");
    EXPECT_EQ((*converted)->original, rules::OriginalReference{});
}

TEST(ToPresent, NamesEachFieldThatIsWrong) {
    using R = v1::PresentRequest;
    expect_faults<R>(
        present_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"card_token", [](R& r) { r.set_card_token("k1:"); }},
         {"direction", [](R& r) { r.clear_direction(); }},
         {"direction", [](R& r) { r.set_direction(static_cast<v1::PresentmentDirection>(3)); }},
         {"presentment_id", [](R& r) { r.clear_presentment_id(); }},
         {"presentment_id", [](R& r) { r.set_presentment_id(std::string(65, 'p')); }},
         {"reverses", [](R& r) { r.set_reverses("ARN-1"); }},
         {"reverses", [](R& r) { r.set_reverses(std::string(65, 'p')); }},
         {"original.authorisation_id",
          [](R& r) { r.mutable_original()->set_authorisation_id("1-"); }},
         {"billing", [](R& r) { r.clear_billing(); }},
         {"billing.minor_units", [](R& r) { r.mutable_billing()->set_minor_units(0); }},
         {"transaction.minor_units", [](R& r) { r.mutable_transaction()->set_currency("EUR"); }},
         {"mcc", [](R& r) { r.set_mcc("5 11"); }},
         {"merchant.name", [](R& r) { r.mutable_merchant()->set_name(card_number); }},
         {"rrn", [](R& r) { r.set_rrn("has-a-hyphen"); }},
         {"local_date", [](R& r) { r.set_local_date("0000"); }},
         {"network_transaction_id", [](R& r) { r.set_network_transaction_id("1"); }}});
}

TEST(ToPresent, NamesTheClearingThatIsTakenBack) {
    v1::PresentRequest request = present_sample();
    request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
    request.set_reverses("ARN-1");
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->reverses.view(), "ARN-1");
    request.set_reverses(request.presentment_id());
    EXPECT_EQ(to_command(request, gateway).fault().field, "reverses");
}

TEST(ToAdvise, CarriesTheMarksOfItsRequest) {
    v1::AdviseRequest request = advise_sample();
    request.mutable_original()->set_authorisation_id("1-42");
    request.set_estimated(true);
    request.set_recurring(true);
    request.set_entry_mode(v1::ENTRY_MODE_E_COMMERCE);
    request.set_channel(v1::CHANNEL_MAIL_ORDER_TELEPHONE_ORDER);
    const auto converted = to_command(request, gateway);
    ASSERT_TRUE(converted) << converted.fault().field;
    EXPECT_EQ((*converted)->advice, rules::AdviceKind::stand_in_approved);
    EXPECT_EQ((*converted)->original.authorisation_id,
              (AuthorisationId{.epoch = {1}, .sequence = {42}}));
    EXPECT_EQ((*converted)->amounts.transaction, AmountMinor{1'234});
    EXPECT_EQ((*converted)->amounts.billing_currency, CurrencyCode{826});
    EXPECT_EQ((*converted)->identity.network_transaction_id.view(), "123456789012345");
    EXPECT_EQ((*converted)->identity.acquirer.view(), "444555");
    EXPECT_EQ((*converted)->identity.stan.view(), "000123");
    EXPECT_EQ((*converted)->identity.transmission_time.view(), "0329010203");
    EXPECT_EQ((*converted)->identity.rrn.view(), "A12345678901");
    EXPECT_EQ((*converted)->local_date.view(), "0329");
    EXPECT_EQ((*converted)->code.view(), "A1B2C3");
    EXPECT_TRUE((*converted)->estimated);
    EXPECT_TRUE((*converted)->recurring);
    EXPECT_EQ((*converted)->entry_mode, rules::EntryMode::e_commerce);
    EXPECT_EQ((*converted)->channel, rules::Channel::mail_order_telephone_order);
    EXPECT_EQ((*converted)->merchant.name.text.view(), "Corner Shop");
}

TEST(ToAdvise, NamesEachFieldThatIsWrong) {
    using R = v1::AdviseRequest;
    expect_faults<R>(
        advise_sample(),
        {{"request_key", [](R& r) { r.clear_request_key(); }},
         {"card_token", [](R& r) { r.set_card_token("k1:"); }},
         {"advice", [](R& r) { r.clear_advice(); }},
         {"advice", [](R& r) { r.set_advice(static_cast<v1::AdviceKind>(4)); }},
         {"original.authorisation_id",
          [](R& r) { r.mutable_original()->set_authorisation_id("1-"); }},
         {"billing", [](R& r) { r.clear_billing(); }},
         {"billing.minor_units", [](R& r) { r.mutable_billing()->set_minor_units(0); }},
         {"mcc", [](R& r) { r.set_mcc("5 11"); }},
         {"merchant.name", [](R& r) { r.mutable_merchant()->set_name(card_number); }},
         {"stan", [](R& r) { r.set_stan("1"); }},
         {"rrn", [](R& r) { r.set_rrn("has-a-hyphen"); }},
         {"transmission_time", [](R& r) { r.set_transmission_time("9999999999"); }},
         {"local_date", [](R& r) { r.set_local_date("0000"); }},
         {"network_transaction_id", [](R& r) { r.set_network_transaction_id("1"); }},
         {"entry_mode", [](R& r) { r.set_entry_mode(static_cast<v1::EntryMode>(8)); }},
         {"channel", [](R& r) { r.set_channel(static_cast<v1::Channel>(6)); }},
         {"authorisation_code", [](R& r) { r.set_authorisation_code("a1b2c3"); }}});
}

}  // namespace
}  // namespace carecard::authorisation
