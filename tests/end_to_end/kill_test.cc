#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "services/rpc/faults.h"
#include "tests/end_to_end/installation.h"
#include "tests/end_to_end/kill_oracle.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;
using Random = std::mt19937_64;

constexpr int rounds = 20;
constexpr unsigned accounts = 12;
constexpr unsigned workers = 6;
constexpr std::int64_t opening_pence = 20'000'00;

std::uint64_t seed() {
    const char* const given = std::getenv("CARECARD_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "CARECARD_SEED=" << seed << '\n';
    return seed;
}

std::int64_t between(Random& random, std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}

/// Sends one request and tells what came back; nothing when no answer came.
class Sender {
   public:
    explicit Sender(Service& service)
        : gateway_(service.gateway()), finance_(service.staff("finance")) {}

    struct Reply {
        grpc::Status status;
        Answered answered;
        bool replay = false;
    };

    Reply send(const Ask& ask) {
        switch (ask.kind) {
            case AskKind::load:
                return load(ask);
            case AskKind::authorise:
                return authorise(ask);
            case AskKind::reverse:
                return reverse(ask);
            case AskKind::present:
            case AskKind::refund:
                return present(ask);
        }
        return {};
    }

   private:
    Reply load(const Ask& ask) {
        v1::LoadPurseResponse response;
        const grpc::Status status =
            call(*finance_, &v1::AdminService::Stub::LoadPurse,
                 new_load(fmt::format("A{}", ask.card), ask.pence, ask.key), response);
        return {.status = status,
                .answered = {.event_id = response.receipt().event_id(), .pence = ask.pence},
                .replay = response.receipt().replay()};
    }

    Reply authorise(const Ask& ask) {
        v1::AuthoriseResponse response;
        const grpc::Status status = call(*gateway_, &v1::AuthorisationService::Stub::Authorise,
                                         new_payment(ask.key, ask.card, ask.pence), response);
        return {.status = status,
                .answered = {.event_id = response.authorisation_id(),
                             .code = response.authorisation_code(),
                             .declined = response.has_decline(),
                             .pence = response.approved().minor_units()},
                .replay = response.replay()};
    }

    Reply reverse(const Ask& ask) {
        v1::ReverseResponse response;
        const grpc::Status status = call(*gateway_, &v1::AuthorisationService::Stub::Reverse,
                                         new_reversal(ask.key, ask.card, ask.original), response);
        return {.status = status,
                .answered = {.event_id = response.event_id(),
                             .declined = response.has_decline(),
                             .pence = response.released().minor_units()},
                .replay = response.replay()};
    }

    Reply present(const Ask& ask) {
        v1::PresentRequest request = new_presentment(ask.key, ask.card, ask.original, ask.pence);
        if (ask.kind == AskKind::refund) {
            request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
            request.set_final(false);
        }
        v1::PresentResponse response;
        const grpc::Status status =
            call(*gateway_, &v1::AuthorisationService::Stub::Present, request, response);
        return {.status = status,
                .answered = {.event_id = response.event_id(),
                             .declined = response.has_decline(),
                             .pence = response.cleared().minor_units(),
                             .exposure = response.exposure().minor_units()},
                .replay = response.replay()};
    }

    std::unique_ptr<v1::AuthorisationService::Stub> gateway_;
    std::unique_ptr<v1::AdminService::Stub> finance_;
};

/// One thread of the load: asks one thing after another until no answer comes.
class Worker {
   public:
    Worker(Service& service, Oracle& oracle, std::string name, std::uint64_t seed)
        : sender_(service), oracle_(oracle), name_(std::move(name)), random_(seed) {}

    void work() {
        while (ask_one()) continue;
    }

   private:
    struct Paid {
        std::string id;
        unsigned card;
        std::int64_t pence;
    };

    bool ask_one() {
        Ask ask = next_ask();
        ask.key = fmt::format("{}-{}", name_, ++asked_);
        oracle_.note(ask);
        const Sender::Reply reply = sender_.send(ask);
        if (!reply.status.ok()) {
            // A service that is being killed gives no answer; it never refuses.
            EXPECT_TRUE(reply.status.error_code() == grpc::StatusCode::UNAVAILABLE)
                << rpc::explain(reply.status);
            return false;
        }
        EXPECT_FALSE(reply.replay) << ask.key;
        oracle_.note(ask.key, reply.answered);
        const Answered& answered = reply.answered;
        if (answered.declined) return true;
        if (ask.kind == AskKind::authorise) {
            held_.push_back({answered.event_id, ask.card, answered.pence});
        } else if (ask.kind == AskKind::present) {
            cleared_.push_back({ask.original, ask.card, answered.pence});
        }
        return true;
    }

    Ask next_ask() {
        const std::int64_t dice = between(random_, 0, 99);
        if (dice < 15 && !held_.empty()) {
            const Paid paid = take(held_);
            return {.kind = AskKind::reverse, .card = paid.card, .original = paid.id};
        }
        if (dice < 40 && !held_.empty()) {
            const Paid paid = take(held_);  // at times for more than was held: a tip
            const std::int64_t pence = between(random_, 1, paid.pence + paid.pence / 4 + 1);
            return {
                .kind = AskKind::present, .card = paid.card, .pence = pence, .original = paid.id};
        }
        if (dice < 45 && !cleared_.empty()) {
            const Paid paid = take(cleared_);
            return {.kind = AskKind::refund,
                    .card = paid.card,
                    .pence = paid.pence,
                    .original = paid.id};
        }
        const auto card = static_cast<unsigned>(between(random_, 1, accounts));
        if (dice < 50) {
            return {.kind = AskKind::load, .card = card, .pence = between(random_, 1, 200'00)};
        }
        return {.kind = AskKind::authorise, .card = card, .pence = between(random_, 1, 300'00)};
    }

    Paid take(std::vector<Paid>& from) {
        const auto index = static_cast<std::size_t>(
            between(random_, 0, static_cast<std::int64_t>(from.size()) - 1));
        std::swap(from[index], from.back());
        Paid paid = from.back();
        from.pop_back();
        return paid;
    }

    Sender sender_;
    Oracle& oracle_;
    const std::string name_;
    Random random_;
    int asked_ = 0;
    std::vector<Paid> held_;
    std::vector<Paid> cleared_;
};

/// Runs `work(thread)` on `count` threads.
void on_threads(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < count; ++thread) threads.emplace_back(work, thread);
    for (std::thread& thread : threads) thread.join();
}

class Kill : public testing::Test {
   protected:
    /// Loads the service and kills it while it works.
    void kill_under_load(Service& service, int round) {
        const std::uint64_t round_seed = random_();
        const Sender connected(service);  // so that every worker can send before the moment
        const auto moment = std::chrono::microseconds(between(random_, 20'000, 400'000));
        std::thread killer([&] {
            std::this_thread::sleep_for(moment);
            EXPECT_EQ(service.process().end_by(SIGKILL), -SIGKILL) << service.process().said();
        });
        on_threads(workers, [&](unsigned thread) {
            Worker(service, oracle_, fmt::format("r{}w{}", round, thread), round_seed + thread)
                .work();
        });
        killer.join();
    }

    /// Kills a service that is just starting, at times.
    void kill_at_start() {
        if (between(random_, 0, 2) != 0) return;
        Process process(installation_.words(), installation_.file("killed.log"));
        const std::optional<int> ended =
            process.wait(std::chrono::milliseconds(between(random_, 0, 80)));
        EXPECT_FALSE(ended.has_value()) << process.said();
        process.end_by(SIGKILL);
    }

    /// Asks again what was asked since `from`: what was answered gives that answer, and what was in
    /// doubt is done once.
    void repeat_from(Service& service, std::size_t from) {
        const std::vector<Oracle::Entry> entries = oracle_.entries();
        std::atomic<std::size_t> next{from};
        on_threads(workers, [&](unsigned) {
            Sender sender(service);
            for (std::size_t index; (index = next++) < entries.size();) {
                repeat(sender, entries[index]);
            }
        });
    }

    void repeat(Sender& sender, const Oracle::Entry& entry) {
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
        if (first.replay) ++done_in_doubt_;
        const Sender::Reply second = sender.send(entry.ask);
        ASSERT_TRUE(second.status.ok()) << rpc::explain(second.status);
        EXPECT_TRUE(second.replay) << entry.ask.key;
        EXPECT_TRUE(second.answered == first.answered) << entry.ask.key;
    }

    /// Compares every account with the sums, and its list with the answers.
    void expect_as_added_up(Service& service) {
        const auto support = service.staff("support");
        for (const auto& [card, expected] : add_up(oracle_.entries())) {
            v1::ReadAccountRequest request;
            request.mutable_account()->set_programme("care");
            request.mutable_account()->set_reference(fmt::format("A{}", card));
            v1::ReadAccountResponse account;
            const grpc::Status status =
                call(*support, &v1::AdminService::Stub::ReadAccount, request, account);
            ASSERT_TRUE(status.ok()) << rpc::explain(status);
            EXPECT_EQ(account.available().minor_units(), expected.available + opening_pence);
            EXPECT_EQ(account.held().minor_units(), expected.held);
            EXPECT_EQ(account.exposure().minor_units(), expected.exposure);
            for (const v1::Purse& purse : account.purses()) {
                EXPECT_GE(purse.available().minor_units(), 0);
                EXPECT_GE(purse.held().minor_units(), 0);
            }
            EXPECT_EQ(listed(*support, card), expected.events) << "account " << card;
        }
    }

    /// The ids of everything in an account's list but its opening load.
    static std::set<std::string> listed(v1::AdminService::Stub& support, unsigned card) {
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

    void expect_sound() {
        const Ran ran = run_to_end({"carecard-fsck", "--data", installation_.data()},
                                   installation_.file("fsck.log"));
        EXPECT_EQ(ran.status, 0) << ran.said;
        EXPECT_NE(ran.said.find("sound"), std::string::npos) << ran.said;
    }

    const Installation installation_;
    Random random_{seed()};
    Oracle oracle_{installation_.file("oracle")};
    std::atomic<int> in_doubt_{0};
    std::atomic<int> done_in_doubt_{0};
};

TEST_F(Kill, NeverLosesOrRepeatsWhatWasAnswered) {
    {
        Service service(installation_);
        open_accounts(service, accounts, opening_pence);
        EXPECT_EQ(service.stop(), 0) << service.process().said();
    }
    for (int round = 1; round <= rounds && !HasFailure(); ++round) {
        const std::size_t asked_before = oracle_.entries().size();
        {
            Service service(installation_);
            ASSERT_FALSE(HasFailure());
            kill_under_load(service, round);
        }
        expect_sound();
        kill_at_start();
        Service service(installation_);
        ASSERT_FALSE(HasFailure());
        repeat_from(service, asked_before);
        expect_as_added_up(service);
        if (round % 2 == 0) {
            EXPECT_EQ(service.stop(), 0) << service.process().said();
        }  // else it is killed, with nothing to do
    }
    expect_sound();
    const std::vector<Oracle::Entry> entries = oracle_.entries();
    const auto answered = [](const Oracle::Entry& entry) { return entry.answered.has_value(); };
    std::cout << "asked " << entries.size() << ", in doubt " << in_doubt_ << ", of which done "
              << done_in_doubt_ << '\n';
    EXPECT_TRUE(std::ranges::all_of(entries, answered));
    EXPECT_GT(entries.size(), std::size_t{rounds} * workers * 10);
}

}  // namespace
}  // namespace carecard::end_to_end
