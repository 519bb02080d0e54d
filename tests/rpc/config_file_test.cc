#include "services/rpc/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>

#include "tests/rpc/certificate_folder.h"

namespace carecard::rpc {
namespace {

const std::string text =
    "# A comment.\n"
    "front=127.0.0.1:8450\n"
    "data=\"/var/lib/carecard\"\n"
    "clock=simulated\n";

struct Settings {
    std::string front;
    std::string data;
    std::string clock = "system";
    friend bool operator==(const Settings&, const Settings&) = default;
};
const Settings as_written{
    .front = "127.0.0.1:8450", .data = "/var/lib/carecard", .clock = "simulated"};

class Program {
   public:
    Program() {
        app.add_option("--front", settings.front);
        app.add_option("--data", settings.data)->required();
        app.add_option("--clock", settings.clock);
        read_config_file(app);
    }

    /// What a person is told; empty when all is well.
    std::string parse(const std::string& path) {
        try {
            app.parse("--config " + path);
            return {};
        } catch (const CLI::ParseError& error) {
            std::ostringstream out;
            std::ostringstream told;
            app.exit(error, out, told);
            return told.str();
        }
    }

    Settings settings;
    CLI::App app{"Reads settings.", "program"};
};

class ConfigFile : public testing::Test {
   protected:
    std::string written(const std::string& bytes) {
        const std::string path = folder_.file("program.conf");
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }

   private:
    CertificateFolder folder_;
};

TEST_F(ConfigFile, IsReadAsItWasWritten) {
    Program program;
    EXPECT_EQ(program.parse(written(text)), "");
    EXPECT_EQ(program.settings, as_written);
}

TEST_F(ConfigFile, WithAnUnknownNameIsRefusedByThatName) {
    Program program;
    EXPECT_THAT(program.parse(written(text + "fornt=x\n")), testing::HasSubstr("fornt"));
}

TEST_F(ConfigFile, WithAnEmptyRequiredSettingIsRefusedByItsName) {
    for (const std::string torn : {"data=\n", "data=\"\"\n", "data=#/var/lib/carecard\"\n"}) {
        Program program;
        EXPECT_THAT(program.parse(written(torn)), testing::HasSubstr("--data")) << torn;
    }
}

TEST_F(ConfigFile, ThatIsMissingIsNamed) {
    Program program;
    EXPECT_THAT(program.parse("/nowhere/program.conf"),
                testing::HasSubstr("/nowhere/program.conf"));
}

TEST_F(ConfigFile, ThatTheMachineFailsToReadIsRefused) {
    Program program;
    const std::string first_page_is_not_there = "/proc/self/mem";  // read answers EIO
    EXPECT_THAT(program.parse(first_page_is_not_there),
                testing::HasSubstr("could not be read to its end"));
    EXPECT_EQ(program.settings, Settings{});
}

/// A disk that gives some bytes, in parts, and then fails.
class FailingDisk : public std::streambuf {
   public:
    explicit FailingDisk(std::string bytes) : bytes_(std::move(bytes)) {
        setg(bytes_.data(), bytes_.data(), bytes_.data() + bytes_.size());
    }

   protected:
    int_type underflow() override { throw std::runtime_error("read: Input/output error"); }

   private:
    std::string bytes_;
};

TEST_F(ConfigFile, IsRefusedWhenTheDiskFailsAfterAnyByte) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
        Program program;
        FailingDisk disk(text.substr(0, length));
        std::istream input(&disk);
        EXPECT_THROW(program.app.parse_from_stream(input), CLI::FileError) << length;
        EXPECT_EQ(program.settings, Settings{}) << length;
    }
}

TEST_F(ConfigFile, WithAnyBitFlippedIsReadOrRefusedInWords) {
    int refused = 0;
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        std::string flipped = text;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        Program program;
        const std::string told = program.parse(written(flipped));
        if (told.empty()) {
            EXPECT_FALSE(program.settings.data.empty()) << bit;
        } else {
            ++refused;
        }
    }
    EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace carecard::rpc
