#include "tests/end_to_end/kill_oracle.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "common/check.h"

namespace carecard::end_to_end {
namespace {

constexpr std::string_view none = "-";

std::string word(const std::string& text) { return text.empty() ? std::string(none) : text; }
std::string text_of(const std::string& word) { return word == none ? std::string{} : word; }

Ask read_ask(std::istringstream& line) {
    Ask ask;
    char kind = 0;
    line >> ask.key >> kind >> ask.card >> ask.pence >> ask.original;
    ask.kind = static_cast<AskKind>(kind);
    ask.original = text_of(ask.original);
    return ask;
}

Answered read_answer(std::istringstream& line) {
    Answered answered;
    line >> answered.event_id >> answered.code >> answered.declined >> answered.pence >>
        answered.exposure >> answered.decided_ns;
    answered.event_id = text_of(answered.event_id);
    answered.code = text_of(answered.code);
    return answered;
}

}  // namespace

Oracle::Oracle(const std::string& path)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    CHECK(file_ >= 0);
}

Oracle::~Oracle() { ::close(file_); }

void Oracle::note(const Ask& ask) {
    write(fmt::format("ask {} {} {} {} {}\n", ask.key, static_cast<char>(ask.kind), ask.card,
                      ask.pence, word(ask.original)));
}

void Oracle::note(const std::string& key, const Answered& answered) {
    write(fmt::format("answer {} {} {} {} {} {} {}\n", key, word(answered.event_id),
                      word(answered.code), answered.declined ? 1 : 0, answered.pence,
                      answered.exposure, answered.decided_ns));
}

void Oracle::write(const std::string& line) {
    {
        const std::lock_guard lock(mutex_);
        CHECK(::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    }
    CHECK(::fdatasync(file_) == 0);
}

std::vector<Oracle::Entry> Oracle::entries() const {
    std::vector<Entry> entries;
    std::map<std::string, std::size_t> by_key;
    std::ifstream file(path_);
    for (std::string text; std::getline(file, text);) {
        std::istringstream line(text);
        std::string what;
        line >> what;
        if (what == "ask") {
            entries.push_back({.ask = read_ask(line), .answered = {}});
            CHECK(by_key.emplace(entries.back().ask.key, entries.size() - 1).second);
        } else {
            std::string key;
            line >> key;
            entries[by_key.at(key)].answered = read_answer(line);
        }
    }
    return entries;
}

std::map<unsigned, Expected> add_up(const std::vector<Oracle::Entry>& entries) {
    std::map<unsigned, Expected> accounts;
    std::map<std::string, std::int64_t> held;  // by authorisation id
    // An original is answered before anything is asked about it, so one pass in order will do.
    for (const auto& [ask, answered] : entries) {
        if (!answered) continue;
        Expected& account = accounts[ask.card];
        account.events.insert(answered->event_id);
        if (answered->declined) continue;
        const std::int64_t pence = answered->pence;
        switch (ask.kind) {
            case AskKind::load:
                account.available += pence;
                break;
            case AskKind::authorise:
                held[answered->event_id] = pence;
                account.available -= pence;
                account.held += pence;
                break;
            case AskKind::reverse:
                held[ask.original] -= pence;
                account.available += pence;
                account.held -= pence;
                break;
            case AskKind::present: {  // the final one: what is held is given back, then paid from
                const std::int64_t was_held = std::exchange(held[ask.original], 0);
                account.held -= was_held;
                account.available += was_held - (pence - answered->exposure);
                account.exposure += answered->exposure;
                break;
            }
            case AskKind::refund:
                account.available += pence - answered->exposure;
                account.exposure -= answered->exposure;
                break;
        }
    }
    return accounts;
}

}  // namespace carecard::end_to_end
