#include "common/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>

namespace carecard {
namespace {

Fault amount_fault() {
    return Fault{FaultKind::malformed, "amount_minor", "is negative", "send a positive amount"};
}

Result<int> half_of_even(int number) {
    if (number % 2 != 0) return Fault{FaultKind::malformed, "number", "is odd", "send an even one"};
    return number / 2;
}

TEST(Result, HoldsTheValueOfASuccess) {
    const Result<int> result = half_of_even(42);
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 21);
}

TEST(Result, HoldsTheFaultOfAFailureWithAllItsParts) {
    const Result<int> result = half_of_even(7);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.fault().kind, FaultKind::malformed);
    EXPECT_EQ(result.fault().field, "number");
    EXPECT_EQ(result.fault().detail, "is odd");
    EXPECT_EQ(result.fault().remedy, "send an even one");
}

TEST(Result, PassesAFaultOnToAnotherTypeOfResult) {
    const Result<int> inner = half_of_even(7);
    const Result<std::string> outer = inner.fault();
    ASSERT_FALSE(outer);
    EXPECT_EQ(outer.fault().field, "number");
}

TEST(Result, MovesAValueThatCannotBeCopied) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = *std::move(result);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(*taken, 5);
}

TEST(Result, ReachesMembersOfTheValue) {
    Result<std::string> result = std::string("riverdale");
    EXPECT_EQ(result->size(), 9U);
    result->append("-2");
    EXPECT_EQ(*result, "riverdale-2");
}

TEST(Result, IsNotReadAsABooleanByAccident) {
    EXPECT_FALSE((std::is_convertible_v<Result<int>, bool>));
    EXPECT_TRUE((std::is_constructible_v<bool, const Result<int>&>));
}

TEST(Result, CarriesNothingButSuccessAsDone) {
    const Result<Done> success = Done{};
    const Result<Done> failure = amount_fault();
    EXPECT_TRUE(success);
    EXPECT_FALSE(failure);
}

TEST(ResultDeathTest, AbortsWhenTheValueOfAFaultIsRead) {
    const Result<int> result = amount_fault();
    EXPECT_DEATH({ [[maybe_unused]] const int value = *result; }, "CHECK failed");
}

TEST(ResultDeathTest, AbortsWhenTheFaultOfAValueIsRead) {
    const Result<int> result = 1;
    EXPECT_DEATH({ [[maybe_unused]] const Fault& fault = result.fault(); }, "CHECK failed");
}

}  // namespace
}  // namespace carecard
