#include "services/rpc/identity.h"

#include <gtest/gtest.h>

#include <string>

namespace carecard::rpc {
namespace {

constexpr std::string_view good_uri = "carecard://riverdale/finance/finance-1";

TEST(ParseIdentity, ReadsCouncilRoleAndId) {
    const Result<Identity> identity = parse_identity(good_uri);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->role, Role::finance);
    EXPECT_EQ(identity->council.view(), "riverdale");
    EXPECT_EQ(identity->id.view(), "finance-1");
}

TEST(ParseIdentity, ReadsAStarAsEveryCouncil) {
    const Result<Identity> identity = parse_identity("carecard://*/gateway/gateway-1");
    ASSERT_TRUE(identity);
    EXPECT_TRUE(identity->council.empty());
}

TEST(ParseIdentity, ReadsEveryRoleThatIsWritten) {
    for (std::size_t index = 0; index < role_count; ++index) {
        const Identity written{.role = static_cast<Role>(index),
                               .council = CouncilCode::of("hill-side-2"),
                               .id = CallerId::of("A.b_c-9")};
        const Result<Identity> read = parse_identity(to_uri(written));
        ASSERT_TRUE(read) << to_uri(written);
        EXPECT_EQ(*read, written);
    }
}

TEST(ParseIdentity, RefusesEveryOtherForm) {
    const std::string long_council(CouncilCode::capacity + 1, 'a');
    const std::string long_id(CallerId::capacity + 1, 'a');
    for (const std::string& uri : {
             std::string(),
             std::string("carecard:"),
             std::string("carecard://"),
             std::string("https://riverdale/finance/finance-1"),
             std::string("CARECARD://riverdale/finance/finance-1"),
             std::string("carecard://riverdale/finance"),
             std::string("carecard://riverdale/finance/"),
             std::string("carecard:///finance/finance-1"),
             std::string("carecard://River/finance/finance-1"),
             std::string("carecard://**/finance/finance-1"),
             std::string("carecard://riverdale/Finance/finance-1"),
             std::string("carecard://riverdale/treasurer/finance-1"),
             std::string("carecard://riverdale/operator_/operator-1"),
             std::string("carecard://riverdale//finance-1"),
             std::string("carecard://riverdale/finance/finance-1/"),
             std::string("carecard://riverdale/finance/finance 1"),
             std::string("carecard://riverdale/finance/finance-1?x"),
             std::string("carecard://riverdale/finance/f\0x", 33),
             "carecard://" + long_council + "/finance/finance-1",
             "carecard://riverdale/finance/" + long_id,
         }) {
        const Result<Identity> identity = parse_identity(uri);
        ASSERT_FALSE(identity) << uri;
        EXPECT_EQ(identity.fault().kind, FaultKind::denied) << uri;
        EXPECT_EQ(identity.fault().field, "certificate") << uri;
    }
}

TEST(ParseIdentity, TakesTheLongestCouncilAndId) {
    const std::string council(CouncilCode::capacity, 'a');
    const std::string id(CallerId::capacity, 'b');
    const Result<Identity> identity = parse_identity("carecard://" + council + "/holder/" + id);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->council.view(), council);
    EXPECT_EQ(identity->id.view(), id);
}

TEST(RoleNamed, KnowsNoNameTwice) {
    for (std::size_t index = 0; index < role_count; ++index) {
        EXPECT_EQ(role_named(name_of(static_cast<Role>(index))), static_cast<Role>(index));
    }
    EXPECT_FALSE(role_named(""));
}

}  // namespace
}  // namespace carecard::rpc
