#include "bench/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "bench/deck.h"
#include "bench/sample.h"
#include "services/authorisation/convert_request.h"

namespace carecard::bench {
namespace {

std::vector<std::uint32_t> thousands_of_ns(std::uint32_t count) {
    std::vector<std::uint32_t> latencies_ns;
    for (std::uint32_t number = count; number > 0; --number) {
        latencies_ns.push_back(number * 1'000);
    }
    return latencies_ns;
}

TEST(Percentile, IsTheLatencyBelowWhichThatShareOfTheAnswersCame) {
    std::vector<std::uint32_t> latencies_ns = thousands_of_ns(1'000);
    EXPECT_EQ(percentile_us(latencies_ns, 50), 501);
    EXPECT_EQ(percentile_us(latencies_ns, 99), 991);
    EXPECT_EQ(percentile_us(latencies_ns, 100), 1'000);
}

TEST(Percentile, IsZeroOfNothing) {
    std::vector<std::uint32_t> nothing;
    EXPECT_EQ(percentile_us(nothing, 50), 0);
}

TEST(Recorder, CountsOnlyWhatIsAnsweredBetweenWarmUpAndEnd) {
    const std::int64_t hour_ns = 3'600'000'000'000;
    const std::int64_t now_ns = monotonic_ns();
    Recorder recorder({.warm_up_ns = hour_ns, .measured_ns = 2 * hour_ns});
    recorder.add({.sent_ns = now_ns, .now_ns = now_ns + hour_ns / 2});
    recorder.add({.sent_ns = now_ns + 2 * hour_ns - 7'000, .now_ns = now_ns + 2 * hour_ns});
    recorder.add({.sent_ns = now_ns, .now_ns = now_ns + 4 * hour_ns});
    EXPECT_FALSE(recorder.over(now_ns + 2 * hour_ns));
    EXPECT_TRUE(recorder.over(now_ns + 4 * hour_ns));
    const Sample sample = recorder.take();
    EXPECT_EQ(sample.latencies_ns, std::vector<std::uint32_t>{7'000});
    EXPECT_EQ(sample.elapsed_ns, 2 * hour_ns);
}

Row sample_row() {
    return make_row({.mode = Mode::batch, .in_flight = 1'024, .batch = 64},
                    {.latencies_ns = thousands_of_ns(1'000), .elapsed_ns = 2'000'000'000},
                    {.latencies_ns = thousands_of_ns(2'000), .elapsed_ns = 2'000'000'000});
}

TEST(Report, HasTheServicesShareOfTheEchoServersRate) {
    const Row row = sample_row();
    EXPECT_EQ(row.rate, 500);
    EXPECT_EQ(row.echo_rate, 1'000);
    EXPECT_EQ(row.ratio(), 0.5);
}

TEST(Report, HasOneJsonObjectForEachRowWithThePromisedKeys) {
    const std::vector<Row> rows{sample_row()};
    const auto array =
        nlohmann::json::parse(to_json(rows, {.accounts = 500, .fsync_p50_us = 270.1234}));
    ASSERT_EQ(array.size(), 1U);
    std::set<std::string> keys;
    for (const auto& item : array[0].items()) keys.insert(item.key());
    EXPECT_EQ(keys, (std::set<std::string>{"mode", "in_flight", "batch", "rate", "echo_rate",
                                           "ratio", "p50_us", "p99_us", "echo_p50_us",
                                           "echo_p99_us", "accounts", "fsync_p50_us"}));
    EXPECT_EQ(array[0]["mode"], "batch");
    EXPECT_EQ(array[0]["in_flight"], 1'024);
    EXPECT_EQ(array[0]["batch"], 64);
    EXPECT_EQ(array[0]["fsync_p50_us"], 270.123);
}

TEST(Deck, DealsValidPaymentsUnderKeysOfTheirOwn) {
    const rpc::Identity gateway{.role = rpc::Role::gateway, .id = CallerId::of("gateway-1")};
    Deck deck(make_card_tokens(10), "bench");
    v1::AuthoriseRequest request;
    std::set<std::string> keys;
    for (int dealt = 0; dealt < 1'000; ++dealt) {
        deck.deal(request);
        keys.insert(request.request_key());
        const auto command = authorisation::to_command(request, gateway);
        ASSERT_TRUE(command) << command.fault().field << ": " << command.fault().detail;
    }
    EXPECT_EQ(keys.size(), 1'000U);
}

}  // namespace
}  // namespace carecard::bench
