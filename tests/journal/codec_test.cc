#include "services/journal/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/sha256.h"
#include "rules/apply.h"
#include "tests/journal/sample_events.h"

namespace carecard::journal {
namespace {

using testing::HasSubstr;

constexpr Fill every_fill[] = {Fill::distinct, Fill::largest, Fill::smallest};

/// Decodes from a block of exactly these bytes, so that a sanitizer sees a read past the end.
Result<DecodedEvent> decoded(const std::vector<std::byte>& clear) {
    return decode_clear(std::vector<std::byte>(clear.begin(), clear.end()));
}

std::vector<std::byte> bytes_from(std::initializer_list<int> values) {
    std::vector<std::byte> bytes;
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

// --- The samples and the lists they are made from -----------------------------------------------

/// The member that stands for itself, or in a `since`.
template <class T>
const auto& member_of(const T& listed) {
    if constexpr (is_since<T>) {
        return listed.member;
    } else {
        return listed;
    }
}

template <class T>
void expect_no_default(const T& value, const T& untouched, std::string_view kind) {
    if constexpr (requires { fields(value, List{}); }) {
        fields(value, [&](const auto&... members) {
            fields(untouched, [&](const auto&... defaults) {
                (expect_no_default(listed_member(members), listed_member(defaults), kind), ...);
            });
        });
    } else {
        EXPECT_FALSE(value == untouched) << kind;
    }
}

TEST(SampleEvents, LeaveNoMemberAtItsDefault) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        std::visit([&]<class Kind>(
                       const Kind& fact) { expect_no_default(fact, Kind{}, kind_name(event)); },
                   event);
    }
}

template <class T>
void expect_rising_addresses(const T& value, std::string_view kind) {
    if constexpr (requires { fields(value, List{}); }) {
        fields(value, [&](const auto&... members) {
            const void* before = nullptr;
            const auto check = [&](const auto& listed) {
                const auto& member = member_of(listed);
                EXPECT_LT(before, static_cast<const void*>(&member)) << kind;
                before = &member;
                expect_rising_addresses(member, kind);
            };
            (check(listed_member(members)), ...);
        });
    }
}

TEST(Fields, ListEveryMemberOnceInDeclaredOrder) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        std::visit([&](const auto& fact) { expect_rising_addresses(fact, kind_name(event)); },
                   event);
    }
}

TEST(Fields, HoldNoPersonalTextThatIsNotVisited) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        const std::size_t count =
            std::visit([]<class Kind>(const Kind&) { return free_text_count<Kind>(); }, event);
        EXPECT_EQ(texts_of(event).size(), count) << kind_name(event);
    }
}

TEST(Fields, AreCountedFromTheStructItself) {
    struct Two {
        std::uint8_t first;
        std::optional<AmountMinor> second;
    };
    EXPECT_EQ(member_count<Two>(), 2U);
    EXPECT_EQ(member_count<CardToken>(), 2U);
    EXPECT_EQ(member_count<rules::SpendingRules>(), 12U);
}

// --- Round trips --------------------------------------------------------------------------------

TEST(Codec, ReturnsEveryMemberOfEveryKind) {
    for (const Fill how : every_fill) {
        for (const rules::Event& event : sample_events(how)) {
            Result<DecodedEvent> result = decoded(encoded(event, how));
            ASSERT_TRUE(result) << result.fault().detail;
            ASSERT_TRUE(set_texts(result->event, copies_of_texts(event)));
            EXPECT_TRUE(result->event == event) << kind_name(event);
            EXPECT_EQ(result->stamp, sample_stamp(how));
            EXPECT_EQ(result->commitments, sample_commitments(event));
        }
    }
}

TEST(Codec, WritesTheSameBytesForTheSameEvent) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        const rules::Event copy = event;
        EXPECT_EQ(encoded(event), encoded(copy)) << kind_name(event);
    }
}

TEST(Codec, KeepsEveryEventWithinTheLimit) {
    for (const rules::Event& event : sample_events(Fill::largest)) {
        EXPECT_LE(encoded(event, Fill::largest).size(), event_bytes_max) << kind_name(event);
    }
}

