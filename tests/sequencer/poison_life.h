#pragma once

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/sequencer/posix_poison_file.h"
#include "tests/journal/temporary_directory.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {

/// What a port of the sequencer does when it is asked about a load whose reference has "poison" in
/// it, which happens while that load is decided.
enum class Plant : unsigned char {
    nothing,
    failed_check,
    bad_access,
    bad_instruction,
    endless_recursion,
    spoilt_account,   ///< Changes what the account holds: an invariant will find it.
    other_thread,     ///< Another thread fails a check meanwhile.
    sent_abort,       ///< Somebody sends SIGABRT.
    failed_in_reply,  ///< Not the port: the load's reply fails a check.
    waits,            ///< Says so on the pipe, and waits to be killed.
};

/// A vault in which every key has been erased: these tests need no texts.
class NoKeys final : public journal::Vault {
   public:
    Result<Done> put(const VaultKeyId&, const Secret&) override { return Done{}; }
    [[nodiscard]] Result<Secret> get(const VaultKeyId&) const override { return Secret(32); }
    [[nodiscard]] Result<journal::KeyState> state_of(const VaultKeyId&) const override {
        return journal::KeyState::erased;
    }
    [[nodiscard]] Result<Done> load_all(const journal::KeyVisitor&) const override {
        return Done{};
    }
    Result<Done> erase(const VaultKeyId&) override { return Done{}; }
};

/// Uses up the stack. A thread that has none left has nowhere to run a handler on either.
inline int endless(int depth) {
    volatile char some[4096] = {};
    some[depth % 4096] = 1;
    return depth < 0 ? 0 : endless(depth + 1) + some[0];
}

/// The projections, in memory, with one planted defect.
class PlantedTables final : public Tables {
   public:
    explicit PlantedTables(Plant plant, rules::State& state, int pipe)
        : plant_(plant), state_(state), pipe_(pipe) {}

    Result<Done> write(const TableBatch& batch) override { return sound_.write(batch); }
    Result<Done> flush() override { return sound_.flush(); }
    Result<Done> clear() override { return sound_.clear(); }
    [[nodiscard]] Result<Lookup> get(Table table, std::string_view key,
                                     std::string& value) const override {
        if (key.find("poison") != std::string_view::npos) act();
        return sound_.get(table, key, value);
    }
    [[nodiscard]] Result<Done> scan(Table table, std::string_view prefix, std::string_view from,
                                    const Visitor& visitor) const override {
        return sound_.scan(table, prefix, from, visitor);
    }
    void set_now(TimestampNs now) override { sound_.set_now(now); }

   private:
    void act() const {
        switch (plant_) {
            case Plant::nothing:
            case Plant::failed_in_reply:
                return;
            case Plant::failed_check:
                CHECK(plant_ == Plant::nothing);
                return;
            case Plant::bad_access: {
                void* const page =
                    ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                *static_cast<volatile char*>(page) = 1;
                return;
            }
            case Plant::bad_instruction:
                __builtin_trap();
            case Plant::endless_recursion:
                (void)endless(0);
                return;
            case Plant::spoilt_account:
                state_.accounts.front().open_held.value += 1;
                return;
            case Plant::other_thread:
                std::thread([] { std::abort(); }).join();
                return;
            case Plant::sent_abort:
                ::kill(::getpid(), SIGABRT);
                return;
            case Plant::waits:
                CHECK(::write(pipe_, "w", 1) == 1);
                ::pause();
                return;
        }
    }

    const Plant plant_;
    rules::State& state_;
    const int pipe_;
    MemoryTables sound_;
};

