#include "services/cli/shell_word.h"

#include <gtest/gtest.h>

namespace carecard::cli {
namespace {

TEST(ShellWord, IsThePlainTextWhereAShellLeavesItAlone) {
    EXPECT_EQ(shell_word("DP-1001"), "DP-1001");
    EXPECT_EQ(shell_word("0042/home_care:2"), "0042/home_care:2");
}

TEST(ShellWord, IsQuotedWhereAShellWouldActOnIt) {
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("Ann Hall"), "'Ann Hall'");
    EXPECT_EQ(shell_word("O'Neill"), "'O'\\''Neill'");
    EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
    EXPECT_EQ(shell_word("~a"), "'~a'");
    EXPECT_EQ(shell_word("Zoë"), "'Zoë'");
}

}  // namespace
}  // namespace carecard::cli
