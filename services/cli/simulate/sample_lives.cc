#include "services/cli/simulate/sample_lives.h"

#include <array>

#include "common/check.h"
#include "services/cli/simulate/script.h"

namespace carecard::cli::simulate {
namespace {

constexpr std::string_view purchase = "purchase";
constexpr std::string_view approved = "approved";

/// One month under invention.
struct Month {
    DayNumber first;
    int days;
    SampleRandom& random;

    [[nodiscard]] DayNumber day(int number) const { return {first.value + number - 1}; }
    [[nodiscard]] DayNumber any_day() const {
        return day(static_cast<int>(random.between(1, days)));
    }
    [[nodiscard]] AmountMinor pence(std::int64_t low, std::int64_t high) const {
        return {random.between(low, high)};
    }
};

struct Habit {
    std::string_view mcc;
    std::string_view merchant;
    std::int64_t low;
    std::int64_t high;
};

/// Spends by `habit` every `interval` days from the day `from` on.
void repeat(SampleLife& life, const Month& month, const Habit& habit, int from, int interval) {
    for (int number = from; number <= month.days; number += interval) {
        life.payments.push_back({month.day(number), purchase, habit.mcc, habit.merchant,
                                 month.pence(habit.low, habit.high), approved});
    }
}

void once(SampleLife& life, const Month& month, const Habit& habit, std::string_view expected) {
    life.payments.push_back({month.any_day(), purchase, habit.mcc, habit.merchant,
                             month.pence(habit.low, habit.high), expected});
}

SampleLife home_care(const Month& month) {
    SampleLife life{.arrangement = "direct_payment",
                    .purse = "social care",
                    .allow = "core_care taxis",
                    .cash = "refused",
                    .single_max = {40'000},
                    .reason = "home care by an agency, five mornings a week",
                    .load_beyond_need = {2'500}};
    repeat(life, month, {"8050", "Alder Home Care", 21'500, 26'000}, 6, 7);
    repeat(life, month, {"4121", "Station Cars", 640, 1'180}, 4, 9);
    once(life, month, {"5813", "The Plough", 1'150, 2'400}, "mcc_not_allowed");
    return life;
}

SampleLife personal_assistant(const Month& month) {
    SampleLife life{.arrangement = "direct_payment",
                    .purse = "social care",
                    .allow = "payroll insurance transport eating_out community_leisure",
                    .cash = "refused",
                    .single_max = {90'000},
                    .reason = "employs a personal assistant",
                    .load_beyond_need = {4'000}};
    once(life, month, {"8931", "Fairpay Payroll Bureau", 61'000, 74'000}, approved);
    once(life, month, {"6300", "Carewell Insurance", 780, 1'290}, approved);
    repeat(life, month, {"4131", "City Buses", 250, 460}, 2, 4);
    repeat(life, month, {"5814", "Corner Cafe", 420, 980}, 3, 6);
    once(life, month, {"7832", "Regent Cinema", 1'400, 2'100}, approved);
    return life;
}

SampleLife taxis_and_day_centre(const Month& month) {
    SampleLife life{.arrangement = "individual_budget",
                    .purse = "social care",
                    .second_purse = "own contribution",
                    .allow = "taxis core_care cash",
                    .cash = "refused",
                    .single_max = {12'000},
                    .reason = "day centre twice a week, and the way there",
                    .load_beyond_need = {3'000}};
    repeat(life, month, {"4121", "Bridge Taxis", 720, 1'350}, 2, 3);
    repeat(life, month, {"8398", "Willow Day Centre", 4'200, 4'800}, 5, 7);
    life.payments.push_back({month.any_day(), "cash", "6011", "High Street Cash Machine",
                             month.pence(20, 60), "cash_not_agreed"});
    life.payments.back().amount.value *= 100;
    return life;
}

SampleLife groceries(const Month& month) {
    SampleLife life{.arrangement = "voucher",
                    .purse = "food",
                    .allow = "groceries",
                    .refuse = "alcohol gambling",
                    .cash = "refused",
                    .single_max = {8'000},
                    .reason = "food after leaving hospital",
                    .load_beyond_need = {1'000}};
    repeat(life, month, {"5411", "Market Hall Foods", 1'480, 3'950}, 1, 4);
    repeat(life, month, {"5462", "Mill Lane Bakery", 240, 690}, 3, 8);
    once(life, month, {"5921", "Vine Street Wines", 900, 2'200}, "mcc_refused");
    return life;
}

SampleLife equipment(const Month& month) {
    SampleLife life{.arrangement = "personal_budget",
                    .purse = "equipment",
                    .refuse = "gambling tobacco",
                    .cash = "refused",
                    .single_max = {25'000},
                    .reason = "aids for the home",
                    .load_beyond_need = {60'000}};
    once(life, month, {"5047", "Steady Mobility", 11'000, 22'000}, approved);
    repeat(life, month, {"5912", "Park Pharmacy", 680, 1'900}, 4, 9);
    once(life, month, {"5047", "Steady Mobility", 26'500, 39'000}, "amount_over_single");
    const DayNumber back = month.day(month.days - 4);
    life.payments.push_back(
        {back, "refund", "5047", "Steady Mobility", month.pence(3'000, 9'000), {}});
    return life;
}

SampleLife cash_agreed(const Month& month) {
    SampleLife life{.arrangement = "direct_payment",
                    .purse = "social care",
                    .refuse = "gambling",
                    .cash = "agreed",
                    .single_max = {15'000},
                    .reason = "pays a neighbour for cleaning in cash, as agreed",
                    .load_beyond_need = {5'000}};
    for (int number = 5; number <= month.days; number += 7) {
        life.payments.push_back(
            {month.day(number), "cash", "6011", "High Street Cash Machine", {3'000}, approved});
    }
    repeat(life, month, {"7349", "Sparkle Cleaning Supplies", 900, 1'700}, 8, 11);
    once(life, month, {"7995", "Lucky Arcade", 500, 2'000}, "mcc_refused");
    return life;
}

SampleLife carer(const Month& month) {
    SampleLife life{.arrangement = "carers_budget",
                    .purse = "breaks",
                    .holder = "helper",
                    .allow = "community_leisure transport eating_out hotels",
                    .cash = "refused",
                    .single_max = {20'000},
                    .reason = "time off from caring",
                    .load_beyond_need = {2'000}};
    repeat(life, month, {"7997", "Riverside Swimming", 520, 880}, 1, 7);
    once(life, month, {"7011", "Sea View Guest House", 8'500, 14'000}, approved);
    repeat(life, month, {"4111", "County Trains", 640, 1'890}, 9, 10);
    // Lost on the way home, and found again after three days.
    const int lost = static_cast<int>(month.random.between(12, 16));
    life.card_changes = {{month.day(lost), "frozen", "reported lost by telephone"},
                         {month.day(lost + 3), "active", "found again"}};
    for (SamplePayment& payment : life.payments) {
        const int number = payment.day.value - month.first.value + 1;
        if (number >= lost && number < lost + 3) payment.expected = "card_frozen";
    }
    life.payments.push_back({month.day(lost + 1), purchase, "5814", "Corner Cafe",
                             month.pence(400, 900), "card_frozen"});
    return life;
}

SampleLife learner(const Month& month) {
    SampleLife life{.arrangement = "skills_account",
                    .purse = "learning",
                    .cash = "refused",
                    .single_max = {80'000},
                    .reason = "a course, books and the way there",
                    .load_beyond_need = {1'500}};
    once(life, month, {"8299", "Northgate College", 18'000, 24'000}, approved);
    repeat(life, month, {"4131", "City Buses", 250, 460}, 3, 5);
    // More than the account ever holds: what is loaded is below all of its payments together.
    life.payments.push_back({month.day(month.days - 1), purchase, "5732", "Volt Computers",
                             month.pence(60'000, 75'000), "funds_insufficient"});
    return life;
}

constexpr std::array<SampleLife (*)(const Month&), sample_life_kinds> lives = {
    home_care, personal_assistant, taxis_and_day_centre, groceries, equipment, cash_agreed, carer,
    learner,
};

}  // namespace

std::uint64_t SampleRandom::next() {
    const std::uint64_t value = mixed(state_);
    state_ += 0x9e3779b97f4a7c15U;
    return value;
}

std::int64_t SampleRandom::between(std::int64_t low, std::int64_t high) {
    CHECK(low <= high);
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(next() % span);
}

SampleLife invent_life(std::uint32_t kind, DayNumber first, int days, SampleRandom& random) {
    CHECK(kind < sample_life_kinds);
    return lives[kind](Month{first, days, random});
}

}  // namespace carecard::cli::simulate
