#include "rules/counting.h"

#include "rules/sums.h"

namespace carecard::rules {
namespace {

/// Counts spending in its window, which begins with the first in it. A window never goes back,
/// not even when a corrected offset table makes a local day come twice: what a counter holds is
/// then still at least what is given back to it.
void count(WindowCounter& counter, std::int32_t number, AmountMinor amount, bool place = true) {
    if (counter.number < number) counter = {.number = number, .count = {}};
    add(counter.count.amount, amount);
    if (place) ++counter.count.count;
}

/// The day's counter of cash or quasi-cash; null for what is neither.
template <class Counters>
WindowCounter* cash_counter(Counters& counters, CashClass of) {
    switch (of) {
        case CashClass::none:
            return nullptr;
        case CashClass::cash:
            return &counters.cash_day;
        case CashClass::quasi_cash:
            return &counters.quasi_cash_day;
    }
    CHECK(false);
}

/// In the counters of an account, or of a card.
template <class Counters>
void count_payment(Counters& counters, const AuthorisationDecided& event) {
    const WindowNumbers& windows = event.windows;
    const CashCount& cash = event.cash;
    count(counters.day, windows.day.value, event.approved);
    count(counters.week, windows.week, event.approved);
    count(counters.month, windows.month, event.approved);
    if (WindowCounter* counter = cash_counter(counters, cash.of)) {
        count(*counter, windows.day.value, cash.amount);
    }
}

/// Counts what a payment has grown by.
template <class Counters>
void count_growth(Counters& counters, const HoldIncreased& event) {
    count(counters.day, event.windows.day.value, event.extra, event.places.day);
    count(counters.week, event.windows.week, event.extra, event.places.week);
    count(counters.month, event.windows.month, event.extra, event.places.month);
}

/// Gives spending back to a window, unless a later window has begun since.
void uncount(WindowCounter& counter, std::int32_t number, AmountMinor amount, bool place) {
    if (counter.number != number) return;
    add(counter.count.amount, -amount);
    if (place) --counter.count.count;
    CHECK(counter.count.amount >= AmountMinor{0});
}

template <class Counters>
void give_back(Counters& counters, const Uncounted& uncounted) {
    const WindowNumbers& windows = uncounted.windows;
    const auto [amounts, places] = uncounted.by_window();
    uncount(counters.day, windows.day.value, amounts.day, places.day);
    uncount(counters.week, windows.week, amounts.week, places.week);
    uncount(counters.month, windows.month, amounts.month, places.month);
    if (WindowCounter* counter = cash_counter(counters, uncounted.cash.of)) {
        uncount(*counter, windows.day.value, uncounted.cash.amount, uncounted.place);
    }
}

}  // namespace

void count(Account& account, const AuthorisationDecided& event) { count_payment(account, event); }
void count(CardRules& card, const AuthorisationDecided& event) { count_payment(card, event); }
void count(Account& account, const HoldIncreased& event) { count_growth(account, event); }
void count(CardRules& card, const HoldIncreased& event) { count_growth(card, event); }
void uncount(Account& account, const Uncounted& uncounted) { give_back(account, uncounted); }
void uncount(CardRules& card, const Uncounted& uncounted) { give_back(card, uncounted); }

void count_tap(TapCounter& taps, const AuthorisationDecided& event) {
    if (event.request.pin_present) taps = {.round = taps.round + 1, .count = {}};
    if (!event.tap.counted) return;
    add(taps.count.amount, event.tap.amount);
    ++taps.count.count;
}

void uncount_tap(TapCounter& taps, const Tap& tap) {
    if (!tap.counted || tap.round != taps.round) return;
    add(taps.count.amount, -tap.amount);
    --taps.count.count;
    CHECK(taps.count.amount >= AmountMinor{0});
}

}  // namespace carecard::rules
