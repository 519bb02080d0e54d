#include "services/rpc/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "services/rpc/wire.h"

namespace carecard::rpc {
namespace {

constexpr CurrencyCode gbp{826};
constexpr CurrencyCode eur{978};
constexpr CurrencyCode jpy{392};
constexpr CurrencyCode kwd{414};
constexpr CurrencyCode nowhere{1};

template <class T>
void expect_malformed(const Result<T>& result, const std::string& what) {
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.fault().kind, FaultKind::malformed) << what;
    EXPECT_EQ(result.fault().field, "some.field") << what;
}

TEST(Text, WritesAndReadsAuthorisationIds) {
    const AuthorisationId id{.epoch = {1}, .sequence = {42}};
    EXPECT_EQ(to_text(id), "1-42");
    EXPECT_EQ(*parse_authorisation_id("1-42", "some.field"), id);
    EXPECT_EQ(*parse_authorisation_id("4294967295-18446744073709551615", "some.field"),
              (AuthorisationId{.epoch = {0xffffffff}, .sequence = {0xffffffffffffffff}}));
    EXPECT_EQ(to_text(AuthorisationId{}), "");
    for (const char* text : {"", "-", "1", "1-", "-1", "0-1", "1-0", "01-1", "1-01", "1-2-3",
                             "+1-2", "1 -2", "a-b", "4294967296-1", "1-18446744073709551616"}) {
        expect_malformed(parse_authorisation_id(text, "some.field"), text);
    }
}

TEST(Text, WritesAndReadsDays) {
    const struct {
        std::int32_t day;
        const char* text;
    } rows[] = {{0, "1970-01-01"},
                {-1, "1969-12-31"},
                {11'016, "2000-02-29"},
                {20'541, "2026-03-29"},
                {84'005, "2199-12-31"}};
    for (const auto& row : rows) {
        EXPECT_EQ(to_text(DayNumber{row.day}), row.text);
        EXPECT_EQ(*parse_day(row.text, "some.field"), DayNumber{row.day});
    }
    for (const char* text :
         {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "2026-04-31", "26-01-01",
          "2026/01/01", "2026-01-01T", " 2026-01-01", "+026-01-01"}) {
        expect_malformed(parse_day(text, "some.field"), text);
    }
}

TEST(Text, WritesAndReadsExpiryMonths) {
    const ExpiryMonth month{.year = 2029, .month = 8};
    EXPECT_EQ(to_text(month), "2029-08");
    EXPECT_EQ(to_text(ExpiryMonth{}), "");
    EXPECT_EQ(*parse_expiry("2029-08", "some.field"), month);
    EXPECT_EQ(*parse_network_expiry("2908", "some.field"), month);
    for (const char* text : {"", "2029-13", "2029-00", "1999-01", "2100-01", "2029-8", "202908"}) {
        expect_malformed(parse_expiry(text, "some.field"), text);
    }
    for (const char* text : {"", "2913", "2900", "29", "290", "29-8", "29081", "xx08"}) {
        expect_malformed(parse_network_expiry(text, "some.field"), text);
    }
}

TEST(Text, WritesAndReadsTimestamps) {
    const struct {
        std::int64_t ns;
        const char* text;
    } rows[] = {{0, "1970-01-01T00:00:00Z"},
                {1, "1970-01-01T00:00:00.000000001Z"},
                {1'774'746'000 * ns_per_second, "2026-03-29T01:00:00Z"},
                {-1, "1969-12-31T23:59:59.999999999Z"},
                {seconds(86'399).value + 500'000'000, "1970-01-01T23:59:59.500000000Z"}};
    for (const auto& row : rows) {
        EXPECT_EQ(to_text(TimestampNs{row.ns}), row.text);
        EXPECT_EQ(*parse_timestamp(row.text, "some.field"), TimestampNs{row.ns}) << row.text;
    }
    EXPECT_EQ(*parse_timestamp("1970-01-01T00:00:00.5Z", "some.field"),
              TimestampNs{ns_per_second / 2});
    for (const char* text :
         {"", "2026-03-29", "2026-03-29T01:00:00", "2026-03-29 01:00:00Z", "2026-03-29T24:00:00Z",
          "2026-03-29T01:60:00Z", "2026-03-29T01:00:60Z", "2026-02-30T01:00:00Z",
          "2026-03-29T01:00:00+01:00", "2026-03-29T01:00:00.Z", "2026-03-29T01:00:00.1234567890Z",
          "9999-03-29T01:00:00Z", "0001-03-29T01:00:00Z"}) {
        expect_malformed(parse_timestamp(text, "some.field"), text);
    }
}

TEST(Text, WritesMoneyForPeople) {
    const struct {
        std::int64_t minor;
        CurrencyCode currency;
        const char* money;
        const char* amount;
    } rows[] = {{1'234, gbp, "£12.34", "12.34"},
                {5, gbp, "£0.05", "0.05"},
                {0, gbp, "£0.00", "0.00"},
                {-5, gbp, "-£0.05", "-0.05"},
                {100'000, gbp, "£1,000.00", "1000.00"},
                {99'999, gbp, "£999.99", "999.99"},
                {123'456'789, eur, "1,234,567.89 EUR", "1234567.89"},
                {-1'234, eur, "-12.34 EUR", "-12.34"},
                {500, jpy, "500 JPY", "500"},
                {1'000, jpy, "1,000 JPY", "1000"},
                {1'005, kwd, "1.005 KWD", "1.005"},
                {7, nowhere, "7", "7"}};
    for (const auto& row : rows) {
        EXPECT_EQ(money_text({row.minor}, row.currency), row.money);
        EXPECT_EQ(amount_text({row.minor}, row.currency), row.amount);
    }
    EXPECT_EQ(amount_text({std::numeric_limits<std::int64_t>::min()}, jpy), "-9223372036854775808");
}

TEST(Text, ReadsAmountsInMajorUnits) {
    const struct {
        const char* text;
        CurrencyCode currency;
        std::int64_t minor;
    } rows[] = {{"12.34", gbp, 1'234}, {"12", gbp, 1'200},
                {"12.5", gbp, 1'250},  {"-0.05", gbp, -5},
                {"0", gbp, 0},         {"500", jpy, 500},
                {"1.005", kwd, 1'005}, {"10000000000.00", gbp, 1'000'000'000'000}};
    for (const auto& row : rows) {
        const Result<AmountMinor> amount = parse_amount(row.text, row.currency, "some.field");
        ASSERT_TRUE(amount) << row.text;
        EXPECT_EQ(amount->value, row.minor) << row.text;
    }
    for (const char* text : {"", "-", ".5", "12.", "12.345", "1,000.00", "£1", "1e3", "+1", "--1",
                             " 1", "1 ", "0x1", "10000000000.01", "99999999999999999999"}) {
        expect_malformed(parse_amount(text, gbp, "some.field"), text);
    }
    expect_malformed(parse_amount("1.0", jpy, "some.field"), "1.0 JPY");
    expect_malformed(parse_amount("1", nowhere, "some.field"), "no currency");
}

TEST(Wire, CarriesMoneyThereAndBack) {
    const Price price{.amount = {-1'234}, .currency = eur};
    EXPECT_EQ(to_money(price).currency(), "EUR");
    EXPECT_EQ(*parse_money(to_money(price), "billing"), price);
    v1::Money unknown = to_money(price);
    unknown.set_currency("eur");
    const Result<Price> parsed = parse_money(unknown, "billing");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.fault().kind, FaultKind::malformed);
    EXPECT_EQ(parsed.fault().field, "billing.currency");
}

TEST(Wire, CarriesTimeThereAndBack) {
    for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1}, days(20'000).value + 7}) {
        google::protobuf::Timestamp timestamp;
        set_timestamp({ns}, timestamp);
        EXPECT_EQ(*parse_timestamp(timestamp, "to"), TimestampNs{ns});
    }
    google::protobuf::Timestamp before;
    set_timestamp({-1}, before);
    EXPECT_EQ(before.seconds(), -1);
    EXPECT_EQ(before.nanos(), 999'999'999);
    expect_malformed(parse_timestamp(before, "some.field"), "before 1970");
    google::protobuf::Timestamp strange;
    strange.set_nanos(1'000'000'000);
    expect_malformed(parse_timestamp(strange, "some.field"), "a whole second of nanoseconds");
    strange.set_nanos(0);
    strange.set_seconds(7'258'118'400);
    expect_malformed(parse_timestamp(strange, "some.field"), "the year 2200");
}

}  // namespace
}  // namespace carecard::rpc
