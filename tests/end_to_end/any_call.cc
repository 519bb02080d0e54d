#include "tests/end_to_end/any_call.h"

#include <fmt/format.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>

#include "common/check.h"
#include "services/rpc/channel.h"

namespace carecard::end_to_end {
namespace {

constexpr std::chrono::seconds timeout{10};

std::string bytes_of(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    CHECK(buffer.Dump(&slices).ok());
    std::string bytes;
    for (const grpc::Slice& slice : slices) {
        bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return bytes;
}

}  // namespace

std::string text_of(const Answer& answer) {
    return fmt::format("code {}, \"{}\", {} responses", static_cast<int>(answer.code),
                       answer.message, answer.responses.size());
}

Answer ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
           const std::string& request, std::size_t responses_max) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    grpc::CompletionQueue queue;
    const auto done = [&queue] {
        void* tag = nullptr;
        bool ok = false;
        return queue.Next(&tag, &ok) && ok;
    };
    const auto stream = stub.PrepareCall(&context, "/" + method, &queue);
    stream->StartCall(nullptr);
    bool goes_on = done();
    if (goes_on) {
        const grpc::Slice sent(request);
        stream->WriteLast(grpc::ByteBuffer(&sent, 1), {}, nullptr);
        (void)done();  // what the other side had to say about it is read all the same
    }
    Answer answer;
    while (goes_on && answer.responses.size() < responses_max) {
        grpc::ByteBuffer received;
        stream->Read(&received, nullptr);
        goes_on = done();
        if (goes_on) answer.responses.push_back(bytes_of(received));
    }
    const bool broken_off = goes_on;
    if (broken_off) context.TryCancel();
    grpc::Status status;
    stream->Finish(&status, nullptr);
    (void)done();
    if (broken_off) return answer;
    answer.code = status.error_code();
    answer.message = status.error_message();
    answer.details = status.error_details();
    return answer;
}

std::shared_ptr<grpc::Channel> connect(const std::string& address, const rpc::TlsPems& pems) {
    return rpc::make_channel(address,
                             grpc::SslCredentials({.pem_root_certs = pems.ca,
                                                   .pem_private_key = pems.key,
                                                   .pem_cert_chain = pems.certificate}),
                             rpc::Connection::own);
}

}  // namespace carecard::end_to_end