TEST(Codec, AppendsAfterWhatIsThere) {
    std::vector<std::byte> out = bytes_from({1, 2, 3});
    const rules::Event event = sample_events(Fill::distinct).front();
    const Commitments commitments = sample_commitments(event);
    encode_clear(event, sample_stamp(Fill::distinct), commitments, out);
    std::vector<std::byte> expected = bytes_from({1, 2, 3});
    const std::vector<std::byte> clear = encoded(event);
    expected.insert(expected.end(), clear.begin(), clear.end());
    EXPECT_EQ(out, expected);
}

TEST(Codec, AllocatesNothingInABufferThatIsLargeEnough) {
    const rules::Event event = sample_events(Fill::distinct).front();
    const Commitments commitments = sample_commitments(event);
    std::vector<std::byte> out;
    out.reserve(event_bytes_max);
    const std::byte* const place = out.data();
    encode_clear(event, sample_stamp(Fill::distinct), commitments, out);
    EXPECT_EQ(out.data(), place);
}

// --- Personal texts -----------------------------------------------------------------------------

TEST(Codec, WritesNoPersonalText) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        rules::Event changed = event;
        std::vector<std::string> texts = copies_of_texts(event);
        for (std::string& text : texts) text = "Rosewood Pharmacy";
        ASSERT_TRUE(set_texts(changed, texts));
        EXPECT_EQ(encoded(changed), encoded(event)) << kind_name(event);
    }
}

TEST(Codec, GivesThePersonalTextsInTheOrderOfTheirSeals) {
    rules::AuthorisationDecided decided;
    decided.request.merchant.name.text = InlineText<80>::of("Rosewood Pharmacy");
    decided.request.merchant.city.text = InlineText<40>::of("Riverdale");
    EXPECT_EQ(copies_of_texts(decided),
              (std::vector<std::string>{"Rosewood Pharmacy", "Riverdale"}));
    EXPECT_TRUE(texts_of(rules::OffsetTableSet{}).empty());
}

TEST(SetTexts, RefusesAnotherNumberOfTextsAndChangesNothing) {
    rules::Event event = sample_events(Fill::distinct).front();
    const rules::Event before = event;
    for (const std::vector<std::string>& texts :
         {std::vector<std::string>{}, {"a"}, {"a", "b", "c"}}) {
        const Result<Done> result = set_texts(event, texts);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(result.fault().field, "event");
        EXPECT_TRUE(event == before);
    }
}

TEST(SetTexts, RefusesATextLongerThanItsFieldAndChangesNothing) {
    rules::Event event = sample_events(Fill::distinct).front();
    const rules::Event before = event;
    const std::vector<std::string> texts{"short", std::string(merchant_city_bytes_max + 1, 'x')};
    const Result<Done> result = set_texts(event, texts);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.fault().detail, HasSubstr("longer than its field"));
    EXPECT_TRUE(event == before);
}

// --- What is refused ----------------------------------------------------------------------------

TEST(Decode, RefusesEveryTruncation) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        std::vector<std::byte> clear = encoded(event);
        while (!clear.empty()) {
            clear.pop_back();
            const Result<DecodedEvent> result = decoded(clear);
            ASSERT_FALSE(result) << kind_name(event) << " cut to " << clear.size();
            EXPECT_EQ(result.fault().kind, FaultKind::corrupt);
            EXPECT_EQ(result.fault().field, "event");
        }
    }
}

TEST(Decode, RefusesATrailingByte) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        std::vector<std::byte> clear = encoded(event);
        clear.push_back(std::byte{0});
        const Result<DecodedEvent> result = decoded(clear);
        ASSERT_FALSE(result) << kind_name(event);
        EXPECT_THAT(result.fault().detail, HasSubstr("bytes follow its end"));
    }
}

