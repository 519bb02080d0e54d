#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/types.pb.h"
#include "common/id.h"
#include "common/inline_text.h"
#include "common/money.h"
#include "common/result.h"
#include "rules/command.h"
#include "rules/validate.h"
#include "services/rpc/identity.h"
#include "services/rpc/wire.h"

/// What the conversions in convert_*.cc are written with. Not for other files.
namespace carecard::authorisation {

/// Reads the fields of one message into a command, one after another, and keeps the first fault.
/// After a fault the rest is read all the same; the command is then not used.
class Fields {
   public:
    template <std::size_t bytes_max>
    void text(std::string_view value, std::string_view field, InlineText<bytes_max>& out) {
        if (const std::optional<InlineText<bytes_max>> text = InlineText<bytes_max>::from(value)) {
            out = *text;
        } else {
            too_long(field, bytes_max);
        }
    }
    template <std::size_t bytes_max>
    void text(std::string_view value, std::string_view field, rules::FreeText<bytes_max>& out) {
        text(value, field, out.text);
    }

    /// Keeps what a `Result` holds.
    template <class T>
    void keep(Result<T> value, T& out) {
        if (value) {
            out = *std::move(value);
        } else {
            fail(value.fault());
        }
    }

    /// The core's enumerators are 0 to 254; any other number becomes 255, which is none of them.
    template <class E>
    static E enumerator(int value) {
        constexpr int last = std::numeric_limits<std::uint8_t>::max();
        return static_cast<E>(value < 0 || value > last ? last : value);
    }

    void request(std::string_view key, const rpc::Identity& caller, rules::Request& out) {
        text(key, "request_key", out.key);
        out.caller = caller.id;
        out.council = caller.council;
    }
    void token(std::string_view value, std::string_view field, CardToken& out);
    void mcc(std::string_view value, rules::Mcc& out) { mcc(value, "mcc", out); }
    void mcc(std::string_view value, std::string_view field, rules::Mcc& out);
    void account(const v1::AccountName& value, rules::AccountName& out);

    void fail(Fault fault) {
        if (!fault_) fault_ = std::move(fault);
    }
    void malformed(std::string_view field, std::string_view detail, std::string_view remedy);

    /// The command, if nothing was wrong with the message and nothing is with the command.
    template <class C>
    Result<rules::Valid<C>> validated(C command) && {
        if (fault_) return *std::move(fault_);
        return rules::validate(std::move(command));
    }

   private:
    void too_long(std::string_view field, std::size_t bytes_max);

    std::optional<Fault> fault_;
};

/// "list[index]" or "list[index].member".
[[nodiscard]] std::string item_field(std::string_view list, int index,
                                     std::string_view member = {});

/// Reads a list of merchant categories and groups; see `rules::parse_mcc_list`.
[[nodiscard]] rules::MccRanges read_mccs(
    Fields& fields, const google::protobuf::RepeatedPtrField<std::string>& items,
    std::string_view field);

/// Reads spending rules whose amounts are all in one currency.
/// @param parent    the field that holds them: "rules" or "defaults".
/// @param currency  the programme's; when it is not known the amounts must only be of known ones.
void read_rules(Fields& fields, const v1::SpendingRules& value, std::string_view parent,
                std::optional<CurrencyCode> currency, rules::SpendingRules& out);

/// The first amount of spending rules that is not in `currency`. Parameters as above.
[[nodiscard]] std::optional<Fault> fault_in_currency(const v1::SpendingRules& value,
                                                     std::string_view parent,
                                                     CurrencyCode currency);

}  // namespace carecard::authorisation
