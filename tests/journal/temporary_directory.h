#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "common/check.h"

namespace carecard::journal {

/// A new directory of the test's own, removed with everything in it at the end.
class TemporaryDirectory {
   public:
    TemporaryDirectory() : path_(::testing::TempDir() + "carecard-XXXXXX") {
        CHECK(::mkdtemp(path_.data()) != nullptr);
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

   private:
    std::string path_;
};

}  // namespace carecard::journal