TEST(Decode, AcceptsAFlippedBitOnlyAsAnotherCanonicalEvent) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        const std::vector<std::byte> clear = encoded(event);
        const Result<DecodedEvent> original = decoded(clear);
        ASSERT_TRUE(original);
        for (std::size_t bit = 0; bit < clear.size() * 8; ++bit) {
            std::vector<std::byte> flipped = clear;
            flipped[bit / 8] ^= std::byte{1} << (bit % 8);
            const Result<DecodedEvent> result = decoded(flipped);
            if (!result || flipped[1] != clear[1]) continue;  // of an older version: another form
            ASSERT_EQ(encoded(result->event, result->stamp, result->commitments), flipped)
                << kind_name(event) << " bit " << bit;
            ASSERT_FALSE(*result == *original) << kind_name(event) << " bit " << bit;
        }
    }
}

TEST(Decode, RefusesANumberThatIsNotInItsShortestForm) {
    std::vector<std::byte> clear = encoded(rules::ClockAdvanced{}, rules::Stamp{}, {});
    ASSERT_EQ(clear[2], std::byte{1});  // the epoch
    clear[2] = std::byte{0x81};
    clear.insert(clear.begin() + 3, std::byte{0});
    const Result<DecodedEvent> result = decoded(clear);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.fault().detail, HasSubstr("ClockAdvanced does not parse at byte 4"));
    EXPECT_THAT(result.fault().detail, HasSubstr("shortest form"));
}

TEST(Decode, RefusesKindsAndVersionsItDoesNotKnow) {
    struct Row {
        int kind;
        int version;
        std::string_view detail;
        std::string_view remedy;
    };
    const int next = std::variant_size_v<rules::EventKinds> + 1;
    const std::string next_text = "kind " + std::to_string(next);
    const Row rows[] = {
        {.kind = 0, .version = 1, .detail = "kind 0", .remedy = "restore"},
        {.kind = next, .version = 1, .detail = next_text, .remedy = "release"},
        {.kind = 255, .version = 1, .detail = "kind 255", .remedy = "release"},
        {.kind = 1, .version = 0, .detail = "version 0", .remedy = "restore"},
        {.kind = 1, .version = 4, .detail = "version 4", .remedy = "release"},
        {.kind = 255, .version = 255, .detail = "version 255", .remedy = "release"},
    };
    for (const Row& row : rows) {
        std::vector<std::byte> clear = encoded(rules::AuthorisationDecided{}, Fill::smallest);
        clear[0] = static_cast<std::byte>(row.kind);
        clear[1] = static_cast<std::byte>(row.version);
        const Result<DecodedEvent> result = decoded(clear);
        ASSERT_FALSE(result) << row.detail;
        EXPECT_EQ(result.fault().kind,
                  row.remedy == "release" ? FaultKind::conflict : FaultKind::corrupt);
        EXPECT_THAT(result.fault().detail, HasSubstr(row.detail));
        EXPECT_THAT(result.fault().remedy, HasSubstr(row.remedy));
    }
}

TEST(Decode, RefusesAnotherNumberOfCommitmentsThanTheKindHas) {
    const rules::Event event = sample_events(Fill::distinct).front();
    std::vector<std::byte> clear = encoded(event);
    clear[clear.size() - 2 * sizeof(Hash32) - 1] = std::byte{1};
    clear.resize(clear.size() - sizeof(Hash32));
    const Result<DecodedEvent> result = decoded(clear);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.fault().detail, HasSubstr("commitments"));
}

template <class T>
std::string problem_of(std::initializer_list<int> values) {
    const std::vector<std::byte> bytes = bytes_from(values);
    Reader reader(bytes);
    T value{};
    return read(reader, value) ? "" : reader.problem();
}

