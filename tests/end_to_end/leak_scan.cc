#include "tests/end_to_end/leak_scan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rocksdb/db.h>
#include <string.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>

#include "tests/end_to_end/process.h"

namespace carecard::end_to_end {
namespace {

std::string utf16(std::string_view text, bool big_endian) {
    std::string bytes;
    for (const char character : text) {
        if (big_endian) bytes += '\0';
        bytes += character;
        if (!big_endian) bytes += '\0';
    }
    return bytes;
}

std::string hexadecimal(std::string_view text, bool upper) {
    std::string bytes;
    for (const char character : text) {
        bytes += fmt::format(fmt::runtime(upper ? "{:02X}" : "{:02x}"),
                             static_cast<unsigned char>(character));
    }
    return bytes;
}

/// The characters that stand for `text` alone when it begins `offset` bytes into what is encoded.
std::string base64(std::string_view text, std::size_t offset) {
    const std::string padded = std::string(offset, 'x') + std::string(text) + "xxx";
    std::string encoded(padded.size() * 2, '\0');
    const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                       reinterpret_cast<const unsigned char*>(padded.data()),
                                       static_cast<int>(padded.size()));
    encoded.resize(static_cast<std::size_t>(size));
    const std::size_t first = (offset * 8 + 5) / 6;
    const std::size_t last = (offset + text.size()) * 8 / 6;
    return encoded.substr(first, last - first);
}

/// As a URL has it: all of it escaped, or only what must be.
std::string per_cent(std::string_view text, bool all) {
    std::string bytes;
    for (const char character : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(character)) != 0;
        bytes += plain && !all ? std::string(1, character)
                               : fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
    return bytes;
}

/// Two digits a byte.
std::string packed(std::string_view digits) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        bytes += static_cast<char>((digits[at] - '0') << 4 | (digits[at + 1] - '0'));
    }
    return bytes;
}

std::string ebcdic(std::string_view digits) {
    std::string bytes;
    for (const char digit : digits) bytes += static_cast<char>(0xF0 + (digit - '0'));
    return bytes;
}

std::string grouped(std::string_view digits, char separator, std::size_t group) {
    std::string text;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at > 0 && at % group == 0) text += separator;
        text += digits[at];
    }
    return text;
}

}  // namespace

void LeakScan::add(const std::string& name, const std::string& form, const std::string& bytes) {
    const bool known =
        std::ranges::any_of(needles_, [&](const Needle& needle) { return needle.bytes == bytes; });
    if (!known) needles_.push_back({.name = name + " in " + form, .bytes = bytes});
}

void LeakScan::add_forms(const std::string& name, std::string_view text) {
    add(name, "ASCII", std::string(text));
    add(name, "UTF-16LE", utf16(text, false));
    add(name, "UTF-16BE", utf16(text, true));
    for (std::size_t offset = 0; offset < 3; ++offset) {
        add(name, fmt::format("base64 {} bytes in", offset), base64(text, offset));
        std::string of_urls = base64(text, offset);
        std::ranges::replace(of_urls, '+', '-');
        std::ranges::replace(of_urls, '/', '_');
        add(name, fmt::format("base64url {} bytes in", offset), of_urls);
    }
    add(name, "hexadecimal", hexadecimal(text, false));
    add(name, "hexadecimal capitals", hexadecimal(text, true));
    add(name, "per cent, all", per_cent(text, true));
    add(name, "per cent", per_cent(text, false));
}

void LeakScan::add_card_number(const std::string& name, std::string_view digits) {
    add_forms(name, digits);
    for (const char separator : {' ', '-', '.', '\t'}) {
        add(name, fmt::format("fours with '{}'", separator), grouped(digits, separator, 4));
        add(name, fmt::format("ones with '{}'", separator), grouped(digits, separator, 1));
    }
    add(name, "BCD", packed(digits));
    add(name, "BCD from its second digit", packed(digits.substr(1)));
    add(name, "EBCDIC", ebcdic(digits));
}

void LeakScan::add_text(const std::string& name, std::string_view text) { add_forms(name, text); }

void LeakScan::scan(const std::string& where, std::string_view bytes) {
    bytes_ += bytes.size();
    for (const Needle& needle : needles_) {
        const void* const at =
            ::memmem(bytes.data(), bytes.size(), needle.bytes.data(), needle.bytes.size());
        if (at == nullptr) continue;
        found_.push_back(fmt::format("{}: {} at byte {}", where, needle.name,
                                     static_cast<const char*>(at) - bytes.data()));
    }
}

void LeakScan::scan_files(const std::string& directory) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        scan("a file's name", entry.path().string());
        if (!entry.is_regular_file()) continue;
        ++files_;
        scan(entry.path().string(), read_text(entry.path().string()));
    }
}

void LeakScan::scan_rows(const std::string& directory) {
    std::vector<std::string> families;
    rocksdb::Options options;
    rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, directory, &families);
    ASSERT_TRUE(status.ok()) << directory << ": " << status.ToString();
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& family : families) descriptors.emplace_back(family, options);
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    status = rocksdb::DB::OpenForReadOnly(options, directory, descriptors, &handles, &opened);
    ASSERT_TRUE(status.ok()) << directory << ": " << status.ToString();
    const std::unique_ptr<rocksdb::DB> database(opened);
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
        {
            const std::unique_ptr<rocksdb::Iterator> row(database->NewIterator({}, handle));
            for (row->SeekToFirst(); row->Valid(); row->Next()) {
                ++rows_;
                const std::string where = directory + ", a row of " + handle->GetName();
                scan(where, row->key().ToString());
                scan(where, row->value().ToString());
            }
            EXPECT_TRUE(row->status().ok()) << row->status().ToString();
        }
        EXPECT_TRUE(database->DestroyColumnFamilyHandle(handle).ok());
    }
}

}  // namespace carecard::end_to_end
