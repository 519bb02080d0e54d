#include "rules/validate.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <string>
#include <type_traits>

#include "tests/rules/validate_rows.h"

namespace {
std::size_t allocations = 0;
}

// Not inlined: the compiler would see malloc on one side of a pair and operator new on the other.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace carecard::rules {
namespace {

static_assert(!std::is_default_constructible_v<Valid<Authorise>>);
static_assert(!std::is_constructible_v<Valid<Authorise>, Authorise>);
static_assert(!std::is_convertible_v<Authorise, Valid<Authorise>>);

Merchant good_merchant() {
    return {.mcc = {5411},
            .acceptor = InlineText<15>::of("SHOP-1 %"),
            .terminal = InlineText<8>::of("T1"),
            .country = InlineText<2>::of("GB"),
            .name = {InlineText<merchant_name_bytes_max>::of("Corner Shop")},
            .city = {InlineText<merchant_city_bytes_max>::of("Riverdale")}};
}

NetworkIdentity good_identity() {
    return {.network_transaction_id = InlineText<15>::of("123456789012345"),
            .acquirer = InlineText<11>::of("400001"),
            .stan = InlineText<6>::of("000123"),
            .transmission_time = InlineText<10>::of("0229235959"),
            .rrn = InlineText<12>::of("RRN000000001")};
}

Authorise good_authorise() {
    return {.request = good_request(),
            .card_token = good_token(),
            .kind = TransactionKind::purchase,
            .amounts = {{1'250}, {826}, {1'250}, {826}, {}},
            .merchant = good_merchant(),
            .identity = good_identity(),
            .local_date = InlineText<4>::of("0229"),
            .local_time = InlineText<6>::of("235959"),
            .expiry = {.year = 2027, .month = 12},
            .entry_mode = EntryMode::chip,
            .channel = Channel::point_of_sale};
}

Reverse good_reverse() {
    return {.request = good_request(),
            .card_token = good_token(),
            .original = {.authorisation_id = {{1}, {42}}},
            .remaining = {0},
            .currency = {826}};
}

Present good_present() {
    return {.request = good_request(),
            .card_token = good_token(),
            .direction = Direction::debit,
            .presentment_id = InlineText<64>::of("ARN:1"),
            .amounts = {{1'250}, {826}, {1'250}, {826}, {}},
            .merchant = good_merchant()};
}

/// Digits and forms of the network identity, under the names it has in `C`.
template <class C>
std::vector<Row<C>> identity_rows(NetworkIdentity& (*of)(C&), const std::string& prefix,
                                  const std::string& trace) {
    const std::string id = prefix + "network_transaction_id";
    const std::string acquirer = trace + "acquirer";
    const std::string stan = trace + "stan";
    const std::string sent = trace + "transmission_time";
    const std::string rrn = trace + "rrn";
    const auto put = [of](auto member, std::string_view text) {
        return [of, member, text](C& c) {
            auto& target = of(c).*member;
            target = std::remove_reference_t<decltype(target)>::of(text);
        };
    };
    using N = NetworkIdentity;
    return {
        {"a network id that passes Luhn", put(&N::network_transaction_id, "411111111111116"),
         accepted},
        {"a network id of 14 digits", put(&N::network_transaction_id, "12345678901234"), id},
        {"a letter in the network id", put(&N::network_transaction_id, "12345678901234A"), id},
        {"an acquirer of one digit", put(&N::acquirer, "4"), accepted},
        {"an acquirer of 11 digits", put(&N::acquirer, "12345678901"), accepted},
        {"a letter in the acquirer", put(&N::acquirer, "4000x"), acquirer},
        {"a STAN of 5 digits", put(&N::stan, "12345"), stan},
        {"a letter in the STAN", put(&N::stan, "12345A"), stan},
        {"the first moment of a year", put(&N::transmission_time, "0101000000"), accepted},
        {"month 13", put(&N::transmission_time, "1301000000"), sent},
        {"month 0", put(&N::transmission_time, "0001000000"), sent},
        {"30 February", put(&N::transmission_time, "0230000000"), sent},
        {"31 April", put(&N::transmission_time, "0431000000"), sent},
        {"hour 24", put(&N::transmission_time, "0401240000"), sent},
        {"minute 60", put(&N::transmission_time, "0401006000"), sent},
        {"second 60", put(&N::transmission_time, "0401000060"), sent},
        {"9 digits of time", put(&N::transmission_time, "040100000"), sent},
        {"a short RRN", put(&N::rrn, "a"), accepted},
        {"a hyphen in the RRN", put(&N::rrn, "RRN-1"), rrn},
    };
}

template <class C>
std::vector<Row<C>> amount_rows() {
    const auto put = [](AmountMinor transaction, AmountMinor billing) {
        return [=](C& c) {
            c.amounts.transaction = transaction;
            c.amounts.billing = billing;
        };
    };
    const auto currencies = [](int transaction, int billing) {
        return [=](C& c) {
            c.amounts.transaction_currency = {static_cast<std::uint16_t>(transaction)};
            c.amounts.billing_currency = {static_cast<std::uint16_t>(billing)};
        };
    };
    const auto rate = [](std::string_view text) {
        return [text](C& c) { c.amounts.conversion_rate = InlineText<8>::of(text); };
    };
    const auto converted_at = [=](AmountMinor mark_up) {
        return [=](C& c) {
            put({100}, {86})(c);
            currencies(978, 826)(c);
            c.amounts.mark_up = mark_up;
        };
    };
    constexpr AmountMinor most = transaction_minor_max;
    constexpr AmountMinor lowest{std::numeric_limits<std::int64_t>::min()};
    constexpr AmountMinor highest{std::numeric_limits<std::int64_t>::max()};
    return {
        {"a penny", put({1}, {1}), accepted},
        {"the largest amount", put(most, most), accepted},
        {"zero", put({0}, {0}), "transaction.minor_units"},
        {"negative", put({-1}, {-1}), "transaction.minor_units"},
        {"one too many", put({most.value + 1}, {most.value + 1}), "transaction.minor_units"},
        {"the lowest number there is", put(lowest, lowest), "transaction.minor_units"},
        {"the highest number there is", put(highest, highest), "transaction.minor_units"},
        {"billing of zero", put({1}, {0}), "billing.minor_units"},
        {"billing above the limit", put({1}, {most.value + 1}), "billing.minor_units"},
        {"billing that differs in one currency", put({100}, {101}), "billing.minor_units"},
        {"two currencies, two amounts",
         [=](C& c) {
             put({100}, {86})(c);
             currencies(978, 826)(c);
         },
         accepted},
        {"the highest currency code", currencies(999, 999), accepted},
        {"no transaction currency", currencies(0, 826), "transaction.currency"},
        {"a currency of 4 digits", currencies(1000, 826), "transaction.currency"},
        {"no billing currency", currencies(978, 0), "billing.currency"},
        {"a billing currency of 4 digits", currencies(978, 1000), "billing.currency"},
        {"a rate", rate("61234567"), accepted},
        {"a rate of 7 digits", rate("6123456"), "conversion_rate"},
        {"a rate with a point", rate("1.234567"), "conversion_rate"},
        {"a mark-up that is all of it", converted_at({86}), accepted},
        {"a mark-up of more than was billed", converted_at({87}), "mark_up.minor_units"},
        {"a mark-up below zero", converted_at({-1}), "mark_up.minor_units"},
        {"a mark-up where nothing was converted", [](C& c) { c.amounts.mark_up = {1}; },
         "mark_up.minor_units"},
    };
}

template <class C>
std::vector<Row<C>> merchant_rows() {
    const auto mcc = [](int code) {
        return [code](C& c) { c.merchant.mcc = {static_cast<std::uint16_t>(code)}; };
    };
    const auto country = [](std::string_view text) {
        return [text](C& c) { c.merchant.country = InlineText<2>::of(text); };
    };
    const auto acceptor = [](std::string_view text) {
        return [text](C& c) { c.merchant.acceptor = InlineText<15>::of(text); };
    };
    const auto terminal = [](std::string_view text) {
        return [text](C& c) { c.merchant.terminal = InlineText<8>::of(text); };
    };
    return {
        {"an unknown merchant", [](C& c) { c.merchant = {.mcc = {0}}; }, accepted},
        {"the last MCC", mcc(9999), accepted},
        {"an MCC of 5 digits", mcc(10'000), "mcc"},
        {"the widest MCC", mcc(65'535), "mcc"},
        {"an acceptor that passes Luhn", acceptor("411111111111116"), accepted},
        {"a control character in the acceptor", acceptor("A\x01"), "acceptor"},
        {"a letter beyond ASCII in the acceptor", acceptor("\xc3\xa9"), "acceptor"},
        {"a control character in the terminal", terminal("A\n"), "terminal"},
        {"a country in small letters", country("gb"), "merchant.country"},
        {"a country of one letter", country("G"), "merchant.country"},
        {"a country with a digit", country("G1"), "merchant.country"},
    };
}

template <class C>
void expect_merchant_text_rows(const C& good) {
    expect_rows(good, free_text_rows<C>("merchant.name",
                                        [](C& c) -> auto& { return c.merchant.name.text; }));
    expect_rows(good, free_text_rows<C>("merchant.city",
                                        [](C& c) -> auto& { return c.merchant.city.text; }));
}

TEST(Validate, ChecksEveryPartOfAnAuthorisation) {
    using C = Authorise;
    const C good = good_authorise();
    expect_rows(good, request_rows<C>());
    expect_rows(good, amount_rows<C>());
    expect_rows(good, merchant_rows<C>());
    expect_merchant_text_rows(good);
    expect_rows(good,
                identity_rows<C>([](C& c) -> NetworkIdentity& { return c.identity; }, "", ""));
    const auto for_nothing = [](int value) {
        return [value](Authorise& c) {
            c.kind = static_cast<TransactionKind>(value);
            c.amounts.transaction = {0};
            c.amounts.billing = {0};
        };
    };
    const auto refund_of = [](AuthorisationId id, std::string_view network) {
        return [id, network](Authorise& c) {
            c.kind = TransactionKind::refund;
            c.refunds = {id, InlineText<15>::of(network)};
        };
    };
    const auto kind = [](int value, AmountMinor cashback) {
        return [=](C& c) {
            c.kind = static_cast<TransactionKind>(value);
            c.cashback = cashback;
        };
    };
    const auto expiry = [](int year, int month) {
        return [=](C& c) {
            c.expiry = {.year = static_cast<std::int16_t>(year),
                        .month = static_cast<std::uint8_t>(month)};
        };
    };
    expect_rows<C>(
        good,
        {{"nothing optional",
          [](C& c) {
              c = {.request = c.request,
                   .card_token = c.card_token,
                   .amounts = c.amounts,
                   .merchant = {.mcc = {5411}}};
          },
          accepted},
         {"no token", [](C& c) { c.card_token = {}; }, "card_token"},
         {"cash", kind(2, {0}), accepted},
         {"cashback of all but a penny", kind(3, {1'249}), accepted},
         {"a kind of a later version", kind(0, {0}), accepted},
         {"quasi-cash", kind(4, {0}), accepted},
         {"a verification of nothing", for_nothing(5), accepted},
         {"a verification of an amount", kind(5, {0}), "transaction.minor_units"},
         {"a verification that is billed",
          [for_nothing](Authorise& c) {
              for_nothing(5)(c);
              c.amounts.billing = {1};
          },
          "billing.minor_units"},
         {"a balance enquiry", for_nothing(6), accepted},
         {"a balance enquiry with an amount", kind(6, {0}), "transaction.minor_units"},
         {"a purchase of nothing", for_nothing(1), "transaction.minor_units"},
         {"a refund", kind(7, {0}), accepted},
         {"a refund of nothing", for_nothing(7), "transaction.minor_units"},
         {"an original credit", kind(8, {0}), accepted},
         {"a refund of a purchase by its id", refund_of({{1}, {7}}, ""), accepted},
         {"a refund of a purchase by the network", refund_of({}, "123456789012345"), accepted},
         {"half an id of the purchase", refund_of({{0}, {7}}, ""), "refunds.authorisation_id"},
         {"a network id of the purchase of 3 digits", refund_of({}, "123"),
          "refunds.network_transaction_id"},
         {"a purchase that refunds another",
          [refund_of](Authorise& c) {
              refund_of({{1}, {7}}, "")(c);
              c.kind = TransactionKind::purchase;
          },
          "refunds"},
         {"an unknown kind", kind(9, {0}), "kind"},
         {"cashback with a purchase", kind(1, {100}), "cashback.minor_units"},
         {"cashback with cash", kind(2, {100}), "cashback.minor_units"},
         {"negative cashback with a purchase", kind(1, {-1}), "cashback.minor_units"},
         {"a cashback kind without cashback", kind(3, {0}), "cashback.minor_units"},
         {"negative cashback", kind(3, {-1}), "cashback.minor_units"},
         {"cashback of the whole", kind(3, {1'250}), "cashback.minor_units"},
         {"a date that never is", [](C& c) { c.local_date = InlineText<4>::of("0230"); },
          "local_date"},
         {"a short date", [](C& c) { c.local_date = InlineText<4>::of("229"); }, "local_date"},
         {"a time that never is", [](C& c) { c.local_time = InlineText<6>::of("240000"); },
          "local_time"},
         {"a time with a sign", [](C& c) { c.local_time = InlineText<6>::of("-10000"); },
          "local_time"},
         {"no expiry", expiry(0, 0), accepted},
         {"the first expiry", expiry(2000, 1), accepted},
         {"the last expiry", expiry(2099, 12), accepted},
         {"month 13", expiry(2027, 13), "expiry"},
         {"a year without a month", expiry(2027, 0), "expiry"},
         {"a year of two digits", expiry(27, 12), "expiry"},
         {"a year too late", expiry(2100, 1), "expiry"},
         {"an unknown entry mode", [](C& c) { c.entry_mode = static_cast<EntryMode>(8); },
          "entry_mode"},
         {"an unknown channel", [](C& c) { c.channel = static_cast<Channel>(6); }, "channel"}});
}

TEST(Validate, ChecksEveryPartOfAReversal) {
    using C = Reverse;
    const C good = good_reverse();
    expect_rows(good, request_rows<C>());
    expect_rows(good, free_text_rows<C>("reason", [](C& c) -> auto& { return c.reason.text; }));
    expect_rows(good, identity_rows<C>([](C& c) -> NetworkIdentity& { return c.original.identity; },
                                       "original.", "original.trace."));
    const auto only = [](OriginalReference original) {
        return [original](C& c) { c.original = original; };
    };
    const RequestKey key = RequestKey::of("key-0");
    const CallerId caller = CallerId::of("gateway-1");
    NetworkIdentity trace = good_identity();
    trace.network_transaction_id = {};
    NetworkIdentity part_of_trace = trace;
    part_of_trace.rrn = {};
    NetworkIdentity part_of_trace_without_time = trace;
    part_of_trace_without_time.transmission_time = {};
    const auto code = [](std::string_view text) { return AuthorisationCode::of(text); };
    expect_rows<C>(
        good,
        {{"by caller and key", only({.caller = caller, .request_key = key}), accepted},
         {"by network id",
          only({.identity = {.network_transaction_id = InlineText<15>::of("000000000000001")}}),
          accepted},
         {"by the whole trace", only({.identity = trace}), accepted},
         {"by code", only({.authorisation_code = code("A1B2C3")}), accepted},
         {"by the acquirer's marks and the date",
          only({.identity = part_of_trace_without_time, .local_date = InlineText<4>::of("0603")}),
          accepted},
         {"by the acquirer's marks alone", only({.identity = part_of_trace_without_time}),
          "original"},
         {"a date that is none", only({.identity = trace, .local_date = InlineText<4>::of("0632")}),
          "original.trace.local_date"},
         {"by nothing", only({}), "original"},
         {"by a part of the trace", only({.identity = part_of_trace}), "original"},
         {"a key without its caller", only({.request_key = key}), "original.request"},
         {"a caller without a key", only({.caller = caller}), "original.request"},
         {"a key of another form", only({.caller = caller, .request_key = RequestKey::of("a b")}),
          "original.request.request_key"},
         {"an id without its epoch", only({.authorisation_id = {{0}, {42}}}),
          "original.authorisation_id"},
         {"an id without its sequence", only({.authorisation_id = {{1}, {0}}}),
          "original.authorisation_id"},
         {"a code of five", only({.authorisation_code = code("A1B2C")}),
          "original.authorisation_code"},
         {"a code in small letters", only({.authorisation_code = code("a1b2c3")}),
          "original.authorisation_code"},
         {"no token", [](C& c) { c.card_token = {}; }, "card_token"},
         {"the most that can remain", [](C& c) { c.remaining = transaction_minor_max; }, accepted},
         {"a negative rest", [](C& c) { c.remaining = {-1}; }, "remaining.minor_units"},
         {"a rest too large", [](C& c) { c.remaining = {transaction_minor_max.value + 1}; },
          "remaining.minor_units"},
         {"no currency", [](C& c) { c.currency = {0}; }, "remaining.currency"},
         {"no reason", [](C& c) { c.reason = {}; }, accepted}});
}

TEST(Validate, ChecksEveryPartOfAPresentment) {
    using C = Present;
    const C good = good_present();
    expect_rows(good, request_rows<C>());
    expect_rows(good, amount_rows<C>());
    expect_rows(good, merchant_rows<C>());
    expect_merchant_text_rows(good);
    expect_rows(good, identity_rows<C>([](C& c) -> NetworkIdentity& { return c.original.identity; },
                                       "original.", "original.trace."));
    const auto id = [](std::string_view text) {
        return [text](C& c) { c.presentment_id = InlineText<64>::of(text); };
    };
    const auto taking_back = [](std::string_view text, Direction direction) {
        return [text = std::string(text), direction](C& c) {
            c.reverses = PresentmentId::of(text);
            c.direction = direction;
        };
    };
    const auto of_kind = [](PresentmentKind kind, Direction direction) {
        return [=](C& c) {
            c.kind = kind;
            c.direction = direction;
        };
    };
    expect_rows<C>(
        good,
        {{"a credit", [](C& c) { c.direction = Direction::credit; }, accepted},
         {"no direction", [](C& c) { c.direction = static_cast<Direction>(0); }, "direction"},
         {"an unknown direction", [](C& c) { c.direction = static_cast<Direction>(3); },
          "direction"},
         {"no token", [](C& c) { c.card_token = {}; }, "card_token"},
         {"no id", id(""), "presentment_id"},
         {"a space in the id", id("a b"), "presentment_id"},
         {"a clearing that a credit takes back", taking_back("p-0", Direction::credit), accepted},
         {"a clearing that a debit takes back", taking_back("p-0", Direction::debit), "reverses"},
         {"itself taken back", taking_back(good.presentment_id.view(), Direction::credit),
          "reverses"},
         {"a space in what is taken back", taking_back("a b", Direction::credit), "reverses"},
         {"a chargeback", of_kind(PresentmentKind::chargeback, Direction::credit), accepted},
         {"a chargeback as a debit", of_kind(PresentmentKind::chargeback, Direction::debit),
          "kind"},
         {"a second presentment", of_kind(PresentmentKind::second, Direction::debit), accepted},
         {"a second one as a credit", of_kind(PresentmentKind::second, Direction::credit), "kind"},
         {"an unknown kind", of_kind(PresentmentKind{4}, Direction::debit), "kind"},
         {"no kind", of_kind(PresentmentKind{0}, Direction::debit), "kind"},
         {"a chargeback that takes a clearing back",
          [&](C& c) {
              taking_back("p-0", Direction::credit)(c);
              c.kind = PresentmentKind::chargeback;
          },
          "kind"},
         {"a key without its caller", [](C& c) { c.original.request_key = RequestKey::of("k"); },
          "original.request"}});
}

TEST(Validate, ChecksEveryPartOfAnAdvice) {
    using C = Advise;
    const Present like = good_present();
    const C good{.request = like.request,
                 .card_token = like.card_token,
                 .advice = AdviceKind::completion,
                 .original = like.original,
                 .amounts = like.amounts,
                 .merchant = like.merchant,
                 .identity = like.identity,
                 .local_date = like.local_date};
    expect_rows(good, request_rows<C>());
    expect_rows(good, amount_rows<C>());
    expect_rows(good, merchant_rows<C>());
    expect_merchant_text_rows(good);
    expect_rows(good,
                identity_rows<C>([](C& c) -> NetworkIdentity& { return c.identity; }, "", ""));
    expect_rows(good, identity_rows<C>([](C& c) -> NetworkIdentity& { return c.original.identity; },
                                       "original.", "original.trace."));
    const auto advice = [](int number) {
        return [number](C& c) { c.advice = static_cast<AdviceKind>(number); };
    };
    const auto code = [](std::string_view text) {
        return [text](C& c) { c.code = AuthorisationCode::of(text); };
    };
    expect_rows<C>(
        good, {{"stand-in approved", advice(1), accepted},
               {"stand-in declined", advice(2), accepted},
               {"no advice", advice(0), "advice"},
               {"an unknown advice", advice(4), "advice"},
               {"no original", [](C& c) { c.original = {}; }, accepted},
               {"the last entry mode", [](C& c) { c.entry_mode = EntryMode::credential_on_file; },
                accepted},
               {"an unknown entry mode", [](C& c) { c.entry_mode = static_cast<EntryMode>(8); },
                "entry_mode"},
               {"the last channel", [](C& c) { c.channel = Channel::recurring; }, accepted},
               {"an unknown channel", [](C& c) { c.channel = static_cast<Channel>(6); }, "channel"},
               {"a code", code("A1B2C3"), accepted},
               {"a code of five", code("A1B2C"), "authorisation_code"},
               {"a code in small letters", code("a1b2c3"), "authorisation_code"},
               {"no token", [](C& c) { c.card_token = {}; }, "card_token"},
               {"a day that is none", [](C& c) { c.local_date = InlineText<4>::of("0230"); },
                "local_date"},
               {"a month that is none", [](C& c) { c.local_date = InlineText<4>::of("1301"); },
                "local_date"}});
}

TEST(Validate, RefusesNoneOfTenThousandRandomNetworkTransactionIds) {
    constexpr std::uint64_t seed = 20'260'331;
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::uint64_t> digits(0, 999'999'999'999'999);
    Authorise command = good_authorise();
    for (int round = 0; round < 10'000; ++round) {
        std::string id = std::to_string(digits(random));
        id.insert(0, 15 - id.size(), '0');
        command.identity.network_transaction_id = InlineText<15>::of(id);
        command.merchant.acceptor = InlineText<15>::of(id);
        command.request.key = RequestKey::of(id);
        ASSERT_TRUE(validate(command)) << "seed " << seed << ", id " << id;
    }
}

TEST(Validate, ReportsTheFirstFieldInTheOrderOfTheMessage) {
    Authorise command = good_authorise();
    command.channel = static_cast<Channel>(99);
    command.merchant.mcc = {10'000};
    EXPECT_EQ(validate(command).fault().field, "mcc");
    command.amounts.transaction = {0};
    EXPECT_EQ(validate(command).fault().field, "transaction.minor_units");
    command.request.key = {};
    EXPECT_EQ(validate(command).fault().field, "request_key");
}

TEST(Validate, GivesTheCommandBack) {
    Result<Valid<Authorise>> valid = validate(good_authorise());
    ASSERT_TRUE(valid);
    EXPECT_EQ((*valid)->amounts.billing, AmountMinor{1'250});
    EXPECT_EQ((*std::move(valid)).take(), good_authorise());
}

TEST(Validate, AllocatesNothingForWhatTheNetworkSends) {
    const Authorise authorise = good_authorise();
    const Reverse reverse = good_reverse();
    const Present present = good_present();
    const std::size_t before = allocations;
    const bool authorise_holds{validate(authorise)};
    const bool reverse_holds{validate(reverse)};
    const bool present_holds{validate(present)};
    const std::size_t after = allocations;
    EXPECT_TRUE(authorise_holds);
    EXPECT_TRUE(reverse_holds);
    EXPECT_TRUE(present_holds);
    EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace carecard::rules
