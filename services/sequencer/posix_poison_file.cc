#include "services/sequencer/posix_poison_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "common/check.h"

namespace carecard::sequencer {
namespace {

constexpr std::array deadly{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
constexpr std::size_t handler_stack_bytes = 64 * 1024;

// What the handler may look at. Set before it is installed.
PoisonPage* watched = nullptr;
pid_t watched_process = 0;
pid_t watched_thread = 0;

/// Of a fault of this thread's own, or its own `abort`, and not a signal that somebody sent.
bool is_own_doing(const siginfo_t& what) {
    if (what.si_code > 0) return true;
    return what.si_code == SI_TKILL && what.si_pid == watched_process;
}

/// Runs after anything may have gone wrong: two comparisons, one store, nothing else. The default
/// action is in place again when it begins.
void note_death(int signal, siginfo_t* what, void*) {
    if (is_own_doing(*what) && ::gettid() == watched_thread) {
        *static_cast<volatile std::uint32_t*>(&watched->died) = static_cast<std::uint32_t>(signal);
    }
    // A fault comes again by itself, from where it happened; what was sent does not.
    if (what->si_code <= 0) ::raise(signal);
}

Fault file_fault(const journal::NamedPath& file, const std::string& action) {
    return {.kind = FaultKind::unavailable,
            .field = file.field,
            .detail = "cannot " + action + " " + file.path + ": " +
                      std::generic_category().message(errno),
            .remedy = "check that the path belongs to the service's user and the disk has space"};
}

Result<PoisonPage*> map(const journal::NamedPath& file, int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return file_fault(file, "look at");
    if (status.st_size != sizeof(PoisonPage) && ::ftruncate(descriptor, 0) != 0) {
        return file_fault(file, "shorten");
    }
    // Its blocks are had now: a full disk met by a store would end the process.
    if (const int error = ::posix_fallocate(descriptor, 0, sizeof(PoisonPage)); error != 0) {
        errno = error;
        return file_fault(file, "make room for");
    }
    void* const mapped =
        ::mmap(nullptr, sizeof(PoisonPage), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) return file_fault(file, "map");
    return static_cast<PoisonPage*>(mapped);
}

}  // namespace

PosixPoisonFile::PosixPoisonFile(journal::NamedPath file, PoisonPage* page)
    : file_(std::move(file)), page_(page) {}

PosixPoisonFile::~PosixPoisonFile() { ::munmap(page_, sizeof(PoisonPage)); }

Result<std::unique_ptr<PosixPoisonFile>> PosixPoisonFile::open(const journal::NamedPath& file) {
    const int descriptor = ::open(file.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return file_fault(file, "open");
    const Result<PoisonPage*> page = map(file, descriptor);
    ::close(descriptor);
    if (!page) return page.fault();
    std::unique_ptr<PosixPoisonFile> opened(new PosixPoisonFile(file, *page));
    const Result<Done> prepared = prepare(opened->page());
    if (!prepared) return prepared.fault();
    return opened;
}

Result<Done> PosixPoisonFile::sync() {
    if (::msync(page_, sizeof(PoisonPage), MS_SYNC) != 0) return file_fault(file_, "sync");
    return Done{};
}

/// What is put back at the end, and the stack of a handler whose thread has used up its own.
struct DeathWatch::Before {
    std::array<struct sigaction, deadly.size()> actions{};
    stack_t stack{};
    std::vector<char> handler_stack = std::vector<char>(handler_stack_bytes);
};

DeathWatch::DeathWatch(PoisonPage& page) : before_(std::make_unique<Before>()) {
    CHECK(watched == nullptr);
    watched = &page;
    watched_process = ::getpid();
    watched_thread = ::gettid();
    const stack_t stack{.ss_sp = before_->handler_stack.data(),
                        .ss_flags = 0,
                        .ss_size = before_->handler_stack.size()};
    CHECK(::sigaltstack(&stack, &before_->stack) == 0);
    struct sigaction action {};
    action.sa_sigaction = note_death;
    action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND);
    for (std::size_t index = 0; index < deadly.size(); ++index) {
        CHECK(::sigaction(deadly[index], &action, &before_->actions[index]) == 0);
    }
}

DeathWatch::~DeathWatch() {
    for (std::size_t index = 0; index < deadly.size(); ++index) {
        CHECK(::sigaction(deadly[index], &before_->actions[index], nullptr) == 0);
    }
    CHECK(::sigaltstack(&before_->stack, nullptr) == 0);
    watched = nullptr;
}

}  // namespace carecard::sequencer
