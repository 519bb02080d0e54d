#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/validate.h"

/// Tables for the tests of `validate`: each row spoils, or merely changes, a good command.
namespace carecard::rules {

inline const std::string accepted;  ///< The `field` of a row that is no fault.
inline constexpr std::string_view card_number = "4111 1111 1111 1111";

template <class C>
struct Row {
    std::string name;
    std::function<void(C&)> change;
    std::string field;
};

template <class C>
void expect_rows(const C& good, const std::vector<Row<C>>& rows) {
    ASSERT_TRUE(validate(good)) << validate(good).fault().field << " "
                                << validate(good).fault().detail;
    for (const Row<C>& row : rows) {
        C command = good;
        row.change(command);
        const Result<Valid<C>> result = validate(command);
        if (row.field == accepted) {
            ASSERT_TRUE(result) << row.name << ": " << result.fault().field << " "
                                << result.fault().detail;
            EXPECT_EQ(**result, command) << row.name;
            continue;
        }
        ASSERT_FALSE(result) << row.name;
        const Fault& fault = result.fault();
        EXPECT_EQ(fault.kind, FaultKind::malformed) << row.name;
        EXPECT_EQ(fault.field, row.field) << row.name << ": " << fault.detail;
        EXPECT_FALSE(fault.detail.empty()) << row.name;
        EXPECT_FALSE(fault.remedy.empty()) << row.name;
        EXPECT_EQ((fault.detail + fault.remedy).find("1111"), std::string::npos) << row.name;
    }
}

/// What every command's `request` must satisfy.
template <class C>
std::vector<Row<C>> request_rows() {
    const auto key = [](std::string_view text) {
        return [text](C& c) { c.request.key = RequestKey::of(text); };
    };
    static const std::string longest(64, 'k');
    return {
        {"the longest key", key(longest), accepted},
        {"every mark of a key", key("aZ09._:-"), accepted},
        {"a key that looks like a card number", key("4111111111111111"), accepted},
        {"no key", key(""), "request_key"},
        {"a space in the key", key("a b"), "request_key"},
        {"a slash in the key", key("a/b"), "request_key"},
        {"a letter beyond ASCII in the key", key("cl\xc3\xa9"), "request_key"},
        {"no caller", [](C& c) { c.request.caller = {}; }, "certificate.id"},
        {"every council", [](C& c) { c.request.council = {}; }, accepted},
        {"capitals in the council", [](C& c) { c.request.council = CouncilCode::of("Riverdale"); },
         "certificate.council"},
    };
}

/// What free text must satisfy; `text(command)` is the member of type InlineText.
template <class C, class Member>
std::vector<Row<C>> free_text_rows(const std::string& field, Member member) {
    const auto put = [member](std::string_view text) {
        return [member, text](C& c) {
            auto& target = member(c);
            target = std::remove_reference_t<decltype(target)>::of(text);
        };
    };
    return {
        {"letters beyond ASCII", put("Caf\xc3\xa9 \xf0\x9f\x8d\xb0"), accepted},
        {"digits that are no card number", put("4111 1111 1111 1112"), accepted},
        {"a card number", put(card_number), field},
        {"a card number with hyphens among letters", put("no4111-1111-1111-1111b"), field},
        {"a tab", put("a\tb"), field},
        {"a line end", put("a\n"), field},
        {"a zero byte", put(std::string_view("a\0b", 3)), field},
        {"delete", put("a\x7f"), field},
        {"a control character beyond ASCII", put("a\xc2\x85"), field},
        {"a stray continuation byte", put("a\x80"), field},
        {"a lone leading byte", put("a\xc3"), field},
        {"Latin-1", put("Caf\xe9 x"), field},
        {"an overlong form", put("\xc0\xaf"), field},
        {"an overlong form of three bytes", put("\xe0\x80\xaf"), field},
        {"a surrogate", put("\xed\xa0\x80"), field},
        {"beyond the last code point", put("\xf4\x90\x80\x80"), field},
        {"a byte that never occurs", put("\xff"), field},
    };
}

inline Request good_request() {
    return {.key = RequestKey::of("key-1"),
            .caller = CallerId::of("gateway-1"),
            .council = CouncilCode::of("riverdale")};
}

inline CardToken good_token(std::uint8_t key_id = 1) {
    return {.key_id = key_id, .mac = {std::byte{7}}};
}

inline Reason reason(std::string_view text) { return {InlineText<reason_bytes_max>::of(text)}; }

}  // namespace carecard::rules
