#include "tests/end_to_end/kill_rounds.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

#include "services/rpc/faults.h"

namespace carecard::end_to_end {
namespace {

constexpr unsigned accounts = 12;
constexpr unsigned workers = 6;
constexpr std::int64_t opening_pence = 20'000'00;
constexpr std::uint64_t rounds_per_kill_in_recovery = 4;

/// Runs `work(thread)` on `count` threads.
void on_threads(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < count; ++thread) threads.emplace_back(work, thread);
    for (std::thread& thread : threads) thread.join();
}

/// The ids of everything in an account's list but its opening load.
std::set<std::string> listed(v1::AdminService::Stub& support, unsigned card) {
    std::set<std::string> ids;
    v1::ListTransactionsRequest request;
    request.mutable_account()->set_programme("care");
    request.mutable_account()->set_reference(fmt::format("A{}", card));
    request.set_page_size(500);
    const std::string opening = fmt::format("opening-{}", card);
    v1::ListTransactionsResponse page;
    do {
        const grpc::Status status =
            call(support, &v1::AdminService::Stub::ListTransactions, request, page);
        EXPECT_TRUE(status.ok()) << rpc::explain(status);
        for (const v1::Transaction& entry : page.transactions()) {
            if (entry.load_reference() == opening) continue;
            EXPECT_TRUE(ids.insert(entry.event_id()).second) << entry.event_id();
        }
        request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
}

}  // namespace

void KillTally::add(const KillTally& other) {
    kills += other.kills;
    kills_in_recovery += other.kills_in_recovery;
    rounds += other.rounds;
    asked += other.asked;
    in_doubt += other.in_doubt;
    in_doubt_done += other.in_doubt_done;
    events += other.events;
    lost += other.lost;
}

KillRounds::KillRounds(std::uint64_t seed) : random_(seed) {
    Service service(installation_);
    open_accounts(service, accounts, opening_pence);
    EXPECT_EQ(service.stop(), 0) << service.process().said();
}

KillTally KillRounds::tally() const {
    KillTally tally = tally_;
    tally.asked = oracle_.entries().size();
    tally.in_doubt = in_doubt_;
    tally.in_doubt_done = in_doubt_done_;
    tally.events = judge_.events();
    return tally;
}

bool KillRounds::all_answered() const {
    return std::ranges::all_of(
        oracle_.entries(), [](const Oracle::Entry& entry) { return entry.answered.has_value(); });
}

void KillRounds::run() {
    ++tally_.rounds;
    const std::size_t asked_before = oracle_.entries().size();
    {
        const auto began = std::chrono::steady_clock::now();
        Service service(installation_);
        start_time_ = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - began);
        kill_under_load(service);
    }
    if (tally_.rounds % rounds_per_kill_in_recovery == 0) kill_in_recovery();
    judge();
    {
        Service service(installation_);
        repeat_from(service, asked_before);
        read_accounts(service);
        if (random_() % 2 == 0) {
            EXPECT_EQ(service.stop(), 0) << service.process().said();
        } else {
            EXPECT_EQ(service.process().end_by(SIGKILL), -SIGKILL);
            ++tally_.kills;
        }
    }
    judge();
    for (const auto& [card, account] : accounts_) judge_.expect_recounted(account);
}

void KillRounds::kill_under_load(Service& service) {
    const std::uint64_t load_seed = random_();
    const Sender connected(service);  // so that every worker can send before the moment
    const auto moment = std::chrono::microseconds(between(random_, 5'000, 300'000));
    std::thread killer([&] {
        std::this_thread::sleep_for(moment);
        EXPECT_EQ(service.process().end_by(SIGKILL), -SIGKILL) << service.process().said();
    });
    on_threads(workers, [&](unsigned thread) {
        Worker(service, oracle_, fmt::format("r{}w{}", tally_.rounds, thread), accounts,
               load_seed + thread)
            .work();
    });
    killer.join();
    ++tally_.kills;
}

void KillRounds::kill_in_recovery() {
    std::filesystem::remove(installation_.file("ports"));
    Process process(installation_.words(), installation_.file("killed.log"));
    const auto moment = std::chrono::microseconds(between(random_, 0, start_time_.count()));
    std::this_thread::sleep_for(moment);
    EXPECT_EQ(process.end_by(SIGKILL), -SIGKILL) << process.said();
    ++tally_.kills;
    if (!std::filesystem::exists(installation_.file("ports"))) ++tally_.kills_in_recovery;
}

void KillRounds::judge() { tally_.lost += judge_.judge(installation_.data(), oracle_.entries()); }

/// Asks again what was asked since `from`: what was answered gives that answer, and what was in
/// doubt is done once.
void KillRounds::repeat_from(Service& service, std::size_t from) {
    const std::vector<Oracle::Entry> entries = oracle_.entries();
    std::atomic<std::size_t> next{from};
    on_threads(workers, [&](unsigned) {
        Sender sender(service);
        for (std::size_t index; (index = next++) < entries.size();) repeat(sender, entries[index]);
    });
}

void KillRounds::repeat(Sender& sender, const Oracle::Entry& entry) {
    const Sender::Reply first = sender.send(entry.ask);
    ASSERT_TRUE(first.status.ok()) << entry.ask.key << ": " << rpc::explain(first.status);
    if (entry.answered) {
        EXPECT_TRUE(first.replay) << entry.ask.key;
        EXPECT_EQ(first.answered.event_id, entry.answered->event_id) << entry.ask.key;
        EXPECT_TRUE(first.answered == *entry.answered) << entry.ask.key;
        return;
    }
    oracle_.note(entry.ask.key, first.answered);
    ++in_doubt_;
    if (first.replay) ++in_doubt_done_;
    const Sender::Reply second = sender.send(entry.ask);
    ASSERT_TRUE(second.status.ok()) << rpc::explain(second.status);
    EXPECT_TRUE(second.replay) << entry.ask.key;
    EXPECT_TRUE(second.answered == first.answered) << entry.ask.key;
}

/// Compares every account with the sums of the answers, and its list with them.
void KillRounds::read_accounts(Service& service) {
    const auto support = service.staff("support");
    for (const auto& [card, expected] : add_up(oracle_.entries())) {
        v1::ReadAccountRequest request;
        request.mutable_account()->set_programme("care");
        request.mutable_account()->set_reference(fmt::format("A{}", card));
        v1::ReadAccountResponse& account = accounts_[card];
        const grpc::Status status =
            call(*support, &v1::AdminService::Stub::ReadAccount, request, account);
        ASSERT_TRUE(status.ok()) << rpc::explain(status);
        EXPECT_EQ(account.available().minor_units(), expected.available + opening_pence);
        EXPECT_EQ(account.held().minor_units(), expected.held);
        EXPECT_EQ(account.exposure().minor_units(), expected.exposure);
        EXPECT_EQ(listed(*support, card), expected.events) << "account " << card;
    }
}

}  // namespace carecard::end_to_end
