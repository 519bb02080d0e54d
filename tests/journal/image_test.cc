#include "services/journal/image.h"

#include "rules/residence.h"
#include "tests/rules/random_commands.h"
#include "tests/rules/state_summary.h"

namespace carecard::journal {
namespace {

using Bytes = std::vector<std::byte>;

/// A state with everything that images hold, several times over.
class Images : public testing::Test {
   protected:
    Images() {
        rules::RandomCommands commands(11);
        state_ = {};
        for (const rules::Command& command : commands.opening()) decide(command, commands);
        for (int step = 0; step < 3'000 || state_.holds_due.size() < 4; ++step) {
            const TimestampNs to = now_ns_ + commands.pause();
            while (const auto due = rules::next_due(state_, to)) {
                now_ns_ = std::max(now_ns_, due->at);
                decide(due->command, commands);
            }
            now_ns_ = to;
            decide(commands.next(), commands);
        }
        while (rules::let_go(state_, state_.last, 1'000)) {
        }
    }

    void decide(const rules::Command& command, rules::RandomCommands& commands) {
        const rules::Stamp stamp{.sequence = {state_.last.value + 1}, .now_ns = now_ns_};
        const rules::Decision decision = rules::decide(state_, command, stamp);
        if (const auto* event = std::get_if<rules::Event>(&decision)) {
            rules::apply(state_, *event, stamp);
            commands.hear(*event);
        }
    }

    /// One image of each kind, for what is asked of all of them.
    template <class Use>
    void for_each_kind(Use use) {
        const auto one = [&]<class Image>(std::type_identity<Image>, const auto&... what) {
            Bytes bytes;
            encode_image(what..., bytes);
            use(std::type_identity<Image>{}, bytes);
        };
        one(std::type_identity<OffsetsImage>{},
            OffsetsImage{.set = state_.offsets_set, .zone = state_.zone, .table = state_.offsets});
        one(std::type_identity<rules::SpendingRules>{}, state_.agreements.back().rules());
        one(std::type_identity<rules::Programme>{}, state_.programmes.front());
        one(std::type_identity<rules::AccountImage>{}, state_, state_.accounts.front());
        one(std::type_identity<rules::Authorisation>{},
            state_.authorisations.begin()->second.authorisation);
    }

    rules::State state_;
    TimestampNs now_ns_ = rules::utc(2024, 6, 3, 9);
};

template <class Image, class... What>
Image after_the_journey(const What&... what) {
    Bytes bytes;
    encode_image(what..., bytes);
    Result<Image> image = decode_image<Image>(bytes);
    EXPECT_TRUE(image) << image.fault().detail;
    return *std::move(image);
}

TEST_F(Images, PutTogetherMakeTheStateTheyWereTakenFrom) {
    ASSERT_GT(state_.authorisations.size(), 3U);
    ASSERT_FALSE(state_.kept_reversals.empty());
    ASSERT_FALSE(state_.earmarks.empty());
    ASSERT_FALSE(state_.disputes.empty());
    rules::State restored;
    auto offsets = after_the_journey<OffsetsImage>(
        OffsetsImage{.set = state_.offsets_set, .zone = state_.zone, .table = state_.offsets});
    restored.offsets = offsets.table;
    restored.zone = offsets.zone;
    std::uint32_t number = 0;
    for (const rules::CompiledRules& agreement : state_.agreements) {
        ASSERT_TRUE(rules::restore(restored, AgreementId{++number},
                                   after_the_journey<rules::SpendingRules>(agreement.rules())));
    }
    for (const rules::Programme& programme : state_.programmes) {
        ASSERT_TRUE(rules::restore(restored, after_the_journey<rules::Programme>(programme)));
    }
    for (const rules::Account& account : state_.accounts) {
        ASSERT_TRUE(
            rules::restore(restored, after_the_journey<rules::AccountImage>(state_, account)));
    }
    restored.last = state_.last;
    restored.last_ns = state_.last_ns;
    restored.epoch = state_.epoch;
    EXPECT_TRUE(rules::is_complete(restored));
    EXPECT_EQ(rules::summary_of(restored), rules::summary_of(state_));
}

TEST_F(Images, ThatMissOneBeforeThemAreRefused) {
    rules::State restored;
    EXPECT_FALSE(rules::restore(restored, AgreementId{2}, rules::SpendingRules{}));
    EXPECT_FALSE(rules::restore(restored, state_.programmes.back()));
    EXPECT_FALSE(rules::restore(
        restored, after_the_journey<rules::AccountImage>(state_, state_.accounts.back())));
}

TEST_F(Images, WithACardMissingAreNotComplete) {
    rules::State restored;
    rules::AccountImage image =
        after_the_journey<rules::AccountImage>(state_, state_.accounts.front());
    ASSERT_FALSE(image.cards.empty());
    image.cards.back().id.value += 1;
    ASSERT_TRUE(rules::restore(restored, image));
    EXPECT_FALSE(rules::is_complete(restored));
}

TEST_F(Images, CutShortOrGoingOnAreRefused) {
    for_each_kind([]<class Image>(std::type_identity<Image>, Bytes bytes) {
        ASSERT_TRUE(decode_image<Image>(bytes));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto cut = decode_image<Image>(std::span(bytes).first(size));
            ASSERT_FALSE(cut) << size << " of " << bytes.size() << " bytes";
            EXPECT_EQ(cut.fault().kind, FaultKind::corrupt);
            EXPECT_EQ(cut.fault().field, "image");
        }
        bytes.push_back(std::byte{0});
        EXPECT_FALSE(decode_image<Image>(bytes));
    });
}

TEST_F(Images, WithAnyByteChangedAreReadOrRefusedAndNoMore) {
    for_each_kind([]<class Image>(std::type_identity<Image>, Bytes bytes) {
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (const int value : {0x00, 0x7f, 0x80, 0xff}) {
                const std::byte before = std::exchange(bytes[at], std::byte(value));
                (void)decode_image<Image>(bytes);
                bytes[at] = before;
            }
        }
    });
}

}  // namespace
}  // namespace carecard::journal
