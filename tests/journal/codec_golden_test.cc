// One event of each kind against the bytes that earlier releases stored. A difference means that
// a journal written before the change cannot be read after it: raise `event_version` and keep the
// old form readable, or undo the change. CARECARD_GOLDEN_UPDATE=1 writes the file anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/sha256.h"
#include "tests/journal/sample_events.h"

namespace carecard::journal {
namespace {

std::string golden_path() {
    const char* const root = std::getenv("CARECARD_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/tests/golden/events.txt";
}

/// One line for each kind: its name, a space, and its clear part in hexadecimal digits.
std::string rendered(const std::vector<rules::Event>& events) {
    std::string lines;
    for (const rules::Event& event : events) {
        lines += std::string(kind_name(event)) + " " + to_hex(encoded(event)) + "\n";
    }
    return lines;
}

std::string stored() {
    std::ifstream file(golden_path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::byte> bytes_of_hex(const std::string& hex) {
    std::vector<std::byte> bytes;
    for (std::size_t index = 0; index + 1 < hex.size(); index += 2) {
        bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(index, 2), nullptr, 16)));
    }
    return bytes;
}

TEST(GoldenEvents, AreEncodedAsTheyWereStored) {
    const std::string now = rendered(sample_events(Fill::distinct));
    const char* const update = std::getenv("CARECARD_GOLDEN_UPDATE");
    if (update != nullptr && std::string_view(update) == "1") {
        std::ofstream(golden_path(), std::ios::binary) << now;
        GTEST_SKIP() << "wrote " << golden_path();
    }
    EXPECT_EQ(now, stored());
}

TEST(GoldenEvents, AreDecodedAsTheyWereStored) {
    std::istringstream lines(stored());
    for (const rules::Event& event : sample_events(Fill::distinct)) {
        std::string name;
        std::string hex;
        ASSERT_TRUE(lines >> name >> hex) << kind_name(event);
        EXPECT_EQ(name, kind_name(event));
        Result<DecodedEvent> result = decode_clear(bytes_of_hex(hex));
        ASSERT_TRUE(result) << result.fault().detail;
        ASSERT_TRUE(set_texts(result->event, copies_of_texts(event)));
        EXPECT_TRUE(result->event == event) << name;
        EXPECT_EQ(result->stamp, sample_stamp(Fill::distinct));
    }
}

}  // namespace
}  // namespace carecard::journal
