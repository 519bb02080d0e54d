#include "tests/simulation/opinion.h"

#include <fmt/format.h>

#include <cstdlib>
#include <iterator>
#include <limits>
#include <variant>

#include "tests/rules/london_calendar.h"

namespace carecard::simulation {
namespace {

template <class... Kinds>
bool is_one_of(const rules::Command& command) {
    return (std::holds_alternative<Kinds>(command) || ...);
}

constexpr long never = std::numeric_limits<long>::max();

}  // namespace

std::string Opinion::answer(const rules::Command& command, long now, long sequence) {
    using namespace rules;  // NOLINT(google-build-using-namespace)
    const model::Subject of = people.subject_of(command);
    std::string said;
    if (is_one_of<Authorise, Increment, Reverse, Present, Advise, ExpireHold, ProposeResolution,
                  DecideResolution, RecoverExposure, PayEarmark, OpenDispute, CloseDispute>(
            command)) {
        said = money.answer(command, of, now, sequence);
    } else {
        const long has = of.account == nullptr ? 0 : money.money_of(*of.account);
        said = people.answer(command, of, now, sequence, has);
    }
    if (said.starts_with("refused")) return said;
    people.learn(command, of, sequence, money.payments.contains(sequence));
    learn_approved(of, sequence);
    people.last_now = last_now = now;
    if (!said.starts_with("in vain")) enter(command, of);
    const auto* close = std::get_if<CloseSettlement>(&command);
    return close == nullptr ? said : said + closing(*close, *of.programme);
}

/// Of the payment that the event began, or changed.
void Opinion::learn_approved(const model::Subject& of, long sequence) {
    const bool began = money.payments.contains(sequence);
    const long changed = began || of.originals.size() != 1 ? sequence : of.originals[0];
    const auto payment = money.payments.find(changed);
    if (payment != money.payments.end()) people.learn_approved(changed, payment->second.approved);
}

void Opinion::enter(const rules::Command& command, const model::Subject& of) {
    if (const auto* load = std::get_if<rules::Load>(&command)) {
        loads_.emplace_back(of.programme->number, *model::worth(*load, *of.account));
    }
    if (const auto* present = std::get_if<rules::Present>(&command)) {
        const long amount = present->amounts.billing.value;
        const bool debit = present->direction == rules::Direction::debit;
        cleared_.push_back({of.programme->number, of.programme->today, debit ? amount : -amount});
    }
}

/// What a batch says of itself.
std::string Opinion::closing(const rules::CloseSettlement& command,
                             const model::Programme& programme) {
    const auto batch = programme.batches.find(command.day.value);
    const bool is_first = batch == programme.batches.begin();
    const int after = is_first ? 0 : std::prev(batch)->first;
    const long first = is_first ? 1 : programme.ended.at(after) + 1;
    const Cleared sums = cleared(programme.number, after, batch->first);
    return fmt::format(": batch {}, {} to {}, {} debits {}, {} credits {}",
                       programme.batches.size(), first, programme.ended.at(batch->first),
                       sums.debits, sums.debited, sums.credits, sums.credited);
}

Opinion::Cleared Opinion::cleared(int programme, int after, int last) const {
    Cleared sums;
    for (const Entry& one : cleared_) {
        if (one.programme != programme || one.day <= after || one.day > last) continue;
        (one.amount > 0 ? sums.debits : sums.credits) += 1;
        (one.amount > 0 ? sums.debited : sums.credited) += std::abs(one.amount);
    }
    return sums;
}

long Opinion::loaded(int programme) const {
    long sum = 0;
    for (const auto& [of, amount] : loads_) sum += of == programme ? amount : 0;
    return sum;
}

Opinion::Due Opinion::next_cut_off() const {
    Due first{never, Kind::cut_off, 0};
    for (const model::Programme& one : people.programmes) {
        const long at = london_calendar::instant(one.today, one.terms.cut_off_second);
        first = std::min(first, Due{at, Kind::cut_off, one.number});
    }
    return first;
}

Opinion::Due Opinion::next_purse_end() const {
    Due first{never, Kind::purse_end, 0};
    for (const model::Account& account : people.accounts) {
        for (const auto& [purse, spec] : account.purses) {
            const int last = spec.terms.spend_until.value;
            if (last == 0 || account.over.contains(purse)) continue;
            const long at = london_calendar::instant(last + 1, 0);
            first =
                std::min(first, Due{at, Kind::purse_end, purse_number(account.number, purse[2])});
        }
    }
    return first;
}

Opinion::Due Opinion::next_council_payment() const {
    std::tuple<int, long> first{std::numeric_limits<int>::max(), 0};
    for (const model::Account& account : people.accounts) {
        for (const model::Earmark& one : account.earmarks) {
            if (!one.payee.empty() || one.left == 0) continue;
            first = std::min(first, {one.due, one.set_by});
        }
    }
    const auto [due, set_by] = first;
    if (set_by == 0) return {never, Kind::council_payment, 0};
    return {london_calendar::instant(due, 0), Kind::council_payment, set_by};
}

Opinion::Due Opinion::next_expiry() const {
    const auto [payment, at] = money.next_expiry();
    return payment == 0 ? Due{never, Kind::expiry, 0} : Due{at, Kind::expiry, payment};
}

}  // namespace carecard::simulation
