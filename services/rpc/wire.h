#pragma once

#include <string_view>

#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"

/// Values of the vocabulary in proto messages, for fronts and clients alike. Pure; any thread.
namespace carecard::rpc {

/// An amount with its currency.
struct Price {
    AmountMinor amount;
    CurrencyCode currency;
    friend constexpr bool operator==(const Price&, const Price&) = default;
};

void set_money(const Price& price, v1::Money& money);
[[nodiscard]] v1::Money to_money(const Price& price);

/// @param field  the path of `money`; the fault's is its "currency".
/// @return `malformed` for a currency that is not known. The amount is not looked at.
[[nodiscard]] Result<Price> parse_money(const v1::Money& money, std::string_view field);

void set_timestamp(TimestampNs at, google::protobuf::Timestamp& timestamp);

/// @return `malformed` outside the years 1970 to 2199, or when its nanoseconds are not within a
///         second.
[[nodiscard]] Result<TimestampNs> parse_timestamp(const google::protobuf::Timestamp& timestamp,
                                                  std::string_view field);

}  // namespace carecard::rpc
