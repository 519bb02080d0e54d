#include "services/sequencer/inbox.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace carecard::sequencer {
namespace {

Submission authorise(int number = 0) {
    return {.command =
                rules::Authorise{.request = {.key = RequestKey::of("k" + std::to_string(number))}}};
}
Submission reverse() { return {.command = rules::Reverse{}}; }

void fill(Inbox& inbox, std::size_t count) {
    for (std::size_t pushed = 0; pushed < count; ++pushed) ASSERT_TRUE(inbox.push(reverse()));
}

std::string key_of(const InboxItem& item) {
    return std::get<rules::Authorise>(std::get<Submission>(item).command).request.key.str();
}

TEST(Inbox, GivesOutInTheOrderOfComingAndNoMoreThanAsked) {
    Inbox inbox;
    int next_in = 0;
    int next_out = 0;
    std::vector<InboxItem> out;
    for (int round = 0; round < 200; ++round) {
        for (int pushed = 0; pushed < 7; ++pushed) ASSERT_TRUE(inbox.push(authorise(next_in++)));
        out.clear();
        inbox.take(out, 6);
        ASSERT_EQ(out.size(), 6U);
        for (const InboxItem& item : out) ASSERT_EQ(key_of(item), "k" + std::to_string(next_out++));
        ASSERT_EQ(inbox.size(), static_cast<std::size_t>(next_in - next_out));
    }
    out.clear();
    inbox.take(out, 1'000);
    EXPECT_EQ(out.size(), 200U);
    EXPECT_EQ(key_of(out.back()), "k" + std::to_string(next_in - 1));
    EXPECT_EQ(inbox.size(), 0U);
}

TEST(Inbox, AppendsToWhatWasTakenBefore) {
    Inbox inbox;
    ASSERT_TRUE(inbox.push(authorise(1)));
    ASSERT_TRUE(inbox.push(authorise(2)));
    std::vector<InboxItem> out;
    inbox.take(out, 1);
    inbox.take(out, 1);
    inbox.take(out, 1);
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(key_of(out[1]), "k2");
}

TEST(Inbox, RefusesAtOnceWhenFullAndLeavesTheItemAsItWas) {
    Inbox inbox;
    fill(inbox, inbox_commands_max);
    InboxItem item = authorise(7);
    const Result<Done> pushed = inbox.push(std::move(item));
    ASSERT_FALSE(pushed);
    EXPECT_EQ(pushed.fault().kind, FaultKind::overloaded);
    EXPECT_EQ(key_of(item), "k7");
    EXPECT_FALSE(inbox.push(reverse()));
    EXPECT_FALSE(inbox.push(Query{}));
    std::vector<InboxItem> out;
    inbox.take(out, 1);
    EXPECT_TRUE(inbox.push(reverse()));
    EXPECT_FALSE(inbox.push(reverse()));
}

TEST(Inbox, KeepsAQuarterOfItsPlacesForFacts) {
    Inbox inbox;
    fill(inbox, inbox_commands_max - inbox_reserved_for_facts - 1);
    EXPECT_TRUE(inbox.push(authorise()));
    EXPECT_FALSE(inbox.push(authorise()));
    EXPECT_TRUE(inbox.push(reverse()));
    EXPECT_TRUE(inbox.push(Submission{.command = rules::Present{}}));
    EXPECT_TRUE(inbox.push(Query{}));
    EXPECT_FALSE(inbox.push(authorise()));
}

TEST(Inbox, WakesForEachItemItTookAndForNone) {
    int woken = 0;
    Inbox inbox([&woken] { ++woken; });
    fill(inbox, inbox_commands_max);
    EXPECT_EQ(woken, static_cast<int>(inbox_commands_max));
    EXPECT_FALSE(inbox.push(reverse()));
    EXPECT_EQ(woken, static_cast<int>(inbox_commands_max));
}

TEST(Inbox, LosesNothingBetweenThreads) {
    Inbox inbox;
    constexpr int each = 5'000;
    std::vector<std::thread> pushers;
    for (int thread = 0; thread < 3; ++thread) {
        pushers.emplace_back([&inbox, thread] {
            for (int number = 0; number < each; ++number) {
                while (!inbox.push(authorise(thread * each + number))) std::this_thread::yield();
            }
        });
    }
    std::vector<int> last(3, -1);
    std::vector<InboxItem> out;
    for (int taken = 0; taken < 3 * each; taken += static_cast<int>(out.size())) {
        out.clear();
        inbox.take(out, 100);
        for (const InboxItem& item : out) {
            const int number = std::stoi(key_of(item).substr(1));
            int& before = last[static_cast<std::size_t>(number / each)];
            ASSERT_EQ(number % each, before + 1);
            before = number % each;
        }
    }
    for (std::thread& pusher : pushers) pusher.join();
    EXPECT_EQ(inbox.size(), 0U);
}

}  // namespace
}  // namespace carecard::sequencer
