#pragma once

// What may stand in a field beyond what its C++ type says: the numbers of each enumeration, the
// longest list, and the few integers with a range of their own.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "common/id.h"
#include "common/limits.h"
#include "common/time.h"
#include "rules/event.h"

namespace carecard::journal {

/// The first and the last number of an enumeration; those between have no gap.
template <class Enum>
struct EnumRange {
    Enum first;
    Enum last;
};

/// Specialised for every enumeration that stands in an event: one that is not does not compile.
template <class Enum>
inline constexpr EnumRange<Enum> enum_range = Enum::no_range_was_given;

template <>
inline constexpr EnumRange<rules::TransactionKind> enum_range<rules::TransactionKind>{
    rules::TransactionKind::unsupported, rules::TransactionKind{rules::transaction_kind_last}};
template <>
inline constexpr EnumRange<rules::Flow> enum_range<rules::Flow>{rules::Flow::takes,
                                                                rules::Flow{rules::flow_last}};
template <>
inline constexpr EnumRange<rules::Initiator> enum_range<rules::Initiator>{
    rules::Initiator::any, rules::Initiator{rules::initiator_last}};
template <>
inline constexpr EnumRange<rules::Presence> enum_range<rules::Presence>{
    rules::Presence::any, rules::Presence{rules::presence_last}};
template <>
inline constexpr EnumRange<rules::Exactness> enum_range<rules::Exactness>{
    rules::Exactness::any, rules::Exactness{rules::exactness_last}};
template <>
inline constexpr EnumRange<rules::PortionKind> enum_range<rules::PortionKind>{
    rules::PortionKind::available, rules::PortionKind{rules::portion_kind_last}};
template <>
inline constexpr EnumRange<rules::CashClass> enum_range<rules::CashClass>{
    rules::CashClass::none, rules::CashClass{rules::cash_class_last}};
template <>
inline constexpr EnumRange<rules::EntryMode> enum_range<rules::EntryMode>{
    rules::EntryMode::unspecified, rules::EntryMode::credential_on_file};
template <>
inline constexpr EnumRange<rules::Channel> enum_range<rules::Channel>{rules::Channel::unspecified,
                                                                      rules::Channel::recurring};
template <>
inline constexpr EnumRange<rules::Direction> enum_range<rules::Direction>{rules::Direction::debit,
                                                                          rules::Direction::credit};
template <>
inline constexpr EnumRange<rules::PresentmentKind> enum_range<rules::PresentmentKind>{
    rules::PresentmentKind::clearing, rules::PresentmentKind{rules::presentment_kind_last}};
template <>
inline constexpr EnumRange<rules::Arrangement> enum_range<rules::Arrangement>{
    rules::Arrangement::direct_payment, rules::Arrangement::skills_account};
template <>
inline constexpr EnumRange<rules::CardHolder> enum_range<rules::CardHolder>{
    rules::CardHolder::person, rules::CardHolder::helper};
template <>
inline constexpr EnumRange<rules::CardStatus> enum_range<rules::CardStatus>{
    rules::CardStatus::active, rules::CardStatus{rules::card_status_last}};
template <>
inline constexpr EnumRange<rules::Actor> enum_range<rules::Actor>{rules::Actor::none,
                                                                  rules::Actor{rules::actor_last}};
template <>
inline constexpr EnumRange<rules::ReplacedBecause> enum_range<rules::ReplacedBecause>{
    rules::ReplacedBecause::lost, rules::ReplacedBecause::renewal};
template <>
inline constexpr EnumRange<rules::AccountStatus> enum_range<rules::AccountStatus>{
    rules::AccountStatus::open, rules::AccountStatus::closed};
template <>
inline constexpr EnumRange<rules::DeclineReason> enum_range<rules::DeclineReason>{
    rules::DeclineReason::none, rules::DeclineReason{rules::decline_reason_last}};
template <>
inline constexpr EnumRange<rules::RuleLevel> enum_range<rules::RuleLevel>{
    rules::RuleLevel::none, rules::RuleLevel{rules::rule_level_last}};
template <>
inline constexpr EnumRange<rules::LedgerAccount> enum_range<rules::LedgerAccount>{
    rules::ledger_accounts.front(), rules::ledger_accounts.back()};
template <>
inline constexpr EnumRange<rules::AuthorisationState> enum_range<rules::AuthorisationState>{
    rules::AuthorisationState::open, rules::AuthorisationState{rules::authorisation_state_last}};
template <>
inline constexpr EnumRange<rules::MatchedBy> enum_range<rules::MatchedBy>{
    rules::MatchedBy::nothing, rules::MatchedBy{rules::matched_by_last}};

template <>
inline constexpr EnumRange<rules::AdviceKind> enum_range<rules::AdviceKind>{
    rules::AdviceKind::stand_in_approved, rules::AdviceKind{rules::advice_kind_last}};
template <>
inline constexpr EnumRange<rules::ToleranceFor> enum_range<rules::ToleranceFor>{
    rules::ToleranceFor::every, rules::ToleranceFor{rules::tolerance_for_last}};
template <>
inline constexpr EnumRange<rules::ExceptionReason> enum_range<rules::ExceptionReason>{
    rules::ExceptionReason::none, rules::ExceptionReason{rules::exception_reason_last}};

template <>
inline constexpr EnumRange<rules::ResolutionKind> enum_range<rules::ResolutionKind>{
    rules::ResolutionKind::write_off, rules::ResolutionKind::recovery};
template <>
inline constexpr EnumRange<rules::DisputeCategory> enum_range<rules::DisputeCategory>{
    rules::DisputeCategory::none, rules::DisputeCategory{rules::dispute_category_last}};
template <>
inline constexpr EnumRange<rules::DisputeOutcome> enum_range<rules::DisputeOutcome>{
    rules::DisputeOutcome::won, rules::DisputeOutcome::withdrawn};
template <>
inline constexpr EnumRange<rules::DisputeState> enum_range<rules::DisputeState>{
    rules::DisputeState::open, rules::DisputeState{rules::dispute_state_last}};
template <>
inline constexpr EnumRange<rules::PurseUnit> enum_range<rules::PurseUnit>{
    rules::PurseUnit::money, rules::PurseUnit{rules::purse_unit_last}};
template <>
inline constexpr EnumRange<rules::PurseStatus> enum_range<rules::PurseStatus>{
    rules::PurseStatus::open, rules::PurseStatus{rules::purse_status_last}};
template <>
inline constexpr EnumRange<rules::PurseVerdict> enum_range<rules::PurseVerdict>{
    rules::PurseVerdict::eligible, rules::PurseVerdict{rules::purse_verdict_last}};

template <class Enum>
[[nodiscard]] constexpr bool in_range(Enum value)
    requires std::is_enum_v<Enum>
{
    return value >= enum_range<Enum>.first && value <= enum_range<Enum>.last;
}

/// The first version whose events have an optional `T`. In older ones it has no byte, and is none.
template <class T>
inline constexpr std::uint8_t first_version = 1;
template <>
inline constexpr std::uint8_t first_version<rules::ReversedBefore> = 2;
template <>
inline constexpr std::uint8_t first_version<AgreementVersion> = 2;

/// The most items of a list that stores them elsewhere; those stored in place have a capacity.
template <class Item>
inline constexpr std::size_t list_count_max = Item::no_limit_was_given;
template <>
inline constexpr std::size_t list_count_max<rules::MccRange> = mcc_ranges_per_list_max;
template <>
inline constexpr std::size_t list_count_max<rules::HoldRule> = hold_rules_max;
template <>
inline constexpr std::size_t list_count_max<rules::ToleranceRule> = tolerance_rules_max;
template <>
inline constexpr std::size_t list_count_max<rules::PurseSpec> = purses_per_account_max;
template <>
inline constexpr std::size_t list_count_max<rules::OffsetEntry> = offset_entries_max;
template <>
inline constexpr std::size_t list_count_max<rules::LostBatches> = restored_programmes_max;

template <class Struct>
[[nodiscard]] constexpr bool in_range(const Struct&)
    requires std::is_class_v<Struct>
{
    return true;
}
[[nodiscard]] constexpr bool in_range(const rules::Mcc& mcc) {
    return mcc.value < rules::mcc_count;
}
[[nodiscard]] constexpr bool in_range(const PurseNumber& purse) {
    return purse.value <= purses_per_account_max;
}
[[nodiscard]] constexpr bool in_range(const rules::Weekdays& days) {
    return days.value <= rules::weekdays_all;
}
[[nodiscard]] constexpr bool in_range(const ExpiryMonth& expiry) { return expiry.month <= 12; }

}  // namespace carecard::journal
