import CCurl
import Core

/// One HTTP exchange through libcurl: what a schema registry needs, no more.
struct HTTPClient: Sendable {
    let timeoutSeconds: Double
    /// `user:password` for basic authentication; empty for none.
    let credentials: String

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    /// Answers larger than this are refused.
    static let maximumAnswerBytes = 16 << 20

    private final class Received {
        var bytes: [UInt8] = []
    }

    /// GET, or POST when there is a body. Throws libcurl's own words when there is no answer.
    func send(_ url: String, body: [UInt8]? = nil, contentType: String = "") throws(HTTPFailure) -> Answer {
        _ = HTTPClient.prepared
        guard let handle = curl_easy_init() else { throw HTTPFailure(detail: "libcurl gives no handle") }
        defer { curl_easy_cleanup(handle) }
        let received = Received()
        _ = nightjar_curl_set_text(handle, CURLOPT_URL, url)
        _ = nightjar_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = nightjar_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = nightjar_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 1)
        _ = nightjar_curl_set_long(handle, CURLOPT_MAXREDIRS, 5)
        _ = nightjar_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(timeoutSeconds * 1000))
        _ = nightjar_curl_set_write(handle, receiveHTTPBytes)
        _ = nightjar_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(received).toOpaque())
        if !credentials.isEmpty { _ = nightjar_curl_set_text(handle, CURLOPT_USERPWD, credentials) }
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        if !contentType.isEmpty { headers = curl_slist_append(headers, "Content-Type: \(contentType)") }
        if let headers { _ = nightjar_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers) }
        if let body {
            _ = nightjar_curl_set_long(handle, CURLOPT_POST, 1)
            _ = nightjar_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
            body.withUnsafeBytes { bytes in
                _ = nightjar_curl_set_pointer(
                    handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
        }
        let code = withExtendedLifetime(received) { curl_easy_perform(handle) }
        guard code == CURLE_OK else { throw HTTPFailure(detail: String(cString: curl_easy_strerror(code))) }
        var status = 0
        _ = nightjar_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return Answer(status: status, body: received.bytes)
    }

    fileprivate static func receive(_ bytes: UnsafeRawBufferPointer, _ context: UnsafeMutableRawPointer) -> Int {
        let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
        guard received.bytes.count + bytes.count <= maximumAnswerBytes else { return 0 }
        received.bytes.append(contentsOf: bytes)
        return bytes.count
    }

    private static let prepared: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// No HTTP answer at all.
struct HTTPFailure: Error {
    let detail: String
}

private func receiveHTTPBytes(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    return HTTPClient.receive(UnsafeRawBufferPointer(start: bytes, count: size * count), context)
}
