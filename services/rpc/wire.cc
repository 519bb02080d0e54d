#include "services/rpc/wire.h"

#include <string>

#include "services/rpc/currency.h"
#include "services/rpc/text.h"

namespace carecard::rpc {
namespace {

constexpr std::int64_t seconds_end = 7'258'118'400;  // 2200-01-01T00:00:00Z

}  // namespace

void set_money(const Price& price, v1::Money& money) {
    money.set_minor_units(price.amount.value);
    const std::string_view alpha = to_text(price.currency);
    money.set_currency(alpha.data(), alpha.size());
}

v1::Money to_money(const Price& price) {
    v1::Money money;
    set_money(price, money);
    return money;
}

Result<Price> parse_money(const v1::Money& money, std::string_view field) {
    const Currency* const currency = find_currency(money.currency());
    if (currency == nullptr) {
        return parse_currency(money.currency(), std::string(field) + ".currency").fault();
    }
    return Price{.amount = {money.minor_units()}, .currency = currency->code};
}

void set_timestamp(TimestampNs at, google::protobuf::Timestamp& timestamp) {
    std::int64_t second = at.value / ns_per_second;
    std::int64_t rest = at.value % ns_per_second;
    if (rest < 0) {
        second -= 1;
        rest += ns_per_second;
    }
    timestamp.set_seconds(second);
    timestamp.set_nanos(static_cast<std::int32_t>(rest));
}

Result<TimestampNs> parse_timestamp(const google::protobuf::Timestamp& timestamp,
                                    std::string_view field) {
    const bool second = timestamp.seconds() >= 0 && timestamp.seconds() < seconds_end;
    const bool rest = timestamp.nanos() >= 0 && timestamp.nanos() < ns_per_second;
    if (!second || !rest) {
        return Fault{.kind = FaultKind::malformed,
                     .field = std::string(field),
                     .detail = "is not within the years 1970 to 2199",
                     .remedy = "give a time of those years"};
    }
    return TimestampNs{seconds(timestamp.seconds()).value + timestamp.nanos()};
}

}  // namespace carecard::rpc
