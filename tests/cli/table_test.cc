#include "services/cli/table.h"

#include <gtest/gtest.h>

#include "services/cli/utf8.h"

namespace carecard::cli {
namespace {

TEST(Table, AlignsColumnsByWhatIsSeen) {
    Table table({{"name"}, {"amount", Align::right}});
    table.add({"Café", "£1.00"});
    table.add_rule();
    table.add({"b", "£12.50"});
    EXPECT_EQ(table.render(),
              "name  amount\n"
              "------------\n"
              "Café   £1.00\n"
              "------------\n"
              "b     £12.50\n");
}

TEST(Table, LeavesNoSpacesAtTheEndsOfLines) {
    Table table({{"a"}, {"b"}});
    table.add({"long cell", ""});
    EXPECT_EQ(table.render(), "a          b\n------------\nlong cell\n");
}

TEST(Printable, KeepsTextAndTakesTheTerminalsCommandsOut) {
    EXPECT_EQ(printable("Café 1"), "Café 1");
    EXPECT_EQ(printable("\x1b[2Jx\n\x7f"), "?[2Jx??");
    EXPECT_EQ(printable("\xc2\x9b"
                        "a\xff"),
              "?a?");
}

TEST(Utf8, IsCheckedStrictly) {
    EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    for (const char* wrong : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                              "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
        EXPECT_FALSE(is_utf8(wrong));
    }
}

}  // namespace
}  // namespace carecard::cli
