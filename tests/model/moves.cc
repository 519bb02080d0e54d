#include "tests/model/moves.h"

#include <algorithm>

namespace carecard::model {

long move(Payment& payment, Money& from, Money& to, const std::vector<Purse>& purses, long amount) {
    for (const Purse& purse : std::vector<Purse>(purses)) {
        const long part = std::min(amount, from[purse]);
        const bool joins = part > 0 && std::ranges::count(payment.purses, purse) == 0;
        if (joins) payment.purses.push_back(purse);
        from[purse] -= part;
        to[purse] += part;
        amount -= part;
    }
    return amount;
}
long take(Payment& payment, Money& to, const std::vector<Payer>& walk, long amount) {
    for (const Payer& one : walk) {
        const long part = std::min(amount, one.most);
        if (part == 0) continue;
        if (std::ranges::count(payment.purses, one.purse) == 0) payment.purses.push_back(one.purse);
        payment.account.available[one.purse] -= part;
        to[one.purse] += part;
        amount -= part;
    }
    return amount;
}
long reserved(const Payment& payment) { return sum(payment.held) + payment.promised; }
long release(Payment& payment, long remaining) {
    const long freed = reserved(payment) - remaining, given_up = std::min(freed, payment.promised);
    const std::vector<Purse> purses(payment.purses.rbegin(), payment.purses.rend());
    payment.promised -= given_up;
    move(payment, payment.held, payment.account.available, purses, freed - given_up);
    long less = std::max(0L, payment.counted() - reserved(payment) - payment.cleared);
    for (auto count = payment.counts.rbegin(); count != payment.counts.rend(); ++count) {
        const long part = std::min(less, count->second);
        count->second -= part;
        less -= part;
    }
    return freed;
}
long give_back(Payment& payment, long amount) {
    const long debited = sum(payment.debited), before = sum(payment.credited);
    const long back = std::min(debited, before + amount);
    long rest = back - before;
    const auto owed = [&](const Purse& purse) {
        return payment.debited[purse] * back - payment.credited[purse] * debited;
    };
    const auto give = [&](const Purse& purse, long part) {
        payment.credited[purse] += part;
        payment.account.available[purse] += part;
        rest -= part;
    };
    for (const Purse& purse : payment.purses) {
        give(purse, debited == 0 ? 0 : std::clamp(owed(purse) / debited, 0L, rest));
    }
    while (rest > 0) give(*std::ranges::max_element(payment.purses, {}, owed), 1);
    return amount - (back - before);
}
long give_back_own(Payment& payment, Money& own, long amount) {
    Payment part = payment;
    for (auto& [purse, debited] : part.debited) {
        debited = std::min(own[purse], debited - payment.credited[purse]);
    }
    part.credited.clear();
    const long rest = give_back(part, amount);
    for (const auto& [purse, credited] : part.credited) payment.credited[purse] += credited;
    return rest;
}

}  // namespace carecard::model