/// A process of the service without its RPCs: the real recovery, poison file and list, and the
/// sequencer over `store`. What it answers is one letter: 'e' an event, 'q' set aside, 'f' another
/// fault.
class Life {
   public:
    Life(journal::Store& store, const std::string& directory, Plant plant = Plant::nothing,
         int pipe = -1)
        : plant_(plant), pipe_(pipe), core_(fingerprint_key()), tables_(plant, core_.state, pipe) {
        auto poison = PosixPoisonFile::open({.field = "poison", .path = directory + "/poison"});
        CHECK(poison);
        poison_ = *std::move(poison);
        auto quarantine =
            Quarantine::open(files_, {.field = "quarantine", .path = directory + "/quarantine"},
                             poison_->page(), clock.now.wall);
        CHECK(quarantine);
        quarantine_ = *std::move(quarantine);
        if (quarantine_->found().death) CHECK(poison_->sync());
        CHECK(recover(store, vault_, {}, tables_, core_));
        sequencer_.emplace(core_, Sequencer::Ports{.store = store,
                                                   .archive = archive_,
                                                   .handover = handover_,
                                                   .clock = clock,
                                                   .on_durable = [this](const auto&) { ++commits; },
                                                   .poison = &poison_->page(),
                                                   .quarantine = quarantine_.get(),
                                                   .on_quarantined =
                                                       [this](const Marked& command) {
                                                           refused.emplace_back(command.kind);
                                                       }});
    }

    void submit(rules::Command command) {
        const auto* load = std::get_if<rules::Load>(&command);
        const bool planted = load != nullptr && load->reference.view() == "poison";
        const auto reply = [this, planted](const Answer& answer) {
            const bool fails = planted && plant_ == Plant::failed_in_reply;
            CHECK(!fails || std::holds_alternative<Fault>(answer.outcome));
            tell(answer);
        };
        CHECK(sequencer_->inbox().push(Submission{.command = std::move(command), .reply = reply}));
    }

    void run() {
        while (true) {
            const auto progress = sequencer_->turn();
            CHECK(progress);
            if (*progress == Sequencer::Progress::idle) return;
        }
    }

    [[nodiscard]] Quarantine& quarantine() { return *quarantine_; }
    [[nodiscard]] PoisonPage& page() { return poison_->page(); }
    [[nodiscard]] Core& core() { return core_; }
    [[nodiscard]] const Counters& counters() const { return sequencer_->counters(); }

    HandClock clock;
    std::string answers;
    std::vector<std::string> refused;  ///< Kinds of commands set aside.
    int commits = 0;

   private:
    void tell(const Answer& answer) {
        const auto* fault = std::get_if<Fault>(&answer.outcome);
        const char letter = fault == nullptr                        ? 'e'
                            : fault->kind == FaultKind::quarantined ? 'q'
                                                                    : 'f';
        answers += letter;
        if (pipe_ >= 0) CHECK(::write(pipe_, &letter, 1) == 1);
    }

    const Plant plant_;
    const int pipe_;
    journal::PosixFileSystem files_;
    NoKeys vault_;
    Core core_;
    PlantedTables tables_;
    const Archive archive_{tables_};
    Handover handover_;
    std::unique_ptr<PosixPoisonFile> poison_;
    std::unique_ptr<Quarantine> quarantine_;
    std::optional<Sequencer> sequencer_;
};

/// A child process of the test's.
class Child {
   public:
    /// Runs `body` with the writing end of a pipe, and ends with status 0 when it returns.
    explicit Child(const std::function<void(int)>& body) {
        int ends[2];
        CHECK(::pipe(ends) == 0);
        id_ = ::fork();
        CHECK(id_ >= 0);
        if (id_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            body(ends[1]);
            ::_exit(0);
        }
        ::close(ends[1]);
        pipe_ = ends[0];
    }
    ~Child() {
        if (!ended_) kill();
        ::close(pipe_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Waits for the next letter; 0 at the end.
    char next() {
        char letter = 0;
        while (true) {
            const ssize_t count = ::read(pipe_, &letter, 1);
            if (count < 0 && errno == EINTR) continue;
            return count == 1 ? letter : '\0';
        }
    }

    /// Waits for the end.
    /// @return 0, or the number of the signal that ended it.
    int wait() {
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
        ended_ = true;
        EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << status;
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }

    void kill() {
        ::kill(id_, SIGKILL);
        (void)wait();
    }

   private:
    pid_t id_ = -1;
    int pipe_ = -1;
    bool ended_ = false;
};

}  // namespace carecard::sequencer
