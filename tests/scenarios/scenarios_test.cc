#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "services/rpc/faults.h"
#include "tests/scenarios/play.h"

// The tables of a folder, each a test; all of them are played against one service.
//
//     scenarios_test [--align] [FILE...]
//
// Without files: all in tests/scenarios/tables. With --align the columns of the files are drawn
// straight instead, and nothing is played.

namespace carecard::scenarios {
namespace {

/// A file and what became of it.
struct Entry {
    std::string path;
    std::optional<Fault> fault;  ///< The file could not be understood.
    Report report;
};

/// The service and its scenarios, from the first test to the last.
class House : public testing::Environment {
   public:
    explicit House(std::vector<Entry>& entries) : entries_(&entries) {}

    void SetUp() override {
        std::vector<Scenario> scenarios;
        std::vector<Entry*> played;
        for (Entry& entry : *entries_) {
            const std::string name = std::filesystem::path(entry.path).filename().string();
            Result<Scenario> scenario =
                read_scenario(name, end_to_end::read_text(entry.path),
                              static_cast<unsigned>(&entry - entries_->data()) + 1);
            if (!scenario) {
                entry.fault = scenario.fault();
                continue;
            }
            scenarios.push_back(std::move(*scenario));
            played.push_back(&entry);
        }
        const end_to_end::Installation installation;
        end_to_end::Service service(installation, "simulated");
        ASSERT_FALSE(testing::Test::HasFatalFailure());
        const std::vector<Report> reports = play(service, scenarios);
        for (std::size_t index = 0; index < reports.size(); ++index) {
            played[index]->report = reports[index];
        }
        EXPECT_EQ(service.stop(), 0) << service.process().said();
        const end_to_end::Ran checked = end_to_end::run_to_end(
            {"carecard-fsck", "--data", installation.data()}, installation.file("fsck.log"));
        EXPECT_EQ(checked.status, 0) << checked.said;
    }

   private:
    std::vector<Entry>* entries_;
};

class Table : public testing::Test {
   public:
    explicit Table(const Entry& entry) : entry_(&entry) {}

    void TestBody() override {
        if (entry_->fault) FAIL() << rpc::explain(*entry_->fault);
        if (!entry_->report.text.empty()) FAIL() << '\n' << entry_->report.text;
    }

   private:
    const Entry* entry_;
};

std::vector<std::string> all_tables() {
    const char* const sources = std::getenv("CARECARD_SOURCE_DIR");
    const std::string folder =
        std::string(sources == nullptr ? "." : sources) + "/tests/scenarios/tables";
    std::vector<std::string> paths;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() == ".txt") paths.push_back(file.path().string());
    }
    std::ranges::sort(paths);
    return paths;
}

int align_all(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        end_to_end::write_text(path, aligned(end_to_end::read_text(path)));
    }
    return 0;
}

int run(const std::vector<std::string>& words) {
    std::vector<std::string> paths(words.begin() + 1, words.end());
    const bool aligning = std::erase(paths, "--align") > 0;
    if (paths.empty()) paths = all_tables();
    for (const std::string& path : paths) {
        if (std::filesystem::is_regular_file(path)) continue;
        std::cerr << path << ": there is no such file. Name tables, or none to play all.\n";
        return 2;
    }
    if (aligning) return align_all(paths);
    static std::vector<Entry> entries;
    for (const std::string& path : paths) entries.push_back({.path = path});
    for (const Entry& entry : entries) {
        testing::RegisterTest("Scenarios", std::filesystem::path(entry.path).stem().c_str(),
                              nullptr, nullptr, entry.path.c_str(), 1,
                              [&entry]() -> Table* { return new Table(entry); });
    }
    testing::AddGlobalTestEnvironment(new House(entries));
    return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace carecard::scenarios

int main(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    return carecard::scenarios::run({words, words + count});
}
