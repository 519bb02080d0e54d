#include "tests/survival/oracle.h"

#include <fmt/format.h>

#include <set>
#include <tuple>
#include <utility>

#include "rules/apply.h"
#include "services/sequencer/core.h"
#include "services/sequencer/repeats.h"

namespace carecard::survival {
namespace {

std::string key_of(const rules::Request& request) {
    return fmt::format("{}/{}", request.caller.view(), request.key.view());
}

/// Null for events without postings.
const rules::Postings* postings_of(const rules::Event& event) {
    return std::visit(
        [](const auto& fact) -> const rules::Postings* {
            if constexpr (requires { fact.postings; }) return &fact.postings;
            return nullptr;
        },
        event);
}

}  // namespace

std::size_t Oracle::sending(const rules::Command& command) {
    sent_.push_back({.command = command});
    const rules::Request* request = sequencer::request_of(command);
    if (request != nullptr) place_of_key_.emplace(key_of(*request), sent_.size() - 1);
    return sent_.size() - 1;
}

void Oracle::heard(std::size_t place, const sequencer::Answer& answer) {
    Sent& sent = sent_.at(place);
    sent.settled = true;
    const auto* event = std::get_if<const rules::Event*>(&answer.outcome);
    if (sent.answer) {
        if (event == nullptr || **event != *sent.answer || answer.stamp != sent.stamp ||
            !answer.replay) {
            const auto* fault = std::get_if<Fault>(&answer.outcome);
            breaches_.push_back(fmt::format(
                "the repeat of command {} of kind {}, recorded at sequence {}, was answered "
                "otherwise: {}",
                place, sent.command.index(), sent.stamp.sequence.value,
                fault != nullptr ? fault->detail : "another event"));
        }
        return;
    }
    if (event == nullptr) return;
    sent.answer = **event;
    sent.stamp = answer.stamp;
}

std::vector<std::size_t> Oracle::unanswered() const {
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < sent_.size(); ++place) {
        if (!sent_[place].settled) places.push_back(place);
    }
    return places;
}

Oracle::Verdict Oracle::judge(const Service& service) {
    Verdict verdict;
    verdict.breaches = std::exchange(breaches_, {});
    std::vector<Stored> events;
    if (!read_all(service, events, verdict)) return verdict;
    judge_events(events, verdict);
    judge_answers(events, verdict);
    judge_balances(service, events, verdict);
    return verdict;
}

bool Oracle::read_all(const Service& service, std::vector<Stored>& events, Verdict& verdict) const {
    sequencer::Recall recall(service.store());
    const Sequence tail = service.store().tail();
    for (Sequence at{1}; at <= tail; ++at.value) {
        auto read = recall.read(at, service.core().keys);
        if (!read) {
            verdict.breaches.push_back(
                fmt::format("sequence {} cannot be read: {}", at.value, read.fault().detail));
            return false;
        }
        events.push_back({.event = std::move(read->event), .stamp = read->stamp});
    }
    return true;
}

/// Every event was asked for, as it was asked, and once; or it is the machine's own.
void Oracle::judge_events(const std::vector<Stored>& events, Verdict& verdict) const {
    std::set<std::size_t> recorded;
    for (const Stored& stored : events) {
        const rules::Request* request = sequencer::request_of(stored.event);
        if (request == nullptr || request->key.empty()) continue;
        const auto place = place_of_key_.find(key_of(*request));
        const std::uint64_t at = stored.stamp.sequence.value;
        if (place == place_of_key_.end() ||
            sequencer::compare_by_key(sent_[place->second].command, stored.event) !=
                sequencer::Likeness::same) {
            verdict.breaches.push_back(fmt::format("nobody asked for the event at {}", at));
            continue;
        }
        if (!recorded.insert(place->second).second) {
            verdict.breaches.push_back(fmt::format("the event at {} is there twice", at));
        }
        if (!sent_[place->second].settled) ++verdict.whole;
    }
    verdict.absent = unanswered().size() - verdict.whole;
}

/// Every answer is in the journal, the same.
void Oracle::judge_answers(const std::vector<Stored>& events, Verdict& verdict) const {
    for (const Sent& sent : sent_) {
        if (!sent.answer) continue;
        ++verdict.answered;
        const std::uint64_t at = sent.stamp.sequence.value;
        if (at == 0 || at > events.size()) {
            ++verdict.lost;
            verdict.breaches.push_back(fmt::format(
                "the answer at sequence {} is lost: the journal ends at {}", at, events.size()));
        } else if (events[at - 1].event != *sent.answer || events[at - 1].stamp != sent.stamp) {
            ++verdict.lost;
            verdict.breaches.push_back(
                fmt::format("the journal has another event at sequence {} than the answer", at));
        }
    }
}

void Oracle::judge_balances(const Service& service, const std::vector<Stored>& events,
                            Verdict& verdict) const {
    // By account, purse and ledger account, as the postings alone make them.
    std::map<std::tuple<std::uint32_t, int, rules::LedgerAccount>, std::int64_t> balances;
    for (const Stored& stored : events) {
        const rules::Postings* postings = postings_of(stored.event);
        if (postings == nullptr) continue;
        std::int64_t sum = 0;
        for (const rules::Posting& posting : *postings) {
            sum += posting.amount.value;
            balances[{rules::account_of(stored.event).value, posting.purse.value,
                      posting.account}] += posting.amount.value;
        }
        if (sum != 0) {
            verdict.breaches.push_back(
                fmt::format("the postings at {} sum to {}", stored.stamp.sequence.value, sum));
        }
    }
    for (const rules::Account& account : service.core().state.accounts) {
        int number = 0;
        for (const rules::Purse& purse : account.purses) {
            ++number;
            const auto of = [&](rules::LedgerAccount ledger) {
                const auto found = balances.find({account.id.value, number, ledger});
                return found == balances.end() ? 0 : found->second;
            };
            const std::int64_t available = purse.available.value;
            const std::int64_t held = purse.held.value;
            const std::int64_t left = purse.returned.value;
            const std::int64_t sent_on =
                of(rules::LedgerAccount::recovered) + of(rules::LedgerAccount::owed_to_person);
            if (available != of(rules::LedgerAccount::available) ||
                held != of(rules::LedgerAccount::held) || left != sent_on || available < 0 ||
                held < 0) {
                verdict.breaches.push_back(fmt::format(
                    "purse {} of account {} has {}, holds {}, and {} has left it; its postings say "
                    "{}, {} and {}",
                    number, account.id.value, available, held, left,
                    of(rules::LedgerAccount::available), of(rules::LedgerAccount::held), sent_on));
            }
        }
    }
}

}  // namespace carecard::survival
