import CKafka
import Core

/// librdkafka's errors in the broker's terms.
enum KafkaFaults {
    /// Whether waiting can help. Wrong credentials, missing rights and fatal errors need an operator.
    static func isRetriable(_ code: rd_kafka_resp_err_t) -> Bool {
        switch code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
            RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR__FATAL:
            false
        default: true
        }
    }

    static func hint(_ code: rd_kafka_resp_err_t) -> String {
        switch code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            "check user name, password and SASL mechanism"
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: "ask for the right to this topic"
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED: "the group must often begin with the user name"
        case RD_KAFKA_RESP_ERR__SSL: "check the certificates and whether the port speaks TLS"
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE:
            "is the broker up, and its address right? Work goes on by itself when it answers"
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            "create the topic, or correct its name"
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: "raise the topic's max.message.bytes"
        default: ""
        }
    }

    /// Brokers that answer and do not let us in.
    static func isRefusal(_ code: rd_kafka_resp_err_t) -> Bool {
        [
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR__SSL,
        ].contains(code)
    }

    static func fault(_ servers: String, _ code: rd_kafka_resp_err_t, _ what: String) -> DependencyFault {
        let name = String(cString: rd_kafka_err2str(code))
        let detail = what.isEmpty ? name : "\(what): \(name)"
        return DependencyFault("kafka \(servers)", detail, hint: hint(code), isRetriable: isRetriable(code))
    }

    /// Takes the error over; nil stays nil.
    static func take(_ error: OpaquePointer?) -> (code: rd_kafka_resp_err_t, text: String)? {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        return (rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
    }
}
