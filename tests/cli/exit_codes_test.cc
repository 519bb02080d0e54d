#include "services/cli/exit_codes.h"

#include <gtest/gtest.h>

namespace carecard::cli {
namespace {

ExitCode code(FaultKind kind, std::string field = {}) {
    return exit_code_of({.kind = kind, .field = std::move(field), .detail = {}, .remedy = {}});
}

TEST(ExitCode, SaysWhatTheCallerCanDo) {
    EXPECT_EQ(code(FaultKind::malformed), ExitCode::refused);
    EXPECT_EQ(code(FaultKind::denied), ExitCode::refused);
    EXPECT_EQ(code(FaultKind::not_found), ExitCode::refused);
    EXPECT_EQ(code(FaultKind::conflict), ExitCode::refused);
    EXPECT_EQ(code(FaultKind::overloaded), ExitCode::not_decided);
    EXPECT_EQ(code(FaultKind::unavailable), ExitCode::unknown);
    EXPECT_EQ(code(FaultKind::unavailable, "server"), ExitCode::not_decided);
    EXPECT_EQ(code(FaultKind::fenced), ExitCode::unknown);
    EXPECT_EQ(code(FaultKind::corrupt), ExitCode::disagrees);
    EXPECT_EQ(code(FaultKind::quarantined), ExitCode::unknown);
}

}  // namespace
}  // namespace carecard::cli