TEST(Decode, RefusesWhatAFieldCannotHold) {
    EXPECT_EQ(problem_of<bool>({1}), "");
    EXPECT_THAT(problem_of<bool>({2}), HasSubstr("flag"));
    EXPECT_EQ(problem_of<rules::CardStatus>({3}), "");
    EXPECT_THAT(problem_of<rules::CardStatus>({0}), HasSubstr("enumeration"));
    EXPECT_THAT(problem_of<rules::CardStatus>({10}), HasSubstr("enumeration"));
    EXPECT_EQ(problem_of<rules::Mcc>({0x8f, 0x4e}), "");  // 9999
    EXPECT_THAT(problem_of<rules::Mcc>({0x90, 0x4e}), HasSubstr("out of its range"));
    EXPECT_EQ(problem_of<PurseNumber>({16}), "");
    EXPECT_THAT(problem_of<PurseNumber>({17}), HasSubstr("out of its range"));
    EXPECT_THAT(problem_of<ExpiryMonth>({0, 13}), HasSubstr("out of its range"));
    EXPECT_EQ(problem_of<InlineText<2>>({2, 'G', 'B'}), "");
    EXPECT_THAT(problem_of<InlineText<2>>({3, 'G', 'B', 'R'}), HasSubstr("too large"));
    EXPECT_THAT(problem_of<InlineText<2>>({2, 'G'}), HasSubstr("too early"));
    EXPECT_THAT(problem_of<rules::MccRanges>({97}), HasSubstr("too large"));
    EXPECT_THAT(problem_of<rules::MccRanges>({96, 0, 0, 0}), HasSubstr("too early"));
    EXPECT_THAT(problem_of<rules::Legs>({17}), HasSubstr("too large"));
    EXPECT_THAT(problem_of<std::optional<AmountMinor>>({2, 0}), HasSubstr("flag"));
}

TEST(Decode, RefusesNumbersWiderThanTheirField) {
    EXPECT_EQ(problem_of<std::uint8_t>({0xff, 1}), "");
    EXPECT_THAT(problem_of<std::uint8_t>({0x80, 2}), HasSubstr("too large"));
    EXPECT_EQ(problem_of<std::int32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}), "");
    EXPECT_THAT(problem_of<std::int32_t>({0x80, 0x80, 0x80, 0x80, 0x10}), HasSubstr("too large"));
    EXPECT_EQ(problem_of<std::uint64_t>({255, 255, 255, 255, 255, 255, 255, 255, 255, 1}), "");
    EXPECT_THAT(problem_of<std::uint64_t>({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}),
                HasSubstr("too large"));
    EXPECT_THAT(problem_of<std::uint64_t>({128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0}),
                HasSubstr("too large"));
    EXPECT_THAT(problem_of<TotalMinor>({128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
                                        128, 128, 128, 128, 128, 128, 4}),
                HasSubstr("too large"));
    EXPECT_THAT(problem_of<std::uint64_t>({0x80, 0}), HasSubstr("shortest form"));
}

// --- Other facts about an event -----------------------------------------------------------------

TEST(AccountOf, NamesTheAccountOfEveryEventWithPersonalTexts) {
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        EXPECT_TRUE(texts_of(event).empty() || rules::account_of(event).value != 0)
            << kind_name(event);
    }
}

TEST(KindName, TellsTheKindsApart) {
    std::set<std::string_view> names;
    for (const rules::Event& event : sample_events(Fill::smallest)) names.insert(kind_name(event));
    EXPECT_EQ(names.size(), std::variant_size_v<rules::EventKinds>);
    EXPECT_EQ(kind_name(rules::AuthorisationDecided{}), "AuthorisationDecided");
    EXPECT_EQ(kind_name(rules::HoldExpired{}), "HoldExpired");
    EXPECT_EQ(kind_name(rules::ClockAccepted{}), "ClockAccepted");
    EXPECT_EQ(kind_name(rules::Restored{}), "Restored");
}

TEST(EncodeDeathTest, AbortsOnAValueThatCouldNotBeReadAgain) {
    rules::AuthorisationDecided decided;
    EXPECT_DEATH(encoded(decided, rules::Stamp{}, {}), "CHECK failed: commitments");
    decided.request.merchant.mcc.value = rules::mcc_count;
    EXPECT_DEATH(encoded(decided), "CHECK failed: in_range");
}

}  // namespace
}  // namespace carecard::journal
