// One event of each kind against the bytes that were stored in each version of the format. A
// difference means that a journal written before the change cannot be read after it: raise
// `event_version`, keep the old file as events_<version>.txt and its form readable, or undo the
// change. CARECARD_GOLDEN_UPDATE=1 writes the newest version's file, events.txt, anew.

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

std::string golden_path(std::uint8_t version = event_version) {
    const char* const root = std::getenv("CARECARD_SOURCE_DIR");
    const std::string name =
        version == event_version ? "events" : "events_" + std::to_string(version);
    return std::string(root != nullptr ? root : ".") + "/tests/golden/" + name + ".txt";
}

/// One line for each kind: its name, a space, and its clear part in hexadecimal digits.
std::string rendered(const std::vector<rules::Event>& events) {
    std::string lines;
    for (const rules::Event& event : events) {
        lines += std::string(kind_name(event)) + " " + to_hex(encoded(event)) + "\n";
    }
    return lines;
}

std::string stored(std::uint8_t version = event_version) {
    std::ifstream file(golden_path(version), std::ios::binary);
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
    for (std::uint8_t version = 1; version <= event_version; ++version) {
        std::istringstream lines(stored(version));
        std::size_t kinds = 0;
        for (const rules::Event& event : sample_events(Fill::distinct, version)) {
            std::string name;
            std::string hex;
            if (!(lines >> name >> hex)) break;  // kinds that came later
            ++kinds;
            EXPECT_EQ(name, kind_name(event));
            EXPECT_EQ(hex.substr(2, 2), "0" + std::to_string(version));
            Result<DecodedEvent> result = decode_clear(bytes_of_hex(hex));
            ASSERT_TRUE(result) << result.fault().detail;
            ASSERT_TRUE(set_texts(result->event, copies_of_texts(event)));
            EXPECT_TRUE(result->event == event) << name << " of version " << int{version};
            EXPECT_EQ(result->stamp, sample_stamp(Fill::distinct));
        }
        const std::size_t known[] = {17, 19, std::variant_size_v<rules::EventKinds>};
        EXPECT_EQ(kinds, known[version - 1]);
    }
}

}  // namespace
}  // namespace carecard::journal
